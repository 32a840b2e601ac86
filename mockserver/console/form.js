// A form from a JSON schema: objects are groups, alternatives a choice by their discriminator, the rest fields.

import { field, h, replace } from "./dom.js";

export class SchemaForm {
  // resolve(reference): the schema that a reference names; given: the value to begin with.
  // order: `aside`, what stands side by side above all; `first`, what comes first, in this order; `rest` and
  // `belowRest`, what is there on demand.
  constructor(schema, resolve, given = {}, choices = {}, order = {}) {
    this.resolve = resolve;
    this.choices = choices;
    this.order = { aside: [], first: [], rest: [], belowRest: [], ...order };
    this.root = this.#part(schema, given, []);
    this.element = this.root.element;
  }

  // The value as entered; what was left empty is left out.
  get value() {
    return this.root.read() ?? {};
  }

  #part(schema, given, path) {
    const resolved = schema.$ref ? { ...this.resolve(schema.$ref), description: schema.description ?? this.resolve(schema.$ref).description } : schema;
    const name = path.join(".");
    if (this.choices[name]) return this.#choice(this.choices[name], given, true);
    if (resolved.oneOf) return this.#alternatives(resolved, given, path);
    if (resolved.enum) return resolved.enum.length === 1 ? { element: null, read: () => resolved.enum[0] } : this.#choice(resolved.enum, given ?? resolved.default, false, path[0] === "match" ? "any" : "none");
    if (resolved.properties) return this.#object(resolved, given ?? {}, path);
    if (resolved.type === "integer" || resolved.type === "number") return this.#number(resolved, given);
    if (resolved.type === "string") return this.#text(resolved, given);
    return this.#json(given);
  }

  #object(schema, given, path) {
    const names = Object.keys(schema.properties);
    const { first, rest, belowRest } = this.order;
    const later = path.length ? belowRest : rest;
    const sorted = path.length ? names : [...first, ...names.filter((each) => !first.includes(each))];
    const parts = sorted.map((name) => {
      const each = schema.properties[name];
      const part = this.#part(each, given[name], [...path, name]);
      return { name, part, shown: this.#labelled(name, each, part) };
    });
    const needed = ({ name }) => !later.includes(name) || (path.length > 0 && given[name] !== undefined);
    const hidden = parts.filter((each) => !needed(each));
    const aside = path.length ? [] : parts.filter(({ name }) => this.order.aside.includes(name));
    const filled = hidden.some(({ name }) => given[name] !== undefined);
    return {
      element: h("div", { class: "group" }, aside.length > 0 && h("div", { class: "aside" }, aside.map(({ shown }) => shown)),
        parts.filter((each) => needed(each) && !aside.includes(each)).map(({ shown }) => shown),
        hidden.length > 0 && h("details", { open: filled }, h("summary", {}, path.length ? "More" : "How often, and more"), h("div", { class: "group" }, hidden.map(({ shown }) => shown)))),
      read: () => {
        const read = parts.map(({ name, part }) => [name, part.read()]).filter(([, value]) => value !== undefined);
        return read.length ? Object.fromEntries(read) : undefined;
      },
    };
  }

  #labelled(name, schema, part) {
    if (part.element === null) return null;
    const resolved = schema.$ref ? this.resolve(schema.$ref) : schema;
    const hint = schema.description ?? resolved.description ?? "";
    if (part.element.classList.contains("group")) {
      return h("fieldset", {}, h("legend", {}, spelt(name)), hint && h("p", { class: "soft small" }, hint), part.element);
    }
    return field(spelt(name), part.element, hint);
  }

  #alternatives(schema, given, path) {
    const { propertyName, mapping } = schema.discriminator;
    const select = h("select", {}, h("option", { value: "" }, "none"), Object.keys(mapping).map((each) => h("option", { value: each }, spelt(each))));
    const below = h("div");
    let part = null;
    const draw = (value) => {
      part = select.value ? this.#part({ $ref: mapping[select.value] }, value, path) : null;
      replace(below, part?.element);
    };
    select.value = given?.[propertyName] ?? "";
    select.addEventListener("change", () => draw(undefined));
    draw(given);
    return {
      element: h("div", { class: "group" }, field(spelt(propertyName), select), below),
      read: () => (part ? { ...part.read(), [propertyName]: select.value } : undefined),
    };
  }

  #choice(values, given, free = false, unset = "") {
    if (free) {
      const id = `choice-${Math.random().toString(36).slice(2)}`;
      const input = h("input", { type: "text", list: id, value: given ?? "" });
      const element = h("span", {}, input, h("datalist", { id }, values.map((each) => h("option", { value: each }))));
      return { element, read: () => input.value.trim() || undefined };
    }
    const select = h("select", {}, h("option", { value: "" }, unset), values.map((each) => h("option", { value: String(each) }, String(each))));
    select.value = given === undefined ? "" : String(given);
    return { element: select, read: () => values.find((each) => String(each) === select.value) };
  }

  #number(schema, given) {
    const input = h("input", { type: "number", min: schema.minimum, max: schema.maximum, step: schema.type === "integer" ? 1 : "any", value: given ?? "" });
    return { element: input, read: () => (input.value === "" ? undefined : Number(input.value)) };
  }

  #text(schema, given) {
    const input = h("input", { type: "text", maxlength: schema.maxLength, value: given ?? "" });
    return { element: input, read: () => input.value || undefined };
  }

  #json(given) {
    const area = h("textarea", { rows: 3, class: "mono", spellcheck: "false", value: given === undefined ? "" : JSON.stringify(given, null, 2) });
    return {
      element: area,
      read: () => {
        if (!area.value.trim()) return undefined;
        try {
          return JSON.parse(area.value);
        } catch {
          return area.value;
        }
      },
    };
  }
}

export function spelt(name) {
  const words = name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words[0].toUpperCase() + words.slice(1);
}
