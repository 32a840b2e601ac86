// Requests that a person has pinned: they stay in sight whatever is filtered and however many come. They stand in the URL.

import { Problem, get } from "./api.js";
import { button, h, method, replace, statusPill } from "./dom.js";

const MOST = 20;

export class Pins {
  constructor(open, unpin) {
    this.open = open;
    this.unpin = unpin;
    this.known = new Map();
    this.element = h("ul", { class: "pins", "aria-label": "Pinned requests", hidden: true });
  }

  toggled(pins, number) {
    const found = numbers(pins);
    const text = String(number);
    return (found.includes(text) ? found.filter((each) => each !== text) : [...found, text].slice(-MOST)).join(",");
  }

  async show(route, rows) {
    if (this.world !== route.world) this.known.clear();
    this.world = route.world;
    const found = numbers(route.query.pin);
    this.element.hidden = !found.length;
    for (const row of rows) if (found.includes(String(row.number))) this.known.set(String(row.number), row);
    this.#draw(found, route.rest[0]);
    await Promise.all(found.filter((each) => !this.known.has(each)).map((each) => this.#load(each)));
    this.#draw(found, route.rest[0]);
  }

  async #load(number) {
    const asked = { world: this.world, limit: 1, before: Number(number) + 1, ...(Number(number) > 1 ? { after: Number(number) - 1 } : {}) };
    try {
      this.known.set(number, (await get("journal", asked)).entries[0] ?? null);
    } catch (error) {
      // A server that does not answer has not forgotten it: it is asked again with the next rows.
      if (error instanceof Problem) this.known.set(number, null);
    }
  }

  #draw(found, opened) {
    replace(this.element, found.map((number) => {
      const row = this.known.get(number);
      return h("li", { class: number === opened ? "chosen" : null },
        row ? button([h("span", { class: "soft" }, `${number} `), method(row.method), " ", statusPill(row.status), " ", h("span", { class: "mono" }, row.target)], () => this.open(number), { class: "quiet pinned", "aria-label": `Open the pinned request ${number}: ${row.method} ${row.target}` })
          : h("span", { class: "soft small" }, row === null ? `No. ${number} is not kept any more.` : `No. ${number}`),
        button("Unpin", () => this.unpin(number), { class: "quiet", "aria-label": `Unpin ${number}` }));
    }));
  }
}

function numbers(pins = "") {
  return pins.split(",").filter((each) => /^[1-9]\d{0,14}$/.test(each));
}
