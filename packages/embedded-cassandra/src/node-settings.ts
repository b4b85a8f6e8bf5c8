// What tells one node from another, and the settings files that Cassandra reads it from.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateFolder } from "@sparkify/base/private-folder";
import type { whatDataOutlives } from "./node-file.js";

export interface NodeSettings {
  /** Where its data, settings and logs are; no two nodes share one. */
  directory: string;
  clusterName: string;
  /** @default "127.0.0.1" */
  address?: string;
  /** The CQL port: one for all nodes of a cluster, or drivers do not find them. */
  port: number;
  storagePort: number;
  /** The addresses at which a new node asks for the others. @default the node itself */
  seeds?: string[];
  /** @default "datacenter1" */
  dataCenter?: string;
  /** Java heap, in Java's notation; 512 MB is enough for the walkthrough. @default "512M", and "1G" for `bulk` */
  heap?: string;
  /** For loads of millions: the full compiler and a collector for throughput, at the price of a slower start. */
  bulk?: boolean;
  /**
   * What its data must outlive. Beyond `machine`, a crash of the machine, nothing is synced to the disk; where it need outlive
   * `nothing`, the node is never started again, and its tables are known in the commit log only. Then creating and dropping
   * them takes half the processor time, and none of the disk's. @default "machine"
   */
  dataOutlives?: (typeof whatDataOutlives)[number];
  /** More of cassandra.yaml; what is here wins over the settings below. */
  yaml?: Record<string, unknown>;
  /** What it logs, and where. @default logback.xml of this package */
  logback?: string;
}

/** Writes cassandra.yaml and the data centre's file into the node's directory. */
export function writeSettings(node: NodeSettings): void {
  privateFolder(node.directory);
  privateFolder(logsOf(node.directory));
  // A node that was killed has left its own there.
  rmSync(scratchOf(node.directory), { recursive: true, force: true });
  privateFolder(scratchOf(node.directory));
  const lines = Object.entries({ ...cassandraYaml(node), ...node.yaml }).map(
    ([name, value]) => `${name}: ${JSON.stringify(value)}`, // JSON is YAML too
  );
  writeFileSync(join(node.directory, "cassandra.yaml"), `${lines.join("\n")}\n`);
  writeFileSync(
    join(node.directory, "cassandra-rackdc.properties"),
    `dc=${node.dataCenter ?? "datacenter1"}\nrack=rack1\n`,
  );
}

export function logsOf(directory: string): string {
  return join(directory, "logs");
}

/** Where its libraries unpack what they load. In the system's folder it would stay for ever when a node is killed. */
export function scratchOf(directory: string): string {
  return join(directory, "tmp");
}

/** Cassandra's defaults, on one address of this machine only. */
function cassandraYaml({ directory, clusterName, port, storagePort, ...node }: NodeSettings) {
  const address = node.address ?? "127.0.0.1";
  const seeds = (node.seeds ?? [address]).map((seed) => `${seed}:${storagePort}`).join(",");
  return {
    cluster_name: clusterName,
    num_tokens: 1,
    partitioner: "org.apache.cassandra.dht.Murmur3Partitioner",
    endpoint_snitch: "GossipingPropertyFileSnitch",
    listen_address: address,
    storage_port: storagePort,
    rpc_address: address,
    native_transport_port: port,
    seed_provider: [
      { class_name: "org.apache.cassandra.locator.SimpleSeedProvider", parameters: [{ seeds }] },
    ],
    // The default is 10 s: what was written after the last sync is lost when the process is killed. Syncing before
    // every answer (batch) makes inserts two to three times slower here; this loses at most the last second.
    commitlog_sync: "periodic",
    commitlog_sync_period: "1000ms",
    // A dropped table is gone: the walkthrough creates its tables anew on every run.
    auto_snapshot: false,
    // Off by default, because a view can come to differ from its table for good. The lab on filtering looks at one.
    materialized_views_enabled: true,
    // What is written waits outside the Java heap until it is flushed: the collector has less to look through.
    memtable_allocation_type: "offheap_objects",
    // By default a storage-attached index that is built may take twice as much memory as this node has.
    sai_options: { segment_write_buffer_size: "64MiB" },
    data_file_directories: [join(directory, "data")],
    commitlog_directory: join(directory, "commitlog"),
    saved_caches_directory: join(directory, "saved_caches"),
    hints_directory: join(directory, "hints"),
    cdc_raw_directory: join(directory, "cdc_raw"),
  };
}
