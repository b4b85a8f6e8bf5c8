// Whether a load has put every row of the CSV into the tables, with every value.

import { compareTables } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { benchTables, keyspace } from "./schema.js";

/** @returns what is wrong with the tables, or undefined */
export async function verifyTables(client: Client, csv: string): Promise<string | undefined> {
  const names = benchTables().map(({ name }) => `${keyspace}.${name}`);
  const { ok, tables } = await compareTables(client, { csv, tables: names });
  if (ok) return undefined;
  return tables
    .map(
      ({ name, missing, altered, extra }) =>
        `${name}: ${missing} missing, ${altered} altered, ${extra} extra`,
    )
    .join("; ");
}
