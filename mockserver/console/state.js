// The records of a world: its collections with their counts, a table of one, and an editor that the server checks.

import { exists, get, patch, put } from "./api.js";
import { brief, button, dialog, empty, field, h, link, noWorld, pretty, replace } from "./dom.js";
import { save } from "./clips.js";
import { failed, notice } from "./notice.js";
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
    const { world } = route;
    try {
      if (!(await exists(world))) { replace(this.side); replace(this.body, noWorld(world)); return; }
      this.collections = (await get("state", { world })).collections;
      const name = route.rest[0] ?? this.collections.find((each) => each.count)?.name ?? this.collections[0]?.name;
      replace(this.side, this.collections.map((each) => link([h("span", {}, each.name), h("span", { class: "soft" }, each.count.toLocaleString("en"))],
        href(world, "state", [each.name]), { "aria-current": each.name === name ? "page" : null })));
      if (name) await this.#collection(name);
      else replace(this.body, empty("No collection", "The APIs served keep no records."));
    } catch (error) {
      failed(error);
    }
  }

  close() {
    this.stop();
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

  async #collection(name) {
    const { world, query } = this.route;
    const offset = Number(query.offset ?? 0);
    const { records, total, key } = await get(`state/${encodeURIComponent(name)}`, { world, offset, limit: PAGE });
    this.keyField = key ?? "id";
    const names = [...new Set(records.flatMap((each) => Object.keys(each)))];
    const columns = names.slice(0, COLUMNS);
    const tools = h("div", { class: "line" }, h("h1", {}, name), h("span", { class: "soft" }, `${total.toLocaleString("en")} records`), this.stale, h("span", { class: "grow" }),
      button("Add", () => this.#edit(name, null), { class: "primary" }), button("Import", () => this.#import(name)),
      button("Export", () => save(`${name}.json`, pretty(records))));
    const table = h("div", { class: "scroll" }, h("table", { class: "records", "aria-label": `Records of ${name}` },
      h("thead", {}, h("tr", {}, columns.map((each) => h("th", { scope: "col" }, each)), names.length > COLUMNS && h("th", { scope: "col" }, `${names.length - COLUMNS} more`), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Actions")))),
      h("tbody", {}, records.map((record) => h("tr", { class: this.#keyOf(record) === query.key ? "chosen" : null },
        columns.map((each, at) => h(at ? "td" : "th", { scope: at ? null : "row", class: "mono cut", title: brief(record[each]) }, brief(record[each]))),
        names.length > COLUMNS && h("td", { class: "soft" }, "…"),
        h("td", {}, button("Edit", () => this.#edit(name, record), { class: "quiet", "aria-label": `Edit ${this.#keyOf(record)}` })))))));
    const page = (to, label) => link(label, href(world, "state", [name], { offset: to }));
    replace(this.body, tools, total ? table : empty(`${name} is empty`, "Paste a JSON array of records, or reset the world to its seed.", h("div", { class: "actions center" }, button("Import", () => this.#import(name), { class: "primary" }), link("Worlds", href(world, "worlds")))),
      total > PAGE && h("p", { class: "actions" }, offset > 0 && page(Math.max(0, offset - PAGE), "← Earlier"), h("span", { class: "soft" }, `${offset + 1} to ${Math.min(total, offset + PAGE)}`), offset + PAGE < total && page(offset + PAGE, "Later →")));
    if (query.key) await this.#named(name, query.key, records);
  }

  #keyOf(record) {
    return String(record[this.keyField] ?? Object.values(record)[0] ?? "");
  }

  // A record that a link names may be on another page.
  async #named(name, key, records) {
    let record = records.find((each) => this.#keyOf(each) === key);
    for (let offset = 0; !record && offset < 5000; offset += 1000) {
      const page = await get(`state/${encodeURIComponent(name)}`, { world: this.route.world, offset, limit: 1000 });
      record = page.records.find((each) => this.#keyOf(each) === key);
      if (offset + 1000 >= page.total) break;
    }
    if (record) this.#edit(name, record);
    else notice(`${name} has no record ${key} now.`, "warn");
  }

  #edit(name, record) {
    const { world } = this.route;
    dialog(record ? `${name}/${this.#keyOf(record)}` : `Add to ${name}`, (close) => {
      const area = h("textarea", { class: "mono", rows: 16, spellcheck: "false", value: record ? pretty(record) : "{\n  \n}", autofocus: true });
      const flaws = h("div", { role: "alert" });
      const send = async (value) => {
        const key = record ? this.#keyOf(record) : String(value[this.keyField]);
        await this.#send(flaws, close, () => patch("state", { world }, { [name]: { [key]: value } }), `${name}/${key} ${value === null ? "is deleted" : "is saved"}.`);
      };
      const submit = (event) => {
        event.preventDefault();
        const value = this.#read(area, flaws);
        if (value === undefined) return;
        const gone = record ? Object.keys(record).filter((each) => !(each in value)) : [];
        send({ ...value, ...Object.fromEntries(gone.map((each) => [each, null])) });
      };
      return h("form", { class: "form", onsubmit: submit }, field("Record", area, "JSON; it is checked against the schema of its collection."), flaws,
        h("div", { class: "actions" }, button("Save", () => {}, { type: "submit", class: "primary" }), record && button("Delete", () => send(null), { class: "danger" }),
          record && link("Requests that touched it", href(world, "traffic", [], { q: `touched:${name}/${this.#keyOf(record)}` }), { onclick: close })));
    });
  }

  #import(name) {
    const { world } = this.route;
    dialog(`Replace ${name}`, (close) => {
      const area = h("textarea", { class: "mono", rows: 16, spellcheck: "false", placeholder: "[\n  {…}\n]", autofocus: true });
      const flaws = h("div", { role: "alert" });
      const submit = (event) => {
        event.preventDefault();
        const value = this.#read(area, flaws);
        if (value !== undefined) this.#send(flaws, close, () => put("state", { world }, { [name]: value }), `${name} is replaced.`);
      };
      return h("form", { class: "form", onsubmit: submit }, field("Records", area, "A JSON array. It replaces all records of the collection, or none if one is wrong."), flaws,
        h("div", { class: "actions" }, button("Replace", () => {}, { type: "submit", class: "primary" })));
    });
  }

  #read(area, flaws) {
    try {
      return JSON.parse(area.value);
    } catch (error) {
      replace(flaws, h("p", { class: "bad-text" }, `This is not JSON: ${error.message}`));
      return undefined;
    }
  }

  async #send(flaws, close, act, done) {
    try {
      await act();
      close();
      notice(done, "good");
      const { key, ...query } = this.route.query;
      if (key) go(this.route.world, "state", this.route.rest, query);
      else await this.show(this.route);
    } catch (error) {
      replace(flaws, h("p", { class: "bad-text" }, error.message), h("ul", { class: "plain" }, (error.errors ?? []).map((each) => h("li", {}, `${each.pointer}: ${each.message}`))));
    }
  }
}
