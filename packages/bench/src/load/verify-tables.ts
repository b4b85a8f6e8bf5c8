// Whether a load has put every row of the CSV into the tables, with every value.

import { compareTables } from "@sparkify/compare";
import type { Client } from "cassandra-driver";
import { benchTables, keyspace } from "./schema.js";

/** Ten million rows in one pass, with 900 MB: nine passes, in the memory that a reader's machine has, take half an hour. */
const keysAtOnce = 36_000_000;

/** @returns what is wrong with the tables, or undefined */
export async function verifyTables(client: Client, csv: string): Promise<string | undefined> {
  const names = benchTables().map(({ name }) => `${keyspace}.${name}`);
  const { ok, tables } = await compareTables(client, { csv, tables: names, keysAtOnce });
  if (ok) return undefined;
  return tables
    .map(
      ({ name, missing, altered, extra }) =>
        `${name}: ${missing} missing, ${altered} altered, ${extra} extra`,
    )
    .join("; ");
}
