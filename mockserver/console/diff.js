// What differs between two values, field by field, and how it is shown: gone at left, added at right, changed both.

import { brief, h, pill } from "./dom.js";

// [{path, before, after}] with undefined for what is not there.
export function differences(before, after, path = []) {
  if (before === after) return [];
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differences(before[name], after[name], [...path, name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Math.max(before.length, after.length);
    return Array.from({ length: longest }, (_, at) => differences(before[at], after[at], [...path, String(at)])).flat();
  }
  return [{ path, before, after }];
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function pointer(path) {
  return path.map((each) => `/${each.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function changesTable(list, label) {
  if (!list.length) return h("p", { class: "soft" }, "No field differs.");
  return h("div", { class: "scroll" }, h("table", { class: "changes", "aria-label": label },
    h("thead", {}, h("tr", {}, ["Field", "Before", "After"].map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, list.map(({ path, before, after }) => h("tr", {},
      h("th", { scope: "row", class: "mono" }, pointer(path) || "the whole"),
      h("td", { class: "mono before" }, before === undefined ? pill("absent", "absent") : h("del", {}, brief(before))),
      h("td", { class: "mono after" }, after === undefined ? pill("absent", "absent") : h("ins", {}, brief(after))))))));
}
