import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { connect as connectTo } from "node:net";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { compareTables, connect, projectRoot, workDirectory } from "@sparkify/lib";
import { type Cluster, startCluster } from "../../tools/cassandra/cluster.js";
import { freePort } from "../../tools/cassandra/ports.js";
import { findJava } from "../../tools/java/find-java.js";
import { tableDefinitions } from "../../tools/load/tables.js";
import { installSpark } from "../../tools/spark/install.js";
import { isSoak, newFolder, ofProcesses, startScript } from "../command.js";
import { logsWith } from "../faults/scenario.js";

const plays = 200_000;
const address = "127.0.0.1";
const processes: ChildProcess[] = [];
let cluster: Cluster | undefined;

after(async () => {
  for (const { pid } of processes) if (pid) killGroup(pid);
  await cluster?.destroy();
});

test("a Spark master with two workers loads three Cassandra nodes; an executor and a node are killed on the way", {
  skip: !isSoak,
}, async () => {
  const logs = await logsWith(plays);
  cluster = await startCluster({ directory: join(workDirectory, "spark-cluster"), heap: "600M", bulk: true });
  const contactPoints = cluster.contactPoints.join();
  const [, , third] = cluster.nodes;
  assert.ok(third);
  const master = await startSpark();

  const work = newFolder("spark");
  const out = join(work, "shared");
  mkdirSync(out);
  const child = spawn(process.execPath, [startScript, "spark"], {
    cwd: projectRoot,
    env: {
      ...process.env,
      ...{ SPARK_MASTER: master, SPARK_LOCAL_IP: address, SPARK_OUTPUT_URI: pathToFileURL(out).href },
      ...{ EVENT_DATA_DIR: logs, SPARKIFY_WORK_DIR: work, CASSANDRA_CONTACT_POINTS: contactPoints },
    },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.push(child);
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

/** Starts a master and two workers of one core each. @returns the master's URL */
async function startSpark(): Promise<string> {
  const { home } = await installSpark([]);
  const port = await freePort(7077, [address]);
  const folder = newFolder("spark-workers");
  const start = (name: string, args: string[]) => {
    const child = spawn(join(home, "bin", "spark-class"), [`org.apache.spark.deploy.${name}`, ...args], {
      cwd: folder,
      env: {
        ...process.env,
        ...{ SPARK_HOME: home, JAVA_HOME: dirname(dirname(findJava())), SPARK_LOCAL_IP: address },
      },
      detached: true,
      stdio: "ignore",
    });
    processes.push(child);
  };
  start("master.Master", ["--host", address, "--port", String(port), "--webui-port", "0"]);
  while (!(await answers(port))) await sleep(200);
  const master = `spark://${address}:${port}`;
  for (const worker of ["1", "2"]) {
    const own = ["--webui-port", "0", "--cores", "1", "--memory", "1g", "--work-dir", join(folder, worker)];
    start("worker.Worker", ["--host", address, ...own, master]);
  }
  return master;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo({ host: address, port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** The process ids of the executors that the workers have started. */
const executors = (): number[] =>
  ofProcesses((read, pid) =>
    read("cmdline").includes("CoarseGrainedExecutorBackend") && read("environ").includes(workDirectory)
      ? [pid]
      : [],
  );

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {} // it has ended
}
