// One process at a time holds a lock, and a holder that is gone holds nothing.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { withLock } from "../src/lock.mjs";

const module = JSON.stringify(join(projectRoot, "packages", "base", "src", "lock.mjs"));

/** A process that takes the lock, says so in a diary, and holds it for some milliseconds. */
function holder(file: string, diary: string, milliseconds: number): ChildProcess {
  const program = `
    import { appendFileSync } from "node:fs";
    const { withLock } = await import(${module});
    const say = (word) => appendFileSync(${JSON.stringify(diary)}, word + " " + process.pid + "\\n");
    await withLock(${JSON.stringify(file)}, async () => {
      say("in");
      await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
      say("out");
    }, (by) => say("waits for " + by + ":"));`;
  return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
}

const entries = (diary: string) => (existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : []);

test("eight processes that want a lock at the same moment hold it one after the other", {
  tags: ["slow"],
}, async () => {
  const folder = newFolder("lock");
  const [file, diary] = [join(folder, "new", "lock"), join(folder, "diary")];
  const holders = Array.from({ length: 8 }, () => holder(file, diary, 30));
  await Promise.all(holders.map((child) => once(child, "exit")));
  const words = entries(diary).filter((line) => /^(in|out) /.test(line));
  assert.equal(words.length, 16);
  for (let turn = 0; turn < 16; turn += 2) {
    const [, pid] = words[turn]?.match(/^in (\d+)$/) ?? [];
    assert.equal(words[turn + 1], `out ${pid}`);
  }
  assert.equal(existsSync(file), false);
});

test("the lock of a killed holder is taken over, and who waits has been told for whom", async () => {
  const folder = newFolder("lock");
  const [file, diary] = [join(folder, "lock"), join(folder, "diary")];
  const killed = holder(file, diary, 60_000);
  while (entries(diary).length === 0) await sleep(20);
  const waiting = holder(file, diary, 0);
  while (entries(diary).length === 1) await sleep(20);
  killed.kill("SIGKILL");
  await once(waiting, "exit");
  assert.deepEqual(entries(diary), [
    `in ${killed.pid}`,
    `waits for ${killed.pid}: ${waiting.pid}`,
    `in ${waiting.pid}`,
    `out ${waiting.pid}`,
  ]);
});

test("within a process too the second waits, and a failure gives the lock back", async () => {
  const folder = newFolder("lock");
  const [file, diary] = [join(folder, "lock"), join(folder, "diary")];
  writeFileSync(diary, "");
  const hold = (name: string, work: () => void) =>
    withLock(file, async () => {
      appendFileSync(diary, `${name} in\n`);
      await sleep(50);
      appendFileSync(diary, `${name} out\n`);
      work();
    });
  const first = hold("first", () => {
    throw new Error("broken");
  });
  const second = hold("second", () => {});
  await assert.rejects(first, /broken/);
  await second;
  assert.deepEqual(entries(diary), ["first in", "first out", "second in", "second out"]);
});
