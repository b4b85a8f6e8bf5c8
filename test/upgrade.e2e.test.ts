// A folder in use gets this release in place of the last one, as `git pull` does it: its data, and what the reader has made,
// stay, and what is installed is mended.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readNode } from "@sparkify/embedded-cassandra/node-file";
import { projectRoot } from "@sparkify/lib";
import { Client } from "cassandra-driver";
import { onTestFinished } from "vitest";
import { longForm, runProgram } from "./command.js";
import { testUnless } from "./unless.js";

/** Release 1.0.0, which has no tag: the last commit before the files moved into packages. */
const lastRelease = "12685c3d171b5d47d1d37d0c5520b7e7fd6cc046";

const git = (folder: string, ...args: string[]) =>
  spawnSync("git", ["-C", folder, ...args], { encoding: "utf8", maxBuffer: 2 ** 26 });

const whyNot =
  git(projectRoot, "cat-file", "-e", `${lastRelease}^{commit}`).status === 0
    ? longForm
    : "the commit of release 1.0.0 is not here: a copy without history, or a shallow clone (git fetch --unshallow)";

testUnless(whyNot)(
  "a folder of release 1.0.0, with its node running, goes on with this release",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "sparkify-upgrade-"));
    const own = ["SPARKIFY_WORK_DIR", "SPARKIFY_DATA_OUTLIVES"];
    const env = {
      ...Object.fromEntries(own.map((name) => [name, undefined])),
      SPARKIFY_CASSANDRA_PORT: "9642",
    };
    const command = async (...args: string[]) => {
      const { code, output } = await runProgram(process.execPath, ["tools/start.mjs", ...args], env, folder);
      assert.equal(code, 0, `${args.join(" ")}: ${output}`);
      return output;
    };
    const ask = async (...statements: string[]) => {
      const client = new Client({
        contactPoints: [`127.0.0.1:${readNode(join(folder, ".cassandra"))?.port}`],
        localDataCenter: "datacenter1",
      });
      try {
        let rows: unknown[] = [];
        for (const cql of statements) ({ rows } = await client.execute(cql));
        return JSON.stringify(rows);
      } finally {
        await client.shutdown();
      }
    };
    const select = "SELECT text FROM mine.notes";
    const file = (...path: string[]) => join(folder, ...path);
    onTestFinished(async () => {
      await runProgram(process.execPath, ["tools/start.mjs", "cassandra", "destroy"], env, folder);
      rmSync(folder, { recursive: true, force: true });
    });

    assert.equal(
      git(projectRoot, "clone", "--quiet", "--shared", "--no-checkout", projectRoot, folder).status,
      0,
    );
    assert.equal(git(folder, "checkout", "--quiet", lastRelease).status, 0);
    await command("run");
    await command("cassandra", "start");
    const replication = "WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}";
    await ask(
      `CREATE KEYSPACE mine ${replication}`,
      "CREATE TABLE mine.notes (id int PRIMARY KEY, text text)",
      "INSERT INTO mine.notes (id, text) VALUES (1, 'kept')",
    );
    writeFileSync(file("notebooks", "mine.txt"), "kept");
    const report = readFileSync(file("out", "report.json"), "utf8");

    const filesOf = (...args: string[]) =>
      git(...(args as [string]))
        .stdout.split("\0")
        .filter((name) => name !== "");
    for (const name of filesOf(folder, "ls-files", "-z")) rmSync(file(name));
    for (const name of filesOf(projectRoot, "ls-files", "-z", "--cached", "--others", "--exclude-standard")) {
      if (!existsSync(join(projectRoot, name))) continue;
      mkdirSync(dirname(file(name)), { recursive: true });
      copyFileSync(join(projectRoot, name), file(name));
    }

    assert.match(await command("cassandra", "status"), /running/);
    assert.equal(readFileSync(file("out", "report.json"), "utf8"), report);
    await command("verify"); // the old release's node, its CSV and its tables
    assert.match(await ask(select), /kept/);
    await command("cassandra", "stop");
    await command("cassandra", "start");
    assert.match(await ask(select), /kept/);
    assert.match(await command("run"), /Every cell ran, every table and answer is right/);
    assert.match(await ask(select), /kept/);
    assert.equal(readFileSync(file("notebooks", "mine.txt"), "utf8"), "kept");
    assert.doesNotMatch(await command("cassandra", "status"), /Install/, "nothing is left to be mended");
  },
);
