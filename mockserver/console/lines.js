// Lines of a document with their place; what they refer to is loaded when somebody opens it.

import { get } from "./api.js";
import { demanded, h, pill } from "./dom.js";

const REFERENCE = /\$ref:\s*['"]?(#[^'"}\s,]+)/g;

// As the schema `Lines` has them.
export function quoted(lines) {
  const place = lines.line ? `${lines.file.split("/").at(-1)}, line ${lines.line}` : lines.file.split("/").at(-1);
  return h("figure", { class: "code" }, h("figcaption", {}, h("strong", {}, place), " ", h("span", {}, lines.pointer)), h("pre", { tabindex: "0" }, marked(lines.text)));
}

export function inferredNote(lines) {
  return lines.inferred && h("p", { class: "small" }, pill("inferred", "calm"), ` ${lines.inferred}`);
}

// The lines at a pointer, and below them what they refer to.
export function onDemand(api, pointer, label, open = false) {
  const load = async () => {
    const lines = await get(`apis/${api}/lines`, { pointer });
    const references = [...new Set([...lines.text.matchAll(REFERENCE)].map(([, each]) => each))];
    return [quoted(lines), inferredNote(lines), references.map((each) => onDemand(api, each, each.split("/").slice(-2).join("/")))];
  };
  return demanded(label, load, { open });
}

// What is inferred is marked: the reason, and the line of the part that it is about.
function marked(text) {
  const lines = text.split("\n");
  const about = new Set();
  lines.forEach((line, at) => {
    if (!line.includes("x-inferred:")) return;
    const depth = line.search(/\S/);
    about.add(at);
    for (let above = at - 1; above >= 0; above--) {
      if (lines[above].search(/\S/) < depth) { about.add(above); break; }
    }
    for (let next = at + 1; next < lines.length && lines[next].search(/\S/) > depth; next++) about.add(next);
  });
  return lines.map((line, at) => (about.has(at) ? [h("mark", { class: "inferred" }, line), "\n"] : `${line}\n`));
}
