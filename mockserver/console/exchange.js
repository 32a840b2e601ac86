// One exchange: why it was answered so, request and response side by side, and what it changed.

import { fork, get, post, unused } from "./api.js";
import { asAssertion, asCurl, asFault, asHttpx, jsonOf, textOf } from "./clips.js";
import { changesTable, differences } from "./diff.js";
import { button, code, dialog, empty, h, link, method, pill, pretty, replace, statusPill } from "./dom.js";
import { addFault, addStub } from "./faults.js";
import { added } from "./filter.js";
import { inferredNote, onDemand, quoted } from "./lines.js";
import { copy, failed, notice } from "./notice.js";
import { go, href } from "./route.js";

const FEW = 5; // records that are listed without being asked for
const TABS = ["why", "messages", "changes"];
const TONES = { added: "good", gone: "bad", changed: "calm" };
const LABELS = { why: "Why", messages: "Request and response", changes: "Changes" };

export class Exchange {
  constructor(route, number, { back, pin }) {
    this.route = route;
    this.world = route.world;
    this.number = number;
    this.back = back;
    this.pin = pin;
    this.element = h("article", { class: "exchange" }, h("p", { class: "soft" }, "Loading…"));
    this.load();
  }

  show(route) {
    this.route = route;
    if (this.entry) this.#draw();
  }

  async load() {
    try {
      this.entry = await get(`journal/${this.number}`, { world: this.world });
      this.#draw();
    } catch (error) {
      replace(this.element, empty(`No entry ${this.number}`, error.message, h("div", { class: "actions center" }, button("Back to the list", this.back))));
    }
  }

  #draw() {
    const { entry } = this;
    const tab = TABS.includes(this.route.query.tab) ? this.route.query.tab : "why";
    const tabs = TABS.map((each) => link(each === "changes" ? this.#changesLabel() : LABELS[each],
      href(this.world, "traffic", [this.number], { ...this.route.query, tab: each }), { "aria-current": each === tab ? "true" : null }));
    replace(this.element, this.#head(),
      h("nav", { class: "tabs", "aria-label": "Parts of the exchange" }, tabs),
      { why: () => this.#why(), messages: () => this.#messages(), changes: () => this.#changes() }[tab]());
  }

  #head() {
    const { entry } = this;
    const pinned = (this.route.query.pin ?? "").split(",").includes(String(entry.number));
    const group = (label, ...buttons) => h("div", { class: "joined", role: "group", "aria-label": label }, buttons);
    return h("div", { class: "head" },
      h("div", { class: "line" }, button("← List", this.back, { class: "quiet back" }), h("h2", { tabindex: "-1" }, `No. ${entry.number}`), method(entry.method), statusPill(entry.status),
        h("span", { class: "soft small" }, `${entry.milliseconds.toFixed(1)} ms, ${entry.answeredBy}`), h("span", { class: "grow" }),
        button(pinned ? "Unpin" : "Pin", this.pin, { class: "quiet", title: "b", "aria-pressed": String(pinned) }),
        group("Requests of the same operation", button("‹", () => this.neighbour(-1), { title: "Previous of the same operation ([)", "aria-label": "Previous request of the same operation" }),
          button("›", () => this.neighbour(1), { title: "Next of the same operation (])", "aria-label": "Next request of the same operation" }))),
      h("p", { class: "mono wrap target-line" }, entry.target),
      h("p", { class: "soft small" }, this.#operation(), " at ", h("time", { datetime: entry.worldAt, title: `${entry.at} in real time` }, entry.worldAt)),
      h("div", { class: "actions" },
        group("Fork", button("Fork before", () => this.fork("before"), { title: "f" }), button("Fork after", () => this.fork("after"))),
        group("Replay", button("Replay in a fork", () => this.replay(true), { title: "r" }), button("Replay here", () => this.replay(false))),
        button("Compare with now", () => this.compare(), { title: "d" }),
        group("Answer otherwise", button("Make it fail", () => this.#fail()), entry.operationId && button("Answer by a stub", () => this.#stub()))),
      h("div", { class: "actions small" }, h("span", { class: "soft" }, "Copy as"), button("curl", () => this.copyCurl(), { class: "quiet", title: "c" }),
        button("httpx", () => copy(asHttpx(entry), "The call"), { class: "quiet" }), button("pytest", () => copy(asAssertion(entry), "The test"), { class: "quiet" }),
        button("fault rule", () => copy(pretty(asFault(entry, this.#failure())), "The fault rule"), { class: "quiet" })));
  }

  #operation() {
    const { api, operationId } = this.entry;
    if (!operationId) return "No operation";
    const only = (label, word) => link(label, href(this.world, "traffic", [this.number], { ...this.route.query, q: added(this.route.query.q, word) }), { class: "quiet" });
    return [link(`${api}.${operationId}`, href(this.world, "contract", [api, operationId])), " (", only("only these", `operation:${operationId}`), ", ", only("without these", `-operation:${operationId}`), ")"];
  }

  #why() {
    const { explain } = this.entry;
    return h("div", {},
      h("p", { class: "answer" }, explain.answer),
      explain.violations.map((each) => this.#violation(each)),
      explain.rejection?.requiredScopes.length > 0 && h("p", {}, `Required scopes: ${explain.rejection.requiredScopes.join(", ")}; granted: ${explain.rejection.grantedScopes.join(", ") || "none"}.`),
      explain.faults.map(({ id, rule }) => code(rule ? pretty(rule) : "deleted since", `Fault rule ${id}`)),
      (explain.stubs ?? []).length > 0 && [h("h3", {}, "Stubs that did not answer"), h("ul", { class: "plain" }, explain.stubs.map(({ id, reasons }) => h("li", {}, h("strong", {}, id), `: ${reasons.join("; ")}`)))],
      explain.prefer && h("p", {}, "Prefer: ", h("code", {}, explain.prefer)),
      h("h3", {}, "Candidates"),
      explain.candidates.length ? h("ul", { class: "plain candidates" }, explain.candidates.map(({ operation, chosen, reason }) => h("li", {},
        h("div", { class: "line" }, chosen ? pill("chosen", "good") : pill("not chosen", "absent"), method(operation.method), h("code", {}, operation.path)), h("div", { class: "soft small" }, reason)))) : h("p", { class: "soft" }, "No operation has such a path."),
      Object.keys(explain.pathParameters).length > 0 && [h("h3", {}, "Path parameters"), h("dl", { class: "facts" }, Object.entries(explain.pathParameters).map(([name, value]) => [h("dt", {}, name), h("dd", { class: "mono wrap" }, value)]))],
      explain.records.length > 0 && h("details", { open: explain.records.length <= FEW }, h("summary", {}, `Records that the path or the response names (${explain.records.length})`), h("ul", { class: "plain" }, explain.records.map(({ collection, key }) =>
        h("li", {}, link(`${collection}/${key}`, href(this.world, "state", [collection], { key })))))));
  }

  #violation(violation) {
    const lines = violation.document;
    return h("section", { class: "card warn" },
      h("h3", {}, `${violation.where} ${violation.pointer}: ${violation.message}`),
      h("div", { class: "sides" },
        h("div", {}, h("h4", {}, "Received"), code(violation.received === null ? "nothing" : pretty(violation.received))),
        h("div", {}, h("h4", {}, "The document"), lines ? [quoted(lines), inferredNote(lines)] : code(pretty({ [violation.keyword]: violation.expected }), "Expected"))));
  }

  #messages() {
    const { api, explain, request, response, status } = this.entry;
    const asDocumented = (pointer, label) => pointer && onDemand(api, pointer, label);
    const side = (label, message, ...documented) => h("section", { "aria-label": label }, h("h3", {}, label), message ? [
      h("div", { class: "scroll" }, h("table", { class: "headers" }, h("tbody", {}, message.headers.map(({ name, value }) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "mono wrap" }, value)))))),
      message.bytes > 0 ? code(jsonOf(message) === undefined ? textOf(message) : pretty(jsonOf(message)), `${message.bytes.toLocaleString("en")} bytes${message.cut ? `; only the first ${new Blob([message.body]).size.toLocaleString("en")} are kept` : ""}`) : h("p", { class: "soft" }, "No body."),
    ] : h("p", { class: "soft" }, "The connection ended without a response."), documented);
    const { parameters, requestBody, response: answer } = explain.documented ?? {};
    return h("div", { class: "sides" }, side("Request", request, asDocumented(parameters, "Parameters as documented"), asDocumented(requestBody, "Body as documented")),
      side("Response", response, asDocumented(answer, `Response ${status} as documented`)));
  }

  #changesLabel() {
    const count = this.entry.changed;
    return count ? `Changes (${count})` : "Changes";
  }

  #changes() {
    const { changes } = this.entry;
    const { records, more, ids, counted, clock } = changes;
    const drawn = ids.after.drawn - ids.before.drawn;
    const moved = differences(clock.before, clock.after);
    return h("div", {},
      records.map(({ collection, key, change, before, after }) => h("section", { class: `card ${TONES[change] === "calm" ? "" : TONES[change]}` },
        h("div", { class: "line" }, h("h3", {}, pill(change, TONES[change]), " ", link(`${collection}/${key}`, href(this.world, "state", [collection], { key }))),
          link("Requests that touched it", href(this.world, "traffic", [this.number], { ...this.route.query, q: `touched:${collection}/${key}` }), { class: "quiet small" })),
        changesTable(differences(before ?? {}, after ?? {}), `Fields of ${collection}/${key}`))),
      more > 0 && h("p", { class: "soft" }, `${more} more records were changed.`),
      !records.length && empty("It changed no record", "Reads and refused requests leave the records as they were."),
      h("dl", { class: "facts" },
        h("dt", {}, "Identifiers drawn"), h("dd", {}, drawn ? `${drawn}, from number ${ids.before.drawn + 1} on` : "none"),
        h("dt", {}, "Clock"), h("dd", {}, clock.readAt ? `read at ${clock.readAt}` : "not read", moved.length > 0 && changesTable(moved, "Changes of the clock")),
        h("dt", {}, "Rules that counted it"), h("dd", {}, counted.length ? counted.map((each) => h("div", {}, `${each.id}: met ${each.before.met} → ${each.after.met}, fired ${each.before.fired} → ${each.after.fired}`)) : "none")));
  }

  async fork(at) {
    await this.#made(async () => {
      const { name } = await fork({ world: this.world, entry: Number(this.number), at }, `${this.world}-${at}-${this.number}`);
      notice(`World ${name} stands as ${this.world} did ${at} request ${this.number}.`, "good", " ", link("Open it", href(name, "traffic")));
    });
  }

  async replay(inFork) {
    await this.#made(async () => {
      const target = inFork ? { fork: await unused(`${this.world}-replay-${this.number}`) } : { world: this.world };
      const { world, original, replayed, same, differences: found } = await post(`journal/${this.number}/replay`, { world: this.world }, target);
      const rows = found.map((each) => ({ path: [each.where, ...each.pointer.split("/").slice(1)], before: each.original, after: each.replayed }));
      dialog(`Replay of No. ${this.number} in ${world}`, () => [
        h("p", {}, same ? "The response is the same, byte for byte." : "The responses differ:"),
        !same && changesTable(rows, "Differences of the responses"),
        h("div", { class: "sides" }, [["Then", original], ["Now", replayed]].map(([label, each]) =>
          h("section", { "aria-label": label }, h("div", { class: "line" }, h("h3", {}, label), statusPill(each.status)), code(this.#body(each.response))))),
        h("p", {}, link(`Traffic of ${world}`, href(world, "traffic"))),
      ]);
    });
  }

  #body(message) {
    const value = message && jsonOf(message);
    return value === undefined ? textOf(message) : pretty(value);
  }

  compare() {
    go(this.world, "compare", [], { left: `${this.world}@${this.number}`, right: this.world });
  }

  copyCurl() {
    if (this.entry) copy(asCurl(this.entry), "The command");
  }

  // The next (1) or previous (-1) request of the same operation.
  async neighbour(step) {
    await this.#made(async () => {
      const asked = { world: this.world, operationId: this.entry.operationId, [step > 0 ? "after" : "before"]: this.number, limit: step > 0 ? 1000 : 1 };
      const { entries } = await get("journal", asked);
      const found = entries[step > 0 ? entries.length - 1 : 0];
      if (found) go(this.world, "traffic", [found.number], this.route.query);
      else notice(`There is no ${step > 0 ? "later" : "earlier"} request of ${this.entry.operationId ?? "that kind"}.`);
    });
  }

  #failure() {
    return this.entry.status >= 400 ? this.entry.status : 500;
  }

  #fail() {
    addFault(this.world, asFault(this.entry, this.#failure()), () => {});
  }

  #stub() {
    const { api, operationId, explain, status, response } = this.entry;
    const body = jsonOf(response ?? {});
    const match = { api, operationId, ...(Object.keys(explain.pathParameters).length ? { pathParameters: explain.pathParameters } : {}) };
    addStub(this.world, { match, status, ...(body === undefined ? {} : { body }) }, () => {});
  }

  async #made(act) {
    try {
      await act();
    } catch (error) {
      failed(error);
    }
  }
}

