import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { workDirectory } from "@sparkify/lib";
import { type Cluster, startCluster } from "../../tools/cassandra/cluster.js";
import { isSoak } from "../command.js";
import { Loads, logsWith } from "./scenario.js";

const plays = isSoak ? 1_000_000 : 6_000;
let cluster: Cluster;

before(async () => {
  cluster = await startCluster({
    directory: join(workDirectory, "fault-cluster"),
    bulk: isSoak,
    heap: isSoak ? "1G" : "400M",
  });
});
after(() => cluster?.destroy());

test("of three nodes one is killed and another one is silent, in turn, while a load writes at LOCAL_QUORUM", async () => {
  const loads = new Loads(await logsWith(plays), cluster.contactPoints.join(","));
  const [first, second, third] = cluster.nodes;
  assert.ok(first && second && third);
  const load = loads.start("--concurrency", isSoak ? "8" : "2");
  await loads.writing(load);
  await sleep(isSoak ? 5000 : 300);

  await third.kill();
  if (isSoak) {
    await sleep(10_000);
    await third.start();
  }
  second.pause(); // in the short form one replica of three is left now, and no write is possible
  await sleep(isSoak ? 20_000 : 3000);
  second.resume();
  if (isSoak) {
    await first.kill(); // the node that the others asked for the cluster
    await sleep(10_000);
    await first.start();
  }
  assert.equal(await load.ended, 0, load.output());
  const { retries, rejected } = load.report() as { retries: number; rejected: number };
  assert.equal(rejected, 0);
  console.log(`${plays} rows into each of three tables, ${retries} requests sent again`);
  await loads.expectAllRows(plays);
});
