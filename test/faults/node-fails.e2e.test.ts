import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedCassandra } from "@sparkify/embedded-cassandra";
import { embeddedNode } from "@sparkify/lib";
import { afterAll, beforeAll, test } from "vitest";
import { isSoak, longForm, newFolder } from "../command.js";
import { testUnless } from "../unless.js";
import { Loads, logsWith } from "./scenario.js";

const plays = isSoak ? 1_000_000 : 15_000;
const concurrency = isSoak ? "32" : "2";

/** Of this file alone: what it kills is nobody else's. */
const { program, firstPort } = embeddedNode();
const directory = join(newFolder("killed"), "node");
const node = new EmbeddedCassandra({ directory, program, firstPort, dataOutlives: "process" });
let loads: Loads;

beforeAll(async () => {
  const { port } = await node.start();
  loads = new Loads(await logsWith(plays), `127.0.0.1:${port}`);
});
afterAll(() => node.destroy());

test("Cassandra is killed and restarted in the middle of a load: the load goes on", async () => {
  const load = loads.start("--concurrency", concurrency);
  for (let kills = 0; kills < (isSoak ? 3 : 1); kills++) {
    await loads.writing(load);
    await sleep(isSoak ? 5000 : 500);
    await node.kill();
    await sleep(500);
    await node.start();
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
  node.pause();
  await sleep(30_000);
  node.resume();
  assert.equal(await load.ended, 0, load.output());
  await loads.expectAllRows(plays);
});
