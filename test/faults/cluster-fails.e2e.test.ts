import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type Cluster, startCluster } from "@sparkify/embedded-cassandra";
import { embeddedNode, workDirectory } from "@sparkify/lib";
import { afterAll, beforeAll, test } from "vitest";
import { startMaster, startWorker, stopServers } from "../../packages/spark/test/servers.js";
import { isSoak, longForm, newFolder, ofProcesses } from "../command.js";
import { testUnless } from "../unless.js";
import { type Load, Loads, logsWith } from "./scenario.js";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    directory: join(workDirectory, "fault-cluster"),
    program: embeddedNode().program,
    bulk: isSoak,
    heap: isSoak ? "1G" : "400M",
  });
});
let job: Load | undefined;
afterAll(async () => {
  if (job?.child.exitCode === null && job.child.kill("SIGINT")) await job.ended; // its test has failed
  await stopServers();
  await cluster?.destroy();
});

test("of three nodes one is killed and another one is silent, in turn, while a load writes at LOCAL_QUORUM", async () => {
  const plays = isSoak ? 1_000_000 : 6_000;
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

testUnless(longForm)(
  "a Spark master with two workers loads three nodes; an executor and a node are killed on the way",
  async () => {
    const plays = 200_000;
    const loads = new Loads(await logsWith(plays), cluster.contactPoints.join(","));
    const [, , third] = cluster.nodes;
    assert.ok(third);
    if (!third.pid) await third.start();
    await loads.dropTables();
    const master = await startMaster();
    for (let worker = 1; worker <= 2; worker++) await startWorker(master);

    const settings = {
      SPARK_MASTER: master,
      SPARK_LOCAL_IP: "127.0.0.1",
      SPARK_OUTPUT_URI: pathToFileURL(newFolder("spark-output")).href,
    };
    job = loads.startSpark(settings);
    await loads.writing(job, "songs_by_user_session");
    const [executor, ...others] = executors();
    assert.ok(executor && others.length > 0, "there are two executors");
    await sleep(500);
    process.kill(executor, "SIGKILL");
    await third.kill();
    assert.ok(!job.output().includes("✔ Load songs_by_user_session"), "they were killed while it loaded");

    assert.equal(await job.ended, 0, job.output());
    console.log(job.output());
    const { kept, rejected } = job.report() as { kept: number; rejected: number };
    assert.deepEqual([kept, rejected], [plays, 0]);
    const client = await loads.connect();
    const { rows } = await client
      .execute("SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'sparkify'")
      .finally(() => client.shutdown());
    assert.equal(rows[0]?.replication.datacenter1, "3");
    await loads.expectAllRows(plays);
  },
);

/** The process ids of the executors that the workers have started. */
const executors = (): number[] =>
  ofProcesses((read, pid) =>
    read("cmdline").includes("CoarseGrainedExecutorBackend") && read("environ").includes(workDirectory)
      ? [pid]
      : [],
  );
