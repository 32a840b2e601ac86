// Worlds in the order of a tree: each below the one that it was made from.

export function ordered(worlds) {
  const names = new Set(worlds.map((each) => each.name));
  const parent = ({ name, from }) => (names.has(from?.world) && from.world !== name ? from.world : null);
  const children = new Map();
  for (const each of worlds) children.set(parent(each), [...(children.get(parent(each)) ?? []), each]);
  const below = (name, depth) => (children.get(name) ?? []).flatMap((world) => [{ world, depth }, ...below(world.name, depth + 1)]);
  return below(null, 0);
}

export const branch = (depth) => (depth ? `${"  ".repeat(depth - 1)}└ ` : "");
