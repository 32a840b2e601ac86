// What is shown stands in the URL: #/WORLD/SCREEN/MORE?QUERY. Every screen can be restored from it.

export const SCREENS = ["traffic", "state", "worlds", "compare", "faults", "contract"];

export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [world = "", screen = "", ...rest] = path.split("/").map(decode);
  return {
    world: world || "default",
    screen: SCREENS.includes(screen) ? screen : "traffic",
    rest: rest.filter(Boolean),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function href(world, screen, rest = [], query = {}) {
  const path = [world, screen, ...rest].map(encodeURIComponent).join("/");
  const kept = Object.entries(query).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return `#/${path}${kept.length ? `?${new URLSearchParams(kept)}` : ""}`;
}

export function go(world, screen, rest, query) {
  location.hash = href(world, screen, rest, query);
}

// Change the URL without a step in the history, as for every letter of a search.
export function amend(world, screen, rest, query) {
  history.replaceState(null, "", href(world, screen, rest, query));
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
