// The rows that show what differs.

import type { Shown } from "@sparkify/cql";
import type { CsvFields } from "./csv-fields.js";
import { hashFields } from "./hash64.js";
import { parseCsv } from "./parsed-csv.js";
import type { TalliedTable } from "./passes.js";
import type { Example } from "./tally.js";

/** A row by column names, as a reader may see it. */
export type ComparedRow = Record<string, Shown>;

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

const nameOf = ({ key1, key2 }: Pick<Example, "key1" | "key2">) => `${key1} ${key2}`;

/** The examples of each table. Only where rows differ, the CSV is read once more: for what is expected in their place. */
export async function examplesIn(
  fields: CsvFields,
  tables: TalliedTable[],
  signal: AbortSignal | undefined,
): Promise<TableComparison["examples"][]> {
  const searches = tables.map(({ table, tally: { missing, altered } }) => ({
    table,
    keys: fields.positions(table).keys,
    wanted: new Set([...missing.examples, ...altered.examples].map(nameOf)),
    rows: new Map<string, ComparedRow>(),
  }));
  const active = searches.filter(({ wanted }) => wanted.size > 0);
  const keys = [...new Set(active.flatMap((search) => search.keys))];
  const hashes = new Int32Array(2);
  const onRow = (row: string[], number: number) => {
    fields.hash(row, number, keys, keys);
    for (const search of active) {
      hashFields(fields.hashes, search.keys, hashes, 0);
      const name = nameOf({ key1: hashes[0] as number, key2: hashes[1] as number });
      // A later row takes the place of an earlier one.
      if (search.wanted.has(name)) search.rows.set(name, fields.shown(row, number, search.table));
    }
  };
  if (active.length > 0) await parseCsv(fields.csv, { signal, advice: fields.advice, onRow });
  return tables.map(({ table, tally }, index) => {
    const expected = (example: Example) => searches[index]?.rows.get(nameOf(example)) ?? {};
    const found = ({ row }: Example): ComparedRow =>
      Object.fromEntries(table.columns.map(({ name, values }) => [name, values.shown(row?.[name])]));
    return {
      missing: tally.missing.examples.map(expected),
      altered: tally.altered.examples.map((one) => ({ expected: expected(one), found: found(one) })),
      extra: tally.extra.examples.map(found),
    };
  });
}
