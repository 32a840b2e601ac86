// What comes to the world that is shown: rows from the stream of events, and whether it is live, paused or reconnecting.

import { exists, headers, url } from "./api.js";

const AGAIN = [500, 1000, 2000, 5000];

export class Live {
  constructor() {
    this.state = "waiting";
    this.fresh = 0;
    this.listeners = new Set();
    this.watchers = new Set();
    this.paused = false;
    this.tries = 0;
  }

  // act(kind, value): what kinds there are stands at the operation `watch_journal`.
  onEvent(act) {
    this.watchers.add(act);
    return () => this.watchers.delete(act);
  }

  onState(act) {
    this.listeners.add(act);
  }

  // Follow a world; the stream of another ends.
  watch(world) {
    if (world === this.world) return;
    this.world = world;
    this.last = null;
    this.stream?.abort();
    this.#connect();
  }

  toggle() {
    this.paused = !this.paused;
    this.#become(this.connected ? "live" : "waiting");
  }

  count(fresh) {
    if (fresh === this.fresh) return;
    this.fresh = fresh;
    this.#tell();
  }

  #become(state) {
    this.connected = state === "live";
    this.state = this.paused && state === "live" ? "paused" : state;
    this.#tell();
  }

  #tell() {
    for (const act of this.listeners) act();
  }

  async #connect() {
    const stream = (this.stream = new AbortController());
    let state = "waiting";
    try {
      if (!(await exists(this.world))) { state = "absent"; throw new Error("There is no such world yet."); }
      const asked = { ...headers(), Accept: "text/event-stream", ...(this.last ? { "Last-Event-ID": this.last } : {}) };
      const response = await fetch(url("events", { world: this.world }), { headers: asked, signal: stream.signal, cache: "no-store" });
      if (response.status === 401) state = "locked";
      if (!response.ok) throw new Error(String(response.status));
      this.tries = 0;
      this.#become("live");
      await this.#read(response.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (error) {
      if (stream.signal.aborted) return;
    }
    this.#become(state);
    setTimeout(() => { if (this.stream === stream) this.#connect(); }, AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
  }

  async #read(reader) {
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const each of events) this.#event(each);
    }
  }

  #event(text) {
    const fields = { event: "message", data: [] };
    for (const line of text.split("\n")) {
      const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      if (name === "data") fields.data.push(value);
      else if (name) fields[name] = value;
    }
    if (fields.id) this.last = fields.id;
    if (fields.data.length) this.#hand(fields.event, JSON.parse(fields.data.join("\n")));
  }

  #hand(kind, value) {
    for (const act of this.watchers) act(kind, value);
  }
}
