// What screens of one page share: they are made anew when their address changes, and say what went wrong in their place.

import { exists } from "./api.js";
import { button, empty, h, noWorld, replace } from "./dom.js";
import { failed } from "./notice.js";

export class Page {
  // content(route), of each screen, gives what to show; `world` is whether there must be one of that name.
  constructor(label, route, { world = true } = {}) {
    this.label = label;
    this.needsWorld = world;
    this.turn = 0;
    this.element = h("section", { class: "page", "aria-label": label });
    this.show(route);
  }

  show(route) {
    this.route = route;
    return this.load();
  }

  close() {
    this.turn++;
  }

  get keys() {
    return {};
  }

  // A page that was asked for later has precedence over one that comes late.
  async load() {
    const turn = ++this.turn;
    const shown = await this.made();
    if (turn === this.turn) replace(this.element, shown);
  }

  async made() {
    try {
      if (this.needsWorld && !(await exists(this.route.world))) return [unseenTitle(this.label), noWorld(this.route.world)];
      return await this.content(this.route);
    } catch (error) {
      return [unseenTitle(this.label), failure(error, () => this.load())];
    }
  }

  // Do something, then show what came of it.
  async act(run) {
    try {
      await run();
      await this.load();
    } catch (error) {
      failed(error);
    }
  }
}

export const unseenTitle = (label) => h("h1", { class: "unseen" }, label);

export function failure(error, again) {
  return h("div", { role: "alert" }, empty("This cannot be shown", error.message, h("div", { class: "actions center" }, button("Try again", again))));
}
