// The documents: operations by the statuses that were exercised, each operation's lines, and a request to try in a fork.

import { exists, fork, get } from "./api.js";
import { button, code, dialog, empty, field, h, link, method, pill, pretty, replace, statusPill } from "./dom.js";
import { failed, notice } from "./notice.js";
import { href } from "./route.js";

export class ContractScreen {
  constructor(route) {
    this.element = h("section", { class: "page", "aria-label": "Contract" });
    this.documents = new Map();
    this.show(route);
  }

  async show(route) {
    this.route = route;
    try {
      const { apis } = await get("apis");
      const entries = (await exists(route.world)) ? (await get("journal", { world: route.world, limit: 1000 })).entries : [];
      const chosen = apis.find((each) => each.name === route.rest[0]) ?? apis[0];
      if (!chosen) { replace(this.element, empty("No API is served", "")); return; }
      const api = await get(`apis/${chosen.name}`);
      const document = await this.#document(api.name);
      const one = route.rest[1] && api.operations.find((each) => each.operationId === route.rest[1]);
      replace(this.element, h("nav", { class: "tabs", "aria-label": "APIs" }, apis.map((each) => link(each.name, href(route.world, "contract", [each.name]), { "aria-current": each === chosen ? "true" : null }))),
        one ? this.#operation(api, one, document, entries) : this.#matrix(api, document, entries));
    } catch (error) {
      failed(error);
    }
  }

  close() {}

  get keys() {
    return {};
  }

  async #document(name) {
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
      h("div", { class: "scroll" }, h("table", { class: "stacks", "aria-label": "Operations by status" },
        h("thead", {}, h("tr", {}, ["Operation", "Method and path", "Documented statuses, with the number of responses kept in the journal"].map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", {}, api.operations.map((operation) => {
          const counts = this.#counts(entries, api, operation);
          const documented = Object.keys(this.#described(document, operation).responses ?? {});
          const others = [...counts.keys()].filter((each) => !documented.includes(each));
          return h("tr", {}, h("th", { scope: "row", class: "head" }, link(operation.operationId, href(this.route.world, "contract", [api.name, operation.operationId])), this.#inferred(api, operation) && h("div", { class: "soft small" }, this.#inferred(api, operation).role)),
            h("td", { "data-label": "Path" }, method(operation.method), " ", h("code", {}, operation.path)),
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
      h("div", { class: "line" }, h("h1", {}, operation.operationId), method(operation.method), h("code", {}, operation.path), h("span", { class: "grow" }), button("Try it in a fork", () => this.#tryIt(operation, described, document), { class: "primary" })),
      described.summary && h("p", {}, described.summary),
      guess && h("dl", { class: "facts" }, Object.entries(guess).filter(([name, value]) => value && name !== "operationId").map(([name, value]) => [h("dt", {}, `inferred ${name}`), h("dd", {}, value)])),
      inferred && h("p", {}, pill("inferred", "calm"), ` ${typeof inferred === "string" ? inferred : JSON.stringify(inferred)}`),
      h("p", { class: "actions" }, [...this.#counts(entries, api, operation)].map(([status, count]) => link([statusPill(Number(status) || null), ` × ${count}`], href(this.route.world, "traffic", [], { q: `operation:${operation.operationId} status:${status}` })))),
      this.#lines(described),
    ];
  }

  // The operation as written; lines that were inferred and not documented are marked.
  #lines(described) {
    const lines = pretty(described).split("\n");
    const marked = lines.map((line) => h("span", { class: line.includes('"x-inferred"') ? "inferred" : null }, `${line}\n`));
    return h("figure", { class: "code" }, h("figcaption", {}, "As documented; lines of x-inferred say what is inferred"), h("pre", { tabindex: "0" }, marked));
  }

  #tryIt(operation, described, document) {
    const resolve = (each) => (each?.$ref ? each.$ref.slice(2).split("/").reduce((value, part) => value?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], document) : each);
    const parameters = [...(document.paths[operation.path].parameters ?? []), ...(described.parameters ?? [])].map(resolve).filter(Boolean);
    const example = (each) => each.example ?? Object.values(each.examples ?? {}).map(resolve)[0]?.value ?? resolve(each.schema)?.example ?? resolve(each.schema)?.default ?? "";
    const inputs = parameters.filter((each) => each.in !== "cookie").map((each) => ({ each, input: h("input", { type: "text", value: String(each.in === "path" || each.required ? example(each) : ""), required: each.required ?? false }) }));
    const media = resolve(described.requestBody)?.content ?? {};
    const type = Object.keys(media)[0];
    const body = type && h("textarea", { class: "mono", rows: 10, spellcheck: "false", value: pretty(example({ ...media[type], schema: media[type].schema })) });
    const credential = h("input", { type: "text", placeholder: "Bearer …" });
    const secured = (described.security ?? document.security ?? []).some((each) => Object.keys(each).length);
    dialog(`Try ${operation.operationId} in a fork`, () => {
      const result = h("div", { "aria-live": "polite" });
      const submit = async (event) => {
        event.preventDefault();
        try {
          const { name } = await fork({ world: this.route.world }, `${this.route.world}-try`);
          const given = (place) => inputs.filter(({ each, input }) => each.in === place && input.value !== "");
          const path = given("path").reduce((made, { each, input }) => made.replaceAll(`{${each.name}}`, encodeURIComponent(input.value)), operation.path);
          const query = new URLSearchParams(given("query").map(({ each, input }) => [each.name, input.value]));
          const sent = Object.fromEntries(given("header").map(({ each, input }) => [each.name, input.value]));
          if (credential.value) sent.Authorization = credential.value;
          if (body?.value) sent["Content-Type"] = type;
          const response = await fetch(`/_world/${name}${path}${query.size ? `?${query}` : ""}`, { method: operation.method, headers: sent, body: body?.value || undefined });
          const text = await response.text();
          replace(result, h("h3", {}, "Response"), statusPill(response.status), code(shown(text)), h("p", {}, link(`Traffic of ${name}`, href(name, "traffic"))));
        } catch (error) {
          failed(error);
          notice("The request was not sent.", "warn");
        }
      };
      return h("form", { class: "form", onsubmit: submit }, inputs.map(({ each, input }) => field(`${each.name} (${each.in})`, input, each.description ?? "")),
        secured && field("Authorization", credential, "A credential; `mockserver apis` lists those of demonstration."), body && field(`Body (${type})`, body),
        h("div", { class: "actions" }, button("Send", () => {}, { type: "submit", class: "primary" })), result);
    });
  }
}

function shown(text) {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}
