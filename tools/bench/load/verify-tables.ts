// Whether a load has put all rows into the tables.

import { readSongPlays } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { type BenchTable, benchTables, keyspace } from "./schema.js";

/** @returns what is wrong with the tables, or undefined */
export async function verifyTables(client: Client, csv: string): Promise<string | undefined> {
  const expected = await expectedRows(csv);
  const faults: string[] = [];
  for (const { name } of benchTables()) {
    const result = await client.execute(`SELECT count(*) FROM ${keyspace}.${name}`, [], { readTimeout: 0 });
    const rows = Number(result.first().get(0));
    if (rows !== expected.get(name)) faults.push(`${name} has ${rows} rows instead of ${expected.get(name)}`);
  }
  return faults.length > 0 ? faults.join("; ") : undefined;
}

const remembered = new Map<string, Promise<Map<string, number>>>();

/** How many different primary keys the CSV has for each table. */
function expectedRows(csv: string): Promise<Map<string, number>> {
  const known = remembered.get(csv) ?? countKeys(csv, benchTables());
  remembered.set(csv, known);
  return known;
}

/** Keys are kept as numbers that are hashes of them: millions take little memory that way, and none are alike. */
async function countKeys(csv: string, tables: BenchTable[]): Promise<Map<string, number>> {
  const keys = tables.map(() => ({ hashes: new Float64Array(1024), count: 0 }));
  for await (const play of readSongPlays(csv)) {
    for (const [index, table] of tables.entries()) {
      const own = keys[index] as (typeof keys)[0];
      if (own.count === own.hashes.length) {
        const larger = new Float64Array(2 * own.count);
        larger.set(own.hashes);
        own.hashes = larger;
      }
      const text = table.primaryKey.map((column) => play[column as keyof typeof play]).join("\n");
      own.hashes[own.count++] = hash53(text);
    }
  }
  return new Map(
    tables.map(({ name }, index) => {
      const { hashes, count } = keys[index] as (typeof keys)[0];
      const sorted = hashes.subarray(0, count).sort();
      let different = 0;
      for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) different++;
      return [name, different];
    }),
  );
}

function hash53(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5f356495);
  }
  low = Math.imul(low ^ (low >>> 16) ^ high, 0x85ebca6b);
  high = Math.imul(high ^ (high >>> 13) ^ low, 0xc2b2ae35);
  return (high & 0x1fffff) * 4294967296 + ((low ^ (low >>> 13)) >>> 0);
}
