// What a SELECT asks of which table.

import { type TableName, tableAt } from "./statements.js";
import { isSign, isWord, literalOf, nameOf, plainCql, type Token, tokensOf } from "./tokens.js";

export interface Condition {
  column: string;
  /** In capitals: =, <, >, <=, >=, !=, IN, LIKE, CONTAINS, CONTAINS KEY. */
  operator: string;
  /** The value where it is written down in the statement; of a list the first one. */
  value?: string | number;
  /** How many values its markers take. */
  markers: number;
  /** Of IN: the values in its brackets; undefined for IN and one marker for the whole list. */
  listed?: number;
}

export interface Select {
  /** Without comments and the semicolon. */
  cql: string;
  keyspace: string | undefined;
  table: string;
  /** The columns asked for; undefined for `*`, and none that are only in a function. */
  columns: string[] | undefined;
  /** The names that the answer has for columns: `AS name`. */
  aliases: Map<string, string>;
  /** In the order of the WHERE clause; without those on tokens, on tuples, on elements of a collection. */
  conditions: Condition[];
  orderBy: { column: string; descending: boolean }[];
  allowFiltering: boolean;
  /** Its LIMIT, as it is written. */
  limit: string | undefined;
  /** All of the statement. */
  markers: number;
  /** The statement on another table, each value replaced by a marker. */
  on(table: string, options?: { withLimit: boolean }): string;
  /** The statement that asks for all columns. */
  ofAllColumns: string;
}

/** Where the WHERE clause ends. */
const clauses = ["ORDER", "GROUP", "LIMIT", "PER", "ALLOW"];

/** Reads a SELECT; undefined for anything else. */
export function readSelect(text: string): Select | undefined {
  const cql = plainCql(text);
  const tokens = tokensOf(cql);
  const from = tokens.findIndex((token, index) => index > 0 && isWord(token, "FROM"));
  const found = from === -1 ? undefined : tableAt(tokens, from + 1);
  if (!isWord(tokens[0], "SELECT") || !found || tokens.some((token) => isSign(token, ";"))) return undefined;
  const rest = tokens.slice(found.next);
  const stop = rest.findIndex((token) => clauses.some((word) => isWord(token, word)));
  const where = rest.slice(0, stop === -1 ? undefined : stop);
  const tail = stop === -1 ? [] : rest.slice(stop);
  const { conditions, withMarkers } = readConditions(where);
  const limitAt = tail.findIndex(
    (token, index) => isWord(token, "LIMIT") && !isWord(tail[index - 1], "PARTITION"),
  );
  const unlimited =
    limitAt === -1 ? tail : tail.filter((_, index) => index !== limitAt && index !== limitAt + 1);
  const name: TableName = found.name;
  return {
    cql,
    keyspace: name.keyspace,
    table: name.table,
    ...readSelection(tokens.slice(1, from)),
    conditions,
    orderBy: readOrder(tail),
    allowFiltering: tail.some(
      (token, index) => isWord(token, "ALLOW") && isWord(tail[index + 1], "FILTERING"),
    ),
    limit: limitAt === -1 ? undefined : (tail[limitAt + 1]?.text ?? ""),
    markers: tokens.filter(({ kind }) => kind === "marker").length,
    on: (other, { withLimit } = { withLimit: true }) =>
      `${joined(tokens.slice(0, from + 1))} ${other} ${joined([...withMarkers, ...(withLimit ? tail : unlimited)])}`.trim(),
    ofAllColumns: `SELECT * ${cql.slice(tokens[from]?.start)}`,
  };
}

function readSelection(all: Token[]): Pick<Select, "columns" | "aliases"> {
  const listed = isWord(all[0], "DISTINCT") || isWord(all[0], "JSON") ? all.slice(1) : all;
  const aliases = new Map<string, string>();
  const columns: string[] = [];
  for (const [index, token] of listed.entries()) {
    const before = listed[index - 1];
    if (token.kind !== "name" || isWord(token, "AS") || isSign(listed[index + 1], "(")) continue;
    if (!isWord(before, "AS")) columns.push(nameOf(token.text));
    else if (listed[index - 2]?.kind === "name")
      aliases.set(nameOf(token.text), nameOf(listed[index - 2]?.text ?? ""));
  }
  const isAll = listed.some((token) => isSign(token, "*"));
  return { columns: isAll && listed.length === 1 ? undefined : isAll ? [] : columns, aliases };
}

const operators = ["=", "<", ">", "<=", ">=", "!=", "IN", "LIKE", "CONTAINS"];

/** @returns also the clause's tokens with a marker in the place of each value */
function readConditions(where: Token[]): { conditions: Condition[]; withMarkers: Token[] } {
  const conditions: Condition[] = [];
  const withMarkers: Token[] = [];
  const marker: Token = { kind: "marker", text: "?", start: 0, end: 0 };
  for (let at = 0; at < where.length; at++) {
    const [token, next] = [where[at] as Token, where[at + 1]];
    const operator = next && !next.text.startsWith('"') ? next.text.toUpperCase() : "";
    if (token.kind !== "name" || !next || !operators.includes(operator)) {
      withMarkers.push(token);
      continue;
    }
    const ofKey = operator === "CONTAINS" && isWord(where[at + 2], "KEY");
    const first = at + (ofKey ? 3 : 2);
    withMarkers.push(...where.slice(at, first));
    const value = where[first];
    const condition: Condition = {
      column: nameOf(token.text),
      operator: ofKey ? "CONTAINS KEY" : operator,
      markers: value?.kind === "marker" ? 1 : 0,
    };
    at = first;
    if (operator === "IN" && isSign(value, "(")) {
      const close = where.findIndex((one, place) => place > first && isSign(one, ")"));
      const inside = where.slice(first + 1, close === -1 ? undefined : close);
      condition.markers = inside.filter(({ kind }) => kind === "marker").length;
      condition.listed = inside.filter(({ kind }) => kind !== "sign").length;
      Object.assign(condition, written(inside[0]));
      withMarkers.push(sign("("), marker, sign(")"));
      at = close === -1 ? where.length : close;
    } else if (value) {
      Object.assign(condition, written(value));
      withMarkers.push(marker);
    }
    if (value) conditions.push(condition);
  }
  return { conditions, withMarkers };
}

const sign = (text: string): Token => ({ kind: "sign", text, start: 0, end: 0 });

function written(token: Token | undefined): { value?: string | number } {
  const value = literalOf(token);
  return value === undefined ? {} : { value };
}

function readOrder(tail: Token[]): Select["orderBy"] {
  const begin = tail.findIndex((token, index) => isWord(token, "ORDER") && isWord(tail[index + 1], "BY"));
  if (begin === -1) return [];
  const end = tail.findIndex((token, index) => index > begin && clauses.some((word) => isWord(token, word)));
  const order: Select["orderBy"] = [];
  for (const token of tail.slice(begin + 2, end === -1 ? undefined : end)) {
    const last = order.at(-1);
    if (isWord(token, "DESC") && last) last.descending = true;
    else if (token.kind === "name" && !isWord(token, "ASC"))
      order.push({ column: nameOf(token.text), descending: false });
  }
  return order;
}

function joined(tokens: Token[]): string {
  return tokens
    .map(({ text }, index) =>
      index === 0 || /^[,.)]$/.test(text) || /^[.(]$/.test(tokens[index - 1]?.text ?? "") ? text : ` ${text}`,
    )
    .join("");
}
