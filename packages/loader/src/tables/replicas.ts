// Which nodes hold a partition.

import { readTableName } from "@sparkify/cql";
import type { Client, Host } from "cassandra-driver";
import type { Insert } from "./insert.js";
import type { Window } from "./window.js";

/** Where the rows of the tables belong. */
export interface Replicas {
  /** Names the nodes that hold the partition of a row: the same name for the same nodes. */
  nodesOf(table: Insert, window: Window, row: number): string;
  /** A row's partition key, for the driver to choose one of them; undefined where any node will do. */
  routingKey(table: Insert, window: Window, row: number): Buffer | undefined;
}

/** Where every node holds everything (one node, or as many replicas as nodes), nothing has to be computed. */
const everywhere: Replicas = { nodesOf: () => "", routingKey: () => undefined };

export function replicasOf(client: Client, tables: Insert[]): Replicas {
  const name = (hosts: Host[] | null) =>
    (hosts ?? [])
      .map(({ address }) => address)
      .sort()
      .join(" ");
  const keyspaceOf = ({ table }: Insert) => readTableName(table)?.keyspace as string;
  const keyspaces = new Set(tables.map(keyspaceOf));
  const ranges = client.hosts.length > 1 ? [...client.metadata.getTokenRanges()] : [];
  const sets = [...keyspaces].flatMap((keyspace) =>
    ranges.map((range) => name(client.metadata.getReplicas(keyspace, range as unknown as Buffer))),
  );
  if (new Set(sets).size <= 1) return everywhere;
  return {
    routingKey,
    nodesOf: (table, window, row) =>
      name(client.getReplicas(keyspaceOf(table), routingKey(table, window, row))),
  };
}

/** A partition key as the driver hashes it: several columns each with their length and a closing zero. */
function routingKey({ partitionKey }: Insert, window: Window, row: number): Buffer {
  const key = partitionKey.map((value) => window.value(row, value));
  if (key.length === 1) return key[0] as Buffer;
  return Buffer.concat(
    key.flatMap((part) => [Buffer.from([part.length >> 8, part.length & 255]), part, Buffer.from([0])]),
  );
}
