// The filter of the traffic as words: `operation:create_list`, `-status:2XX`, a path, any text. The server applies it.

const NAMES = {
  operation: "operationId", status: "status", method: "method", api: "api", touched: "touched", path: "path", rule: "rule",
};
const WORD = /-?(?:[a-z]+:)?"[^"]*"|\S+/g;
const STATUS = /^[1-5](\d\d|XX)$/;

// [{text, name, value, negated}]; the value is undefined for a word that is not complete yet.
export function terms(q = "") {
  return (q.match(WORD) ?? []).map((text) => {
    const negated = text.startsWith("-") && text.length > 1;
    const [name, value] = meaning(text.slice(negated ? 1 : 0));
    return { text, name, value, negated };
  });
}

function meaning(word) {
  const [, name, given = ""] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  const value = given.replaceAll('"', "");
  if (name === "status") return ["status", STATUS.test(value.toUpperCase()) ? value.toUpperCase() : undefined];
  if (name === "method") return ["method", value.toUpperCase() || undefined];
  if (name in NAMES) return [NAMES[name], value || undefined];
  if (word === "violations") return ["violations", "true"];
  if (word.startsWith("/")) return ["path", /[*?]/.test(word) ? word : `*${word}*`];
  return ["text", word.replaceAll('"', "")];
}

// What the server is asked for.
export function asked({ q, status, violations }) {
  const query = { status, violations };
  const without = [];
  const texts = [];
  for (const { name, value, negated } of terms(q)) {
    if (value === undefined) continue;
    if (negated) without.push(name === "violations" ? name : `${name}:${value}`);
    else if (name === "text") texts.push(value);
    else query[name] = value;
  }
  if (texts.length) query.text = texts.join(" ");
  if (without.length) query.without = without;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ""));
}

export function added(q, word) {
  return [...terms(q).map((each) => each.text).filter((each) => each !== word), word].join(" ");
}

export function removed(q, word) {
  return terms(q).map((each) => each.text).filter((each) => each !== word).join(" ");
}

export function turned(q, word) {
  const other = word.startsWith("-") ? word.slice(1) : `-${word}`;
  return terms(q).map((each) => (each.text === word ? other : each.text)).join(" ");
}
