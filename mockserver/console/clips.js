// From what is seen to code: an exchange as a curl command, an httpx call, a pytest assertion, a fault rule, a HAR entry.

const OWN = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "x-mock-world"]);

export function textOf(message) {
  if (!message || !message.body) return "";
  if (message.encoding !== "base64") return message.body;
  return `(${message.bytes} bytes that are not text)`;
}

export function jsonOf(message) {
  try {
    return JSON.parse(message.body);
  } catch {
    return undefined;
  }
}

function sent(entry) {
  return entry.request.headers.filter(({ name }) => !OWN.has(name.toLowerCase()));
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function python(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, each]) => `${python(name)}: ${python(each)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

export function address(entry) {
  const world = entry.world === "default" ? "" : `/_world/${entry.world}`;
  return `${location.origin}${world}${entry.target}`;
}

export function asCurl(entry) {
  const lines = [`curl ${entry.method === "HEAD" ? "-I" : `-X ${entry.method}`} ${quoted(address(entry))}`];
  for (const { name, value } of sent(entry)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (entry.request.bytes) lines.push(`--data-binary ${quoted(textOf(entry.request))}`);
  return lines.join(" \\\n  ");
}

export function asHttpx(entry) {
  const body = jsonOf(entry.request);
  const lines = ["import httpx", "", `response = httpx.request(`, `    ${python(entry.method)},`, `    ${python(address(entry))},`];
  const given = Object.fromEntries(sent(entry).map(({ name, value }) => [name, value]));
  if (Object.keys(given).length) lines.push(`    headers=${python(given)},`);
  if (body !== undefined) lines.push(`    json=${python(body)},`);
  else if (entry.request.bytes) lines.push(`    content=${python(textOf(entry.request))},`);
  return [...lines, ")"].join("\n");
}

export function asAssertion(entry) {
  const name = (entry.operationId ?? "request").replaceAll(/\W/g, "_");
  const body = jsonOf(entry.request);
  const given = [`${python(entry.target.split("?")[0])}`];
  if (body !== undefined) given.push(`json=${python(body)}`);
  if (entry.api) given.push(`headers=mock.headers(${python(entry.api)})`);
  const call = ["get", "post", "put", "patch", "delete"].includes(entry.method.toLowerCase())
    ? `mock.client.${entry.method.toLowerCase()}(` : `mock.client.request(${python(entry.method)}, `;
  return [
    `def test_${name}(mock):`,
    `    response = ${call}${body !== undefined && ["GET", "DELETE"].includes(entry.method) ? given.filter((each) => !each.startsWith("json=")).join(", ") : given.join(", ")})`,
    "",
    `    assert response.status_code == ${entry.status}`,
    ...(entry.operationId ? [`    assert mock.requests(${python(entry.operationId)}).count == 1`] : []),
  ].join("\n");
}

// A rule that makes this operation fail once with a status that its document has.
export function asFault(entry, status) {
  const match = entry.operationId ? { api: entry.api, operationId: entry.operationId } : { path: entry.target.split("?")[0] };
  return { match, times: 1, reply: { kind: "documented", status } };
}

export function asHar(entries) {
  const list = (headers) => headers.map(({ name, value }) => ({ name, value }));
  const content = (message) => ({
    size: message.bytes, mimeType: message.headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "",
    text: message.body, ...(message.encoding === "base64" ? { encoding: "base64" } : {}),
  });
  return { log: { version: "1.2", creator: { name: "mockserver", version: "1" }, entries: entries.map((entry) => ({
    startedDateTime: entry.at, time: entry.milliseconds, cache: {}, timings: { send: 0, wait: entry.milliseconds, receive: 0 },
    request: {
      method: entry.method, url: address(entry), httpVersion: "HTTP/1.1", cookies: [], headers: list(entry.request.headers),
      queryString: [...new URL(address(entry)).searchParams].map(([name, value]) => ({ name, value })), headersSize: -1, bodySize: entry.request.bytes,
      ...(entry.request.bytes ? { postData: { mimeType: content(entry.request).mimeType, text: textOf(entry.request) } } : {}),
    },
    response: {
      status: entry.status ?? 0, statusText: "", httpVersion: "HTTP/1.1", cookies: [], headers: list(entry.response?.headers ?? []),
      content: entry.response ? content(entry.response) : { size: 0, mimeType: "" }, redirectURL: "", headersSize: -1, bodySize: entry.response?.bytes ?? -1,
    },
  })) } };
}

export function save(name, text, type = "application/json") {
  const made = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement("a");
  anchor.href = made;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(made), 1000);
}
