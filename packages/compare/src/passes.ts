// Passes over the CSV and the tables: as many as it takes for the hashes of what is expected to fit into memory.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import type { Client, types } from "cassandra-driver";
import type { ComparedTable } from "./columns.js";
import type { CsvFields } from "./csv-fields.js";
import { hashFields } from "./hash64.js";
import { HashedRows, RowHasher } from "./hashed-rows.js";
import { parseCsv } from "./parsed-csv.js";
import { scanTable } from "./scan-table.js";
import type { Tally } from "./tally.js";

/** A table with what was found in it so far. */
export interface TalliedTable {
  table: ComparedTable;
  tally: Tally;
}

/** Those rows of a table whose keys' hashes fall into one of several parts: with one part, all of them. */
interface Share extends TalliedTable {
  /** From 0. */
  part: number;
  expected: HashedRows;
}

interface Plan {
  passes: Share[][];
  /** How many parts a table is split into. */
  parts: number;
}

/** Spreads the tables over passes, so that no more than `keysAtOnce` keys are in memory in each. */
export function planPasses(tables: TalliedTable[], rowsAtMost: number, keysAtOnce: number): Plan {
  const parts = Math.ceil(rowsAtMost / keysAtOnce);
  const rowsPerShare = Math.ceil(rowsAtMost / parts);
  const sharesAtOnce = Math.max(1, Math.floor(keysAtOnce / rowsPerShare));
  const memory: HashedRows[] = []; // for all passes
  const shares: Share[] = tables
    .flatMap((table) => Array.from({ length: parts }, (_, part) => ({ ...table, part })))
    .map((share, index) => {
      const place = index % sharesAtOnce;
      memory[place] ??= new HashedRows(rowsPerShare);
      return { ...share, expected: memory[place] };
    });
  const passes: Share[][] = [];
  while (shares.length > 0) passes.push(shares.splice(0, sharesAtOnce));
  return { passes, parts };
}

/** The first word of a key's hash is its place in memory; the second one names the part. */
const partOf = (hashes: Int32Array, parts: number) => ((hashes[1] as number) >>> 0) % parts;

/** Reads the CSV and remembers what the shares should hold. @returns its number of rows */
export function expectRows(
  fields: CsvFields,
  shares: Share[],
  parts: number,
  signal: AbortSignal | undefined,
  onProgress: (rows: number) => void,
): Promise<number> {
  const plans = shares.map(({ table, part, expected }) => {
    expected.clear();
    return { part, expected, ...fields.positions(table) };
  });
  const keys = [...new Set(plans.flatMap((plan) => plan.keys))];
  const all = [...new Set([...keys, ...plans.flatMap((plan) => plan.others)])];
  const hashes = new Int32Array(4);
  return parseCsv(fields.csv, {
    signal,
    advice: fields.advice,
    onProgress,
    onRow(row, number) {
      fields.hash(row, number, all, keys);
      for (const plan of plans) {
        hashFields(fields.hashes, plan.keys, hashes, 0);
        if (partOf(hashes, parts) !== plan.part) continue;
        hashFields(fields.hashes, plan.others, hashes, 2);
        if (!plan.expected.put(hashes)) throw changed(fields.csv);
      }
    },
  });
}

/** Reads the tables of a pass, and compares their rows with what is expected. Those of other parts are passed over. */
export async function meetRows(
  client: Client,
  shares: Share[],
  parts: number,
  signal: AbortSignal | undefined,
  onRows: (rows: number) => void,
): Promise<void> {
  const sharesOf = new Map<ComparedTable, Share[]>();
  for (const share of shares) sharesOf.set(share.table, [...(sharesOf.get(share.table) ?? []), share]);
  for (const [table, some] of sharesOf) {
    const { tally } = some[0] as Share;
    const expectedOf = new Map(some.map(({ part, expected }) => [part, expected]));
    const names = table.columns.map(({ name }) => name);
    const hasher = new RowHasher(
      table.columns.map(({ values }) => values),
      table.keyLength,
    );
    const meet = (row: types.Row) => {
      const hashes = hasher.hash((position) => row[names[position] as string]);
      const expected = expectedOf.get(partOf(hashes, parts));
      if (expected) tally.meet(expected, hashes, row);
    };
    await scanTable(client, table, {
      signal,
      onPage(rows) {
        for (const row of rows) meet(row);
        onRows(rows.length);
      },
    });
  }
  for (const { tally, expected } of shares) tally.close(expected);
}

/** An error for a CSV that is not what it was. */
export const changed = (csv: string) =>
  new SparkifyError(`${shortPath(csv)} changed while it was compared. Run the comparison again.`, {
    where: { file: csv },
  });
