import { SparkifyError } from "@sparkify/base/errors";
import type { Client } from "cassandra-driver";

/**
 * Drops a keyspace, if it is there. Cassandra writes every table of it to disk first (for a snapshot), which takes longer
 * than the driver waits for an answer when the machine is busy: so it has a minute.
 */
export async function dropKeyspace(client: Client, keyspace: string): Promise<void> {
  if (!/^[a-z]\w*$/.test(keyspace)) throw new SparkifyError(`"${keyspace}" is not the name of a keyspace.`);
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`, [], { readTimeout: 60_000 });
}
