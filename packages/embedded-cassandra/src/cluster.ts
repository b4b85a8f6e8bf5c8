// Several real nodes on this machine that form one cluster, each at its own loopback address: 127.0.0.1, 127.0.0.2, ...

import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { type CassandraOptions, EmbeddedCassandra } from "./embedded-cassandra.js";
import { freePort, furtherBy, somewhereFrom } from "./ports.js";
import { NodeEnded } from "./why-ended.js";

export interface ClusterSettings extends Pick<CassandraOptions, "program" | "heap" | "bulk" | "yaml"> {
  /** Data, settings and logs of all nodes; new or empty. */
  directory: string;
  /** The data centre of each node. @default datacenter1, for all of three nodes */
  dataCenters?: string[];
  /** The address of each node. @default 127.0.0.1, 127.0.0.2, ... */
  addresses?: string[];
  /** What is in one node's cassandra.yaml only, by the node's place among the addresses. */
  yamlOf?: (place: number) => Record<string, unknown>;
  /** Is told what has been reached, a line each time. */
  onProgress?: (line: string) => void;
}

/**
 * Starts the nodes, the first one first: the others ask it for the cluster. All end with the process that started them.
 * @example
 * const cluster = await startCluster({ directory: "nodes", dataCenters: ["east", "east", "west"] });
 * await cluster.kill(3);
 * await cluster.destroy();
 */
export async function startCluster(settings: ClusterSettings): Promise<Cluster> {
  for (let attempt = 0; ; attempt++) {
    const cluster = await makeCluster(settings, furtherBy(attempt));
    try {
      await startNodes(cluster, settings.onProgress);
      return cluster;
    } catch (error) {
      // A port that was free may have been taken by another program meanwhile.
      if (attempt === 4 || !(error instanceof NodeEnded && error.portWasTaken)) throw error;
      rmSync(settings.directory, { recursive: true, force: true });
    }
  }
}

/** The nodes, not started yet, with ports that are free at every address. */
async function makeCluster(settings: ClusterSettings, further: number): Promise<Cluster> {
  const { directory, yamlOf, program, bulk = false, heap = "400M" } = settings;
  const { dataCenters = ["datacenter1", "datacenter1", "datacenter1"] } = settings;
  const { addresses = dataCenters.map((_, place) => `127.0.0.${place + 1}`) } = settings;
  const port = await freePort(9142 + further, addresses);
  const storagePort = await freePort(somewhereFrom(7100), addresses);
  // By it a node knows which others are its own, where two clusters that start at once find the same ports free.
  const clusterName = `sparkify-cluster-${randomBytes(4).toString("hex")}`;
  const nodes = addresses.map(
    (address, place) =>
      new EmbeddedCassandra({
        ...(program && { program }),
        heap,
        bulk,
        name: `The node ${address}`,
        clusterName,
        directory: join(directory, address),
        address,
        port,
        storagePort,
        seeds: addresses.slice(0, 1),
        dataCenter: dataCenters[place] ?? "datacenter1",
        timeoutSeconds: 300, // one that starts while the others carry a load shares the processor with them
        writesArchive: false,
        dataOutlives: "process",
        yaml: { num_tokens: 16, auto_bootstrap: false, ...settings.yaml, ...yamlOf?.(place) },
      }),
  );
  return new Cluster(directory, port, nodes);
}

async function startNodes({ nodes }: Cluster, onProgress = (_line: string) => {}): Promise<void> {
  const [seed, ...others] = nodes;
  let starting: Promise<unknown>[] = [];
  try {
    await seed?.start();
    onProgress(`the first node answers at ${seed?.address}`);
    starting = others.map((node) => node.start());
    await Promise.all(starting);
    onProgress(`${others.length} more answer`);
    await Promise.all(nodes.map((node) => node.waitUntilItSees(nodes)));
    onProgress("each of them sees the others");
  } catch (error) {
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.allSettled(starting);
    throw error;
  }
}

/** Nodes that run, each of which can be made to fail. */
export class Cluster {
  constructor(
    readonly directory: string,
    readonly port: number,
    readonly nodes: EmbeddedCassandra[],
  ) {}

  /** host:port of every node, as CASSANDRA_CONTACT_POINTS takes them. */
  get contactPoints(): string[] {
    return this.nodes.map(({ address }) => `${address}:${this.port}`);
  }

  get #running(): EmbeddedCassandra[] {
    return this.nodes.filter(({ pid }) => pid !== undefined);
  }

  /** A node by its number, from 1. */
  node(number: number): EmbeddedCassandra {
    const node = this.nodes[number - 1];
    if (node) return node;
    throw new SparkifyError(`Expected the number of a node, 1 to ${this.nodes.length}: got ${number}.`);
  }

  /** Ends a node's process at once, and waits until the others have noticed. */
  async kill(number: number): Promise<void> {
    const node = this.node(number);
    await node.kill();
    await Promise.all(this.#running.map((other) => other.waitUntilItSees([node], "DOWN")));
  }

  /** Starts a node that was killed, with the data it had, and waits until all that run see each other. */
  async start(number: number): Promise<void> {
    const node = this.node(number);
    if (node.pid) return;
    await node.start();
    const running = this.#running;
    await Promise.all(running.map((other) => other.waitUntilItSees(running)));
  }

  /** Ends all nodes; the data stays. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  /** Ends all nodes at once and deletes the directory. */
  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}
