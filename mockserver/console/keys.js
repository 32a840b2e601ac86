// Shortcuts: single keys, never with modifiers, never Tab, never while text is typed; they can be switched off.

import { dialog, h } from "./dom.js";

const SETTING = "mockserver-shortcuts";
const bound = new Map();
let screen = new Map();
let begun = "";

export const LIST = [
  ["/", "Search"], ["j", "Next row"], ["k", "Previous row"], ["Enter", "Open the row"], ["Esc", "Back to the list"],
  ["[", "Previous request of the same operation"], ["]", "Next request of the same operation"],
  ["f", "Fork the world, before the request that is open"], ["r", "Replay this request in a fork"], ["d", "Compare with the present"],
  ["c", "Copy as curl"], ["p", "Pause, or go on"], [".", "Show new requests"], ["x", "Refused requests only"], ["b", "Pin this request, or unpin it"],
  ["g t", "Traffic"], ["g s", "State"], ["g w", "Worlds"], ["g m", "Compare"], ["g f", "Faults and stubs"], ["g c", "Contract"],
  ["?", "This list"],
];

export function enabled() {
  return localStorage.getItem(SETTING) !== "off";
}

export function bind(key, act) {
  bound.set(key, act);
}

// The keys of the screen that is shown.
export function use(keys) {
  screen = new Map(Object.entries(keys));
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Tab" || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (isTyping(event.target)) event.target.blur();
      else act("Esc", event);
      return;
    }
    if (isTyping(event.target) || !enabled()) return;
    if (event.key === "Enter" || event.key === " ") return;
    const key = begun ? `${begun} ${event.key}` : event.key;
    begun = "";
    if (event.key === "g" && key === "g") begun = "g";
    else act(key, event);
  });
}

function act(key, event) {
  const found = screen.get(key) ?? bound.get(key);
  if (!found) return;
  event.preventDefault();
  found(event);
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

export function help() {
  dialog("Keyboard shortcuts", () => {
    const toggle = h("input", {
      type: "checkbox", checked: enabled(),
      onchange: (event) => localStorage.setItem(SETTING, event.target.checked ? "on" : "off"),
    });
    const rows = LIST.map(([key, what]) => h("tr", {},
      h("th", { scope: "row" }, key.split(" ").map((each, at) => [at ? " then " : "", h("kbd", {}, each)])), h("td", {}, what)));
    return [
      h("label", { class: "switch" }, toggle, " Shortcuts of a single key are active"),
      h("div", { class: "scroll" }, h("table", { class: "keys" }, h("tbody", {}, rows))),
      h("p", { class: "soft small" }, "They act on the screen, never while you type, and never together with Ctrl, Alt or Cmd."),
    ];
  });
}

