// A table compared with rows in memory, and the check of a notebook's cell that does it.

import { SparkifyError } from "@sparkify/base/errors";
import { readTableName, typedColumns } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { scanTable } from "./scan-table.js";

/** A row, values by column name: JavaScript's own, or the driver's. */
export type Row = Record<string, unknown>;

export interface RowsComparison {
  /** Rows that the table holds. */
  rows: number;
  expectedRows: number;
  /** Rows that the table does not hold as they are expected. */
  missing: Row[];
  /** Rows that it holds and should not. */
  extra: Row[];
}

/**
 * Compares all of a table with the rows that it should hold: every value of every row, whatever their order.
 * @param table with its keyspace, as `sparkify.users_by_song`
 * @param expected objects with the table's column names, all with the same ones; each row once
 * @throws SparkifyError where no rows are given, or the table or a column does not exist
 * @example
 * const { missing, extra } = await compareRows(client, "app.users_by_song", [{ song: "Insomnia", user_id: 50 }]);
 */
export async function compareRows(client: Client, table: string, expected: Row[]): Promise<RowsComparison> {
  if (expected.length === 0)
    throw new SparkifyError(`No rows are expected in ${table}: nothing to compare with.`);
  if (readTableName(table)?.keyspace === undefined)
    throw new SparkifyError(`"${table}" is not a table or column name.`);
  const all = await typedColumns(client, table);
  const columns = Object.keys(expected[0] ?? {}).map((wanted) => {
    const found = all.find(({ name }) => name === wanted);
    if (found) return found;
    const names = all.map(({ name }) => name).join(", ");
    throw new SparkifyError(
      `"${wanted}" is not a table or column name: the columns of ${table} are ${names}.`,
    );
  });
  const keyOf = (row: Row) => JSON.stringify(columns.map(({ name, values }) => values.key(row[name])));
  const missing = new Map(expected.map((row) => [keyOf(row), row]));
  const extra: Row[] = [];
  let rows = 0;
  const partitionKeys = all.filter(({ kind }) => kind === "partition_key").map(({ name }) => name);
  await scanTable(
    client,
    { name: table, columns, partitionKeys },
    {
      ranges: 1, // so that the rows come in the same order every time
      onPage(page) {
        rows += page.length;
        for (const row of page) {
          if (missing.delete(keyOf(row))) continue;
          extra.push(Object.fromEntries(columns.map(({ name, values }) => [name, values.shown(row[name])])));
        }
      },
    },
  );
  return { rows, expectedRows: expected.length, missing: [...missing.values()], extra };
}

/**
 * Compares a table with rows as {@link compareRows} does, shows the verdict, and fails the cell where they differ.
 * @throws SparkifyError where a row is missing, different or not expected
 * @example
 * await checkTable(client, "sparkify.users_by_song", lastByKey(plays, (play) => ({ song: play.song, user_id: play.userId })));
 */
export async function checkTable(client: Client, table: string, expected: Row[]): Promise<void> {
  // Only where there is a cell to show something in: programs that compare need no notebook.
  const { showVerdict, tableHtml, verdictLine } = await import("@sparkify/lib/show");
  const { rows, expectedRows, missing, extra } = await compareRows(client, table, expected);
  const ok = missing.length + extra.length === 0;
  const evidence = ok
    ? `${rows.toLocaleString("en")} rows, every value as in the raw logs`
    : `${rows} rows, ${expectedRows} expected; ${missing.length} missing or different, ${extra.length} not expected`;
  const details = ok
    ? ""
    : tableHtml(missing, { caption: "Expected, not found", limit: 3 }) +
      tableHtml(extra, { caption: "Found, not expected", limit: 3 });
  const name = readTableName(table)?.table ?? table;
  showVerdict({ kind: "table", name, rows, expectedRows, ok }, verdictLine(ok, name, evidence) + details);
  if (!ok) throw new SparkifyError(`The table ${table} is not what the raw logs say: ${evidence}.`);
}
