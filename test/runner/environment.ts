// Runs in each worker before its test file is loaded: the library reads the environment when it is loaded.

import { Worker } from "node:worker_threads";
import { afterAll } from "vitest";
import { laneEnvironment } from "./lanes.js";

for (const name of ["CASSANDRA_CONTACT_POINTS", "EVENT_DATA_DIR", "NODE_ENV"]) delete process.env[name];
Object.assign(process.env, laneEnvironment(Number(process.env.TEST_LANE ?? process.env.VITEST_POOL_ID)));
// The archive that makes later jobs start faster takes a third of the first job's time, and there is one job.
if (!process.env.SOAK) process.env.SPARKIFY_SPARK_ARCHIVE = "no";

// A file whose tests hang, even in an endless loop, is ended: the others should still have their turn.
const minutes = process.env.SOAK ? 60 : 10;
const end = `setTimeout(() => {
  require("node:fs").writeSync(2, "A worker was ended: its file took longer than ${minutes} minutes.\\n");
  process.kill(process.pid, "SIGKILL");
}, ${minutes * 60_000})`;
const watch = new Worker(end, { eval: true });
watch.unref();

// Vitest ends a worker with SIGTERM, which is no interruption: there is nothing to be said. Its guardian ends the rest.
afterAll(async () => {
  process.removeAllListeners("SIGTERM");
  await watch.terminate();
});
