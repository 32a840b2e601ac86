// Two worlds, worlds at an entry, or snapshots beside each other: what only one has, and what differs field by field.

import { get, patch } from "./api.js";
import { changesTable, differences } from "./diff.js";
import { button, empty, field, h, link, pill, pretty, replace } from "./dom.js";
import { copy, failed, notice } from "./notice.js";
import { failure } from "./page.js";
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
      h("form", { class: "pair", onsubmit: submit }, field("Left", this.left), field("Right", this.right), this.names,
        h("div", { class: "actions" }, button("Compare", () => {}, { type: "submit", class: "primary" }), button("Swap", swap))),
      h("p", { class: "soft small" }, "Each is a world (t1), a world before an entry (t1@17) or after it (t1@17:after), or a snapshot (snapshot:begun)."), this.result);
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
      replace(this.result, failure(error, () => this.show(this.route)));
    }
  }

  close() {}

  get keys() {
    return { "/": () => this.left.focus() };
  }

  async #suggest() {
    try {
      const [{ worlds }, { snapshots }] = await Promise.all([get("worlds", { limit: 1000 }), get("snapshots", { limit: 1000 })]);
      const names = [...worlds.map((each) => each.name), ...snapshots.map((each) => `snapshot:${each.name}`)];
      replace(this.names, names.map((value) => h("option", { value })));
    } catch (error) {
      failed(error);
    }
  }

  #draw(result) {
    const { left, right } = this.route.query;
    if (result.same) {
      replace(this.result, empty("The same, down to the ids", `${left} and ${right} differ in nothing.`));
      return;
    }
    replace(this.result, h("p", {}, "From ", sideLink(left), " to ", sideLink(right), ":"), result.collections.map((each) => this.#collection(each)),
      !result.collections.length && h("p", { class: "card" }, "The records are the same."), this.#besides(result),
      result.collections.length > 0 && this.#patch(result));
  }

  #collection({ name, added, gone, changed, records, more }) {
    const world = this.route.query.right.split(/[@:]/)[0];
    return h("section", { class: "card" },
      h("div", { class: "line" }, h("h2", {}, link(name, href(world === "snapshot" ? this.route.world : world, "state", [name]))),
        added > 0 && pill(`${added} added`, "good"), gone > 0 && pill(`${gone} gone`, "bad"), changed > 0 && pill(`${changed} changed`, "calm")),
      records.map((each) => h("details", { open: each.change === "changed" && records.length < 20 }, h("summary", {}, `${each.key} ${each.change}`),
        changesTable(differences(each.before ?? {}, each.after ?? {}), `Fields of ${name}/${each.key}`))),
      more > 0 && h("p", { class: "soft" }, `${more} more records differ.`));
  }

  // What differs beside the records: the seed, ids drawn, the clock, the rules.
  #besides({ seed, ids, clock, faults, stubs }) {
    const sides = { seed, ids, clock, faults, stubs };
    const found = Object.entries(sides).flatMap(([name, { left, right }]) => differences(left, right).map((each) => ({ ...each, path: [name, ...each.path] })));
    return found.length > 0 && h("section", { class: "card" }, h("h2", {}, "Beside the records"), changesTable(found, "What else differs"));
  }

  // The differences as a merge patch: to copy, or to make the left world the right one.
  #patch({ left, patch: given, unpatched }) {
    const world = /^[^:@]+$/.test(left) && left;
    return h("div", {}, unpatched.length > 0 && h("p", { class: "soft" }, `A merge patch cannot set a member to null. It leaves such members out of ${unpatched.map((each) => each.key).join(", ")}.`),
      h("div", { class: "actions" }, button("Copy as merge patch", () => copy(pretty(given), "The merge patch")), world && button(`Apply to ${world}`, () => this.#apply(world, given))));
  }

  async #apply(world, given) {
    try {
      await patch("state", { world }, given);
      notice(`${world} has the records of ${this.route.query.right} now.`, "good");
      this.show(this.route);
    } catch (error) {
      failed(error);
    }
  }
}

// A side as a link to where it can be looked at: the world, or the request of the entry.
function sideLink(side) {
  const [, world, entry] = /^([^:@]+)(?:@(\d+))?/.exec(side) ?? [];
  return side.startsWith("snapshot:") ? link(side, href("default", "worlds")) : link(side, href(world, "traffic", entry ? [entry] : []));
}
