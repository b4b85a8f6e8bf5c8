import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { compareTables, connect, projectRoot, workDirectory } from "@sparkify/lib";
import { type Cluster, startCluster } from "../../tools/cassandra/cluster.js";
import { tableDefinitions } from "../../tools/load/tables.js";
import { isSoak, newFolder, ofProcesses, startScript } from "../command.js";
import { logsWith } from "../faults/scenario.js";
import { startMaster, startWorker, stopServers } from "./servers.js";

const plays = isSoak ? 200_000 : 10_000;
let job: ChildProcess | undefined;
let cluster: Cluster | undefined;

after(async () => {
  if (job?.exitCode === null && job.kill("SIGINT")) await once(job, "close"); // a test above has failed
  await stopServers();
  await cluster?.destroy();
});

test("a Spark master with two workers loads three Cassandra nodes; an executor and a node are killed on the way", async () => {
  const logs = await logsWith(plays);
  cluster = await startCluster({
    directory: join(workDirectory, "spark-cluster"),
    heap: isSoak ? "600M" : "400M",
    bulk: isSoak,
  });
  const contactPoints = cluster.contactPoints.join();
  const [, , third] = cluster.nodes;
  assert.ok(third);
  const master = await startMaster();
  for (let worker = 1; worker <= 2; worker++) await startWorker(master);

  const work = newFolder("spark");
  const out = join(work, "shared");
  mkdirSync(out);
  const child = spawn(process.execPath, [startScript, "spark", ...(isSoak ? [] : ["--no-verify"])], {
    cwd: projectRoot,
    env: {
      ...process.env,
      ...{ SPARK_MASTER: master, SPARK_LOCAL_IP: "127.0.0.1", SPARK_OUTPUT_URI: pathToFileURL(out).href },
      ...{ EVENT_DATA_DIR: logs, SPARKIFY_WORK_DIR: work, CASSANDRA_CONTACT_POINTS: contactPoints },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  job = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  while (!output.includes("… Load songs_by_user_session")) {
    assert.equal(child.exitCode, null, output);
    await sleep(20);
  }
  const [executor, ...others] = executors();
  assert.ok(executor && others.length > 0, "there are two executors");
  await sleep(500);
  process.kill(executor, "SIGKILL");
  await third.kill();
  assert.ok(!output.includes("✔ Load songs_by_user_session"), "they were killed while it loaded");

  assert.equal(await ended, 0, output);
  console.log(output);
  const report = JSON.parse(readFileSync(join(work, "out", "spark.json"), "utf8"));
  assert.deepEqual([report.kept, report.rejected], [plays, 0]);
  process.env.CASSANDRA_CONTACT_POINTS = contactPoints;
  const client = await connect().finally(() => delete process.env.CASSANDRA_CONTACT_POINTS);
  try {
    const { replication } = (
      await client.execute("SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'sparkify'")
    ).first();
    assert.equal(replication.datacenter1, "3");
    const { ok, tables } = await compareTables(client, {
      csv: join(work, "event_datafile_new.csv"),
      tables: tableDefinitions().map(({ name }) => name),
    });
    assert.ok(ok, JSON.stringify(tables, null, 1));
    assert.equal(tables[0]?.csvRows, plays);
  } finally {
    await client.shutdown();
  }
});

/** The process ids of the executors that the workers have started. */
const executors = (): number[] =>
  ofProcesses((read, pid) =>
    read("cmdline").includes("CoarseGrainedExecutorBackend") && read("environ").includes(workDirectory)
      ? [pid]
      : [],
  );
