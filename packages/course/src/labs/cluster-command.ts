// npm run cluster: three nodes that form one cluster, for as long as standard input stays open.
// A line of input is a request: kill 3, start 3. A line of output is a JSON object.

import { createInterface } from "node:readline";
import { SparkifyError } from "@sparkify/base/errors";
import { messageLine } from "@sparkify/base/messages";
import type { Cluster } from "@sparkify/embedded-cassandra";
import { startLabCluster } from "./three-nodes.js";

/** What the command says. */
type ClusterNews =
  | { event: "progress"; line: string }
  | { event: "ready"; contactPoints: string[] }
  | { event: "done"; request: string }
  | { event: "failed"; request: string; message: string };

/** @param addresses of the nodes; 127.0.0.1 to 127.0.0.3 when there are none */
export async function cluster(addresses: string[]): Promise<number> {
  // When nobody reads any more, there is still something to clean up.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const input = createInterface({ input: process.stdin });
  const giveUp = () => process.emit("SIGTERM", "SIGTERM"); // ends what has been started, then this process
  input.once("close", giveUp);

  const running = await startLabCluster({
    onProgress: (line) => say({ event: "progress", line }),
    ...(addresses.length > 0 && { addresses }),
  }).finally(() => input.off("close", giveUp));
  const closed = new Promise((resolve) => input.once("close", resolve));
  input.on("line", (request) => void answer(request, running));
  say({ event: "ready", contactPoints: running.contactPoints });
  await closed;
  await running.destroy();
  return 0;
}

/** Does what is asked for. */
async function answer(request: string, running: Cluster): Promise<void> {
  try {
    const [, verb, number] = request.match(/^(kill|start) (\d)$/) ?? [];
    if (!verb)
      throw new SparkifyError(`Expected kill or start with a number from 1 to ${running.nodes.length}.`);
    await running[verb as "kill" | "start"](Number(number));
    say({ event: "done", request });
  } catch (error) {
    say({ event: "failed", request, message: (error as Error).message });
  }
}

function say(news: ClusterNews): void {
  process.stdout.write(messageLine(news));
}
