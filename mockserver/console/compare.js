// Two worlds, worlds at an entry, or snapshots beside each other: what only one has, and what differs field by field.

import { get } from "./api.js";
import { changesTable, differences } from "./diff.js";
import { button, empty, field, h, link, pill, pretty, replace } from "./dom.js";
import { copy, failed } from "./notice.js";
import { go, href } from "./route.js";

export class Compare {
  constructor(route) {
    this.result = h("div", { role: "region", "aria-live": "polite", "aria-label": "Result" });
    this.left = h("input", { type: "text", list: "sides", required: true });
    this.right = h("input", { type: "text", list: "sides", required: true });
    this.names = h("datalist", { id: "sides" });
    const submit = (event) => {
      event.preventDefault();
      go(this.route.world, "compare", [], { left: this.left.value.trim(), right: this.right.value.trim() });
    };
    const swap = () => go(this.route.world, "compare", [], { left: this.right.value, right: this.left.value });
    this.element = h("section", { class: "page", "aria-label": "Compare" }, h("h1", {}, "Compare"),
      h("form", { class: "pair", onsubmit: submit }, field("Left", this.left, "A world, a world at an entry such as t1@17, or a snapshot."), field("Right", this.right), this.names,
        h("div", { class: "actions" }, button("Compare", () => {}, { type: "submit", class: "primary" }), button("Swap", swap))), this.result);
    this.show(route);
  }

  async show(route) {
    this.route = route;
    const { left, right } = route.query;
    this.left.value = left ?? route.world;
    this.right.value = right ?? "default";
    this.#suggest();
    if (!left || !right) { replace(this.result, empty("Choose two sides", "What differs between them is shown here.")); return; }
    try {
      replace(this.result, h("p", { class: "soft" }, "Comparing…"));
      this.#draw(await get("compare", { left, right }));
    } catch (error) {
      replace(this.result, h("p", { class: "bad-text" }, error.message));
    }
  }

  close() {}

  get keys() {
    return { "/": () => this.left.focus() };
  }

  async #suggest() {
    try {
      const [{ worlds }, { snapshots }] = await Promise.all([get("worlds", { limit: 1000 }), get("snapshots", { limit: 1000 })]);
      replace(this.names, [...worlds, ...snapshots].map((each) => h("option", { value: each.name })));
    } catch (error) {
      failed(error);
    }
  }

  #draw(result) {
    const { left, right } = this.route.query;
    if (!result.collections.length) {
      replace(this.result, empty(result.same === false ? "The records are the same" : "The same, down to the ids", `${left} and ${right} hold the same records.`));
      return;
    }
    replace(this.result, h("p", {}, `From ${left} to ${right}:`), result.collections.map((each) => this.#collection(each)),
      h("div", { class: "actions" }, button("Copy as merge patch", () => copy(pretty(result.patch), "The merge patch"))));
  }

  #collection({ name, added, gone, changed }) {
    const world = this.route.query.right.split("@")[0];
    return h("section", { class: "card" },
      h("div", { class: "line" }, h("h2", {}, link(name, href(world, "state", [name]))), pill(`${added.length} added`, "good"), pill(`${gone.length} gone`, "bad"), pill(`${changed.length} changed`, "calm")),
      added.map((each) => this.#record(each.key, "added", undefined, each.record)), gone.map((each) => this.#record(each.key, "gone", each.record, undefined)),
      changed.map((each) => h("details", { open: true }, h("summary", {}, `${each.key} changed`), changesTable(each.fields ?? differences(each.before, each.after), `Fields of ${name}/${each.key}`))));
  }

  #record(key, kind, before, after) {
    return h("details", {}, h("summary", {}, `${key} ${kind}`), changesTable(differences(before ?? {}, after ?? {}), `Fields of ${key}`));
  }
}
