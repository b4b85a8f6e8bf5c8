// What a statement is for: which table, which columns, in which order. Read from its tokens, whatever the layout.

import { isSign, isWord, nameOf, plainCql, quoted, type Token, tokensOf } from "./tokens.js";

/** A table as Cassandra keeps its name; without a keyspace where none is written. */
export interface TableName {
  keyspace: string | undefined;
  table: string;
}

/** Reads `keyspace.table` or `table`; undefined for anything else. */
export function readTableName(written: string): TableName | undefined {
  const tokens = tokensOf(written);
  const found = tableAt(tokens, 0);
  return found && found.next === tokens.length ? found.name : undefined;
}

/** A CSV's column for a table's: session_id takes sessionId. */
export const csvColumnOf = (column: string) =>
  column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A table's name as CQL needs it. */
export const writtenTable = ({ keyspace, table }: TableName) =>
  keyspace === undefined ? quoted(table) : `${quoted(keyspace)}.${quoted(table)}`;

/** The table's name that begins at a token. */
export function tableAt(tokens: Token[], at: number): { name: TableName; next: number } | undefined {
  const [first, dot, second] = tokens.slice(at, at + 3);
  if (first?.kind !== "name") return undefined;
  if (!isSign(dot, ".")) return { name: { keyspace: undefined, table: nameOf(first.text) }, next: at + 1 };
  if (second?.kind !== "name") return undefined;
  return { name: { keyspace: nameOf(first.text), table: nameOf(second.text) }, next: at + 3 };
}

/**
 * What a statement of the kind is for; undefined where there is none of the kind. It may stand within a batch.
 * @param kind in capitals, as `CREATE TABLE` or `CREATE MATERIALIZED VIEW`
 */
export function tableOf(kind: string, cql: string): TableName | undefined {
  const words = kind.split(" ");
  // Of thousands of statements nearly all are of another kind: that is seen without reading them.
  const capitals = cql.toUpperCase();
  if (!words.every((word) => capitals.includes(word))) return undefined;
  const tokens = tokensOf(cql);
  for (let at = 0; at < tokens.length; at++) {
    if (!words.every((word, index) => isWord(tokens[at + index], word))) continue;
    let next = at + words.length;
    for (const word of ["IF", "NOT", "EXISTS"]) if (isWord(tokens[next], word)) next++;
    return tableAt(tokens, next)?.name;
  }
  return undefined;
}

/** The statement on another table: each place where the table's name stands with its keyspace. */
export function onTable(cql: string, from: TableName, to: string): string {
  const tokens = tokensOf(cql);
  let text = "";
  let done = 0;
  for (let at = 0; at < tokens.length; at++) {
    const found = tableAt(tokens, at);
    if (found?.next !== at + 3 || found.name.keyspace !== from.keyspace || found.name.table !== from.table)
      continue;
    text += `${cql.slice(done, tokens[at]?.start)}${to}`;
    done = tokens[at + 2]?.end ?? done;
    at += 2;
  }
  return text + cql.slice(done);
}

/** Whether there is more than one statement, or none. */
export const isOneStatement = (cql: string) => {
  const tokens = tokensOf(plainCql(cql));
  return tokens.length > 0 && !tokens.some((token) => isSign(token, ";"));
};

/** The statements of a script, each of which ends with a semicolon; without it. */
export function statementsIn(script: string): string[] {
  let from = 0;
  return tokensOf(script)
    .filter((token) => isSign(token, ";"))
    .map(({ start, end }) => {
      const statement = script.slice(from, start).trim();
      from = end;
      return statement;
    });
}

/** A CREATE TABLE with another value of a property that it has, as `id` or `comment`. */
export function withProperty(cql: string, name: string, value: string): string {
  const tokens = tokensOf(cql);
  const at = tokens.findIndex(
    ({ kind, text }, index) => kind === "name" && nameOf(text) === name && isSign(tokens[index + 1], "="),
  );
  const old = tokens[at + 2];
  return at === -1 || !old ? cql : `${cql.slice(0, old.start)}${value}${cql.slice(old.end)}`;
}

/** The parts between the commas of a list that begins with an open bracket, without the commas within its brackets. */
export function partsOfList(tokens: Token[], open: number): { parts: Token[][]; next: number } {
  const parts: Token[][] = [[]];
  let depth = 0;
  let at = open;
  for (; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.kind === "sign" && "([{<".includes(token.text)) depth++;
    if (token.kind === "sign" && ")]}>".includes(token.text)) depth--;
    if (depth === 0) break;
    if (at === open) continue;
    if (depth === 1 && token.text === "," && token.kind === "sign") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return { parts: parts.filter((part) => part.length > 0), next: at + 1 };
}

/** The columns that a CREATE TABLE defines, in its order. */
export function columnsOfCreate(cql: string): string[] {
  const tokens = tokensOf(cql);
  const open = tokens.findIndex((token) => isSign(token, "("));
  if (open === -1) return [];
  return partsOfList(tokens, open)
    .parts.filter(([first, second]) => !(isWord(first, "PRIMARY") && isWord(second, "KEY")))
    .flatMap(([first]) => (first?.kind === "name" ? nameOf(first.text) : []));
}

export interface Insert {
  name: TableName;
  /** Nothing stands before it, as BEGIN BATCH. */
  isFirst: boolean;
  columns: string[];
  /** Of each column the tokens of its value. */
  values: Token[][];
  /** What stands behind the values, as IF NOT EXISTS or USING TTL 10. */
  rest: Token[];
}

/** Reads the first INSERT INTO table (column, ...) VALUES (value, ...); undefined where there is none, or it is JSON's. */
export function readInsert(cql: string): Insert | undefined {
  const tokens = tokensOf(plainCql(cql));
  const begin = tokens.findIndex((token, at) => isWord(token, "INSERT") && isWord(tokens[at + 1], "INTO"));
  const table = begin === -1 ? undefined : tableAt(tokens, begin + 2);
  if (!table || !isSign(tokens[table.next], "(")) return undefined;
  const { parts: columns, next } = partsOfList(tokens, table.next);
  if (!isWord(tokens[next], "VALUES") || !isSign(tokens[next + 1], "(")) return undefined;
  const { parts: values, next: end } = partsOfList(tokens, next + 1);
  return {
    name: table.name,
    isFirst: begin === 0,
    columns: columns.map((part) => nameOf(part[0]?.text ?? "")),
    values,
    rest: tokens.slice(end),
  };
}
