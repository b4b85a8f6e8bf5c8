// npm run cluster: three nodes that form one cluster, for as long as standard input stays open. Whoever started them may
// end in any way, even killed: that closes the input, and the nodes end.
// A line of input is a request: kill 3, start 3. A line of output with a JSON object is one of ClusterNews.

import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SparkifyError } from "@sparkify/base/errors";
import { isAlive } from "@sparkify/base/lock";
import { messageLine } from "@sparkify/base/messages";
import { writableFolder } from "@sparkify/base/private-folder";
import { temporary } from "@sparkify/base/processes";
import { type Cluster, type ClusterNode, endLeftNode, startCluster } from "@sparkify/embedded-cassandra";
import { workDirectory } from "@sparkify/lib";
import type { ClusterNews } from "./three-nodes.js";

/** Each running command has a folder below it, named by its process. */
const folder = join(workDirectory, ".cassandra-cluster");

/** @param addresses of the nodes; 127.0.0.1 to 127.0.0.3 when there are none */
export async function cluster(addresses: string[]): Promise<number> {
  // When nobody reads any more, there is still something to clean up.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const input = createInterface({ input: process.stdin });
  const giveUp = () => process.emit("SIGTERM", "SIGTERM"); // ends what has been started, then this process
  input.once("close", giveUp);

  const running = await start(addresses).finally(() => input.off("close", giveUp));
  const closed = new Promise((resolve) => input.once("close", resolve));
  input.on("line", (request) => void answer(request, running.nodes));
  tell({ event: "ready", contactPoints: running.contactPoints });
  await closed;
  await running.destroy();
  return 0;
}

async function start(addresses: string[]): Promise<Cluster> {
  await removeLeftovers();
  const directory = temporary(join(writableFolder(folder), String(process.pid)));
  mkdirSync(directory);
  return startCluster({
    directory,
    heap: "512M",
    yaml,
    yamlOf,
    ...(addresses.length > 0 && { addresses, dataCenters: addresses.map(() => "datacenter1") }),
    onProgress: (line) => tell({ event: "progress", line }),
  });
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

/** Does what is asked for, and waits until all nodes that run have noticed. */
async function answer(request: string, all: ClusterNode[]): Promise<void> {
  const up = () => all.filter(({ pid }) => pid !== undefined);
  try {
    const [, verb, number] = request.match(/^(kill|start) (\d)$/) ?? [];
    const node = all[Number(number) - 1];
    if (!node) throw new SparkifyError(`Expected kill or start with a number from 1 to ${all.length}.`);
    if (verb === "kill") {
      await node.kill();
      await Promise.all(up().map((other) => other.waitUntilItSees([node], "DOWN")));
    } else if (!node.pid) {
      await node.start();
      await Promise.all(up().map((other) => other.waitUntilItSees(up())));
    }
    tell({ event: "done", request });
  } catch (error) {
    tell({ event: "failed", request, message: (error as Error).message });
  }
}

function tell(news: ClusterNews): void {
  process.stdout.write(messageLine(news));
}

/** Ends the nodes of commands that were killed themselves, and deletes what they left. */
async function removeLeftovers(): Promise<void> {
  if (!existsSync(folder)) return;
  for (const pid of readdirSync(folder).filter((name) => !isAlive(Number(name)))) {
    const left = join(folder, pid);
    await Promise.all(readdirSync(left).map((address) => endLeftNode(join(left, address))));
    rmSync(left, { recursive: true, force: true });
  }
}
