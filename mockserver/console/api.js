// Requests to the control plane. Behind a token, it is asked for once, kept for the tab, and sent in a header.

import { button, dialog, field, h } from "./dom.js";

export const ROOT = new URL("../", import.meta.url);
const KEY = "mockserver-token";
let asking = null;

export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || `The server responded ${status}.`);
    this.status = status;
    this.errors = document.errors ?? [];
  }
}

export function token() {
  return sessionStorage.getItem(KEY);
}

export function headers() {
  return token() === null ? {} : { Authorization: `Bearer ${token()}` };
}

export function url(path, query = {}) {
  const made = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== null && each !== "") made.searchParams.append(name, each);
    }
  }
  return made;
}

export async function call(verb, path, query, body, options = {}) {
  const given = { method: verb, headers: headers(), cache: "no-store", ...options };
  if (body !== undefined) {
    given.headers["Content-Type"] = "application/json";
    given.body = JSON.stringify(body);
  }
  const response = await fetch(url(path, query), given);
  if (response.status === 401) {
    await askToken(token() !== null);
    return call(verb, path, query, body, options);
  }
  const text = await response.text();
  const value = text && response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : text;
  if (!response.ok) throw new Problem(response.status, typeof value === "object" ? value : { detail: text });
  return value;
}

export const get = (path, query, options) => call("GET", path, query, undefined, options);
export const post = (path, query, body) => call("POST", path, query, body);
export const put = (path, query, body) => call("PUT", path, query, body);
export const patch = (path, query, body) => call("PATCH", path, query, body);
export const remove = (path, query) => call("DELETE", path, query);

// Whether a world is there yet: it is once a request has named it.
export async function exists(world) {
  return world === "default" || (await get("worlds", { limit: 1000 })).worlds.some((each) => each.name === world);
}

// A name that no world has yet; it begins with `stem`.
export async function unused(stem) {
  const taken = new Set((await get("worlds", { limit: 1000 })).worlds.map((each) => each.name));
  const short = stem.slice(0, 58);
  let name = short;
  for (let number = 2; taken.has(name); number++) name = `${short}-${number}`;
  return name;
}

// Make a world from another, or from how that stood at an entry.
export async function fork(from, stem) {
  return post("worlds", {}, { name: await unused(stem), from });
}

// Ask for the token, once for all requests that wait for it.
function askToken(refused) {
  asking ??= new Promise((resolve) => {
    const box = dialog("Control token", (close) => {
      const input = h("input", { type: "password", autocomplete: "off", required: true, autofocus: true });
      const submit = (event) => {
        event.preventDefault();
        sessionStorage.setItem(KEY, input.value.trim());
        close();
      };
      return h("form", { onsubmit: submit },
        h("p", {}, refused ? "The server refused that token." : "This server was started with a control token."),
        field("Token", input, "The value of --control-token. It is kept for this tab only."),
        h("div", { class: "actions" }, button("Continue", () => {}, { type: "submit", class: "primary" })));
    });
    box.classList.add("staying");
    box.addEventListener("close", () => { asking = null; resolve(); });
  });
  return asking;
}
