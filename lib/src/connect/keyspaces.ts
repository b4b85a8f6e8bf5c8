// Keyspaces that fit the cluster.

import { SparkifyError } from "@sparkify/base/errors";
import { type Client, type errors, types } from "cassandra-driver";

/**
 * The CQL that creates a keyspace with NetworkTopologyStrategy in the connected data centre, with a
 * replication factor of min(3, nodes in it). A keyspace cannot be a bound parameter, hence the text.
 */
export async function createKeyspaceCql(client: Client, keyspace: string): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace)) {
    throw new SparkifyError(
      `A keyspace name is lower-case letters, digits and _, at most 48: got "${keyspace}".`,
    );
  }
  // The driver only asks nodes of the local data centre, so the answer is the connected one.
  const dataCenter: string = (await client.execute("SELECT data_center FROM system.local")).first().get(0);
  const nodes = client.hosts.values().filter((host) => host.datacenter === dataCenter).length;
  return keyspaceCql(keyspace, {
    class: "NetworkTopologyStrategy",
    [dataCenter]: String(Math.min(3, nodes)),
  });
}

/**
 * Creates a keyspace as a statement says, unless there is one: CREATE KEYSPACE IF NOT EXISTS would do the same,
 * but needs the right to create any keyspace, which a role for the walkthrough does not have (docs/role.cql).
 * @param cql the statement that creates it. @default as {@link createKeyspaceCql} says
 * @returns the CQL that creates the keyspace as it is
 * @example console.log(await createKeyspaceIfMissing(client, "sparkify"));
 */
export async function createKeyspaceIfMissing(client: Client, name: string, cql?: string): Promise<string> {
  cql ??= await createKeyspaceCql(client, name);
  const query = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?";
  const found = (await client.execute(query, [name], { prepare: true })).first();
  if (found) return keyspaceCql(name, found.get("replication"));
  try {
    await client.execute(cql);
    return cql;
  } catch (error) {
    if ((error as errors.ResponseError).code !== types.responseErrorCodes.unauthorized) throw error;
    throw new SparkifyError(
      `The keyspace "${name}" does not exist, and the role of CASSANDRA_USERNAME may not create it. ` +
        "Have an administrator run docs/role.cql, which makes both the keyspace and the role; on Astra, add it in the console",
    );
  }
}

function keyspaceCql(keyspace: string, { class: strategy = "", ...options }: Record<string, string>): string {
  const parts = Object.entries(options).map(([name, value]) => `'${name.replaceAll("'", "''")}': ${value}`);
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace}
  WITH replication = {${[`'class': '${strategy.split(".").at(-1)}'`, ...parts].join(", ")}}`;
}

/**
 * Drops a keyspace, if it is there. Cassandra writes every table of it to disk first (for a snapshot), which takes longer
 * than the driver waits for an answer when the machine is busy: so it has a minute.
 * @example await dropKeyspace(client, "lab_1");
 */
export async function dropKeyspace(client: Client, keyspace: string): Promise<void> {
  if (!/^[a-z]\w*$/.test(keyspace)) throw new SparkifyError(`"${keyspace}" is not the name of a keyspace.`);
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`, [], { readTimeout: 60_000 });
}
