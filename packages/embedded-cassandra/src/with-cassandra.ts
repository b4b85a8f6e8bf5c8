// A database for as long as a command needs one.

import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { interruptedCode } from "@sparkify/base/processes";
import { type CassandraOptions, EmbeddedCassandra } from "./embedded-cassandra.js";
import { fullDisk, NodeFailure } from "./why-ended.js";

export interface DatabaseOptions extends CassandraOptions {
  /** A cluster to use instead; no node is started then. */
  contactPoints?: string[];
}

/**
 * Does `work` with a Cassandra: the named cluster, or else the node of the directory. A node that was started for this is
 * stopped in the end, also on Ctrl-C; one that ran before stays.
 * @param work gets a promise that is kept once the database answers, so that it can do other things meanwhile
 * @example
 * await withCassandra({ directory: "data" }, async (database) => {
 *   const rows = await readRows();
 *   await database;
 *   await insert(rows);
 * });
 */
export async function withCassandra<Result>(
  { contactPoints = [], ...options }: DatabaseOptions,
  work: (database: Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  if (contactPoints.length > 0) return work(Promise.resolve());
  const node = new EmbeddedCassandra(options);
  let startedHere = false;
  console.log("… Start Cassandra");
  const begun = performance.now();
  const database = node.start().then(({ startedNow, port }) => {
    startedHere = startedNow;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(`✔ Cassandra ${startedNow ? `started (${seconds} s)` : "was running"}, on 127.0.0.1:${port}`);
  });
  database.catch(() => {}); // awaited by those who need it
  try {
    return await work(database);
  } catch (error) {
    const full = error instanceof NodeFailure || interruptedCode() ? undefined : fullDisk(node.directory);
    throw full
      ? new SparkifyError(`This failed because ${full}\n${(error as Error).message}`, { cause: error })
      : error;
  } finally {
    await database.catch(() => {});
    if (startedHere) await step("Stop Cassandra", () => node.stop());
  }
}
