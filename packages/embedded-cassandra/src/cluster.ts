// Several real nodes on this machine that form one cluster, each at its own loopback address: 127.0.0.1, 127.0.0.2, ...

import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onInterrupt } from "@sparkify/base/processes";
import { classArchive } from "./jars.js";
import { findJava } from "./java/find-java.js";
import { endNode, isNode, launchNode, type NodeProcess, signal } from "./node-process.js";
import type { NodeSettings } from "./node-settings.js";
import { canListen, freePort, furtherBy } from "./ports.js";
import { didNot, NodeEnded, nodeLog, type Start } from "./why-ended.js";

/** Long: a node that starts while the others carry a load shares the processor with them. A node that died is noticed at once. */
const startTimeoutSeconds = 300;

export interface ClusterSettings extends Pick<NodeSettings, "heap" | "bulk" | "yaml"> {
  /** Data, settings and logs of all nodes; new or empty. */
  directory: string;
  /** The data centre of each node. @default datacenter1 for all of three nodes */
  dataCenters?: string[];
  /** The address of each node. @default 127.0.0.1, 127.0.0.2, ... */
  addresses?: string[];
  /** What is in one node's cassandra.yaml only, by the node's place among the addresses. */
  yamlOf?: (place: number) => Record<string, unknown>;
  /** Is told what has been reached, a line each time. */
  onProgress?: (line: string) => void;
}

export interface Cluster {
  /** host:port of every node, as CASSANDRA_CONTACT_POINTS takes them. */
  contactPoints: string[];
  port: number;
  nodes: ClusterNode[];
  /** Ends all nodes; the data stays. */
  stop(): Promise<void>;
  /** Ends all nodes at once and deletes the directory. */
  destroy(): Promise<void>;
}

/** Starts the nodes, the first one first: the others ask it for the cluster. All end with the command. */
export async function startCluster({ directory, ...settings }: ClusterSettings): Promise<Cluster> {
  const {
    dataCenters = ["datacenter1", "datacenter1", "datacenter1"],
    addresses = dataCenters.map((_, index) => `127.0.0.${index + 1}`),
    onProgress = () => {},
  } = settings;
  const java = findJava();
  for (let attempt = 0; ; attempt++) {
    const further = furtherBy(attempt);
    const port = await freePort(9142 + further, addresses);
    const storagePort = await freePort(7100 + further, addresses);
    const nodes = addresses.map(
      (address, index) =>
        new ClusterNode(java, {
          clusterName: "sparkify-cluster",
          directory: join(directory, address),
          address,
          port,
          storagePort,
          seeds: addresses.slice(0, 1),
          dataCenter: dataCenters[index] as string,
          heap: settings.heap ?? "400M",
          bulk: settings.bulk ?? false,
          yaml: {
            num_tokens: 16,
            auto_bootstrap: false,
            ...settings.yaml,
            ...settings.yamlOf?.(index),
          },
        }),
    );
    const endAll = (graceSeconds: number) => Promise.all(nodes.map((node) => node.end(graceSeconds)));
    const forget = onInterrupt(async () => void (await endAll(5)));
    try {
      const [seed, ...others] = nodes;
      await seed?.start();
      onProgress(`the first node answers at ${addresses[0]}`);
      await Promise.all(others.map((node) => node.start()));
      onProgress(`${nodes.length - 1} more answer`);
      await Promise.all(nodes.map((node) => node.waitUntilItSees(nodes)));
      onProgress("each of them sees the others");
    } catch (error) {
      await endAll(0);
      forget();
      // A port that was free may have been taken by another program meanwhile.
      if (attempt === 4 || !(error instanceof NodeEnded && error.portWasTaken)) throw error;
      rmSync(directory, { recursive: true, force: true });
      continue;
    }
    const stop = async (graceSeconds: number) => {
      await endAll(graceSeconds);
      forget();
    };
    return {
      contactPoints: addresses.map((address) => `${address}:${port}`),
      port,
      nodes,
      stop: () => stop(20),
      destroy: async () => {
        await stop(0);
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
}

/** A node that can be made to fail. */
export class ClusterNode {
  private process: NodeProcess | undefined;

  constructor(
    private readonly java: string,
    readonly settings: NodeSettings & { address: string },
  ) {}

  get address(): string {
    return this.settings.address;
  }

  private get lastStart(): Start {
    return { directory: this.settings.directory, logStart: this.process?.logStart };
  }

  /** The process id, or undefined where the node does not run. */
  get pid(): number | undefined {
    const { pid } = this.process ?? {};
    return pid && isNode(this.settings.directory, pid) ? pid : undefined;
  }

  /** Starts the node and waits until clients can connect. */
  async start(): Promise<void> {
    this.process = await launchNode(this.java, this.settings, classArchive.use());
    const { address, port } = this.settings;
    await this.waitFor(`answer on ${address}:${port}`, async () => !(await canListen(port, address)));
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.end(0);
  }

  /** Makes it silent: its connections stay open and nothing answers. */
  pause(): void {
    if (this.pid) signal(this.pid, "SIGSTOP");
  }

  resume(): void {
    if (this.pid) signal(this.pid, "SIGCONT");
  }

  /** Starts it anew with its data, whether it runs or not. */
  async restart(): Promise<void> {
    await this.end(20);
    await this.start();
  }

  /** Ends it: politely, and after `graceSeconds` for good. */
  async end(graceSeconds: number): Promise<void> {
    const { pid } = this;
    if (!pid) return;
    signal(pid, "SIGCONT"); // a paused process cannot end politely
    await endNode(this.settings.directory, pid, graceSeconds);
  }

  /** Waits until the node has noticed that the others are up, or down: before that it treats them as they were. */
  async waitUntilItSees(nodes: ClusterNode[], state: "UP" | "DOWN" = "UP"): Promise<void> {
    const others = nodes.filter((node) => node !== this);
    await this.waitFor(`see that ${others.map(({ address }) => address).join(", ")} is ${state}`, () => {
      const log = nodeLog(this.lastStart);
      const last = new Map<string | undefined, string | undefined>();
      for (const [, address, now] of log.matchAll(/\/([\d.]+):\d+ is now (UP|DOWN)/g)) last.set(address, now);
      return others.every(({ address }) => last.get(address) === state);
    });
  }

  private async waitFor(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const started = Date.now();
    while (!(await isSo())) {
      if (!this.pid) throw new NodeEnded(`The node ${this.address}`, this.lastStart);
      if (Date.now() - started > startTimeoutSeconds * 1000)
        throw didNot(
          `The node ${this.address} did not ${what} within ${startTimeoutSeconds} s`,
          this.lastStart,
        );
      await sleep(200);
    }
  }
}
