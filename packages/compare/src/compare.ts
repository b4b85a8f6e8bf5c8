// The whole comparison of tables with a CSV: every value of every row, for a million rows as well.

import { existsSync, statSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { readTableName } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { type ComparedTable, comparedTable } from "./columns.js";
import { CsvFields } from "./csv-fields.js";
import { examplesIn, type TableComparison } from "./examples.js";
import { countLines, parseCsv } from "./parsed-csv.js";
import { changed, expectRows, meetRows, planPasses } from "./passes.js";
import { Tally } from "./tally.js";

export interface Comparison {
  /** True only if no row of any table is missing, altered or extra. */
  ok: boolean;
  seconds: number;
  tables: TableComparison[];
}

export interface CompareProgress {
  /** Which pass over the CSV, from 1: one is enough below some four million keys in all tables. */
  pass: number;
  passes: number;
  /** Rows of the CSV that this pass has read. */
  csvRows: number;
  /** Rows of the tables that this pass has read. */
  tableRows: number;
}

/** What a reader can do, for messages: "Make it" first, or again. */
export interface Advice {
  /** Makes the CSV. */
  csv: string;
  /** Creates the tables. */
  tables: string;
}

export interface CompareOptions {
  csv: string;
  /** Names with their keyspace, as `sparkify.users_by_song`. */
  tables: string[];
  /** Called every few hundred rows. */
  onProgress?: (progress: CompareProgress) => void;
  signal?: AbortSignal;
  /** @default "Make it" and "Create it" */
  advice?: Advice;
  /** The field that stands for no value. @default none; an empty field is an empty text, or null of any other type */
  nullText?: string;
  /** @internal How many keys are in memory at once, 26 bytes each. */
  keysAtOnce?: number;
}

/**
 * Compares all rows of tables with a CSV. A column `first_name` should hold the CSV's `firstName`.
 * Each CSV row is expected in each table; of rows with the same primary key the later one, as an INSERT is an upsert.
 * An empty field is an empty text, or null of any other type; `float` columns are compared in their precision.
 *
 * The CSV is read by papaparse, the tables by token ranges at the client's consistency level. Rows are compared by 64-bit
 * hashes of their primary key and of their other values, so memory stays flat: about 100 MB of hashes at most. Where the
 * tables have more keys than fit, the work is done in several passes, each over some of the tables, or some of a table's keys.
 * The chance that an altered row is taken for equal is 1 in 2^64. That any two of a million keys share a hash is
 * 1 chance in 36 million; it would show as a difference where there is none.
 *
 * Rows that are written meanwhile may be counted or not.
 *
 * @throws SparkifyError where the CSV or a table is missing, a column has no counterpart, the CSV has a row that does not
 *   fit or changes meanwhile, or a table cannot be read; the signal's reason once it is aborted, when nothing is under way
 *   any more
 * @example
 * const { ok, tables } = await compareTables(client, { csv: "plays.csv", tables: ["sparkify.users_by_song"] });
 */
export async function compareTables(
  client: Client,
  {
    csv,
    tables: names,
    onProgress,
    signal,
    advice = { csv: "Make it", tables: "Create it" },
    nullText,
    keysAtOnce = 4_000_000,
  }: CompareOptions,
): Promise<Comparison> {
  const started = performance.now();
  checkNames(names);
  needCsv(csv, advice.csv);
  const version = fileVersion(csv);
  const header = await readHeader(csv);
  const compared: { table: ComparedTable; tally: Tally }[] = [];
  for (const name of names) {
    const table = await comparedTable(client, name, csv, header, advice.tables);
    compared.push({ table, tally: new Tally() });
  }
  const fields = new CsvFields(
    compared.map(({ table }) => table),
    csv,
    advice.csv,
    nullText,
  );
  const { passes, parts } = planPasses(compared, await countLines(csv, signal), keysAtOnce);
  let csvRows = 0;
  for (const [index, shares] of passes.entries()) {
    const progress = { pass: index + 1, passes: passes.length, csvRows: 0, tableRows: 0 };
    csvRows = await expectRows(fields, shares, parts, signal, (rows) => {
      progress.csvRows = rows;
      onProgress?.({ ...progress });
    });
    if (csvRows === 0)
      throw new SparkifyError(`${shortPath(csv)} has no rows: there is nothing to compare with.`);
    await meetRows(client, shares, parts, signal, (rows) => {
      progress.tableRows += rows;
      onProgress?.({ ...progress });
    });
  }
  const examples = await examplesIn(fields, compared, signal);
  if (fileVersion(csv) !== version) throw changed(csv);
  const tables = compared.map(({ table, tally }, index): TableComparison => {
    const { expectedRows, rows, missing, altered, extra } = tally;
    const differences = { missing: missing.count, altered: altered.count, extra: extra.count };
    const found = examples[index] as TableComparison["examples"];
    return { name: table.name, csvRows, expectedRows, rows, ...differences, examples: found };
  });
  const ok = tables.every(({ missing, altered, extra }) => missing + altered + extra === 0);
  return { ok, seconds: (performance.now() - started) / 1000, tables };
}

/** @throws SparkifyError where there is no CSV: with what to do first */
export function needCsv(csv: string, advice: string): void {
  if (!existsSync(csv))
    throw new SparkifyError(`${shortPath(csv)} is missing. ${advice} first.`, { where: { file: csv } });
}

function checkNames(names: string[]): void {
  if (names.length === 0) throw new SparkifyError("No table was named: there is nothing to compare.");
  for (const name of names) {
    if (readTableName(name)?.keyspace === undefined)
      throw new SparkifyError(`"${name}" is not a table name with its keyspace, as sparkify.users_by_song.`);
  }
}

async function readHeader(csv: string): Promise<string[]> {
  let header: string[] = [];
  const enough = new Error("The header is all that is needed.");
  const onHeader = (names: string[]) => {
    header = names;
    throw enough;
  };
  await parseCsv(csv, { onHeader }).catch((error) => {
    if (error !== enough) throw error;
  });
  return header;
}

function fileVersion(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${size} ${mtimeMs}`;
}
