import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { readEmbeddedNode } from "@sparkify/lib";
import { afterAll, beforeAll, test } from "vitest";
import { embedded, isSoak, longForm, runCommand } from "../command.js";
import { testUnless } from "../unless.js";
import { Loads, logsWith } from "./scenario.js";

const plays = isSoak ? 1_000_000 : 15_000;
const concurrency = isSoak ? "32" : "2";

/** The node that the tests share. */
const nodePid = () => readEmbeddedNode()?.pid as number;
let loads: Loads;

beforeAll(async () => {
  // The lane's own node keeps what it needs to start again nowhere: this one is killed, and must find its tables.
  for (const action of ["destroy", "start"]) {
    const { code, output } = await runCommand(["cassandra", action]);
    assert.equal(code, 0, output);
  }
  loads = new Loads(await logsWith(plays), embedded());
});
afterAll(async () => {
  await runCommand(["cassandra", "start"]);
});

test("Cassandra is killed and restarted in the middle of a load: the load goes on", async () => {
  await loads.dropTables();
  const load = loads.start("--concurrency", concurrency);
  for (let kills = 0; kills < (isSoak ? 3 : 1); kills++) {
    await loads.writing(load);
    await sleep(isSoak ? 5000 : 500);
    process.kill(nodePid(), "SIGKILL");
    await sleep(500);
    assert.equal((await runCommand(["cassandra", "start"])).code, 0);
  }
  assert.equal(await load.ended, 0, load.output());
  assert.ok((load.report()?.retries as number) > 0, "the load was hit");
  await loads.expectAllRows(plays);
});

// In the short form a silent node is one of three: cluster-fails.e2e.test.ts.
testUnless(longForm)("Cassandra is silent for 30 s: the load waits", async () => {
  await loads.dropTables();
  const load = loads.start("--concurrency", concurrency);
  await loads.writing(load);
  await sleep(500);
  process.kill(nodePid(), "SIGSTOP");
  await sleep(30_000);
  process.kill(nodePid(), "SIGCONT");
  assert.equal(await load.ended, 0, load.output());
  await loads.expectAllRows(plays);
});
