// A Cassandra for the benchmark alone.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "@sparkify/base/install/step";
import { onInterrupt } from "@sparkify/base/processes";
import { EmbeddedCassandra, type StartedNode } from "@sparkify/embedded-cassandra";
import { connect, createKeyspaceCql, describeCluster, embeddedNode } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { benchTables, keyspace } from "./load/schema.js";

export interface BenchNode {
  port: number;
  version: string;
  client: Client;
  /** CPU seconds that Cassandra has used since its start; undefined where the system does not tell. */
  cpuSeconds(): number | undefined;
  /** Waits until compactions and compilations have ended. */
  settle(news: (text: string) => void): Promise<void>;
  /** Empty tables. @param into their keyspace; made if it is missing */
  freshTables(into?: string): Promise<void>;
}

/** Does `work` with a node that has a heap of 1 GB and no data, and deletes it. */
export async function withBenchNode<Result>(work: (node: BenchNode) => Promise<Result>): Promise<Result> {
  const node = new EmbeddedCassandra({ ...embeddedNode(), bulk: true });
  await node.destroy(); // an earlier run may have been killed
  const forget = onInterrupt(() => node.destroy());
  let client: Client | undefined;
  try {
    const started = await step("Start a Cassandra for the benchmark", (news) => node.start(news));
    client = await connect({ embedded: started });
    const { version } = await describeCluster(client);
    return await work(benchNode({ ...started, version }, client));
  } finally {
    await client?.shutdown();
    await step("Stop and delete it", () => node.destroy());
    forget();
  }
}

function benchNode(started: StartedNode & { version: string }, client: Client): BenchNode {
  const cpuSeconds = () => cpuSecondsOf(started.pid ?? 0);
  return {
    port: started.port,
    version: started.version,
    client,
    cpuSeconds,
    async settle(news) {
      const most = Date.now() + 120_000;
      for (let idle = 0; idle < 3 && Date.now() < most; ) {
        const before = cpuSeconds();
        await sleep(500);
        const used = (cpuSeconds() ?? 0) - (before ?? 0);
        // Where nothing is known of CPU time, this is a pause of 10 seconds.
        idle += before === undefined ? 0.15 : used < 0.06 ? 1 : -idle;
        news("waiting until Cassandra is idle");
      }
    },
    async freshTables(into = keyspace) {
      await client.execute(await createKeyspaceCql(client, into));
      for (const { name, createCql } of benchTables(into)) {
        await client.execute(`DROP TABLE IF EXISTS ${into}.${name}`);
        await client.execute(createCql);
      }
    },
  };
}

function cpuSecondsOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const ticksPerSecond = 100; // as Linux counts for programs, on every machine
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
