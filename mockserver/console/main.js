// The console: shows the screen that the URL names, and keeps what stands on every screen.

import { Compare } from "./compare.js";
import { ContractScreen } from "./contract.js";
import { closeDialogs } from "./dom.js";
import { Faults } from "./faults.js";
import { Frame } from "./frame.js";
import { bind, help, listen, use } from "./keys.js";
import { Live } from "./live.js";
import { current, go } from "./route.js";
import { State } from "./state.js";
import { Traffic } from "./traffic.js";
import { WorldsScreen } from "./worlds.js";

const MADE = { traffic: Traffic, state: State, worlds: WorldsScreen, compare: Compare, faults: Faults, contract: ContractScreen };
const main = document.getElementById("main");
const live = new Live();
const frame = new Frame(document.getElementById("frame"), live);
let screen = null;
let route = null;

function show() {
  const before = route;
  route = current();
  live.watch(route.world);
  frame.show(route);
  if (screen && before.screen === route.screen) {
    screen.show(route);
    return;
  }
  screen?.close();
  screen = new MADE[route.screen](route, { live });
  main.replaceChildren(screen.element);
  use(screen.keys);
  if (before) main.focus({ preventScroll: true });
}

for (const [key, name] of Object.entries({ t: "traffic", s: "state", w: "worlds", m: "compare", f: "faults", c: "contract" })) {
  bind(`g ${key}`, () => go(route.world, name));
}
bind("?", help);
bind("p", () => live.toggle());
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", () => {
  show();
  closeDialogs();
});
listen();
show();
