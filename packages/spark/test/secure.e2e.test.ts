// Spark against a Cassandra that wants a password, TLS and a client certificate.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compareTables } from "@sparkify/compare";
import { projectRoot } from "@sparkify/lib";
import { longForm, newFolder, ofProcesses, runCommand, startScript } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { walkthroughTables } from "../../../tools/walkthrough.js";
import { connected, startSecureNode } from "../../embedded-cassandra/test/secure-cluster.js";
import { installSpark } from "../src/install.js";

/** The command lines of all processes, which every user of a machine can read. */
const commandLines = (): string[] => ofProcesses((read) => [read("cmdline").replaceAll("\0", " ")]);

testUnless(longForm)(
  "with a password, TLS and a client certificate the tables are right, and no secret shows anywhere",
  async (t) => {
    await installSpark([]);
    const { admin, cluster } = await startSecureNode(newFolder("secure-spark"));
    t.onTestFinished(() => cluster.destroy());
    const refused = await runCommand(["spark"], {
      ...admin,
      SPARKIFY_WORK_DIR: newFolder("refused"),
      CASSANDRA_PASSWORD: "another",
    });
    assert.equal(refused.code, 1, refused.output);
    assert.match(refused.output, /it refuses the user name or the password\. Check CASSANDRA_USERNAME/);
    assert.doesNotMatch(refused.output, /another|Start Spark/);
    const work = newFolder("spark");
    const child = spawn(process.execPath, [startScript, "spark"], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, SPARKIFY_WORK_DIR: work, ...admin },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    let ended: number | null | undefined;
    child.once("close", (code) => {
      ended = code;
    });
    let seen = 0;
    while (ended === undefined) {
      const lines = commandLines();
      if (lines.some((line) => line.includes("SparkSQLCLIDriver"))) seen++;
      for (const line of lines) assert.ok(!line.includes(admin.CASSANDRA_PASSWORD), line);
      await sleep(100);
    }
    assert.equal(ended, 0, output);
    assert.ok(seen > 20, `Spark was seen ${seen} times`);
    const csv = join(work, "event_datafile_new.csv");
    await connected(admin, async (client) => {
      const { ok, tables } = await compareTables(client, {
        csv,
        tables: walkthroughTables().map(({ name }) => name),
      });
      assert.ok(ok, JSON.stringify(tables, null, 1));
    });
    const kept = readdirSync(work, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    for (const text of [output, ...kept]) assert.ok(!text.includes(admin.CASSANDRA_PASSWORD));
  },
);
