// Traffic: the requests of a world as they come, filtered by the server, with one of them open beside the list.

import { exists, get } from "./api.js";
import { asHar, save } from "./clips.js";
import { button, counted, empty, h, method, replace, statusPill } from "./dom.js";
import { Exchange } from "./exchange.js";
import { added, asked, removed, terms, turned } from "./filter.js";
import { GROUPS, grouped } from "./groups.js";
import { announce, copy, failed } from "./notice.js";
import { failure } from "./page.js";
import { Pins } from "./pins.js";
import { amend, go } from "./route.js";
import { RowTable } from "./table.js";

const KEPT = 1000;
const CHIPS = [["status", "2XX"], ["status", "4XX"], ["status", "5XX"], ["violations", "true"]];

export class Traffic {
  constructor(route, { live }) {
    this.live = live;
    this.rows = [];
    this.held = [];
    this.search = h("input", { type: "search", placeholder: "Path, text, operation:NAME, touched:COLLECTION; - excludes", "aria-label": "Filter the traffic" });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Filters" });
    this.counter = button("", () => this.release(), { class: "counter", hidden: true });
    this.told = h("span", { class: "soft small" });
    this.table = new RowTable("Requests, the latest first", COLUMNS, (row) => row.number, (row) => this.open(row.number));
    this.list = h("section", { class: "list", "aria-label": "Requests" });
    this.nothing = h("div");
    this.detail = h("section", { class: "detail", "aria-label": "Exchange" });
    this.pins = new Pins((number) => this.open(number), (number) => this.pin(number));
    this.grouping = h("select", { class: "pick-one", "aria-label": "Group", onchange: () => this.#set("group", this.grouping.value) },
      Object.entries(GROUPS).map(([value, label]) => h("option", { value }, label)));
    replace(this.list, h("div", { class: "tools" }, this.search, this.grouping, button("Export HAR", () => this.#har())), this.chips,
      this.pins.element, h("div", { class: "tools counts" }, this.counter, this.told), this.nothing, this.table.element);
    this.title = h("h1", { class: "unseen" });
    this.element = h("div", { class: "split" }, this.title, this.list, this.detail);
    this.search.addEventListener("input", () => this.#typed());
    this.stop = live.onEvent((kind, value) => this.#event(kind, value));
    this.show(route);
  }

  show(route) {
    const before = this.route;
    this.route = route;
    this.title.textContent = `Traffic of ${route.world}`;
    const filter = JSON.stringify({ ...route.query, tab: undefined, pin: undefined });
    if (before?.world !== route.world || filter !== this.filter) {
      this.filter = filter;
      if (document.activeElement !== this.search) this.search.value = route.query.q ?? "";
      this.#drawChips();
      this.load();
    }
    this.pins.show(route, this.rows);
    this.#drawDetail();
  }

  close() {
    this.stop();
    this.loading?.abort();
  }

  get keys() {
    return {
      "/": () => this.search.focus(), j: () => this.table.move(1), k: () => this.table.move(-1), ".": () => this.release(),
      p: () => this.live.toggle(), x: () => this.#set("violations", this.route.query.violations ? "" : "true"), Esc: () => this.back(),
      b: () => this.exchange && this.pin(this.exchange.number),
      "[": () => this.exchange?.neighbour(-1), "]": () => this.exchange?.neighbour(1), f: () => this.exchange?.fork("before"),
      r: () => this.exchange?.replay(true), d: () => this.exchange?.compare(), c: () => this.exchange?.copyCurl(),
    };
  }

  async load() {
    this.loading?.abort();
    this.loading = new AbortController();
    this.told.textContent = "Filtering…";
    try {
      const wanted = { world: this.route.world, limit: KEPT, ...asked(this.route.query) };
      const page = (await exists(wanted.world)) ? await get("journal", wanted, { signal: this.loading.signal }) : { entries: [], total: 0 };
      this.rows = page.entries;
      this.held = [];
      this.total = page.total;
      this.#draw();
    } catch (error) {
      if (error.name !== "AbortError") this.#cannot(error);
    }
  }

  #cannot(error) {
    this.rows = [];
    this.table.show([]);
    this.table.element.hidden = true;
    this.told.textContent = "";
    replace(this.nothing, failure(error, () => this.load()));
  }

  // Keep a request in sight, whatever the filter is and however many come after it; or do so no longer.
  pin(number) {
    this.#set("pin", this.pins.toggled(this.route.query.pin, number));
  }

  open(number) {
    go(this.route.world, "traffic", [String(number)], this.route.query);
  }

  back() {
    const number = this.route.rest[0];
    if (!number) return;
    go(this.route.world, "traffic", [], this.route.query);
    const at = this.rows.findIndex((each) => String(each.number) === number);
    if (at >= 0) requestAnimationFrame(() => this.table.focus(at));
  }

  // Show what came while something was being read.
  release() {
    this.rows = [...this.held, ...this.rows].slice(0, KEPT);
    this.held = [];
    this.#draw();
  }

  #typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.#set("q", this.search.value.trim(), true), 250);
  }

  #set(name, value, quietly = false) {
    const query = { ...this.route.query, [name]: value };
    if (!quietly) { go(this.route.world, "traffic", this.route.rest, query); return; }
    amend(this.route.world, "traffic", this.route.rest, query);
    this.show({ ...this.route, query: Object.fromEntries(Object.entries(query).filter(([, each]) => each)) });
  }

  #event(kind, value) {
    if (kind === "entries") this.#came(value.entries.reverse());
    else if (kind === "lagged") this.#again();
    else if (kind === "cleared") this.load();
  }

  #came(rows) {
    if (this.#filtered) {
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.#again(), 300); // the server knows which of them pass
      return;
    }
    this.total = Math.max(this.total ?? 0, rows[0]?.number ?? 0);
    this.#take(rows);
  }

  async #again() {
    try {
      const page = await get("journal", { world: this.route.world, limit: KEPT, ...asked(this.route.query), after: (this.held[0] ?? this.rows[0])?.number });
      this.#take(page.entries);
    } catch (error) {
      failed(error);
    }
  }

  #take(rows) {
    const latest = (this.held[0] ?? this.rows[0])?.number ?? 0;
    const fresh = rows.filter((each) => each.number > latest);
    if (!fresh.length) return;
    this.held = [...fresh, ...this.held].slice(0, KEPT);
    announce(counted(this.held.length, "new request"));
    if (this.route.rest.length || this.route.query.group || this.table.hasFocus || !this.table.atTop || this.live.state === "paused") this.#drawTold();
    else this.release();
  }

  get #filtered() {
    return Object.keys(asked(this.route.query)).length > 0;
  }

  #draw() {
    const { group } = this.route.query;
    this.table.show(this.rows);
    this.table.choose(this.route.rest[0] ?? null);
    this.#drawTold();
    this.grouping.value = group in GROUPS ? group : "";
    this.table.element.hidden = !this.rows.length || Boolean(this.grouping.value);
    if (this.rows.length) replace(this.nothing, this.grouping.value && grouped(group, this.rows, this.route));
    else replace(this.nothing, this.#filtered
      ? empty("No request passes the filter", "", button("Remove the filter", () => go(this.route.world, "traffic", this.route.rest)))
      : this.#unasked());
  }

  #unasked() {
    const base = this.route.world === "default" ? "" : `/_world/${this.route.world}`;
    const nothing = h("div");
    get("apis").then(({ apis }) => {
      const found = apis.flatMap((each) => each.operations).find((each) => each.method === "GET" && !each.path.includes("{"));
      const target = `${base}${found?.path ?? "/"}`;
      const command = `curl ${location.origin}${target}`;
      replace(nothing, empty(`Nothing has been asked of ${this.route.world}`, "Send a request, and it appears here:",
        h("pre", { class: "command", tabindex: "0" }, command), h("div", { class: "actions center" }, button("Send it", () => fetch(target).catch(failed), { class: "primary" }),
          button("Copy", () => copy(command, "The command")))));
    }).catch(failed);
    return nothing;
  }

  #drawTold() {
    this.counter.hidden = !this.held.length;
    this.counter.textContent = `${this.held.length} new, press . to show`;
    this.live.count(this.held.length);
    const filtered = this.#filtered;
    const all = this.total > this.rows.length && !filtered ? ` of ${this.total}; the journal keeps the latest` : "";
    this.told.textContent = `${this.rows.length} ${filtered ? "pass the filter" : `shown${all}`}`;
  }

  // Those at hand, those in use (turned round by a click), and two lists to choose more from.
  #drawChips() {
    const { q } = this.route.query;
    const write = (text) => { this.search.value = text; this.#set("q", text); };
    const quick = CHIPS.map(([name, value]) => {
      const on = this.route.query[name] === value;
      return button(name === "violations" ? "violations" : value, () => this.#set(name, on ? "" : value), { class: "chip", "aria-pressed": String(on) });
    });
    const used = terms(q).map(({ text, value, negated }) => h("span", { class: `term ${negated ? "negated" : ""}` },
      button(text, () => write(turned(q, text)), { class: "chip", title: value === undefined ? "Not complete yet" : "Click to turn it round", "aria-label": `${negated ? "Without" : "Only"} ${text.replace(/^-/, "")}. Turn it round.` }),
      button("×", () => write(removed(q, text)), { class: "chip", "aria-label": `Remove ${text}` })));
    this.more ??= this.#choices((word) => write(added(this.route.query.q, word)));
    replace(this.chips, quick, this.more, used);
  }

  #choices(choose) {
    const list = (label, prefix) => h("select", { class: "chip", "aria-label": label, onchange: (event) => {
      if (event.target.value) choose(prefix + event.target.value);
      event.target.value = "";
    } }, h("option", { value: "" }, label));
    const [operations, collections] = [list("operation:", "operation:"), list("touched:", "touched:")];
    get("apis").then(({ apis }) => {
      for (const api of apis) {
        operations.append(h("optgroup", { label: api.name }, api.operations.map((each) => h("option", { value: each.operationId }, each.operationId))));
        collections.append(...api.collections.map((each) => h("option", { value: each }, each)));
      }
    }).catch(failed);
    return [operations, collections];
  }

  #drawDetail() {
    const number = this.route.rest[0];
    this.element.classList.toggle("opened", Boolean(number));
    this.table.choose(number ?? null);
    if (!number) { replace(this.detail); this.exchange = null; return; }
    if (this.exchange?.world === this.route.world && this.exchange?.number === number) { this.exchange.show(this.route); return; }
    this.exchange = new Exchange(this.route, number, { back: () => this.back(), pin: () => this.pin(number) });
    replace(this.detail, this.exchange.element);
  }

  async #har() {
    try {
      const { entries } = await get("export/journal", { world: this.route.world });
      save(`${this.route.world}.har`, JSON.stringify(asHar(entries), null, 1));
    } catch (error) {
      failed(error);
    }
  }
}

const COLUMNS = [
  { name: "number", label: "No.", class: "figure", cell: (row) => String(row.number) },
  { name: "at", label: "Time", class: "time", cell: (row) => h("time", { datetime: row.worldAt, title: `${row.worldAt} by the clock of the world, ${row.at} in real time` }, row.worldAt.slice(11, 23)) },
  { name: "method", label: "Method", cell: (row) => method(row.method) },
  { name: "status", label: "Status", cell: (row) => statusPill(row.status) },
  { name: "target", label: "Target", class: "target", cell: (row) => h("span", { class: "mono", title: row.target }, row.target) },
  { name: "operation", label: "Operation", class: "operation", cell: (row) => row.operationId ?? "none" },
  { name: "ms", label: "ms", class: "figure ms", cell: (row) => row.milliseconds.toFixed(1) },
  { name: "by", label: "Answered by", class: "by", cell: (row) => [row.answeredBy, row.breach ? " (breach)" : ""].join("") },
  { name: "violations", label: "Violations", class: "figure violations", cell: (row) => (row.violations ? String(row.violations) : "") },
  { name: "touched", label: "Changed", class: "figure touched", cell: (row) => (row.changed ? String(row.changed) : "") },
];
