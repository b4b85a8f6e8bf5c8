// Counts of each column, by SQL. Exact where that is cheap, else estimated by DuckDB's sketch and from a sample.

import { valueType } from "@sparkify/cql";
import { sqlName } from "../source/duckdb.js";
import { rowsTable, Source, type SourceColumn } from "../source/source.js";
import type { ColumnProfile } from "./profile.js";

/** Over so many values an exact count of each of them takes memory and time. */
const mostGroups = 200_000;
/** The most rows in which the frequent ones of more values are looked for. */
const mostSampled = 200_000;
const mostFrequent = 5;

const isCollection = (type: string) => /^(frozen|list|set|map)</i.test(type);

/** @param onColumn called before each column */
export async function measureColumns(
  source: Source,
  onColumn: (name: string) => void,
): Promise<ColumnProfile[]> {
  const found: ColumnProfile[] = [];
  for (const column of source.columns) {
    onColumn(column.name);
    found.push(await measure(source, column));
  }
  return found;
}

async function measure(source: Source, column: SourceColumn): Promise<ColumnProfile> {
  const { name, cqlName, type, nulls, otherForm } = column;
  const quoted = sqlName(name);
  const isWhole = /^(double|float|decimal)$/i.test(type) ? `bool_and(${quoted} = trunc(${quoted}))` : "false";
  const ends = isCollection(type)
    ? "NULL AS least, NULL AS greatest"
    : `${Source.textOf(`min(${quoted})`, type)} AS least, ${Source.textOf(`max(${quoted})`, type)} AS greatest`;
  const row = await source.database.one<Record<string, unknown>>(
    `SELECT approx_count_distinct(${quoted}) AS estimate, ${isWhole} AS whole, ${ends} FROM ${rowsTable}`,
  );
  const isEstimate = Number(row.estimate) > mostGroups;
  const { distinct, frequent } = isEstimate
    ? {
        distinct: Math.min(Number(row.estimate), source.rows - nulls),
        frequent: await sampled(source, column),
      }
    : await counted(source, column);
  const example = frequent[0]?.value;
  return {
    name,
    cqlName,
    type,
    empty: nulls,
    distinct,
    isEstimate,
    least: (row.least as string | null) ?? null,
    greatest: (row.greatest as string | null) ?? null,
    frequent,
    isWhole: row.whole === true,
    ...(otherForm && { otherForm }),
    example: example === undefined ? null : shownOf(type, example),
  };
}

function shownOf(type: string, text: string) {
  const values = valueType(type);
  return /^(text|varchar|ascii)$/i.test(type) ? text : values.shown(values.parse(text));
}

/** Every value is counted. */
async function counted(
  source: Source,
  { name, type }: SourceColumn,
): Promise<Pick<ColumnProfile, "distinct" | "frequent">> {
  const quoted = sqlName(name);
  const rows = await source.all<{ value: string; rows: string; values: string }>(
    `SELECT ${Source.textOf("value", type)} AS value, rows, count(*) OVER () AS "values"
      FROM (SELECT ${quoted} AS value, count(*) AS rows FROM ${rowsTable} WHERE ${quoted} IS NOT NULL GROUP BY ${quoted})
      ORDER BY 2 DESC, 1 LIMIT ${mostFrequent}`,
  );
  return {
    distinct: Number(rows[0]?.values ?? 0),
    frequent: rows.map(({ value, rows: count }) => ({ value, rows: Number(count) })),
  };
}

/** The values are found in a sample, the same one in each run, and then counted. */
async function sampled(source: Source, { name, type }: SourceColumn): Promise<ColumnProfile["frequent"]> {
  const quoted = sqlName(name);
  const oneOf = Math.ceil(source.rows / mostSampled);
  // The column may be called value or rows.
  const rows = await source.all<{ value: string; rows: string }>(
    `SELECT ${Source.textOf("top.found", type)} AS value, count(*) AS rows
      FROM (SELECT ${quoted} AS found FROM ${rowsTable} WHERE hash(rowid) % ${oneOf} = 0 AND ${quoted} IS NOT NULL
        GROUP BY ${quoted} ORDER BY count(*) DESC, ${quoted} LIMIT ${mostFrequent}) AS top
      JOIN ${rowsTable} AS data ON data.${quoted} = top.found GROUP BY top.found ORDER BY 2 DESC, 1`,
  );
  return rows.map(({ value, rows: count }) => ({ value, rows: Number(count) }));
}
