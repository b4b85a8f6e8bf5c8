// Logs and plays in a store (S3, HDFS), the job on YARN, and what is said where something there is not right.

import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { findJava, freePort } from "@sparkify/embedded-cassandra";
import { eventDataDirectory } from "@sparkify/lib";
import { denormalize, findEventFiles } from "@sparkify/loader";
import { afterAll, test } from "vitest";
import { longForm, newFolder } from "../../../test/command.js";
import { logRow, writeLog } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { installSpark } from "../src/install.js";
import { writeDamagedLogs } from "./damaged-logs.js";
import { emptyTables, expectTables, spark } from "./run-spark.js";
import {
  type StoreServer,
  startHdfs,
  startMaster,
  startS3,
  startWorker,
  startYarn,
  stopServers,
} from "./servers.js";

afterAll(stopServers);

/** Everything that a run leaves in its work folder. */
const leftIn = (work: string) =>
  readdirSync(work, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

/** What was said must hold the words, and must come as a message: no stack of Java's. */
function expectMessage({ code, output }: { code: number | null; output: string }, ...words: string[]) {
  assert.equal(code, 1, output);
  for (const word of words) assert.ok(output.includes(word), `${word} in: ${output}`);
  assert.doesNotMatch(output, /^\s+at |Exception in thread/m);
}

test("what is wrong around the job is named before anything is installed or started", async (t) => {
  const python = process.env.PYTHON || "python3"; // one without the package that brings Java
  const home = newFolder("java");
  mkdirSync(join(home, "bin"));
  const { JAVA_HOME: before } = process.env;
  t.onTestFinished(() => {
    if (before === undefined) delete process.env.JAVA_HOME;
    else process.env.JAVA_HOME = before;
  });
  delete process.env.JAVA_HOME;
  assert.throws(
    () => findJava("Spark 3.5", python),
    /Spark 3\.5 runs on Java 11 or 17.*JAVA_HOME is not set.*Install Java 17/,
  );
  process.env.JAVA_HOME = home;
  assert.throws(() => findJava("Spark 3.5", python), /JAVA_HOME=\S+ has no bin\/java/);
  const java = join(home, "bin", "java");
  for (const [version, right] of [
    ["1.8.0_402", false],
    ["21.0.2", false],
    ["17", true],
    ["11.0.22", true],
  ] as const) {
    writeFileSync(java, `#!/bin/sh\necho 'openjdk version "${version}" 2024-01-16' >&2\n`);
    chmodSync(java, 0o755);
    if (right) assert.equal(findJava("Spark 3.5", python), java);
    else
      assert.throws(() => findJava("Spark 3.5", python), {
        message: new RegExp(`has: openjdk version "${version}"`),
      });
  }
  writeFileSync(java, "no program");
  assert.throws(() => findJava("Spark 3.5", python), /JAVA_HOME=\S+ has: /);

  const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
  await new Promise((resolve) => web.once("listening", resolve));
  t.onTestFinished(() => void web.close());
  const { port } = web.address() as { port: number };
  const [folder, shared] = [newFolder("empty"), { SPARK_OUTPUT_URI: "file:///tmp" }];
  writeFileSync(join(folder, "notes.txt"), "no log");
  const tries: [NodeJS.ProcessEnv, string[]][] = [
    [
      { SPARK_MASTER: `spark://127.0.0.1:${port}`, ...shared },
      [`127.0.0.1:${port} (SPARK_MASTER)`, "is no Spark master"],
    ],
    [
      { SPARK_MASTER: "yarn", HADOOP_CONF_DIR: folder, ...shared },
      ["needs HADOOP_CONF_DIR", `No yarn-site.xml is in ${folder}`],
    ],
    [{ EVENT_DATA_URI: "s3a://key:hush@bucket/logs" }, ["EVENT_DATA_URI has a user or a password in it"]],
    [{ EVENT_DATA_URI: "s3://bucket/logs" }, ["got s3:", "Write s3a: instead"]],
    [{ EVENT_DATA_URI: `file://${folder}` }, ["holds no daily CSV log", "notes.txt", "EVENT_DATA_URI"]],
    [
      { SPARK_OUTPUT_URI: `file://${folder}/notes.txt/plays` },
      [`cannot be written to ${folder}/notes.txt/plays (SPARK_OUTPUT_URI)`, "not a directory"],
    ],
  ];
  for (const [env, words] of tries) {
    const ended = await spark([], env);
    expectMessage(ended, ...words);
    assert.doesNotMatch(ended.output, /hush|… Start/);
  }
});

/** The whole job on a store, against what the single-machine path makes of the same files. */
async function runOn(store: StoreServer, more: NodeJS.ProcessEnv = {}): Promise<void> {
  await emptyTables();
  const logs = newFolder("logs");
  cpSync(eventDataDirectory, logs, { recursive: true });
  writeDamagedLogs(logs, 40);
  await store.shell(["-put", logs, `${store.root}/logs`]);
  const env = {
    ...store.env,
    ...more,
    EVENT_DATA_URI: `${store.root}/logs`,
    SPARK_OUTPUT_URI: `${store.root}/sparkify`,
  };
  const work = newFolder("spark");
  const { code, output, report } = await spark(["--max-errors", "100000"], env, work);
  assert.equal(code, 0, output);
  const expected = await denormalize({
    files: findEventFiles(logs).files,
    target: join(work, "expected.csv"),
    rejected: join(work, "expected-rejected.csv"),
    maxErrors: 100_000,
  });
  const counts = ({ rows, kept, dropped, rejected, rejectedByReason }: typeof expected) => ({
    rows,
    kept,
    dropped,
    rejected,
    rejectedByReason,
  });
  assert.deepEqual(counts(report), counts(expected));
  assert.ok(expected.kept > 6820 && expected.rejected > 40, output);
  await expectTables(join(work, "expected.csv"));
  const kept = async (name: string) => {
    const file = join(work, `${name}.csv`);
    await store.shell(["-getmerge", `${store.root}/sparkify/${name}`, file]);
    return readFileSync(file, "latin1").replaceAll(`"${store.root}/logs/`, `"${logs}/`);
  };
  const withoutHeader = (file: string) => readFileSync(file, "latin1").replace(/^.*\n/, "");
  assert.equal(await kept("csv"), withoutHeader(join(work, "expected.csv")));
  assert.equal(await kept("rejected"), withoutHeader(expected.rejectedIn));

  // One day again, with other rows.
  const [day = ""] = findEventFiles(logs).files.flatMap(({ path, date }) =>
    date === "2018-11-08" ? [path] : [],
  );
  writeLog(day, [logRow({ song: "Another" }), logRow({ itemInSession: "7" })]);
  await store.shell(["-put", "-f", day, `${store.root}/logs/${basename(day)}`]);
  const again = await spark(["--date", "2018-11-08"], env, work);
  assert.equal(again.code, 0, again.output);
  assert.deepEqual([again.report.files, again.report.kept], [1, 2]);
  const whole = join(work, "whole.csv");
  await denormalize({
    files: findEventFiles(logs).files,
    target: whole,
    rejected: join(work, "none.csv"),
    maxErrors: 100_000,
  });
  await expectTables(whole);

  const there = await store.shell(["-ls", `${store.root}/sparkify`]);
  assert.match(there, /sparkify\/plays$/m);
  assert.doesNotMatch(there, /work-/);
  if (store.secret) assert.ok(!`${output}${again.output}${leftIn(work)}`.includes(store.secret));
}

testUnless(longForm)(
  "on S3 the result is that of the single machine, a day is replaced, and what is wrong with a bucket is said",
  async () => {
    const store = await startS3();
    await runOn(store);

    const logs = { ...store.env, EVENT_DATA_URI: `${store.root}/logs` };
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const silent = join(newFolder("silent"), "spark.properties");
    const port = await freePort(8300);
    const endpoint = readFileSync(store.properties, "utf8").replace(
      store.endpoint,
      `http://127.0.0.1:${port}`,
    );
    writeFileSync(silent, endpoint);
    const tries: [NodeJS.ProcessEnv, string[], string[]?][] = [
      [{ ...logs, ...none }, ["the bucket wants credentials, and none were found", "AWS_ACCESS_KEY_ID"]],
      [
        { ...logs, AWS_SECRET_ACCESS_KEY: "wrong" },
        ["the bucket refuses the credentials", "AWS_SECRET_ACCESS_KEY"],
      ],
      [
        { ...logs, EVENT_DATA_URI: "s3a://other/logs" },
        ["s3a://other/logs (EVENT_DATA_URI)", "no such bucket"],
      ],
      [
        { ...logs, EVENT_DATA_URI: `${store.root}/none` },
        [`${store.root}/none (EVENT_DATA_URI)`, "no such folder"],
      ],
      [{ ...logs, EVENT_DATA_URI: `${store.root}/sparkify/csv` }, ["holds no daily CSV log", "_SUCCESS"]],
      [{ ...logs, SPARK_PROPERTIES: silent }, ["nothing answers", `127.0.0.1:${port}`, "fs.s3a.endpoint"]],
      [
        { ...store.env, SPARK_OUTPUT_URI: "s3a://other/out" },
        ["s3a://other/out (SPARK_OUTPUT_URI)", "no such bucket"],
      ],
      [logs, ["None of the", "is from 2017-01-01", "2018-11-01"], ["--date", "2017-01-01"]],
    ];
    for (const [env, words, args = []] of tries) {
      const started = performance.now();
      const ended = await spark(args, env);
      expectMessage(ended, ...words);
      assert.ok(performance.now() - started < 60_000, ended.output);
      assert.ok(!`${ended.output}${leftIn(ended.work)}`.includes(store.secret as string));
    }
  },
);

testUnless(longForm)(
  "on HDFS and YARN the result is that of the single machine, and what is wrong there is said",
  async () => {
    const store = await startHdfs();
    const conf = await startYarn(store.root);
    const properties = join(newFolder("yarn-job"), "spark.properties");
    const { home } = await installSpark([]);
    // Spark's own jars are on this machine: nothing is gained by sending 300 MB through HDFS.
    writeFileSync(properties, `spark.executor.instances 1\nspark.yarn.jars local:${home}/jars/*\n`);
    const onYarn = {
      SPARK_MASTER: "yarn",
      HADOOP_CONF_DIR: conf,
      SPARK_PROPERTIES: properties,
      SPARK_LOCAL_IP: "127.0.0.1",
    };
    await runOn(store, onYarn);
    const port = await freePort(8300);
    const tries: [NodeJS.ProcessEnv, string[]][] = [
      [{ EVENT_DATA_URI: `${store.root}/none` }, ["no such folder"]],
      [{ EVENT_DATA_URI: `hdfs://127.0.0.1:${port}/logs` }, ["nothing answers", `:${port}`, "fs.defaultFS"]],
      [
        { EVENT_DATA_URI: "hdfs://no-such-host.invalid/logs" },
        ["a host name is not known", "no-such-host.invalid"],
      ],
      [
        { SPARK_OUTPUT_URI: `${store.root}/new`, HADOOP_USER_NAME: "stranger" },
        ["SPARK_OUTPUT_URI", "Permission denied: user=stranger", "HADOOP_USER_NAME"],
      ],
    ];
    for (const [env, words] of tries) expectMessage(await spark([], env), ...words);
  },
);

testUnless(longForm)(
  "a master without workers and a Cassandra that Spark cannot reach are said, before the long work",
  async () => {
    const properties = join(newFolder("job"), "spark.properties");
    writeFileSync(properties, "spark.starvation.timeout 3s\n");
    const alone = { SPARK_MASTER: await startMaster(), SPARK_LOCAL_IP: "127.0.0.1" };
    const shared = { SPARK_PROPERTIES: properties, SPARK_OUTPUT_URI: `file://${newFolder("shared")}` };
    const starved = await spark([], { ...alone, ...shared });
    expectMessage(
      starved,
      "has given the job no executor so far",
      `${alone.SPARK_MASTER} (SPARK_MASTER)`,
      "spark.executor.memory",
    );

    writeFileSync(properties, "spark.cassandra.connection.host 127.0.0.99\n");
    await startWorker(alone.SPARK_MASTER);
    const apart = await spark([], { ...alone, ...shared });
    expectMessage(apart, "Spark cannot reach Cassandra from where the job runs", "127.0.0.99", "rpc_address");
    assert.doesNotMatch(apart.output, /Look at the logs/);
  },
);
