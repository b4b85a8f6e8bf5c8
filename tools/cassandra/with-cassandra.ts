// A database for as long as a command needs one.

import { onInterrupt } from "../processes.mjs";
import { step } from "../setup/step.mjs";
import { startNode, stopNode } from "./embedded-node.js";

/**
 * Does `work` with a Cassandra that answers: the cluster of CASSANDRA_CONTACT_POINTS, or else the embedded
 * node. A node that was started for this is stopped in the end, also on Ctrl-C; one that ran before stays.
 */
export async function withCassandra<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.env.CASSANDRA_CONTACT_POINTS) return work();
  // Registered first: Ctrl-C may come while the node is starting.
  let startedHere = true;
  const forget = onInterrupt(async () => {
    if (startedHere) await stopNode();
  });
  const node = await step("Start Cassandra", startNode);
  startedHere = node.startedNow;
  try {
    return await work();
  } finally {
    if (node.startedNow) await step("Stop Cassandra", stopNode);
    forget();
  }
}
