// The worlds as a tree of what each was made from, the snapshots, and what can be done to them.

import { get, post, remove } from "./api.js";
import { button, counted, dialog, empty, field, h, link, replace, stacks } from "./dom.js";
import { notice } from "./notice.js";
import { Page } from "./page.js";
import { go, href } from "./route.js";
import { branch, ordered } from "./tree.js";

export class WorldsScreen extends Page {
  constructor(route) {
    super("Worlds", route, { world: false });
  }

  get keys() {
    return { f: () => this.#create(this.route.world) };
  }

  async content({ world }) {
    const [{ worlds, total, most }, { snapshots }, { evicted }] = await Promise.all([
      get("worlds", { limit: 1000 }), get("snapshots", { limit: 1000 }), get("journal", { world: "default", limit: 1 })]);
    return [
      h("div", { class: "line" }, h("h1", {}, "Worlds"), h("span", { class: "soft" }, `${total} kept; at most ${most} beside the default one`), h("span", { class: "grow" }),
        button(`Fork ${world}`, () => this.#create(world), { class: "primary" }), button("Take a snapshot", () => this.#snapshot(world))),
      this.#tree(worlds),
      worlds.length === 1 && empty("One world so far", "Fork it above, or send a request with the header X-Mock-World: t1, or to a URL below:", h("pre", { class: "command", tabindex: "0" }, `${location.origin}/_world/t1`)),
      h("h2", {}, "Snapshots"),
      snapshots.length ? this.#snapshots(snapshots) : h("p", { class: "soft" }, "None yet. A snapshot keeps a world as it stands, under a name."),
      evicted.length > 0 && [h("h2", {}, "Evicted lately"), h("ul", { class: "plain" }, evicted.map((each) => h("li", {}, `${each.world} at ${moment(each.at)}, after ${counted(each.requests, "request")}`)))],
    ];
  }

  #tree(worlds) {
    return h("div", { class: "scroll" }, stacks({ class: "worlds", "aria-label": "Worlds" },
      h("thead", {}, h("tr", {}, ["World", "Made from", "Last used", "Requests", "Rules", "Clock", "Actions"].map((each) => h("th", { scope: "col", class: ["Requests", "Rules"].includes(each) ? "figure" : null }, each)))),
      h("tbody", {}, ordered(worlds).map(({ world, depth }) => this.#row(world, depth)))));
  }

  #row(world, depth) {
    const from = world.from ?? {};
    const origin = from.entry ? `${from.world}, ${from.at ?? "before"} request ${from.entry}` : from.world ?? from.snapshot ?? `seed ${world.seed}`;
    const act = (label, run, more = {}) => button(label, run, { "aria-label": `${label} ${world.name}`, ...more });
    return h("tr", { class: world.name === this.route.world ? "chosen" : null },
      h("th", { scope: "row", class: "head" }, h("span", { class: "indent", "aria-hidden": "true" }, branch(depth)), link(world.name, href(world.name, "traffic"))),
      h("td", { "data-label": "Made from" }, origin),
      h("td", { "data-label": "Last used", class: "mono" }, world.usedAt ? h("time", { datetime: world.usedAt, title: world.usedAt }, moment(world.usedAt)) : h("span", { class: "soft" }, "never")), h("td", { "data-label": "Requests", class: "figure" }, world.journal.total.toLocaleString("en")),
      h("td", { "data-label": "Rules", class: "figure", title: `${counted(world.faults, "fault rule")}, ${counted(world.stubs, "stub")}` }, String(world.faults + world.stubs)),
      h("td", { "data-label": "Clock", class: "mono" }, h("span", {}, moment(world.clock.now), world.clock.frozen ? " frozen" : "")),
      h("td", { "data-label": "Actions" }, h("div", { class: "actions" }, act("Fork", () => this.#create(world.name)), act("Snapshot", () => this.#snapshot(world.name)),
        act("Compare", () => go(this.route.world, "compare", [], { left: world.name, right: this.route.world === world.name ? "default" : this.route.world })),
        act("Reset", () => this.#sure(`Reset ${world.name}?`, "Its state, clock and fault rules go back to the beginning, and its journal is emptied.", () => post(`worlds/${world.name}/reset`))),
        world.name !== "default" && act("Delete", () => this.#sure(`Delete ${world.name}?`, "All its contents are deleted.", () => remove(`worlds/${world.name}`)), { class: "danger" }))));
  }

  #snapshots(snapshots) {
    return h("div", { class: "scroll" }, stacks({ "aria-label": "Snapshots" },
      h("thead", {}, h("tr", {}, ["Snapshot", "Of", "Taken", "Actions"].map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, snapshots.map((each) => h("tr", {}, h("th", { scope: "row", class: "head" }, each.name), h("td", { "data-label": "Of" }, each.world),
        h("td", { "data-label": "Taken" }, moment(each.takenAt)),
        h("td", { "data-label": "Actions" }, h("div", { class: "actions" },
          button(`Restore ${this.route.world}`, () => this.#sure(`Restore ${this.route.world} to ${each.name}?`, "Its journal is kept.", () => post(`snapshots/${each.name}/restore`, { world: this.route.world })), { "aria-label": `Restore ${this.route.world} to ${each.name}` }),
          button("Compare", () => go(this.route.world, "compare", [], { left: `snapshot:${each.name}`, right: this.route.world }), { "aria-label": `Compare ${each.name}` }),
          button("Delete", () => this.#sure(`Delete the snapshot ${each.name}?`, "Worlds that were made from it stay.", () => remove(`snapshots/${each.name}`)), { class: "danger", "aria-label": `Delete the snapshot ${each.name}` }))))))));
  }

  #create(from) {
    this.#named(`Fork ${from}`, "Name of the new world", "Letters, digits, dots, hyphens and underscores.", async (name) => {
      await post("worlds", {}, { name, from: { world: from } });
      notice(`World ${name} is made.`, "good", " ", link("Open it", href(name, "traffic")));
    });
  }

  #snapshot(world) {
    this.#named(`Take a snapshot of ${world}`, "Name of the snapshot", "Letters, digits, dots, hyphens and underscores.", async (name) => {
      await post("snapshots", { world }, { name });
      notice(`Snapshot ${name} is taken.`, "good");
    });
  }

  #named(title, label, hint, act) {
    dialog(title, (close) => {
      const input = h("input", { type: "text", required: true, maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*", autofocus: true });
      const flaw = h("p", { class: "bad-text", role: "alert" });
      const submit = async (event) => {
        event.preventDefault();
        try {
          await act(input.value.trim());
          close();
          this.load();
        } catch (error) {
          replace(flaw, error.message);
        }
      };
      return h("form", { class: "form", onsubmit: submit }, field(label, input, hint), flaw, h("div", { class: "actions" }, button(title, () => {}, { type: "submit", class: "primary" })));
    });
  }

  #sure(title, consequence, act) {
    dialog(title, (close) => {
      const run = () => this.act(async () => { await act(); close(); });
      return [h("p", {}, consequence), h("div", { class: "actions" }, button(title.replace("?", ""), run, { class: "primary danger" }), button("Cancel", close))];
    });
  }
}

const moment = (time) => time.slice(0, 19).replace("T", " ");
