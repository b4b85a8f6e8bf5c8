// A database for as long as a command needs one.

import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { interruptedCode, onInterrupt } from "@sparkify/base/processes";
import { clusterSettings } from "@sparkify/lib";
import { embeddedFullDisk, startNode, stopNode } from "./embedded-node.js";
import { NodeFailure } from "./why-ended.js";

/**
 * Does `work` with a Cassandra: the cluster of CASSANDRA_CONTACT_POINTS, or else the embedded node. A node that
 * was started for this is stopped in the end, also on Ctrl-C; one that ran before stays.
 * @param work gets a promise that is kept once the database answers, so that it can do other things meanwhile
 */
export async function withCassandra<Result>(
  work: (database: Promise<unknown>) => Promise<Result>,
  settings: Parameters<typeof startNode>[1] = {},
): Promise<Result> {
  if (clusterSettings().contactPoints.length > 0) return work(Promise.resolve());
  let startedHere = false;
  const forget = onInterrupt(async () => {
    if (startedHere) await stopNode();
  });
  console.log("… Start Cassandra");
  const begun = performance.now();
  const database = startNode(undefined, settings).then((node) => {
    startedHere = node.startedNow;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const news = startedHere ? `started (${seconds} s)` : "was running";
    console.log(`✔ Cassandra ${news}, on 127.0.0.1:${node.port}`);
  });
  database.catch(() => {}); // awaited by those who need it
  try {
    return await work(database);
  } catch (error) {
    const full = error instanceof NodeFailure || interruptedCode() ? undefined : embeddedFullDisk();
    throw full
      ? new SparkifyError(`This failed because ${full}\n${(error as Error).message}`, { cause: error })
      : error;
  } finally {
    await database.catch(() => {});
    if (startedHere) await step("Stop Cassandra", stopNode);
    forget();
  }
}
