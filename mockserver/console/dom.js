// Builds elements. Text becomes text nodes, never markup, so nothing that a client sent can act as a page.

export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) set(element, name, value);
  element.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked" || name === "disabled" || name === "open") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

export function button(label, act, more = {}) {
  return h("button", { type: "button", onclick: act, ...more }, label);
}

export function link(label, href, more = {}) {
  return h("a", { href, ...more }, label);
}

export function pill(text, tone = "calm", more = {}) {
  return h("span", { class: `pill ${tone}`, ...more }, String(text));
}

export function method(name) {
  return h("span", { class: `method ${name.toLowerCase()}` }, name);
}

export function statusPill(status) {
  if (status === null) return pill("ended", "bad", { title: "The connection ended without a response." });
  return pill(status, { 2: "good", 3: "calm", 4: "warn", 5: "bad" }[String(status)[0]] ?? "calm");
}

export function code(text, label = "") {
  const shown = h("pre", { tabindex: "0" }, text);
  return h("figure", { class: "code" }, label && h("figcaption", {}, label), shown);
}

export function empty(title, hint, ...more) {
  return h("div", { class: "empty" }, h("h2", {}, title), hint && h("p", { class: "soft" }, hint), ...more);
}

export function noWorld(world) {
  return empty(`There is no world ${world} yet`, "The first request that names it makes it, from the seed.");
}

export function field(label, control, hint = "") {
  return h("label", { class: "field" }, h("span", { class: "name" }, label), control, hint && h("span", { class: "soft small" }, hint));
}

export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

// A table whose rows are laid out as blocks where there is little room. Some browsers take it for no table then, so the
// roles of its parts are said.
export function stacks(given, ...children) {
  const table = h("table", { ...given, class: `stacks ${given.class ?? ""}`, role: "table" }, ...children);
  for (const each of table.querySelectorAll("thead, tbody")) each.setAttribute("role", "rowgroup");
  for (const each of table.rows) {
    each.setAttribute("role", "row");
    for (const cell of each.cells) cell.setAttribute("role", { col: "columnheader", row: "rowheader" }[cell.scope] ?? "cell");
  }
  return table;
}

// One line of JSON for a cell of a table.
export function brief(value) {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function pretty(value) {
  return JSON.stringify(value, null, 2);
}

// Another screen has been asked for: what was asked on the one before is asked no longer, except for the token.
export function closeDialogs() {
  for (const each of document.querySelectorAll("dialog[open]:not(.staying)")) each.close();
}

// A modal dialog with its title; `fill` gets a function that closes it. Escape closes it, and focus returns.
export function dialog(title, fill) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const box = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" });
  const close = () => box.close();
  box.append(h("div", { class: "line" }, heading, button("Close", close, { class: "quiet" })), ...[fill(close)].flat().filter(Boolean));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

// Details whose content is loaded when somebody opens them: what `load` gives, or why it cannot be had.
export function demanded(label, load, { open = false, waiting = "Loading…" } = {}) {
  const below = h("div", { class: "demand" }, h("p", { class: "soft small" }, waiting));
  let asked = false;
  const fill = async () => {
    if (asked) return;
    asked = true;
    try {
      replace(below, await load());
    } catch (error) {
      asked = false;
      replace(below, h("p", { class: "bad-text" }, error.message));
    }
  };
  const made = h("details", { class: "lines", ontoggle: (event) => event.target === made && made.open && fill() }, h("summary", {}, label), below);
  if (open) made.open = true;
  return made;
}
