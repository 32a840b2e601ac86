// What stands on every screen: the world, its clock, whether it is live, the screens, and help.

import { button, counted, dialog, field, h, link, replace } from "./dom.js";
import { exists, get, post } from "./api.js";
import { help } from "./keys.js";
import { failed, notice } from "./notice.js";
import { href } from "./route.js";
import { branch, ordered } from "./tree.js";

const NAMES = { traffic: "Traffic", state: "State", worlds: "Worlds", compare: "Compare", faults: "Faults and stubs", contract: "Contract" };

export class Frame {
  constructor(element, live) {
    this.live = live;
    this.route = null;
    this.clock = null;
    this.worldBox = button("", () => this.#chooseWorld(), { class: "choice", "aria-haspopup": "dialog" });
    this.clockBox = button("", () => this.#changeClock(), { class: "choice", "aria-haspopup": "dialog" });
    this.liveBox = button("", () => this.live.toggle(), { class: "choice live" });
    this.nav = h("nav", { "aria-label": "Screens" });
    replace(element,
      h("div", { class: "bar-line" },
        h("strong", { class: "brand" }, "mockserver"),
        h("div", { class: "boxes" }, this.worldBox, this.clockBox, this.liveBox),
        h("div", { class: "aids" }, link("Guide", "../guide/", { class: "quiet" }), link("API", "../ui/", { class: "quiet" }),
          button("?", help, { class: "quiet", "aria-label": "Keyboard shortcuts", title: "Keyboard shortcuts (?)" }))),
      this.nav);
    live.onState(() => this.#drawLive());
    live.onEvent((kind, value) => kind === "world" && this.#tick(value.clock));
    setInterval(() => this.#drawClock(), 1000);
  }

  show(route) {
    const moved = this.route?.world !== route.world;
    this.route = route;
    document.title = `${NAMES[route.screen]} of ${route.world}: mockserver console`;
    replace(this.worldBox, h("span", { class: "soft" }, "World "), route.world);
    replace(this.nav, Object.entries(NAMES).map(([name, label]) =>
      link(label, href(route.world, name), { "aria-current": name === route.screen ? "page" : null })));
    if (moved) { this.clock = null; this.refresh(); }
    this.#drawLive();
  }

  async refresh() {
    try {
      const { world } = this.route;
      if (await exists(world)) this.#tick(await get("clock", { world }));
      else replace(this.clockBox, "no clock yet");
    } catch (error) {
      failed(error);
    }
  }

  #tick(clock) {
    this.clock = clock;
    this.read = Date.now();
    this.#drawClock();
  }

  #drawClock() {
    if (!this.clock) return;
    const gone = this.clock.frozen ? 0 : Date.now() - this.read;
    const now = new Date(Date.parse(this.clock.now) + gone).toISOString().slice(0, 19).replace("T", " ");
    const [day, time] = now.split(" ");
    const kind = this.clock.frozen ? "frozen" : this.clock.offset ? `${this.clock.offset > 0 ? "+" : ""}${Math.round(this.clock.offset)} s` : "real time";
    replace(this.clockBox, h("span", { class: "mono" }, h("span", { class: "day" }, `${day} `), time), " ", h("span", { class: "soft" }, kind));
    this.clockBox.setAttribute("aria-label", `Clock of the world: ${now}, ${kind}. Change it.`);
  }

  #drawLive() {
    const { state, fresh } = this.live;
    const text = {
      live: fresh ? `live, ${fresh} new` : "live", paused: fresh ? `paused, ${fresh} new` : "paused",
      waiting: "reconnecting…", absent: "no request yet", locked: "token needed",
    }[state];
    replace(this.liveBox, h("span", { class: `dot ${state}` }), text);
    this.liveBox.setAttribute("aria-label", `Traffic is ${text}. ${state === "paused" ? "Go on" : "Pause"}.`);
    this.liveBox.setAttribute("title", state === "paused" ? "Go on (p)" : "Pause (p)");
  }

  async #chooseWorld() {
    try {
      const { worlds } = await get("worlds", { limit: 1000 });
      dialog("World", (close) => {
        const list = h("ul", { class: "pick" });
        const search = h("input", { type: "search", placeholder: "Name of a world", "aria-label": "Name of a world", autofocus: true });
        const draw = () => replace(list, ordered(worlds).filter(({ world }) => world.name.includes(search.value)).slice(0, 200).map(({ world, depth }) => h("li", {},
          h("span", { class: "indent", "aria-hidden": "true" }, search.value ? "" : branch(depth)),
          link(world.name, href(world.name, this.route.screen), { onclick: close, "aria-current": world.name === this.route.world ? "true" : null }),
          h("span", { class: "soft small" }, ` ${counted(world.journal.total, "request")}, ${counted(world.faults, "fault rule")}`))));
        search.addEventListener("input", draw);
        draw();
        return [search, list];
      });
    } catch (error) {
      failed(error);
    }
  }

  #changeClock() {
    dialog(`Clock of ${this.route.world}`, (close) => {
      const at = h("input", { type: "text", class: "mono", value: this.clock?.now ?? "", "aria-describedby": "clock-hint" });
      const seconds = h("input", { type: "number", value: "3600", step: "any" });
      const act = (path, body) => async () => {
        try {
          this.#tick(await post(`clock/${path}`, { world: this.route.world }, body()));
          notice(`The clock of ${this.route.world} is ${this.clock.frozen ? "frozen at" : "running from"} ${this.clock.now}.`, "good");
          close();
        } catch (error) {
          failed(error);
        }
      };
      return [
        field("Time", at, "ISO 8601, such as 2026-04-22T12:00:00Z"),
        h("div", { class: "actions" }, button("Freeze at this time", act("freeze", () => ({ at: at.value })), { class: "primary" }),
          button("Set, and go on", act("set", () => ({ now: at.value }))), button("Resume", act("resume", () => undefined))),
        field("Seconds", seconds, "Negative seconds go back."),
        h("div", { class: "actions" }, button("Advance", act("advance", () => ({ seconds: Number(seconds.value) })))),
      ];
    });
  }
}

