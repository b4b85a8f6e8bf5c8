// CQL as a sequence of tokens, as Cassandra's own lexer sees it.

/** A name, a text, another value that is written down (a number, 0xff, a UUID, a duration), a marker or a sign. */
export interface Token {
  kind: "name" | "text" | "number" | "marker" | "sign";
  /** As it is written, with its quotes. */
  text: string;
  /** Where it is in the statement. */
  start: number;
  end: number;
}

const forms: [Token["kind"] | "nothing", RegExp][] = [
  ["nothing", /\s+|\/\*[\s\S]*?\*\/|(?:--|\/\/)[^\n\r]*/y],
  ["text", /'(?:[^']|'')*'|\$\$[\s\S]*?\$\$/y],
  ["number", /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|0x[0-9a-f]*/iy],
  ["name", /"(?:[^"]|"")*"|[a-z]\w*/iy],
  ["number", /-?(?:\d+(?:y|mo|w|d|h|ms|m|s|us|µs|ns))+|-?\d+(?:\.(?!\.)\d*)?(?:e[-+]?\d+)?/iy],
  // %s is a marker of Cassandra's Python driver: the driver puts a value in its place before it sends the statement.
  ["marker", /\?|:(?:[a-z]\w*|"(?:[^"]|"")*")|%s/iy],
  ["sign", /<=|>=|!=|[\s\S]/y],
];

/**
 * The tokens of a statement; comments and white space are none. Quotes that do not end become signs: Cassandra refuses
 * such a statement.
 */
export function tokensOf(cql: string): Token[] {
  const tokens: Token[] = [];
  let braces = 0;
  for (let at = 0; at < cql.length; ) {
    const { kind, end } = pieceAt(cql, at, braces > 0);
    if (kind !== "nothing") tokens.push({ kind, text: cql.slice(at, end), start: at, end });
    if (kind === "sign" && cql[at] === "{") braces++;
    if (kind === "sign" && cql[at] === "}") braces--;
    at = end;
  }
  return tokens;
}

/** @param inBraces of a map `{'a':b}` the colon is a sign; Cassandra takes no markers there */
function pieceAt(
  cql: string,
  at: number,
  inBraces: boolean,
): { kind: Token["kind"] | "nothing"; end: number } {
  for (const [kind, form] of forms) {
    if (kind === "marker" && inBraces) continue;
    form.lastIndex = at;
    const [text] = form.exec(cql) ?? [];
    if (text !== undefined) return { kind, end: at + text.length };
  }
  return { kind: "sign", end: at + 1 }; // the last form takes any character
}

/** The statement without comments and without semicolons at its end: Cassandra refuses a comment that ends it. */
export function plainCql(cql: string): string {
  const tokens = tokensOf(cql);
  while (tokens.at(-1)?.text === ";") tokens.pop();
  let plain = "";
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    const between = before ? cql.slice(before.end, token.start) : "";
    plain += `${between.trim() === "" ? between : between.includes("\n") ? "\n" : " "}${token.text}`;
  }
  return plain;
}

/** Whether a token is a word of CQL: never a name in quotes. */
export const isWord = (token: Token | undefined, word: string) =>
  token?.kind === "name" && token.text.toUpperCase() === word;

export const isSign = (token: Token | undefined, sign: string) =>
  token?.kind === "sign" && token.text === sign;

/** A name as Cassandra keeps it: in lower case, unless it is in quotes. */
export const nameOf = (written: string) =>
  written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase();

/** Words that CQL takes for its own, unless they are in quotes. */
const reserved = new Set(
  (
    "add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop " +
    "entries execute from full grant if in index infinity insert into is keyspace limit materialized mbean mbeans " +
    "modify nan norecursive not null of on or order primary rename replace revoke schema select set table to token " +
    "truncate unlogged unset update use using view where with"
  ).split(" "),
);

/** A name as CQL needs it: in quotes where it has capitals or other signs, or is a word of CQL. */
export const quoted = (name: string) =>
  /^[a-z][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** A written text or number as a value; undefined for a marker or anything else. */
export function literalOf(token: Token | undefined): string | number | undefined {
  if (token?.kind === "number") {
    const number = Number(token.text);
    return Number.isNaN(number) ? token.text : number;
  }
  if (token?.kind !== "text") return undefined;
  return token.text.startsWith("$$")
    ? token.text.slice(2, -2)
    : token.text.slice(1, -1).replaceAll("''", "'");
}
