// The folder that commands write to: it is for one command at a time, for its owner only, and may be full or read-only.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "@sparkify/base/lock";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { describe, test } from "vitest";
import { type Ended, newFolder, registeringKernel, runCommand, runProgram, startScript } from "./command.js";
import { describeUnless, testUnless } from "./unless.js";

describe("commands that write to the same folder", () => {
  const dryRun = ["load", "--dry-run"];
  const lockOf = (work: string) => join(work, "out", ".lock");

  test("take turns: the second one says for which process it waits", async () => {
    const work = newFolder("turns");
    let second: Promise<Ended> | undefined;
    const waited = await withLock(lockOf(work), async () => {
      const child = spawn(process.execPath, [startScript, ...dryRun], {
        env: { ...process.env, SPARKIFY_WORK_DIR: work },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      second = new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
      return new Promise<string>((resolve) => {
        child.stdout.setEncoding("utf8").on("data", (text) => {
          output += text;
          if (output.includes("\n")) resolve(output);
        });
      });
    });
    assert.match(waited, new RegExp(`^… Waiting for process ${process.pid}: another command .*out and`));
    const { code, output } = (await second) as Ended;
    assert.equal(code, 0, output);
    assert.match(output, /8,056 rows in 30 files/);
  });

  test("do not wait for one that was killed", async () => {
    const work = newFolder("turns");
    mkdirSync(join(work, "out"));
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(lockOf(work), String(pid));
    const { code, output } = await runCommand(dryRun, { SPARKIFY_WORK_DIR: work });
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /Waiting/);
  });

  test("do not wait for the one that started them", async () => {
    const work = newFolder("turns");
    const { code, output } = await withLock(lockOf(work), () =>
      runCommand(dryRun, { SPARKIFY_WORK_DIR: work, SPARKIFY_MARKS: `1-aa ${process.pid}-bb` }),
    );
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /Waiting/);
  });
});

testUnless(process.platform === "win32" ? "Windows has other rights" : false)(
  "Cassandra's data and logs, and what commands write, are for their owner only",
  async () => {
    const work = newFolder("private");
    mkdirSync(join(work, "out"), { mode: 0o755 }); // by an earlier release
    assert.equal((await runCommand(["load", "--dry-run"], { SPARKIFY_WORK_DIR: work })).code, 0);
    const node = join(workDirectory, ".cassandra"); // the one that the tests run on
    const logs = join(node, "logs");
    // That of the project has its jars from the set-up on, and may have had no node yet.
    const project = join(projectRoot, ".cassandra");
    for (const path of [join(work, "out"), project, node, join(node, "data"), join(node, "commitlog"), logs])
      assert.equal((statSync(path).mode & 0o777).toString(8), "700", path);
    for (const name of ["system.log", "console.log"])
      assert.equal((statSync(join(logs, name)).mode & 0o777).toString(8), "600", name);
  },
);

/** Runs a shell's commands where what they mount is seen by nobody else. */
const withMounts = (script: string, env: NodeJS.ProcessEnv) =>
  runProgram("unshare", ["--mount", "sh", "-c", script], env);
const { error, status } = spawnSync("unshare", ["--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]);
const noMounts = error || status !== 0 ? "nothing may be mounted here" : false;

describeUnless(noMounts)("a folder that cannot be written", () => {
  const readOnly = `mount --bind "${projectRoot}" "${projectRoot}" && mount -o remount,ro,bind "${projectRoot}" && cd "${projectRoot}"`;
  const command = (args: string) => `"${process.execPath}" tools/start.mjs ${args} < /dev/null 2>&1`;

  test("is named in one sentence by each command that has to write", async () => {
    const all = [
      "run",
      "load",
      "load --dry-run",
      "verify",
      "lab --no-browser",
      "cassandra start",
      "cluster",
      "spark",
      "grade notebooks",
      "bench --quick",
      "test hash64",
      "notebooks",
    ];
    const script = all.map((args) => `echo "@${args}"; ${command(args)}; echo "code $?"`).join("; ");
    const { output } = await withMounts(`${readOnly} && { ${script}; }`, { SPARKIFY_WORK_DIR: "" });
    const said = output.split(/^@/m).slice(1);
    assert.equal(said.length, all.length, output);
    for (const text of said) {
      assert.match(
        text,
        /^✘ Nothing can be written to \/.*: its file system is read-only\. Make it writable\.( Or .*)?$/m,
      );
      assert.doesNotMatch(text, /^ {4}at /m);
      assert.match(text, /^code 1$/m);
    }
  });

  test("is not needed where the work is done elsewhere, or nothing is written", async () => {
    const work = mkdtempSync(join(tmpdir(), "sparkify-work-"));
    try {
      const script = ["load --dry-run", "generate --check", "exercises", "cassandra destroy"]
        .map(command)
        .join(" && ");
      const run = () => withMounts(`${readOnly} && ${script}`, { SPARKIFY_WORK_DIR: work });
      const { code, output } = await registeringKernel(run);
      assert.equal(code, 0, output);
    } finally {
      rmSync(work, { recursive: true });
    }
  });

  test("a disk that is full: Cassandra's failure says so in its first sentence", async () => {
    const work = newFolder("small");
    const data = join(work, ".cassandra");
    mkdirSync(data);
    const full = `mount -t tmpfs -o size=50m tmpfs "${data}" && head -c 42M /dev/zero > "${data}/filler" && cd "${projectRoot}"`;
    const { code, output } = await withMounts(`${full} && ${command("cassandra start")}`, {
      SPARKIFY_WORK_DIR: work,
    });
    assert.equal(code, 1, output);
    assert.match(
      output,
      /^✘ .*: the disk is full: \d MB are free for Cassandra's data in .*\. Free some space/m,
    );
    assert.doesNotMatch(output, /Exception/);
  });
});
