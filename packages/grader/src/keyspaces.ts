// Which keyspaces are Cassandra's own.

const ofCassandra = new Set([
  "system",
  "system_schema",
  "system_auth",
  "system_distributed",
  "system_traces",
  "system_views",
  "system_virtual_schema",
]);

/** Whether a keyspace is a submission's. Any other name that begins as Cassandra's do is one: `system_of_mine`. */
export const isOfUsers = (keyspace: string) => !ofCassandra.has(keyspace);
