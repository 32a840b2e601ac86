// The fault rules and the stubs of a world, in the order in which they are tried; forms are made from their schemas.

import { get, post, remove } from "./api.js";
import { button, code, dialog, empty, h, link, pretty, replace } from "./dom.js";
import { SchemaForm } from "./form.js";
import { failed, notice } from "./notice.js";
import { Page } from "./page.js";
import { href } from "./route.js";

const FAULT = {
  path: "faults", schema: "NewFaultRule", member: "rule", name: "fault rule",
  aside: ["reply", "delay", "damage"], first: ["reply", "delay", "damage", "match", "times"], rest: ["nth", "probability", "rateLimit", "id"], belowRest: ["method", "path", "headers", "bytesPerSecond", "example"],
};
const STUB = {
  path: "stubs", schema: "NewStub", member: "stub", name: "stub",
  first: ["status", "body", "match", "times"], rest: ["example", "headers", "nth", "probability", "id"], belowRest: ["query", "headers", "body"],
};
const LOOKED_UP = 50; // rules whose latest requests are looked up
let described = null;

async function schemas() {
  described ??= await get("openapi.json");
  return described.components.schemas;
}

export const addFault = (world, given, done) => add(FAULT, world, given, done);
export const addStub = (world, given, done) => add(STUB, world, given, done);

// Ask for a rule, beginning with `given`, and add it; every flaw that the server names is shown at once.
async function add(kind, world, given, done) {
  try {
    const [known, { apis }] = await Promise.all([schemas(), get("apis")]);
    const operations = apis.flatMap((each) => each.operations);
    dialog(`Add a ${kind.name} to ${world}`, (close) => {
      const form = new SchemaForm(known[kind.schema], (name) => known[name.split("/").at(-1)], given, {
        "match.api": apis.map((each) => each.name), "match.operationId": [...new Set(operations.map((each) => each.operationId))],
      }, kind);
      const flaws = h("div", { role: "alert" });
      const submit = async (event) => {
        event.preventDefault();
        try {
          const { id } = (await post(kind.path, { world }, form.value))[kind.member];
          notice(`The ${kind.name} ${id} is in force in ${world}.`, "good", " ", link("Faults and stubs", href(world, "faults")));
          close();
          done();
        } catch (error) {
          replace(flaws, h("p", { class: "bad-text" }, error.message), h("ul", { class: "plain" }, (error.errors ?? []).map((each) => h("li", {}, `${each.pointer}: ${each.message}`))));
        }
      };
      return h("form", { class: "form", onsubmit: submit }, form.element, flaws, h("div", { class: "actions" }, button(`Add the ${kind.name}`, () => {}, { type: "submit", class: "primary" })));
    });
  } catch (error) {
    failed(error);
  }
}

export class Faults extends Page {
  constructor(route) {
    super("Faults and stubs", route);
  }

  async content({ world }) {
    const [{ faults }, { stubs }] = await Promise.all([get("faults", { world }), get("stubs", { world })]);
    const hits = await Promise.all([...faults.map((each) => each.rule.id), ...stubs.map((each) => each.stub.id)].slice(0, LOOKED_UP).map(async (rule) => [rule, (await get("journal", { world, rule, limit: 3 })).entries]));
    this.hits = new Map(hits);
    return [
      h("h1", {}, "Faults and stubs"), this.#head("Fault rules", FAULT, faults),
      faults.length ? h("p", { class: "soft" }, "They are tried in this order. All delays apply, but only the first reply and the first damage.") : await this.#none(),
      faults.map((each) => this.#card(FAULT, each)),
      this.#head("Stubs", STUB, stubs),
      h("p", { class: "soft" }, stubs.length ? "The last one that matches answers." : "A stub answers the requests that match, within the contract."),
      stubs.map((each) => this.#card(STUB, each)),
    ];
  }

  #head(title, kind, found) {
    const { world } = this.route;
    return h("div", { class: "line" }, h("h2", {}, title), h("span", { class: "grow" }), button(`Add a ${kind.name}`, () => add(kind, world, {}, () => this.load()), { class: "primary" }),
      found.length > 0 && button("Delete all", () => this.act(() => remove(kind.path, { world })), { "aria-label": `Delete all ${title.toLowerCase()}` }));
  }

  #card(kind, given) {
    const { [kind.member]: rule, ...counts } = given;
    const { world } = this.route;
    const numbers = Object.entries(counts).filter(([, value]) => typeof value === "number").map(([name, value]) => `${name} ${value}`);
    const { id, match = {}, ...rest } = rule;
    const where = Object.entries(match).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ") || "every request";
    const hits = this.hits.get(id) ?? [];
    return h("article", { class: "card" },
      h("div", { class: "line" }, h("h3", {}, id), h("span", { class: "soft small" }, numbers.join(", ")), h("span", { class: "grow" }),
        button("Delete", () => this.act(() => remove(`${kind.path}/${encodeURIComponent(id)}`, { world })), { "aria-label": `Delete ${id}` })),
      h("p", { class: "deed" }, does(rest)), h("p", { class: "wrap" }, `Meets ${where}.`),
      h("p", { class: "small" }, hits.length ? [h("span", { class: "soft" }, "Fired last on "), hits.map((each, at) => [at ? ", " : "", link(`No. ${each.number}`, href(world, "traffic", [each.number]))]), ". ",
        link("All of them", href(world, "traffic", [], { q: `rule:${id}` }))] : h("span", { class: "soft" }, "It has fired on no request that the journal keeps.")),
      h("details", {}, h("summary", {}, "As JSON"), code(pretty(rule))));
  }

  async #none() {
    const { apis } = await get("apis");
    const operation = apis.flatMap((each) => each.operations).find((each) => each.method === "POST") ?? apis[0]?.operations[0];
    if (!operation) return empty("Nothing goes wrong here", "");
    const given = { match: { api: operation.api, operationId: operation.operationId }, times: 1, reply: { kind: "tooManyRequests", status: 429 } };
    return empty("Nothing goes wrong here", "Every request is answered as the document says.", h("div", { class: "actions center" },
      button(`Make ${operation.operationId} answer 429 once`, () => addFault(this.route.world, given, () => this.load()))));
  }
}

const DELAYS = {
  fixed: ({ seconds }) => `waits ${seconds} s`,
  uniform: ({ from, to }) => `waits ${from} to ${to} s`,
  lognormal: ({ median }) => `waits ${median} s at the median`,
};
const REPLIES = {
  documented: ({ status }) => `answers ${status} as documented`,
  tooManyRequests: ({ status = 429 }) => `answers ${status} with Retry-After`,
  respond: ({ status }) => `answers ${status}, whatever the contract says`,
  fuzz: () => "answers with other valid values each time",
};
const DAMAGES = {
  close: () => "ends the connection",
  reset: () => "resets the connection",
  truncate: () => "sends half of the body",
  malformed: () => "sends a body that is no JSON",
  drip: () => "sends the body slowly",
};

// A kind that has no words here is said as the rule has it, so that a new one of the schemas needs none.
const said = (words, thing, what) => thing && (words[thing.kind]?.(thing) ?? `${what}: ${Object.values(thing).join(" ")}`);

// What a rule does, in a few words.
function does({ reply, delay, damage, rateLimit, status, body, times, nth, probability }) {
  const deeds = [
    said(DELAYS, delay, "delay"), said(REPLIES, reply, "reply"), said(DAMAGES, damage, "damage"),
    rateLimit && `from ${rateLimit.requests} requests in ${rateLimit.seconds} s on`,
    status && `answers ${status}`, body !== undefined && !status && "answers with a body of its own",
    times && `at most ${times === 1 ? "once" : `${times} times`}`, nth && `on request ${nth} only`, probability !== undefined && `with a probability of ${probability}`,
  ].filter(Boolean);
  const text = deeds.join(", ") || "answers";
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}
