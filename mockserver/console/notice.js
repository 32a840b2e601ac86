// What happened, said once: a notice that a person can read and dismiss, and a line for screen readers.

import { button, h } from "./dom.js";

const EVERY = 5000;
let waiting = "";
let last = 0;
let timer = 0;

export function notice(text, tone = "calm", ...more) {
  const box = h("div", { class: `notice ${tone}`, role: tone === "bad" ? "alert" : "status" }, h("div", {}, text, ...more));
  box.append(button("Dismiss", () => box.remove(), { class: "quiet" }));
  document.getElementById("notices").append(box);
  if (tone !== "bad") setTimeout(() => box.remove(), 8000);
}

export function failed(error) {
  if (error.name === "AbortError") return;
  const flaws = (error.errors ?? []).map((each) => h("li", {}, `${each.where} ${each.pointer}: ${each.message}`));
  notice(error.message, "bad", flaws.length > 0 && h("ul", { class: "plain" }, flaws));
}

// Tell screen readers, at most every five seconds; the latest text counts.
export function announce(text) {
  waiting = text;
  if (timer) return;
  timer = setTimeout(() => {
    timer = 0;
    last = Date.now();
    document.getElementById("status").textContent = waiting;
  }, Math.max(0, last + EVERY - Date.now()));
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    notice(`${what} copied.`, "good");
  } catch {
    notice(`${what}: this browser does not let the page write to the clipboard. Select the text and copy it.`, "warn");
  }
}
