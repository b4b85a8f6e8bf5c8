// What the rows say of a question: whether its facts are facts, what the partition key determines. By SQL, over all rows.

import type { Row } from "@sparkify/compare";
import { sqlName } from "../source/duckdb.js";
import { rowsTable, Source, type SourceColumn } from "../source/source.js";
import type { Asked } from "./asked.js";

export const listOf = (columns: SourceColumn[]) => columns.map(({ name }) => sqlName(name)).join(", ");

const unique = (columns: SourceColumn[]) => [...new Set(columns)];

/** All that a question is about, each once. */
export const columnsAsked = ({ given, between, each, order, answer }: Asked): SourceColumn[] =>
  unique([...given, ...(between ? [between] : []), ...order.map(({ column }) => column), ...each, ...answer]);

/** What makes a fact. */
export const factColumns = ({ given, each }: Asked): SourceColumn[] => unique([...given, ...each]);

/** Columns that a row of the table cannot do without. */
export const neededColumns = ({ given, between, each, order }: Asked): SourceColumn[] =>
  unique([...given, ...(between ? [between] : []), ...order.map(({ column }) => column), ...each]);

/** The number of a row in the source, as a column of {@link soundRows}. */
export const rowNumber = sqlName("number of the row");

/** The rows that can be in the table. */
export function soundRows(asked: Asked): string {
  const nullable = neededColumns(asked).filter(({ nulls }) => nulls > 0);
  const where = nullable.map(({ name }) => `${sqlName(name)} IS NOT NULL`).join(" AND ");
  return `(SELECT *, rowid AS ${rowNumber} FROM ${rowsTable}${where === "" ? "" : ` WHERE ${where}`})`;
}

/** Values of rows for people. */
export async function shownRows(source: Source, columns: SourceColumn[], from: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of source.rowsOf(columns, from)) rows.push(row as Row);
  return rows;
}

/** Two rows of one fact that say different things of some columns; undefined where there are none. */
export async function conflict(
  source: Source,
  asked: Asked,
  fact: SourceColumn[],
  said: SourceColumn[],
): Promise<{ facts: number; rows: Row[]; differing: SourceColumn[] } | undefined> {
  const others = said.filter((column) => !fact.includes(column));
  if (others.length === 0) return undefined;
  const texts = others.map(({ name, type }) => `coalesce(${Source.textOf(sqlName(name), type)}, chr(1))`);
  const hash = `hash(${texts.join(", ")})`;
  const rows = soundRows(asked);
  // The one that comes first in the files is shown: the same in each run.
  const groups = `SELECT ${listOf(fact)}, count(*) OVER () AS facts FROM ${rows} GROUP BY ${listOf(fact)} HAVING min(${hash}) <> max(${hash}) ORDER BY min(${rowNumber}) LIMIT 1`;
  const [first] = await source.all<{ facts: number }>(`SELECT facts FROM (${groups})`);
  if (!first) return undefined;
  const same = fact.map(({ name }) => `one.${sqlName(name)} = two.${sqlName(name)}`).join(" AND ");
  const both = `(SELECT one.* FROM ${rows} one JOIN (${groups}) two ON ${same} ORDER BY one.${rowNumber} LIMIT 50)`;
  const shown = await shownRows(source, unique([...fact, ...others]), both);
  const [one] = shown;
  const two =
    shown.find((row) => others.some(({ name }) => text(row[name]) !== text(one?.[name]))) ?? shown[1];
  const pair = [one, two].filter((row): row is Row => row !== undefined);
  const differing = others.filter(({ name }) => text(one?.[name]) !== text(two?.[name]));
  return { facts: Number(first.facts), rows: pair, differing };
}

const text = (value: unknown) => JSON.stringify(value);

/** Rows beyond the first of a partition that must speak for it, so that it is no accident. */
const leastEvidence = 20;

/**
 * Columns of which each partition has one value, and which the whole key is needed to know: what a part of it determines is
 * a property of something else, as the user's name in the songs of a user's session.
 */
export async function determinedBy(
  source: Source,
  asked: Asked,
  candidates: SourceColumn[],
): Promise<SourceColumn[]> {
  const { given } = asked;
  if (candidates.length === 0) return [];
  const all = await determined(source, asked, given, candidates);
  if (all.length === 0) return [];
  const byPart = new Set<SourceColumn>();
  const parts = [
    [],
    ...(given.length > 1 ? given.map((column) => given.filter((one) => one !== column)) : []),
  ];
  for (const part of parts)
    for (const column of await determined(source, asked, part, all)) byPart.add(column);
  return all.filter((column) => !byPart.has(column));
}

async function determined(
  source: Source,
  asked: Asked,
  by: SourceColumn[],
  candidates: SourceColumn[],
): Promise<SourceColumn[]> {
  const same = candidates.map(({ name, type }, index) => {
    const value = `coalesce(${Source.textOf(sqlName(name), type)}, chr(1))`;
    return `min(${value}) = max(${value}) AS "${index}"`;
  });
  const grouped = `SELECT count(*) AS n, ${same.join(", ")} FROM ${soundRows(asked)}${by.length > 0 ? ` GROUP BY ${listOf(by)}` : ""}`;
  const [found] = await source.all(
    `SELECT sum(n - 1) AS evidence, ${candidates.map((_, index) => `bool_and("${index}") AS "${index}"`).join(", ")} FROM (${grouped})`,
  );
  if (by.length > 0 && Number(found?.evidence ?? 0) < leastEvidence) return [];
  return candidates.filter((_, index) => found?.[index] === true);
}
