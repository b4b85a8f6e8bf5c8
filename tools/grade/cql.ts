// Reads CQL as far as a grader must: what a SELECT asks of which table, what a CREATE TABLE or an INSERT is for.

/** A name, a text, a number, a marker or a sign. */
interface Token {
  text: string;
  kind: "name" | "text" | "number" | "marker" | "sign";
}

const forms: [Token["kind"] | "nothing", RegExp][] = [
  ["nothing", /\s+|\/\*[\s\S]*?\*\/|(?:--|\/\/)[^\n]*/y],
  ["text", /'(?:[^']|'')*'|\$\$[\s\S]*?\$\$/y],
  ["name", /"(?:[^"]|"")*"|[a-z]\w*/iy],
  ["number", /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/iy],
  ["marker", /\?|:[a-z]\w*|%s/iy],
  ["sign", /<=|>=|!=|[\s\S]/y],
];

function tokensOf(cql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < cql.length; ) {
    for (const [kind, form] of forms) {
      form.lastIndex = at;
      const [text] = form.exec(cql) ?? [];
      if (text === undefined) continue;
      if (kind !== "nothing") tokens.push({ text, kind });
      at += text.length;
      break;
    }
  }
  return tokens;
}

/** A name as Cassandra keeps it. */
const nameOf = (text: string) =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();

/** A name as CQL needs it. */
export const quotedName = (name: string) =>
  /^[a-z][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

export interface Condition {
  column: string;
  operator: string;
  /** Where it is written down in the statement. */
  value?: string | number;
}

export interface Select {
  keyspace: string | undefined;
  table: string;
  /** The columns asked for; undefined for `*`. */
  columns: string[] | undefined;
  conditions: Condition[];
  allowFiltering: boolean;
  /** Its LIMIT, as it is written. */
  limit: string | undefined;
  /** The statement on another table, each value replaced by a marker. */
  on(table: string, options?: { withLimit: boolean }): string;
}

/** Reads a SELECT; undefined for anything else. */
export function readSelect(cql: string): Select | undefined {
  const tokens = tokensOf(cql.trim().replace(/;\s*$/, ""));
  const is = (index: number, word: string) =>
    tokens[index]?.kind === "name" && tokens[index]?.text.toUpperCase() === word;
  const find = (word: string, from: number) => {
    for (let index = from; index < tokens.length; index++) if (is(index, word)) return index;
    return -1;
  };
  const from = find("FROM", 1);
  if (!is(0, "SELECT") || from === -1 || tokens[from + 1]?.kind !== "name") return undefined;
  const qualified = tokens[from + 2]?.text === ".";
  const end = from + (qualified ? 4 : 2);
  const table = nameOf(tokens[end - 1]?.text ?? "");
  const keyspace = qualified ? nameOf(tokens[from + 1]?.text ?? "") : undefined;

  const listed = tokens.slice(is(1, "DISTINCT") || is(1, "JSON") ? 2 : 1, from);
  const columns = listed.some(({ text, kind }) => text === "*" && kind === "sign")
    ? listed.length === 1
      ? undefined
      : []
    : listed
        .filter(({ kind }, index) => kind === "name" && !isAlias(listed, index))
        .map(({ text }) => nameOf(text));

  const rest = tokens.slice(end).map((token) => ({ ...token }));
  const stop = rest.findIndex(
    ({ text, kind }) => kind === "name" && /^(ORDER|GROUP|LIMIT|PER|ALLOW)$/i.test(text),
  );
  const where = rest.slice(0, stop === -1 ? undefined : stop);
  const conditions: Condition[] = [];
  const written: Token[] = [];
  for (let index = 0; index < where.length; index++) {
    const [token, next] = [where[index] as Token, where[index + 1]];
    const operator =
      next && /^(=|<|>|<=|>=|!=|IN|LIKE|CONTAINS)$/i.test(next.text) ? next.text.toUpperCase() : "";
    if (token.kind !== "name" || operator === "") {
      written.push(token);
      continue;
    }
    const value = where[index + 2];
    const column = nameOf(token.text);
    written.push(token, next as Token);
    index += 1;
    if (operator === "IN" && value?.text === "(") {
      const close = where.findIndex((one, place) => place > index && one.text === ")");
      const first = where[index + 2];
      conditions.push({ column, operator, ...literalOf(first) });
      for (const text of ["(", "?", ")"]) written.push({ kind: "sign", text });
      index = close === -1 ? where.length : close;
    } else if (value) {
      conditions.push({ column, operator, ...literalOf(value) });
      written.push({ kind: "marker", text: "?" });
      index += 1;
    }
  }
  const head = tokens.slice(0, from + 1);
  const tail = stop === -1 ? [] : rest.slice(stop);
  const limitAt = tail.findIndex(({ text, kind }) => kind === "name" && /^LIMIT$/i.test(text));
  const unlimited =
    limitAt === -1 ? tail : tail.filter((_, index) => index !== limitAt && index !== limitAt + 1);
  return {
    ...{ keyspace, table, columns, conditions },
    allowFiltering: tail.some(
      ({ text }, index) => /^ALLOW$/i.test(text) && /^FILTERING$/i.test(tail[index + 1]?.text ?? ""),
    ),
    limit: limitAt === -1 ? undefined : (tail[limitAt + 1]?.text ?? ""),
    on: (other, { withLimit } = { withLimit: true }) =>
      `${joined(head)} ${other} ${joined([...written, ...(withLimit ? tail : unlimited)])}`.trim(),
  };
}

/** `AS name`, or the function's name in front of a bracket. */
function isAlias(tokens: Token[], index: number): boolean {
  const before = tokens[index - 1]?.text ?? "";
  return /^AS$/i.test(tokens[index]?.text ?? "") || /^AS$/i.test(before) || tokens[index + 1]?.text === "(";
}

function literalOf(token: Token | undefined): { value?: string | number } {
  if (token?.kind === "number") return { value: Number(token.text) };
  if (token?.kind === "text") return { value: token.text.slice(1, -1).replaceAll("''", "'") };
  return {};
}

function joined(tokens: Token[]): string {
  return tokens
    .map(({ text }, index) =>
      index === 0 || /^[,.)]$/.test(text) || /^[.(]$/.test(tokens[index - 1]?.text ?? "") ? text : ` ${text}`,
    )
    .join("");
}

/** The table that a statement of the kind is for, with its keyspace if the statement says it. */
export function tableOf(kind: "CREATE TABLE" | "INSERT INTO" | "DROP TABLE", cql: string) {
  const words = kind.split(" ").join("\\s+");
  const form = new RegExp(
    `\\b${words}\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?(?:("[^"]+"|\\w+)\\s*\\.\\s*)?("[^"]+"|\\w+)`,
    "i",
  );
  const [, keyspace, table] = form.exec(cql) ?? [];
  return table === undefined
    ? undefined
    : { keyspace: keyspace === undefined ? undefined : nameOf(keyspace), table: nameOf(table) };
}
