// Which column of a table is which column of a CSV.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { csvColumnOf, typedColumns, type ValueType } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import type { ScannedTable } from "./scan-table.js";

export interface ComparedColumn {
  name: string;
  /** Position of its column in the CSV, from 0. */
  csvPosition: number;
  csvName: string;
  values: ValueType;
}

export interface ComparedTable extends ScannedTable {
  /** The primary key's columns first, in its order. */
  columns: ComparedColumn[];
  /** How many of the columns are the primary key. */
  keyLength: number;
}

/**
 * Finds a table's columns in the CSV: `session_id` is `sessionId` there.
 * @param table with its keyspace
 * @param header the CSV's column names
 * @param advice what makes the table, where it does not exist
 * @throws SparkifyError where the table does not exist, or a column is not in the CSV
 */
export async function comparedTable(
  client: Client,
  table: string,
  csv: string,
  header: string[],
  advice: string,
): Promise<ComparedTable> {
  const columns = await typedColumns(client, table, advice);
  const inKey = columns.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
  return {
    name: table,
    partitionKeys: columns.filter(({ kind }) => kind === "partition_key").map(({ name }) => name),
    keyLength: inKey.length,
    columns: columns.map(({ name, values }) => {
      const csvName = csvColumnOf(name);
      const csvPosition = header.indexOf(csvName);
      if (csvPosition >= 0) return { name, csvName, csvPosition, values };
      throw new SparkifyError(
        `The column ${name} of ${table} would be ${csvName} in ${shortPath(csv)}, which has no such column.\n` +
          `  found: ${header.join(", ")}`,
        { where: { file: csv, table } },
      );
    }),
  };
}
