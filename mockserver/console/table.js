// A windowed table of rows of one height: of thousands, only those in sight are in the page, at their true positions.

import { h, replace } from "./dom.js";

const BEYOND = 12; // rows kept above and below what is in sight, so that scrolling shows no gap

export class RowTable {
  // columns: [{name, label, cell(row), class}]; identity(row): what names it; open(row): Enter or a click.
  constructor(label, columns, identity, open) {
    this.columns = columns;
    this.identity = identity;
    this.open = open;
    this.rows = [];
    this.chosen = null;
    this.body = h("tbody");
    this.above = h("tbody", { "aria-hidden": "true" }, h("tr", {}, h("td", { colspan: columns.length })));
    this.below = h("tbody", { "aria-hidden": "true" }, h("tr", {}, h("td", { colspan: columns.length })));
    const heads = columns.map((each) => h("th", { scope: "col", class: each.class }, each.label));
    this.table = h("table", { class: "rows", "aria-label": label },
      h("thead", {}, h("tr", { "aria-rowindex": "1" }, heads)), this.above, this.body, this.below);
    this.element = h("div", { class: "window", onscroll: () => this.draw() }, this.table);
    this.body.addEventListener("click", (event) => this.#clicked(event));
    this.body.addEventListener("keydown", (event) => this.#pressed(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  // The rows to show. What stands at the top of the window stays there: what is read does not move.
  show(rows) {
    const top = this.#first();
    const anchor = this.rows[top];
    const within = this.element.scrollTop - top * this.#height();
    const held = this.element.scrollTop > 0;
    this.rows = rows;
    this.places = new Map(rows.map((row, at) => [this.identity(row), at]));
    if (held && anchor !== undefined && this.places.has(this.identity(anchor))) {
      this.draw();
      this.element.scrollTop = this.places.get(this.identity(anchor)) * this.#height() + within;
    }
    this.draw(true);
  }

  draw(anew = false) {
    const height = this.#height();
    const inSight = Math.ceil((this.element.clientHeight || 600) / height);
    const from = Math.max(0, this.#first() - BEYOND);
    const to = Math.min(this.rows.length, this.#first() + inSight + BEYOND);
    if (!anew && from === this.from && to === this.to) return;
    [this.from, this.to] = [from, to];
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.row : null;
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.#space(this.above, from * height);
    this.#space(this.below, (this.rows.length - to) * height);
    replace(this.body, this.rows.slice(from, to).map((row, at) => this.#row(row, from + at)));
    if (focused !== null) this.#at(focused)?.focus({ preventScroll: true });
  }

  // Mark a row as the open one.
  choose(identity) {
    this.chosen = identity === null ? null : String(identity);
    for (const row of this.body.rows) this.#mark(row);
  }

  // Focus the next row (1) or the one before (-1).
  move(step) {
    const from = document.activeElement?.closest?.("tr[data-row]")?.dataset.row ?? this.chosen;
    const at = from === null || from === undefined ? -1 : [...this.places.keys()].map(String).indexOf(from);
    this.focus(Math.min(this.rows.length - 1, Math.max(0, at + step)));
  }

  focus(at) {
    if (!this.rows.length) return;
    const height = this.#height();
    const top = at * height;
    const room = this.element.clientHeight - this.table.tHead.offsetHeight;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + height > this.element.scrollTop + room) this.element.scrollTop = top + height - room;
    this.draw();
    this.#at(String(this.identity(this.rows[at])))?.focus({ preventScroll: true });
  }

  get hasFocus() {
    return this.element.contains(document.activeElement);
  }

  get atTop() {
    return this.element.scrollTop === 0;
  }

  #height() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 34;
  }

  #first() {
    return Math.max(0, Math.min(this.rows.length, Math.floor(this.element.scrollTop / this.#height())));
  }

  #space(body, height) {
    body.hidden = height === 0;
    body.rows[0].cells[0].style.height = `${height}px`;
  }

  #row(row, at) {
    const cells = this.columns.map((each, place) => h(place === 0 ? "th" : "td",
      { class: each.class, scope: place === 0 ? "row" : null, "data-label": each.label }, each.cell(row)));
    const made = h("tr", { "data-row": String(this.identity(row)), "aria-rowindex": String(at + 2), tabindex: "-1" }, cells);
    this.#mark(made);
    if (made.dataset.row === this.chosen || (this.chosen === null && at === this.#first())) made.tabIndex = 0;
    return made;
  }

  #mark(row) {
    const chosen = row.dataset.row === this.chosen;
    row.classList.toggle("chosen", chosen);
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  #at(identity) {
    return [...this.body.rows].find((row) => row.dataset.row === identity);
  }

  #find(event) {
    const row = event.target.closest("tr[data-row]");
    return row && this.rows[this.places.get(this.identityOf(row.dataset.row))];
  }

  identityOf(text) {
    return [...this.places.keys()].find((each) => String(each) === text);
  }

  #clicked(event) {
    if (event.target.closest("a, button")) return;
    const row = this.#find(event);
    if (row) this.open(row);
  }

  #pressed(event) {
    if (event.target.closest("a, button")) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    if (event.key === "Enter" || event.key === " ") this.open(this.#find(event));
    else if (event.key in steps) this.move(steps[event.key]);
    else if (event.key === "Home") this.focus(0);
    else if (event.key === "End") this.focus(this.rows.length - 1);
    else return;
    event.preventDefault();
  }
}
