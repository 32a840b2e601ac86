// The requests of the traffic in groups: by operation, or the refused ones by what was refused.

import { empty, h, link, method, pill, stacks, statusPill } from "./dom.js";
import { added } from "./filter.js";
import { href } from "./route.js";

export const GROUPS = { "": "Ungrouped", operation: "By operation", refusals: "By refusal" };

export function grouped(kind, rows, route) {
  return kind === "operation" ? byOperation(rows, route) : byRefusal(rows, route);
}

function gathered(rows, nameOf) {
  const groups = new Map();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return [...groups].sort((left, right) => right[1].length - left[1].length);
}

const nameOf = (row) => row.operationId ?? `no operation: ${row.method} ${row.target.split("?")[0]}`;

function byOperation(rows, route) {
  const groups = gathered(rows, nameOf);
  return table("Requests by operation", ["Operation", "Requests", "Statuses", "Median ms", "Records changed", "Latest"], groups.map(([name, found]) => [
    h("div", {}, method(found[0].method), " ", only(name, found[0], route)),
    String(found.length),
    h("div", { class: "pills" }, gathered(found, (row) => row.status).map(([status, some]) => h("span", { class: "nowrap" }, statusPill(status), h("span", { class: "soft small" }, ` × ${some.length}`)))),
    median(found.map((row) => row.milliseconds)).toFixed(1),
    String(found.reduce((sum, row) => sum + row.changed, 0)),
    latest(found[0], route),
  ]));
}

function byRefusal(rows, route) {
  const groups = gathered(rows.filter((row) => row.status >= 400), (row) => `${nameOf(row)} ${row.status}`);
  if (!groups.length) return empty("Nothing was refused", "Every request that is kept was answered with a success.");
  return table("Refusals", ["Refusal", "Requests", "Broke the contract", "Latest"], groups.map(([name, found]) => [
    h("div", {}, name), String(found.length), String(found.filter((row) => row.violations).length), latest(found[0], route),
  ]));
}

function table(label, heads, rows) {
  return h("div", { class: "scroll" }, stacks({ class: "groups", "aria-label": label },
    h("thead", {}, h("tr", {}, heads.map((each, at) => h("th", { scope: "col", class: figures(heads, at) }, each)))),
    h("tbody", {}, rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row", class: "head" }, first),
      rest.map((each, at) => h("td", { "data-label": heads[at + 1], class: figures(heads, at + 1) }, each)))))));
}

const figures = (heads, at) => (["Requests", "Median ms", "Records changed", "Broke the contract"].includes(heads[at]) ? "figure" : null);

function only(name, row, route) {
  if (!row.operationId) return pill("none", "absent", { title: name });
  const query = { ...route.query, group: "", q: added(route.query.q, `operation:${name}`) };
  return link(name, href(route.world, "traffic", [], query));
}

function latest(row, route) {
  return link(`No. ${row.number}`, href(route.world, "traffic", [row.number], { ...route.query, group: "" }), { title: `${row.method} ${row.target}` });
}

function median(numbers) {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}
