// The records of a world: its collections with their counts, a table of one, and an editor that the server checks.

import { exists, get, put } from "./api.js";
import { brief, button, counted, dialog, empty, field, h, link, noWorld, pretty, replace } from "./dom.js";
import { save } from "./clips.js";
import { failed } from "./notice.js";
import { failure, unseenTitle } from "./page.js";
import { editRecord, read, sent, showRecord } from "./record.js";
import { go, href } from "./route.js";

const PAGE = 100;
const COLUMNS = 8;

export class State {
  constructor(route, { live }) {
    this.stop = live.onEvent((kind, value) => this.#event(kind, value));
    this.stale = button("", () => this.show(this.route), { class: "counter", hidden: true });
    this.side = h("nav", { class: "side", "aria-label": "Collections" });
    this.body = h("section", { class: "page", "aria-label": "Records" });
    this.element = h("div", { class: "sided" }, this.side, this.body);
    this.show(route);
  }

  async show(route) {
    this.route = route;
    this.stale.hidden = true;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const [side, ...shown] = await this.#made(route);
      if (turn !== this.turn) return;
      replace(this.side, side);
      replace(this.body, shown);
      if (route.query.key) await this.#open(route);
    } catch (error) {
      if (turn === this.turn) replace(this.body, unseenTitle("State"), failure(error, () => this.show(this.route)));
    }
  }

  close() {
    this.stop();
    this.turn = -1;
  }

  // The records changed while they were read: they stay as they are until a person wants the new ones.
  #event(kind, value) {
    const changed = kind === "entries" && value.entries.filter((each) => each.changed).length;
    if (!changed && kind !== "cleared") return;
    this.stale.hidden = false;
    this.stale.textContent = "The state has changed: show it";
  }

  get keys() {
    return { "/": () => this.side.querySelector("a")?.focus() };
  }

  async #made({ world, rest }) {
    if (!(await exists(world))) return [null, unseenTitle("State"), noWorld(world)];
    const { collections } = await get("state", { world });
    const name = rest[0] ?? collections.find((each) => each.count)?.name ?? collections[0]?.name;
    if (!name) return [null, unseenTitle("State"), empty("No collection", "The APIs served keep no records.")];
    const choice = h("select", { class: "side-choice", "aria-label": "Collection", onchange: () => go(world, "state", [choice.value]) },
      collections.map((each) => h("option", { value: each.name }, `${each.name} (${sized(each)})`)));
    choice.value = name;
    const links = collections.map((each) => link([h("span", {}, each.name), h("span", { class: "soft" }, sized(each))],
      href(world, "state", [each.name]), { "aria-current": each.name === name ? "page" : null }));
    return [[links, choice], ...(await this.#collection(name))];
  }

  async #collection(name) {
    const { world, query } = this.route;
    const offset = Number(query.offset ?? 0);
    const { records, keys, fields, total } = await get(`state/${encodeURIComponent(name)}`, { world, offset, limit: PAGE });
    const tools = h("div", { class: "line" }, h("h1", {}, name), h("span", { class: "soft" }, counted(total, "record")), this.stale, h("span", { class: "grow" }),
      button("Add", () => editRecord(world, name, null, null, { ...this.#after(name), keyField: keyOf(records, keys, fields) }), { class: "primary" }), button("Import", () => this.#import(name)), button("Export", () => this.#export(name)));
    const page = (to, label) => link(label, href(world, "state", [name], { offset: to }));
    return [tools, total ? this.#table(name, records, keys, fields) : this.#none(name),
      total > PAGE && h("p", { class: "actions" }, offset > 0 && page(Math.max(0, offset - PAGE), "← Earlier"), h("span", { class: "soft" }, `${offset + 1} to ${Math.min(total, offset + PAGE)}`), offset + PAGE < total && page(offset + PAGE, "Later →"))];
  }

  // The first column is the key, in the field that holds it or, where none does alone, in a column of its own. The
  // others are the fields of the schema, then those that a record has beside them.
  #table(name, records, keys, fields) {
    const { world, query } = this.route;
    const there = new Set(records.flatMap((each) => Object.keys(each)));
    const own = holder(records, keys, fields);
    const names = [...new Set([...fields.filter((each) => there.has(each)), ...there])].filter((each) => each !== own);
    const columns = names.slice(0, COLUMNS - 1);
    const more = names.length - columns.length;
    const named = (key) => h("th", { scope: "row", class: "mono cut", title: key }, link(key || "(empty)", href(world, "state", [name], { ...query, key }), { "aria-label": `Show ${key}` }));
    const cell = (text) => h("td", { class: "mono cut", title: text }, text);
    return h("div", { class: "scroll" }, h("table", { class: "records", "aria-label": `Records of ${name}` },
      h("thead", {}, h("tr", {}, [own ?? "key", ...columns].map((each) => h("th", { scope: "col" }, each)), more > 0 && h("th", { scope: "col" }, `${more} more`), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Actions")))),
      h("tbody", {}, records.map((record, row) => h("tr", { class: keys[row] === query.key ? "chosen" : null }, named(keys[row]), columns.map((each) => cell(brief(record[each]))),
        more > 0 && h("td", { class: "soft" }, "…"),
        h("td", {}, button("Edit", () => editRecord(world, name, keys[row], record, this.#after(name)), { class: "quiet", "aria-label": `Edit ${keys[row]}` })))))));
  }

  #none(name) {
    return empty(`${name} is empty`, "Paste a JSON array of records, or reset the world to its seed.", h("div", { class: "actions center" },
      button("Import", () => this.#import(name), { class: "primary" }), link("Worlds", href(this.route.world, "worlds"))));
  }

  #after(name) {
    return { done: () => (this.route.query.key ? this.#shut(name) : this.show(this.route)) };
  }

  #open({ world, rest, query }) {
    const closed = () => this.turn >= 0 && this.route.query.key === query.key && this.#shut(rest[0]);
    return showRecord(world, rest[0], query.key, { ...this.#after(rest[0]), closed });
  }

  #shut(name) {
    const { key, ...query } = this.route.query;
    go(this.route.world, "state", [name], query);
  }

  async #export(name) {
    try {
      const found = [];
      for (let total = 1; found.length < total;) {
        const page = await get(`state/${encodeURIComponent(name)}`, { world: this.route.world, offset: found.length, limit: 1000 });
        found.push(...page.records);
        total = page.records.length ? page.total : 0;
      }
      save(`${name}.json`, pretty(found));
    } catch (error) {
      failed(error);
    }
  }

  #import(name) {
    const { world } = this.route;
    dialog(`Replace ${name}`, (close) => {
      const area = h("textarea", { class: "mono", rows: 16, spellcheck: "false", placeholder: "[\n  {…}\n]", autofocus: true });
      const flaws = h("div", { role: "alert" });
      const submit = (event) => {
        event.preventDefault();
        const value = read(area, flaws);
        if (value !== undefined) sent(flaws, close, () => put("state", { world }, { [name]: value }), `${name} is replaced.`, () => this.show(this.route));
      };
      return h("form", { class: "form", onsubmit: submit }, field("Records", area, "A JSON array. It replaces all records of the collection, or none if one is wrong."), flaws,
        h("div", { class: "actions" }, button("Replace", () => {}, { type: "submit", class: "primary" })));
    });
  }
}

// How many records a collection has, as far as they have been counted.
function sized({ count }) {
  return count === null ? "not yet made" : count.toLocaleString("en");
}

// The field that holds the key, as far as the records show; undefined where none does alone.
function holder(records, keys, fields) {
  const names = [...new Set(["id", ...fields, ...records.flatMap((each) => Object.keys(each))])];
  return names.find((name) => records.length && records.every((each, at) => String(each[name]) === keys[at]));
}

// The field in which a new record most likely has its key.
function keyOf(records, keys, fields) {
  return holder(records, keys, fields) ?? fields[0] ?? "id";
}
