// One record: as a tree, with what it refers to, what refers to it and the requests that changed it; and its editor.

import { get, patch } from "./api.js";
import { brief, button, dialog, field, h, link, method, pretty, replace, statusPill } from "./dom.js";
import { failed, notice } from "./notice.js";
import { href } from "./route.js";

// record: null for a new one. done(): after a change; closed(): when the dialog has gone.
export function editRecord(world, collection, key, record, { done, closed = () => {}, keyField = "id" }) {
  const box = dialog(key === null ? `Add to ${collection}` : `${collection}/${key}`, (close) => editor(world, collection, key, record, close, done, keyField));
  box.addEventListener("close", closed);
}

export async function showRecord(world, collection, key, { done, closed }) {
  let found, touched;
  try {
    [found, touched] = await Promise.all([
      get(`state/${encodeURIComponent(collection)}/record`, { world, key }), get("journal", { world, touched: `${collection}/${key}`, limit: 5 })]);
  } catch (error) {
    failed(error);
    closed();
    return;
  }
  const box = dialog(`${collection}/${key}`, (close) => {
    const body = h("div");
    const edit = () => replace(body, editor(world, collection, key, found.record, close, done));
    replace(body, h("div", { class: "actions" }, button("Edit", edit, { class: "primary" })), tree(found.record), related(world, found), touching(world, collection, key, touched));
    return body;
  });
  box.addEventListener("close", closed);
}

// Objects and arrays as lists within lists.
function tree(value) {
  const entries = Array.isArray(value) ? value.map((each, at) => [at, each]) : Object.entries(value);
  return h("dl", { class: "tree" }, entries.map(([name, each]) => {
    const nested = each !== null && typeof each === "object" && Object.keys(each).length > 0;
    return [h("dt", {}, String(name)), h("dd", { class: nested ? null : `mono wrap ${each === null ? "soft" : ""}` }, nested ? tree(each) : brief(each))];
  }));
}

function related(world, { refersTo, referredBy, more }) {
  const named = ({ collection, key, field: name, exists = true }, inward) => h("li", {}, h("code", {}, name), inward ? " of " : ": ",
    exists ? link(`${collection}/${key}`, href(world, "state", [collection], { key })) : h("span", {}, `${collection}/${key} `, h("span", { class: "bad-text" }, "is not there")));
  return [
    refersTo.length > 0 && [h("h3", {}, "Refers to"), h("ul", { class: "plain" }, refersTo.map((each) => named(each, false)))],
    h("details", { open: referredBy.length <= 5 }, h("summary", {}, `Referred to by (${referredBy.length + more})`),
      referredBy.length ? h("ul", { class: "plain" }, referredBy.map((each) => named(each, true))) : h("p", { class: "soft" }, "No record names it."), more > 0 && h("p", { class: "soft" }, `And ${more} more.`)),
  ];
}

function touching(world, collection, key, { entries }) {
  const all = link("Show them in the traffic", href(world, "traffic", [], { q: `touched:${collection}/${key}` }));
  return [h("h3", {}, "Requests that touched it"), entries.length ? [h("ul", { class: "plain" }, entries.map((each) => h("li", {},
    link(`No. ${each.number}`, href(world, "traffic", [each.number], { tab: "changes" })), " ", method(each.method), " ", statusPill(each.status), " ", h("span", { class: "mono wrap" }, each.target)))), h("p", {}, all)]
    : h("p", { class: "soft" }, "None of those that the journal keeps.")];
}

function editor(world, collection, key, record, close, done, keyField) {
  const area = h("textarea", { class: "mono", rows: 16, spellcheck: "false", value: record ? pretty(record) : "{\n  \n}", autofocus: true });
  const flaws = h("div", { role: "alert" });
  const send = (own, value) => sent(flaws, close, () => patch("state", { world }, { [collection]: { [own]: value } }),
    `${collection}/${own} ${value === null ? "is deleted" : "is saved"}.`, done, `/${collection}/${own}`);
  const submit = (event) => {
    event.preventDefault();
    const value = read(area, flaws);
    if (value === undefined) return;
    const gone = record ? Object.keys(record).filter((each) => !(each in value)) : [];
    send(key ?? String(value[keyField] ?? ""), { ...value, ...Object.fromEntries(gone.map((each) => [each, null])) });
  };
  return h("form", { class: "form", onsubmit: submit }, field("Record", area, "JSON; it is checked against the schema of its collection."), flaws,
    h("div", { class: "actions" }, button("Save", () => {}, { type: "submit", class: "primary" }), record && button("Delete", () => send(key, null), { class: "danger" })));
}

export function read(area, flaws) {
  try {
    return JSON.parse(area.value);
  } catch (error) {
    replace(flaws, h("p", { class: "bad-text" }, `This is not JSON: ${error.message}`));
    return undefined;
  }
}

// Send a change; every flaw that the server names is shown where it was made.
// `within`: the beginning of their pointers that needs no saying.
export async function sent(flaws, close, act, told, done, within = "") {
  try {
    await act();
  } catch (error) {
    const found = (error.errors ?? []).map((each) => h("li", {}, h("code", {}, each.pointer.replace(within, "") || "the record"), ` ${each.message}`));
    replace(flaws, h("p", { class: "bad-text" }, found.length > 1 ? `${found.length} flaws; nothing was changed:` : found.length ? "Nothing was changed:" : error.message), h("ul", { class: "plain" }, found));
    return;
  }
  close();
  notice(told, "good");
  done();
}
