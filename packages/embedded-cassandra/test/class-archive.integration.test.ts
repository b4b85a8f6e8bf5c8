// Java does not start with an empty archive of classes, or with one that was being written when its run was killed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { ClassArchive } from "../src/java/class-archive.js";
import { findJava } from "../src/java/find-java.js";

const java = findJava();
/** What Java says when it is started with these options. */
const version = (options: string[]) => spawnSync(java, [...options, "-version"], { encoding: "utf8" });

test("what a killed run wrote is not kept, and half an archive is written anew", () => {
  const folder = newFolder("archive");
  const archive = new ClassArchive(folder, "program");
  const file = (name: string) => join(folder, `${name}.jsa`);
  const written = archive.useOrWrite(java, "run");
  assert.equal(version(written).status, 0);
  const whole = readFileSync(file("run"));
  for (const half of [
    Buffer.alloc(0),
    Buffer.alloc(100_000),
    Buffer.concat([Buffer.alloc(4096), whole.subarray(4096)]),
  ]) {
    rmSync(file("program"), { force: true });
    writeFileSync(file("run"), half);
    archive.keep("run");
    assert.deepEqual([existsSync(file("run")), archive.exists], [false, false]);

    writeFileSync(file("program"), half); // as an earlier version kept it
    assert.deepEqual(archive.use(), []);
    const { status, stderr } = version(archive.useOrWrite(java, "run"));
    assert.equal(status, 0, stderr);
    archive.keep("run");
    assert.ok(archive.exists);
    assert.match(version(archive.use()).stderr, /sharing/);
  }
});
