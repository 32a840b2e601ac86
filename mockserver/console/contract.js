// The documents: operations by the statuses that were exercised, each operation's lines, a request to try in a fork.

import { exists, fork, get } from "./api.js";
import { coverage } from "./coverage.js";
import { button, code, dialog, empty, field, h, link, method, pill, pretty, replace, stacks, statusPill } from "./dom.js";
import { onDemand } from "./lines.js";
import { failed, notice } from "./notice.js";
import { Page } from "./page.js";
import { href } from "./route.js";

export class ContractScreen extends Page {
  constructor(route) {
    super("Contract", route, { world: false });
  }

  async content(route) {
    const { apis } = await get("apis");
    const entries = (await exists(route.world)) ? (await get("journal", { world: route.world, limit: 1000 })).entries : [];
    const chosen = apis.find((each) => each.name === route.rest[0]) ?? apis[0];
    if (!chosen) return empty("No API is served", "");
    const api = await get(`apis/${chosen.name}`);
    const document = await this.#document(api.name);
    const one = route.rest[1] && api.operations.find((each) => each.operationId === route.rest[1]);
    return [
      h("nav", { class: "tabs", "aria-label": "APIs" }, apis.map((each) => link(each.name, href(route.world, "contract", [each.name]), { "aria-current": each === chosen ? "true" : null }))),
      one ? this.#operation(api, one, document, entries) : this.#matrix(api, document, entries),
    ];
  }

  async #document(name) {
    this.documents ??= new Map();
    if (!this.documents.has(name)) this.documents.set(name, await get(`apis/${name}/openapi.json`));
    return this.documents.get(name);
  }

  #described(document, operation) {
    return document.paths?.[operation.path]?.[operation.method.toLowerCase()] ?? {};
  }

  // What role the operation was inferred to have, and why; undefined for an API with handlers of its own.
  #inferred(api, operation) {
    return api.inferred?.find((each) => each.operationId === operation.operationId);
  }

  #counts(entries, api, operation) {
    const counts = new Map();
    for (const each of entries) {
      if (each.api === api.name && each.operationId === operation.operationId) counts.set(String(each.status), (counts.get(String(each.status)) ?? 0) + 1);
    }
    return counts;
  }

  #matrix(api, document, entries) {
    const seen = entries.some((each) => each.api === api.name);
    return [
      h("div", { class: "line" }, h("h1", {}, api.title), h("span", { class: "soft" }, `version ${api.version}, ${api.operations.length} operations`), h("span", { class: "grow" }),
        link("Document as YAML", api.documents.yaml), link("as JSON", api.documents.json)),
      !seen && h("p", { class: "card" }, `No operation of ${api.name} has been exercised in ${this.route.world} yet. Open one, and try it in a fork.`),
      seen && coverage(api.name, this.route.world),
      h("div", { class: "scroll" }, stacks({ class: "operations", "aria-label": "Operations by status" },
        h("thead", {}, h("tr", {}, ["Operation", "Method and path", "Documented statuses, and how many responses of each are kept"].map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", {}, api.operations.map((operation) => {
          const counts = this.#counts(entries, api, operation);
          const documented = Object.keys(this.#described(document, operation).responses ?? {});
          const others = [...counts.keys()].filter((each) => !documented.includes(each));
          return h("tr", {}, h("th", { scope: "row", class: "head" }, link(operation.operationId, href(this.route.world, "contract", [api.name, operation.operationId])), this.#inferred(api, operation) && h("div", { class: "soft small" }, this.#inferred(api, operation).role)),
            h("td", { "data-label": "Path" }, h("span", {}, method(operation.method), " ", h("code", {}, operation.path))),
            h("td", { "data-label": "Statuses" }, h("div", { class: "actions" }, [...documented, ...others].map((status) => counts.get(status)
              ? link(pill(`${status} × ${counts.get(status)}`, documented.includes(status) ? "good" : "bad"), href(this.route.world, "traffic", [], { q: `operation:${operation.operationId} status:${status}` }))
              : pill(status, "absent", { title: "Not exercised" })))));
        })))),
    ];
  }

  #operation(api, operation, document, entries) {
    const described = this.#described(document, operation);
    const inferred = described["x-inferred"];
    const guess = this.#inferred(api, operation);
    return [
      h("div", { class: "line" }, h("h1", {}, operation.operationId), method(operation.method), h("code", {}, operation.path), h("span", { class: "grow" }), button("Try it in a fork", () => this.#try(api, operation), { class: "primary" })),
      described.summary && h("p", {}, described.summary),
      guess && h("dl", { class: "facts" }, Object.entries(guess).filter(([name, value]) => value && name !== "operationId").map(([name, value]) => [h("dt", {}, `inferred ${name}`), h("dd", {}, value)])),
      inferred && h("p", {}, pill("inferred", "calm"), ` ${typeof inferred === "string" ? inferred : JSON.stringify(inferred)}`),
      h("p", { class: "actions" }, [...this.#counts(entries, api, operation)].map(([status, count]) => link([statusPill(Number(status) || null), ` × ${count}`], href(this.route.world, "traffic", [], { q: `operation:${operation.operationId} status:${status}` })))),
      entries.length > 0 && coverage(api.name, this.route.world, operation.operationId),
      onDemand(api.name, pointerOf(operation), "As documented, with what is inferred marked", true),
    ];
  }

  async #try(api, operation) {
    try {
      const { world } = this.route;
      const example = await get(`apis/${api.name}/example`, { operationId: operation.operationId, world: (await exists(world)) ? world : "default" });
      tryIt(world, example);
    } catch (error) {
      failed(error);
    }
  }
}

// A form with a valid request to begin with; it is sent to a fork, so that nothing of the world changes.
function tryIt(world, { operationId, method: verb, path, parameters, secured, body }) {
  const inputs = parameters.map((each) => ({ each, input: h("input", { type: "text", value: each.value, required: each.required }) }));
  const [needed, others] = [inputs.filter(({ each }) => each.required), inputs.filter(({ each }) => !each.required)];
  const text = body && h("textarea", { class: "mono", rows: 10, spellcheck: "false", value: shown(body.text) });
  const credential = h("input", { type: "text", placeholder: "Bearer …" });
  const labelled = (list) => list.map(({ each, input }) => field(`${each.name} (${each.in})`, input, each.description));
  dialog(`Try ${operationId} in a fork`, () => {
    const result = h("div", { "aria-live": "polite" });
    const submit = async (event) => {
      event.preventDefault();
      try {
        const { name } = await fork({ world: (await exists(world)) ? world : "default" }, `${world}-try`);
        const given = (place) => inputs.filter(({ each, input }) => each.in === place && input.value !== "");
        const filled = given("path").reduce((made, { each, input }) => made.replaceAll(`{${each.name}}`, encodeURIComponent(input.value)), path);
        const query = new URLSearchParams(given("query").map(({ each, input }) => [each.name, input.value]));
        const headers = Object.fromEntries(given("header").map(({ each, input }) => [each.name, input.value]));
        if (credential.value) headers.Authorization = credential.value;
        if (text?.value) headers["Content-Type"] = body.mediaType;
        const response = await fetch(`/_world/${name}${filled}${query.size ? `?${query}` : ""}`, { method: verb, headers, body: text?.value || undefined });
        const answer = await response.text();
        const [latest] = (await get("journal", { world: name, limit: 1 })).entries;
        replace(result, h("h3", {}, "Response"), h("p", {}, statusPill(response.status), " ", latest && link("Why this answer", href(name, "traffic", [latest.number]))), answer && code(shown(answer)));
      } catch (error) {
        failed(error);
        notice("The request was not sent.", "warn");
      }
    };
    return h("form", { class: "form", onsubmit: submit }, labelled(needed),
      secured && field("Authorization", credential, "A credential; `mockserver apis` lists those of demonstration."), body && field(`Body (${body.mediaType})`, text),
      others.length > 0 && h("details", {}, h("summary", {}, `Optional parameters (${others.length})`), labelled(others)),
      h("div", { class: "actions" }, button("Send", () => {}, { type: "submit", class: "primary" })), result);
  });
}

function pointerOf({ path, method: verb }) {
  return `#/paths/${path.replaceAll("~", "~0").replaceAll("/", "~1")}/${verb.toLowerCase()}`;
}

function shown(text) {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}
