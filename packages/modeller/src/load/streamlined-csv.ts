// The one CSV that tables are loaded from: only the columns that they hold, as CQL writes their values.

import { SparkifyError } from "@sparkify/base/errors";
import { csvColumnOf, type TypedColumn } from "@sparkify/cql";
import type { Bucket } from "../propose/proposal.js";
import { bucketSql } from "../propose/sizes.js";
import { sqlName, sqlText } from "../source/duckdb.js";
import { rowsTable, Source, type SourceColumn } from "../source/source.js";

/** A table that is loaded. */
export interface LoadedTable {
  /** With its keyspace, as CQL writes it. */
  name: string;
  columns: TypedColumn[];
}

export interface StreamlinedCsv {
  path: string;
  tables: LoadedTable[];
  rows: number;
  /** Rows that have no value in a key of these tables, by column. */
  leftOut: Record<string, number>;
}

/** Where a column of a table comes from. */
interface Origin {
  sql: string;
  type: string;
  nulls: number;
  /** The source's name. */
  name: string;
}

/**
 * Writes the rows of the tables: one CSV for all of them, or another one for tables in which other rows cannot be, since a
 * column of their key has no value there.
 * @param buckets by the tables' names
 * @param pathOf the path of each, counted from 0
 * @returns also the text that stands for no value: one that is no value
 * @throws SparkifyError where a table has a column that nothing in the source is called
 */
export async function writeStreamlinedCsvs(
  source: Source,
  tables: LoadedTable[],
  buckets: Map<string, Bucket>,
  pathOf: (index: number) => string,
): Promise<{ csvs: StreamlinedCsv[]; nullText: string }> {
  const origins = new Map<LoadedTable, Map<string, Origin>>();
  const groups = new Map<string, LoadedTable[]>();
  for (const table of tables) {
    const bucket = buckets.get(table.name);
    const itsOrigins = originsOf(source, table, bucket);
    origins.set(table, itsOrigins);
    const nullable = keysOf(table).filter((name) => (itsOrigins.get(name)?.nulls ?? 0) > 0);
    // Two hashes of one name may have other counts.
    const group = JSON.stringify([nullable.sort(), bucket?.by === "hash" ? bucket : null]);
    groups.set(group, [...(groups.get(group) ?? []), table]);
  }
  const nullText = await textForNull(source);
  const csvs: StreamlinedCsv[] = [];
  for (const [group, some] of groups) {
    const path = pathOf(csvs.length);
    const columns = new Map(some.flatMap((table) => [...(origins.get(table) ?? [])]));
    const needed = (JSON.parse(group) as [string[]])[0].map((name) => columns.get(name) as Origin);
    const where = needed.map(({ sql }) => `${sql} IS NOT NULL`).join(" AND ");
    const from = `${rowsTable}${where === "" ? "" : ` WHERE ${where}`}`;
    const selected = [...columns].map(
      ([name, { sql, type }]) => `${Source.textOf(sql, type)} AS ${sqlName(csvColumnOf(name))}`,
    );
    await source.database.run(
      `COPY (SELECT ${selected.join(", ")} FROM ${from}) TO ${sqlText(path)} (FORMAT csv, HEADER, NULLSTR ${sqlText(nullText)})`,
    );
    const { n } = await source.database.one(`SELECT count(*) AS n FROM ${from}`);
    const leftOut = Object.fromEntries(needed.map(({ name, nulls }) => [name, nulls]));
    csvs.push({ path, tables: some, rows: Number(n), leftOut });
  }
  return { csvs, nullText };
}

const keysOf = ({ columns }: LoadedTable) =>
  columns.filter(({ kind }) => kind === "partition_key" || kind === "clustering").map(({ name }) => name);

function originsOf(
  source: Source,
  { name: table, columns }: LoadedTable,
  itsBucket: Bucket | undefined,
): Map<string, Origin> {
  return new Map(
    columns.map(({ name }) => {
      const bucket = itsBucket?.column === name ? itsBucket : undefined;
      const column = bucket
        ? source.column(bucket.of)
        : source.columns.find(({ cqlName }) => cqlName === name);
      if (!column)
        throw new SparkifyError(
          `The table ${table} has a column ${name}, and the source has none of this name. It has ${source.columns.map(({ cqlName }) => cqlName).join(", ")}.`,
          { where: { table } },
        );
      return [name, originOf(column, bucket)];
    }),
  );
}

function originOf(column: SourceColumn, bucket: Bucket | undefined): Origin {
  const { name, nulls } = column;
  return bucket
    ? { sql: bucketSql(bucket, column), type: bucket.type, nulls, name }
    : { sql: sqlName(name), type: column.type, nulls, name };
}

/** `\N`, or something like it where that is a value. */
async function textForNull(source: Source): Promise<string> {
  const texts = source.columns.filter(({ type }) => /^(text|varchar|ascii)$/i.test(type));
  for (let tries = 0; texts.length > 0; tries++) {
    const text = `\\N${tries === 0 ? "" : tries}`;
    const isThere = texts.map(({ name }) => `bool_or(${sqlName(name)} = ${sqlText(text)})`);
    const { found } = await source.database.one(
      `SELECT coalesce(${isThere.map((one) => `coalesce(${one}, FALSE)`).join(" OR ")}, FALSE) AS found FROM ${rowsTable}`,
    );
    if (!found) return text;
  }
  return "\\N";
}
