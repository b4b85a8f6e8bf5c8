// A node that ends while it starts: the reason in a sentence, from real starts that fail, and from logs of what cannot be
// brought about here.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { embeddedNode } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { fails } from "../../../test/support.js";
import { startCluster } from "../src/cluster.js";
import { findJava } from "../src/java/find-java.js";
import { endNode, isNode, launchNode } from "../src/node-process.js";
import type { NodeSettings } from "../src/node-settings.js";
import { classPath } from "../src/program.js";
import { NodeEnded, whyEnded } from "../src/why-ended.js";

const { program } = embeddedNode();

/** Starts a node that must end by itself. @returns what is said of it */
async function failedStart(
  settings: Partial<NodeSettings>,
  options: string[] = [],
  directory = newFolder("fails"),
) {
  const node = { directory, clusterName: "fails", port: 19042, storagePort: 17000, ...settings };
  const start = await launchNode(findJava(), [...options, "-cp", classPath(program.jars)], node);
  for (let waited = 0; isNode(directory, start.pid); waited++) {
    if (waited > 600) await endNode(directory, start.pid, 0);
    await sleep(100);
  }
  return { said: whyEnded({ directory, ...start }), directory };
}

test("what Java refuses is said in its words", async () => {
  const unknown = await failedStart({}, ["-XX:NoSuchOption=1"]);
  assert.equal(unknown.said, "Unrecognized VM option 'NoSuchOption=1'.");
  assert.equal((await failedStart({ heap: "lots" })).said, "Invalid initial heap size: -Xmslots.");
});

test("what Cassandra refuses is said in its words, without a trace, and of this start", async () => {
  const unknown = await failedStart({ yaml: { no_such_setting: 1 } });
  assert.equal(
    unknown.said,
    "Invalid yaml. Please remove properties [no_such_setting] from your cassandra.yaml.",
  );
  const { said, directory } = await failedStart({ yaml: { num_tokens: "many" } }, [], unknown.directory);
  assert.equal(said, `Invalid yaml: file:${directory}/cassandra.yaml (For input string: "many").`);
  const error = new NodeEnded("Cassandra", { directory });
  assert.ok(!error.portWasTaken);
  assert.ok(error.message.endsWith(`\nIts logs are in ${join(directory, "logs")}.`));
});

test("of a cluster's node, and with the port that was taken", async (t) => {
  const folder = newFolder("fails");
  mkdirSync(join(folder, "127.0.0.1"));
  writeFileSync(join(folder, "127.0.0.1", "data"), "a file where a folder belongs");
  await fails(
    () => startCluster({ directory: folder, program, dataCenters: ["datacenter1"] }),
    /^The node 127\.0\.0\.1 ended while it was starting: Not a directory \S+\. Insufficient permissions on directory \S+\.\nIts logs are in \S+$/,
  );
  const other = createServer().listen(0, "127.0.0.1");
  t.onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const { said, directory } = await failedStart({ storagePort: port });
  assert.ok(said.startsWith(`/127.0.0.1:${port} is in use by another process`), said);
  assert.ok(new NodeEnded("Cassandra", { directory }).portWasTaken);
});

test("a full disk, too little memory and a node that was killed are said in words", () => {
  const of = (systemLog: string, output = "") => {
    const directory = newFolder("logs");
    mkdirSync(join(directory, "logs"));
    if (systemLog !== "") writeFileSync(join(directory, "logs", "system.log"), systemLog);
    writeFileSync(join(directory, "logs", "console.log"), output);
    assert.ok(existsSync(directory));
    return whyEnded({ directory });
  };
  const at = "2026-11-28 22:29:59,593";
  const started = `INFO  [main] ${at} Gossiper.java:2300 - Announcing\n`;
  const full = `${started}ERROR [MemtablePostFlush:1] ${at} JVMStabilityInspector.java:70 - Exception in thread Thread[MemtablePostFlush:1,5,main]
org.apache.cassandra.io.FSDiskFullWriteError: java.io.IOException: Insufficient disk space to write 516 bytes into the system keyspace
\tat org.apache.cassandra.db.Directories.getWriteableLocationAsFile(Directories.java:362)
Caused by: java.io.IOException: Insufficient disk space to write 516 bytes into the system keyspace
\t... 11 common frames omitted
ERROR [main] ${at} CassandraDaemon.java:887 - Exception encountered during startup
java.lang.RuntimeException: java.util.concurrent.ExecutionException: FSDiskFullWriteError in 
\tat org.apache.cassandra.utils.Throwables.maybeFail(Throwables.java:79)
Caused by: java.io.IOException: Insufficient disk space to write 516 bytes into the system keyspace
\tat org.apache.cassandra.io.FSDiskFullWriteError.<init>(FSDiskFullWriteError.java:27)
WARN  [StorageServiceShutdownHook] ${at} Gossiper.java:2300 - No local state
`;
  assert.equal(
    of(full),
    "the disk is full. FSDiskFullWriteError (Insufficient disk space to write 516 bytes into the system keyspace). Free some space and run the command again.",
  );
  const warnings =
    "Picked up JAVA_TOOL_OPTIONS: -Dx=y\nWARNING: A terminally deprecated method has been called\n";
  assert.equal(
    of(
      "",
      `${warnings}OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x7e, 322122547200, 0) failed; error='Not enough space' (errno=12)\n#\n# There is insufficient memory for the Java Runtime Environment to continue.\n`,
    ),
    "there is not enough memory. There is insufficient memory for the Java Runtime Environment to continue. End other programs and run the command again.",
  );
  assert.equal(
    of(
      "",
      "Error occurred during initialization of VM\nCould not allocate compressed class space: 1073741824 bytes\n",
    ),
    "there is not enough memory. Could not allocate compressed class space: 1073741824 bytes. End other programs and run the command again.",
  );
  assert.match(
    of(started, `${warnings}Terminating due to java.lang.OutOfMemoryError: Java heap space\n`),
    /^there is not enough memory\. Terminating due to java\.lang\.OutOfMemoryError: Java heap space\. End/,
  );
  // An error that the node got over is no reason.
  const gotOver = `ERROR [main] ${at} CommitLogReplayer.java:536 - Ignoring commit log replay error\n`;
  assert.match(
    of(gotOver + started.repeat(20), warnings),
    /^it gave no reason\. Something else has ended it/,
  );
});
