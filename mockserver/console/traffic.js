// Traffic: the requests of a world as they come, filtered by the server, with one of them open beside the list.

import { exists, get } from "./api.js";
import { asHar, save } from "./clips.js";
import { button, empty, h, link, method, replace, statusPill } from "./dom.js";
import { Exchange } from "./exchange.js";
import { announce, copy, failed } from "./notice.js";
import { amend, go, href } from "./route.js";
import { RowTable } from "./table.js";

const KEPT = 1000;
const CHIPS = [["status", "2XX"], ["status", "4XX"], ["status", "5XX"], ["violations", "true"]];

export class Traffic {
  constructor(route, { live }) {
    this.live = live;
    this.rows = [];
    this.held = [];
    this.search = h("input", { type: "search", placeholder: "Path, operation:NAME, status:4XX, touched:COLLECTION/KEY, text", "aria-label": "Filter the traffic" });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Filters" });
    this.counter = button("", () => this.release(), { class: "counter", hidden: true });
    this.told = h("span", { class: "soft small" });
    this.table = new RowTable("Requests, the latest first", COLUMNS, (row) => row.number, (row) => this.open(row.number));
    this.list = h("section", { class: "list", "aria-label": "Requests" });
    this.nothing = h("div");
    this.detail = h("section", { class: "detail", "aria-label": "Exchange" });
    this.grouping = button("Group refusals", () => this.#set("group", this.#grouped ? "" : "refusals"));
    replace(this.list, h("div", { class: "tools" }, this.search, this.grouping, button("Export HAR", () => this.#har())), this.chips,
      h("div", { class: "tools counts" }, this.counter, this.told), this.nothing, this.table.element);
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
    const filter = JSON.stringify({ ...route.query, tab: undefined });
    if (before?.world !== route.world || filter !== this.filter) {
      this.filter = filter;
      if (document.activeElement !== this.search) this.search.value = route.query.q ?? "";
      this.#drawChips();
      this.load();
    }
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
      "[": () => this.exchange?.neighbour(-1), "]": () => this.exchange?.neighbour(1), f: () => this.exchange?.fork("before"),
      r: () => this.exchange?.replay(true), d: () => this.exchange?.compare(), c: () => this.exchange?.copyCurl(),
    };
  }

  async load() {
    this.loading?.abort();
    this.loading = new AbortController();
    this.told.textContent = "Filtering…";
    try {
      const asked = { world: this.route.world, limit: KEPT, ...this.#asked() };
      const page = (await exists(asked.world)) ? await get("journal", asked, { signal: this.loading.signal }) : { entries: [], total: 0 };
      this.rows = page.entries;
      this.held = [];
      this.total = page.total;
      this.#draw();
    } catch (error) {
      failed(error);
    }
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

  // What the server is asked: it filters, before it limits.
  #asked() {
    const { q = "", status, violations } = this.route.query;
    const asked = { status, violations };
    const rest = [];
    for (const word of q.split(/\s+/).filter(Boolean)) {
      const [, name, value] = /^(operation|status|method|api|touched|path):(.+)$/.exec(word) ?? [];
      if (name) asked[{ operation: "operationId" }[name] ?? name] = name === "method" ? value.toUpperCase() : value;
      else if (word.startsWith("/")) asked.path = /[*?]/.test(word) ? word : `*${word}*`;
      else rest.push(word);
    }
    if (rest.length) asked.text = rest.join(" ");
    return asked;
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
    if (Object.keys(this.#asked()).some((name) => this.#asked()[name])) {
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.#again(), 300); // the server knows which of them pass
      return;
    }
    this.total = Math.max(this.total ?? 0, rows[0]?.number ?? 0);
    this.#take(rows);
  }

  async #again() {
    try {
      const page = await get("journal", { world: this.route.world, limit: KEPT, ...this.#asked(), after: (this.held[0] ?? this.rows[0])?.number });
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
    announce(`${this.held.length} new requests`);
    if (this.route.rest.length || this.table.hasFocus || !this.table.atTop || this.live.state === "paused") this.#drawTold();
    else this.release();
  }

  #draw() {
    this.table.show(this.rows);
    this.table.choose(this.route.rest[0] ?? null);
    this.#drawTold();
    const filtered = Object.values(this.#asked()).some(Boolean);
    this.table.element.hidden = !this.rows.length;
    replace(this.nothing, !this.rows.length && (filtered
      ? empty("No request passes the filter", "", button("Remove the filter", () => go(this.route.world, "traffic", this.route.rest)))
      : this.#unasked()));
    this.grouping.setAttribute("aria-pressed", String(this.#grouped));
    if (this.#grouped) this.#drawGroups();
  }

  #unasked() {
    const base = this.route.world === "default" ? "" : `/_world/${this.route.world}`;
    const nothing = h("div");
    get("apis").then(({ apis }) => {
      const found = apis.flatMap((each) => each.operations).find((each) => each.method === "GET" && !each.path.includes("{"));
      const target = `${base}${found?.path ?? "/"}`;
      const command = `curl ${location.origin}${target}`;
      replace(nothing, empty(`Nothing has been asked of ${this.route.world}`, "Send a request, and it appears here:"), h("div", { class: "center" },
        h("pre", { class: "command" }, command), h("div", { class: "actions center" }, button("Send it", () => fetch(target).catch(failed), { class: "primary" }),
          button("Copy", () => copy(command, "The command")))));
    }).catch(failed);
    return nothing;
  }

  #drawTold() {
    this.counter.hidden = !this.held.length;
    this.counter.textContent = `${this.held.length} new, press . to show`;
    this.live.count(this.held.length);
    const filtered = Object.values(this.#asked()).some(Boolean);
    const all = this.total > this.rows.length && !filtered ? ` of ${this.total}; the journal keeps the latest` : "";
    this.told.textContent = `${this.rows.length} ${filtered ? "pass the filter" : `shown${all}`}`;
  }

  #drawChips() {
    replace(this.chips, CHIPS.map(([name, value]) => {
      const on = this.route.query[name] === value;
      return button(name === "violations" ? "violations" : value, () => this.#set(name, on ? "" : value), { class: "chip", "aria-pressed": String(on) });
    }));
  }

  get #grouped() {
    return this.route.query.group === "refusals";
  }

  // Refused requests by operation and status, the most frequent first.
  #drawGroups() {
    const groups = new Map();
    for (const row of this.rows.filter((each) => each.status >= 400)) {
      const name = `${row.operationId ?? row.target.split("?")[0]} ${row.status}`;
      groups.set(name, [...(groups.get(name) ?? []), row]);
    }
    const sorted = [...groups].sort((left, right) => right[1].length - left[1].length);
    this.table.element.hidden = true;
    replace(this.nothing, sorted.length ? h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["Refusal", "Requests", "Latest"].map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, sorted.map(([name, rows]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "figure" }, String(rows.length)),
        h("td", {}, link(`${rows[0].method} ${rows[0].target}`, href(this.route.world, "traffic", [rows[0].number], this.route.query)))))))) : empty("Nothing was refused", ""));
  }

  #drawDetail() {
    const number = this.route.rest[0];
    this.element.classList.toggle("opened", Boolean(number));
    this.table.choose(number ?? null);
    if (!number) { replace(this.detail); this.exchange = null; return; }
    if (this.exchange?.world === this.route.world && this.exchange?.number === number) { this.exchange.show(this.route); return; }
    this.exchange = new Exchange(this.route, number, { back: () => this.back() });
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
  { name: "at", label: "Time", class: "time", cell: (row) => h("time", { datetime: row.at, title: row.at }, row.at.slice(11, 23)) },
  { name: "method", label: "Method", cell: (row) => method(row.method) },
  { name: "status", label: "Status", cell: (row) => statusPill(row.status) },
  { name: "target", label: "Target", class: "target", cell: (row) => h("span", { class: "mono", title: row.target }, row.target) },
  { name: "operation", label: "Operation", class: "operation", cell: (row) => row.operationId ?? "none" },
  { name: "ms", label: "ms", class: "figure ms", cell: (row) => row.milliseconds.toFixed(1) },
  { name: "by", label: "Answered by", class: "by", cell: (row) => [row.answeredBy, row.breach ? " (breach)" : ""].join("") },
  { name: "violations", label: "Violations", class: "figure violations", cell: (row) => (row.violations ? String(row.violations) : "") },
  { name: "touched", label: "Changed", class: "figure touched", cell: (row) => (row.changed ? String(row.changed) : "") },
];
