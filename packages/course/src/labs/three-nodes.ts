// Three real nodes for a lab, started and ended with one call. They end when this process does, however that happens.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { isAlive } from "@sparkify/base/lock";
import { writableFolder } from "@sparkify/base/private-folder";
import { temporary } from "@sparkify/base/processes";
import { type Cluster, endLeftNode, startCluster } from "@sparkify/embedded-cassandra";
import { connect, embeddedNode, workDirectory } from "@sparkify/lib";
import { type Client, errors, type Host } from "cassandra-driver";

export interface ThreeNodesOptions {
  /** Is told what has been reached, a line each time. */
  onProgress?: (line: string) => void;
  /** Where the nodes answer. @default 127.0.0.1, 127.0.0.2 and 127.0.0.3 */
  addresses?: string[];
}

let running: ThreeNodes | undefined;

/**
 * Starts three Cassandra nodes on this machine and connects to them; those of an earlier call end first.
 * @throws SparkifyError with the reason: an address that the machine does not have, the log of a node that failed
 * @example
 * const cluster = await startThreeNodes({ onProgress: console.log });
 * await cluster.kill(3);
 */
export async function startThreeNodes(options: ThreeNodesOptions = {}): Promise<ThreeNodes> {
  await running?.stop(); // the cell is run again
  const cluster = await startLabCluster(options);
  try {
    const { contactPoints } = cluster;
    const client = await connect({ contactPoints });
    running = new ThreeNodes(cluster, client);
    await until("heard of all nodes", () => tellsOfAll(client, contactPoints.length));
    return running;
  } catch (error) {
    await cluster.destroy();
    throw error;
  }
}

/** Nodes that run, with a connection to all of them. */
export class ThreeNodes {
  constructor(
    private readonly cluster: Cluster,
    /** Is connected to all three. */
    readonly client: Client,
  ) {}

  /** A node by its number, from 1: to ask this one, `client.execute(cql, parameters, { host: cluster.node(3) })`. */
  node(number: number): Host {
    const host = this.client.hosts.get(this.cluster.contactPoints[number - 1] ?? "");
    if (!host) throw new SparkifyError(`Expected the number of a node, 1 to 3: got ${number}.`);
    return host;
  }

  /** Ends a node's process at once, and waits until the others have noticed. */
  async kill(number: number): Promise<void> {
    const host = this.node(number);
    await this.cluster.kill(number);
    await until(`took node ${number} for down`, () => !host.isUp());
  }

  /** Starts a node that was killed, with the data it had, and waits until the others have noticed. */
  async start(number: number): Promise<void> {
    const host = this.node(number);
    await this.cluster.start(number);
    await until(`reached node ${number}`, () => host.isUp());
  }

  /** Ends the connection and the nodes, and deletes their data. */
  async stop(): Promise<void> {
    if (running === this) running = undefined;
    await this.client.shutdown();
    await this.cluster.destroy();
  }
}

/** Each process that runs nodes has a folder below it, named by its number. */
const folder = join(workDirectory, ".cassandra-cluster");

/** The nodes alone. Their folder is deleted with them, also where this process is killed. */
export async function startLabCluster({ addresses, onProgress }: ThreeNodesOptions): Promise<Cluster> {
  await removeLeftovers();
  const directory = temporary(join(writableFolder(folder), String(process.pid)));
  try {
    return await startCluster({
      directory,
      program: embeddedNode().program,
      heap: "512M",
      yaml,
      yamlOf,
      ...(addresses && { addresses }),
      ...(onProgress && { onProgress }),
    });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

const yaml = {
  // Of two replicas always the same is asked first: the coordinator itself, where it is one.
  dynamic_snitch: false,
  // A node that is silent for 12 s counts as down; by default that takes 18 s.
  phi_convict_threshold: 5,
  // How long the others collect what a node that is down misses: three hours by default.
  max_hint_window: "15s",
  hint_window_persistent_enabled: false,
  hints_flush_period: "1s",
};

const ranges = 4;
const nodes = 3;

/** Tokens that share the ring out evenly and in turn, so that it looks the same every time. */
function yamlOf(place: number) {
  const step = 2n ** 64n / BigInt(ranges * nodes);
  const tokens = Array.from({ length: ranges }, (_, turn) => {
    return -(2n ** 63n) + step * BigInt(turn * nodes + place + 1) - 1n;
  });
  return { num_tokens: ranges, initial_token: tokens.join(",") };
}

/** Ends the nodes of processes that were killed together with their guardian, and deletes what they left. */
async function removeLeftovers(): Promise<void> {
  if (!existsSync(folder)) return;
  for (const pid of readdirSync(folder).filter((name) => !isAlive(Number(name)))) {
    const left = join(folder, pid);
    await Promise.all(readdirSync(left).map((address) => endLeftNode(join(left, address))));
    rmSync(left, { recursive: true, force: true });
  }
}

/**
 * Nodes that see each other do not yet tell clients of each other: that comes a moment later. On a busy machine one may
 * be taken for down until then.
 */
async function tellsOfAll(client: Client, count: number): Promise<boolean> {
  if (client.hosts.length < count) return false;
  try {
    for (const host of client.hosts.values()) {
      const { rowLength } = await client.execute("SELECT peer FROM system.peers", [], { host });
      if (rowLength < count - 1) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof errors.NoHostAvailableError) return false; // it is asked again
    throw error;
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const started = Date.now();
  while (!(await isSo())) {
    if (Date.now() - started > 60_000) throw new SparkifyError(`The driver has not ${what} within 60 s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
