// The whole comparison of tables with the streamlined CSV: every value of every row, for a million rows as well.

import { statSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { needTables, shortPath, streamlinedCsv } from "@sparkify/lib";
import { needStreamlinedCsv } from "@sparkify/loader";
import type { Client, types } from "cassandra-driver";
import { type ComparedTable, comparedTable, hashValue, shownValue, type Value } from "./compared-columns.js";
import { CsvFields } from "./csv-fields.js";
import { hashFields } from "./hash64.js";
import { HashedRows } from "./hashed-rows.js";
import { countLines, parseCsv } from "./parsed-csv.js";
import { scanRange, type TokenRange, tokenRanges } from "./scan-table.js";
import { type Example, Tally } from "./tally.js";

/** A row by column names, as a reader may see it: numbers that JSON does not know (-0, 64 bits) are text. */
export type ComparedRow = Record<string, string | number | null>;

export interface TableComparison {
  /** With its keyspace, as it was given. */
  name: string;
  csvRows: number;
  /** Different primary keys in the CSV. */
  expectedRows: number;
  /** Rows that the table holds. */
  rows: number;
  /** Expected, not found. */
  missing: number;
  /** Found, with another value in some column outside the primary key. */
  altered: number;
  /** Found, not expected. */
  extra: number;
  /** Up to three of each, the same ones every time. */
  examples: {
    missing: ComparedRow[];
    altered: { expected: ComparedRow; found: ComparedRow }[];
    extra: ComparedRow[];
  };
}

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

export interface CompareOptions {
  /** The streamlined CSV. @default `event_datafile_new.csv` in the project */
  csv?: string;
  /** Names with their keyspace, as `sparkify.users_by_song`. */
  tables: string[];
  /** Called every few hundred rows. */
  onProgress?: (progress: CompareProgress) => void;
  signal?: AbortSignal;
  /** @internal How many keys are in memory at once, 26 bytes each. */
  keysAtOnce?: number;
}

/** Enough that the ranges that are read at once end at about the same time. */
const rangesPerTable = 48;
const rangesAtOnce = 4;

/**
 * Compares all rows of tables with the streamlined CSV. A column `first_name` should hold the CSV's `firstName`.
 * Each CSV row is expected in each table; of rows with the same primary key the later one, as an INSERT is an upsert.
 * An empty field is an empty text, or no number (null); `float` columns are compared in their precision.
 *
 * The CSV is read by papaparse and not by the library's own reader, the tables by token ranges at the client's
 * consistency level. Rows are compared by 64-bit hashes of their primary key and of their other values, so memory
 * stays flat: about 100 MB of hashes at most. Where the tables have more keys than fit, the work is done in several
 * passes, each over some of the tables, or some of a table's keys.
 * The chance that an altered row is taken for equal is 1 in 2^64. That any two of a million keys share a hash is
 * 1 chance in 36 million; it would show as a difference that is none.
 *
 * Rows that are written meanwhile may be counted or not.
 *
 * @throws SparkifyError where the CSV or a table is missing, a column has no counterpart or a type that cannot be
 *   compared, the CSV has a row that does not fit or changes meanwhile, or a table cannot be read;
 *   the signal's reason once it is aborted, when nothing is under way any more
 */
export async function compareTables(
  client: Client,
  { csv = streamlinedCsv, tables: names, onProgress, signal, keysAtOnce = 4_000_000 }: CompareOptions,
): Promise<Comparison> {
  const started = performance.now();
  if (names.length === 0) throw new SparkifyError("No table was named: there is nothing to compare.");
  for (const name of names) {
    if (!/^[a-z]\w*\.[a-z]\w*$/.test(name))
      throw new SparkifyError(`"${name}" is not a table name with its keyspace, as sparkify.users_by_song.`);
  }
  needStreamlinedCsv(csv);
  await needTables(client, names, "03-create-tables");
  const version = fileVersion(csv);
  const rowsAtMost = await countLines(csv, signal);
  const header = await readHeader(csv);
  const tables: ComparedTable[] = [];
  for (const name of names) tables.push(await comparedTable(client, name, csv, header));
  const fields = new CsvFields(tables, csv);
  const ranges = await tokenRanges(client, rangesPerTable);

  const { passes, parts, rowsPerShare } = planPasses(tables, rowsAtMost, keysAtOnce);
  const memory = Array.from(passes[0] ?? [], () => new HashedRows(rowsPerShare)); // for all passes
  const tallies = tables.map(() => new Tally());
  let csvRows = 0;
  for (const [index, pass] of passes.entries()) {
    const progress = { pass: index + 1, passes: passes.length, csvRows: 0, tableRows: 0 };
    const tell = (news: Partial<CompareProgress>) => onProgress?.({ ...Object.assign(progress, news) });
    const shares = pass.map((share, position) => ({ ...share, expected: memory[position] as HashedRows }));
    csvRows = await expectRows(csv, fields, shares, parts, signal, (rows) => tell({ csvRows: rows }));
    if (csvRows === 0)
      throw new SparkifyError(`${shortPath(csv)} has no rows: there is nothing to compare with.`);
    const scans = tables.flatMap((table, position) => {
      const ofTable = shares.filter((share) => share.table === table);
      if (ofTable.length === 0) return [];
      const meet = meeting(table, tallies[position] as Tally, ofTable, parts);
      const onPage = (rows: types.Row[]) => {
        for (const row of rows) meet(row);
        tell({ tableRows: progress.tableRows + rows.length });
      };
      return ranges.map((range: TokenRange) => () => scanRange(client, table, range, onPage, signal));
    });
    await allOf(scans, rangesAtOnce);
    for (const { table, expected } of shares) tallies[tables.indexOf(table)]?.close(expected);
  }

  const compared: TableComparison[] = [];
  const rowsOf = await findExamples(csv, fields, tables, tallies, signal);
  if (fileVersion(csv) !== version) throw changed(csv);
  for (const [index, { name, columns }] of tables.entries()) {
    const { expectedRows, rows, missing, altered, extra } = tallies[index] as Tally;
    const expectedRow = (example: Example) => rowsOf[index]?.get(nameOf(example)) ?? {};
    const foundRow = ({ row }: Example) =>
      Object.fromEntries(columns.map((column) => [column.name, shownValue(row?.[column.name])]));
    compared.push({
      name,
      csvRows,
      expectedRows,
      rows,
      missing: missing.count,
      altered: altered.count,
      extra: extra.count,
      examples: {
        missing: missing.examples.map(expectedRow),
        altered: altered.examples.map((example) => ({
          expected: expectedRow(example),
          found: foundRow(example),
        })),
        extra: extra.examples.map(foundRow),
      },
    });
  }
  const ok = compared.every(({ missing, altered, extra }) => missing + altered + extra === 0);
  return { ok, seconds: (performance.now() - started) / 1000, tables: compared };
}

/** A table, or those of its rows whose keys' hashes fall into one of several parts. */
interface Share {
  table: ComparedTable;
  /** From 0. */
  part: number;
}

/** Spreads the tables over passes, so that no more than `keysAtOnce` keys are in memory in each. */
function planPasses(tables: ComparedTable[], rowsAtMost: number, keysAtOnce: number) {
  const parts = Math.ceil(rowsAtMost / keysAtOnce);
  const rowsPerShare = Math.ceil(rowsAtMost / parts);
  const sharesAtOnce = Math.max(1, Math.floor(keysAtOnce / rowsPerShare));
  const shares: Share[] = tables.flatMap((table) =>
    Array.from({ length: parts }, (_, part) => ({ table, part })),
  );
  const passes: Share[][] = [];
  while (shares.length > 0) passes.push(shares.splice(0, sharesAtOnce));
  return { passes, parts, rowsPerShare };
}

/** The first word of a key's hash is its place in memory; the second one names the part. */
const partOf = (key2: number, parts: number) => (key2 >>> 0) % parts;

/** Reads the CSV and remembers what the shares should hold. @returns its number of rows */
function expectRows(
  csv: string,
  fields: CsvFields,
  shares: (Share & { expected: HashedRows })[],
  parts: number,
  signal: AbortSignal | undefined,
  onProgress: (rows: number) => void,
): Promise<number> {
  const plans = shares.map(({ table, part, expected }) => {
    expected.clear();
    return { part, expected, ...fields.positions(table) };
  });
  const keys = [...new Set(plans.flatMap((plan) => plan.keys))];
  const all = [...new Set([...keys, ...plans.flatMap((plan) => plan.values)])];
  const hashes = new Int32Array(4);
  return parseCsv(csv, {
    signal,
    onProgress,
    onRow(row, number) {
      fields.hash(row, number, all, keys);
      for (const plan of plans) {
        hashFields(fields.hashes, plan.keys, hashes, 0);
        if (partOf(hashes[1] as number, parts) !== plan.part) continue;
        hashFields(fields.hashes, plan.values, hashes, 2);
        if (!plan.expected.put(hashes)) throw changed(csv);
      }
    },
  });
}

/** How a table's rows are compared with what the shares expect. Those of other parts are passed over. */
function meeting(
  { columns, keyLength }: ComparedTable,
  tally: Tally,
  shares: (Share & { expected: HashedRows })[],
  parts: number,
): (row: types.Row) => void {
  const expectedOf: (HashedRows | undefined)[] = Array(parts).fill(undefined);
  for (const { part, expected } of shares) expectedOf[part] = expected;
  const positions = columns.map((_, position) => position);
  const [keys, values] = [positions.slice(0, keyLength), positions.slice(keyLength)];
  const fields = new Int32Array(2 * columns.length);
  const hashes = new Int32Array(4);
  return (row) => {
    for (let index = 0; index < columns.length; index++) {
      const { name, kind } = columns[index] as ComparedTable["columns"][number];
      hashValue(kind, row[name] as Value, fields, 2 * index);
    }
    hashFields(fields, keys, hashes, 0);
    const expected = expectedOf[partOf(hashes[1] as number, parts)];
    if (!expected) return;
    hashFields(fields, values, hashes, 2);
    tally.meet(expected, hashes, row);
  };
}

const nameOf = ({ key1, key2 }: Pick<Example, "key1" | "key2">) => `${key1} ${key2}`;

/** Looks a second time into the CSV, only where rows differ: for the values of the examples, by table and key. */
async function findExamples(
  csv: string,
  fields: CsvFields,
  tables: ComparedTable[],
  tallies: Tally[],
  signal: AbortSignal | undefined,
): Promise<Map<string, ComparedRow>[]> {
  const searches = tables.map((table, index) => {
    const { missing, altered } = tallies[index] as Tally;
    const wanted = new Set([...missing.examples, ...altered.examples].map(nameOf));
    return { table, ...fields.positions(table), wanted, rows: new Map<string, ComparedRow>() };
  });
  const active = searches.filter(({ wanted }) => wanted.size > 0);
  const keys = [...new Set(active.flatMap((search) => search.keys))];
  const hashes = new Int32Array(2);
  const onRow = (row: string[], number: number) => {
    fields.hash(row, number, keys, keys);
    for (const { table, wanted, rows, ...search } of active) {
      hashFields(fields.hashes, search.keys, hashes, 0);
      const name = nameOf({ key1: hashes[0] as number, key2: hashes[1] as number });
      if (wanted.has(name)) rows.set(name, fields.shown(row, number, table)); // a later row replaces it
    }
  };
  if (active.length > 0) await parseCsv(csv, { signal, onRow });
  return searches.map(({ rows }) => rows);
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

function changed(csv: string): SparkifyError {
  return new SparkifyError(`${shortPath(csv)} changed while it was compared. Run the comparison again.`);
}

/** Does all tasks, `limit` at a time. After the first that fails no other is begun, and those under way are awaited. */
async function allOf(tasks: (() => Promise<void>)[], limit: number): Promise<void> {
  const rest = tasks.values();
  let failed = false;
  const oneAfterAnother = async () => {
    try {
      for (const task of rest) {
        if (failed) return;
        await task();
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const workers = Array.from({ length: limit }, oneAfterAnother);
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
