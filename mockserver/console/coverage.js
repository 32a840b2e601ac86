// How much of a contract the requests of a world exercised: figures by kind, and each part of one operation.

import { get } from "./api.js";
import { demanded, h, pill, stacks } from "./dom.js";

const PLURAL = { operation: "operations", status: "statuses", parameter: "parameters", property: "request properties", value: "enum values", scheme: "security schemes", scope: "scopes" };
const SHOWN = 200;

// Counted when it is opened: of a large document that takes a second.
export function coverage(api, world, operationId = null) {
  const load = async () => counted(await get(`apis/${api}/coverage`, { world, ...(operationId && { operationId }) }));
  return demanded("Coverage: parameters, properties, values", load, { waiting: "Counting…" });
}

function counted({ api, requests, forgotten, whole, kinds, parts }) {
  return [
    h("p", {}, h("strong", {}, `${whole.percent} %`), ` exercised: ${whole.exercised} of ${whole.parts} parts. Counted: ${requests} ${requests === 1 ? "request" : "requests"} of ${api}.`,
      forgotten > 0 && ` ${forgotten} earlier requests are no longer in the journal and not counted.`),
    parts ? ofOperation(parts) : h("dl", { class: "facts" }, kinds.filter((each) => each.parts).map((each) => [h("dt", {}, PLURAL[each.kind]), h("dd", {}, `${each.exercised} of ${each.parts}, ${each.percent} %`)])),
  ];
}

function ofOperation(parts) {
  const missing = parts.filter((each) => !each.hits);
  const shown = [...missing, ...parts.filter((each) => each.hits)].slice(0, SHOWN);
  return [
    stacks({ "aria-label": "Parts of the operation" },
      h("thead", {}, h("tr", {}, ["Part", "Kind", "Requests"].map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, shown.map((each) => h("tr", {}, h("th", { scope: "row", class: "head" }, h("code", {}, each.name)), h("td", { "data-label": "Kind" }, each.kind),
        h("td", { "data-label": "Requests" }, each.hits ? String(each.hits) : pill("not exercised", "absent")))))),
    parts.length > SHOWN && h("p", { class: "soft small" }, `${parts.length - SHOWN} further parts are not shown.`),
  ];
}
