// The fault rules and the stubs of a world, in the order in which they are tried; forms are made from their schemas.

import { exists, get, post, remove } from "./api.js";
import { button, dialog, empty, h, link, noWorld, pretty, replace } from "./dom.js";
import { SchemaForm } from "./form.js";
import { failed, notice } from "./notice.js";
import { href } from "./route.js";

const FAULT = { path: "faults", schema: "NewFaultRule", member: "rule", name: "fault rule" };
const STUB = { path: "stubs", schema: "NewStub", member: "stub", name: "stub" };
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
      });
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

export class Faults {
  constructor(route) {
    this.element = h("section", { class: "page", "aria-label": "Faults and stubs" });
    this.show(route);
  }

  show(route) {
    this.route = route;
    this.load();
  }

  close() {}

  get keys() {
    return {};
  }

  async load() {
    const { world } = this.route;
    try {
      if (!(await exists(world))) { replace(this.element, noWorld(world)); return; }
      const [{ faults }, { stubs }] = await Promise.all([get("faults", { world }), get("stubs", { world })]);
      replace(this.element,
        h("h1", {}, "Faults and stubs"), this.#head("Fault rules", FAULT, faults),
        faults.length ? h("p", { class: "soft" }, "They are tried in this order. All delays apply, but only the first reply and the first damage.") : await this.#none(),
        faults.map((each) => this.#card(FAULT, each)),
        this.#head("Stubs", STUB, stubs),
        h("p", { class: "soft" }, stubs.length ? "The last one that matches answers." : "A stub answers the requests that match, within the contract."),
        stubs.map((each) => this.#card(STUB, each)));
    } catch (error) {
      failed(error);
    }
  }

  #head(title, kind, found) {
    const { world } = this.route;
    return h("div", { class: "line" }, h("h2", {}, title), h("span", { class: "grow" }), button(`Add a ${kind.name}`, () => add(kind, world, {}, () => this.load()), { class: "primary" }),
      found.length > 0 && button("Delete all", () => this.#act(() => remove(kind.path, { world })), { "aria-label": `Delete all ${title.toLowerCase()}` }));
  }

  #card(kind, given) {
    const { [kind.member]: rule, ...counts } = given;
    const numbers = Object.entries(counts).filter(([, value]) => typeof value === "number").map(([name, value]) => `${name} ${value}`);
    const { id, match = {}, ...rest } = rule;
    const where = Object.entries(match).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ") || "every request";
    return h("article", { class: "card" },
      h("div", { class: "line" }, h("h3", {}, id), h("span", { class: "soft small" }, numbers.join(", ")), h("span", { class: "grow" }),
        match.operationId && link("Its requests", href(this.route.world, "traffic", [], { q: `operation:${match.operationId}` })),
        button("Delete", () => this.#act(() => remove(`${kind.path}/${encodeURIComponent(id)}`, { world: this.route.world })), { "aria-label": `Delete ${id}` })),
      h("p", {}, `Meets ${where}.`), h("pre", { class: "mono" }, pretty(rest)));
  }

  async #none() {
    const { apis } = await get("apis");
    const operation = apis.flatMap((each) => each.operations).find((each) => each.method === "POST") ?? apis[0]?.operations[0];
    if (!operation) return empty("Nothing goes wrong here", "");
    const given = { match: { api: operation.api, operationId: operation.operationId }, times: 1, reply: { kind: "tooManyRequests", status: 429 } };
    return empty("Nothing goes wrong here", "Every request is answered as the document says.", h("div", { class: "actions center" },
      button(`Make ${operation.operationId} answer 429 once`, () => addFault(this.route.world, given, () => this.load()))));
  }

  async #act(act) {
    try {
      await act();
      await this.load();
    } catch (error) {
      failed(error);
    }
  }
}
