import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@sparkify/generator";
import { test } from "vitest";
import { embedded, isSoak } from "../command.js";
import { kill, Loads, logsWith } from "./scenario.js";

const plays = isSoak ? 1_000_000 : 20_000;
const kills = isSoak ? 5 : 2;

test(`a loader that is killed ${kills} times at random moments completes its work when it is resumed`, async () => {
  const loads = new Loads(await logsWith(plays), embedded());
  await loads.dropTables();
  const random = seededRandom(4);
  const resumedAt: number[] = [];
  let killed = 0;
  for (let tries = 0; ; tries++) {
    const isLast = killed === kills;
    const load = loads.start("--resume", ...(isLast ? [] : ["--concurrency", isSoak ? "32" : "2"]));
    if (!isLast) {
      await loads.writing(load);
      await Promise.race([sleep(isSoak ? random.whole(10_000, 50_000) : random.whole(0, 1500)), load.ended]);
      if (load.child.exitCode === null) {
        kill(load);
        killed++;
      }
    }
    const code = await load.ended;
    const resumed = load.output().match(/Went on at line ([\d,]+)/)?.[1];
    if (resumed) resumedAt.push(Number(resumed.replaceAll(",", "")));
    if (code === 0 && killed === kills) break;
    assert.ok(code === null || code === 0, load.output());
    assert.ok(tries < 3 * kills, "it ends at last");
  }
  assert.ok(!existsSync(loads.checkpoint));
  await loads.expectAllRows(plays);
  console.log(`${plays} rows, ${killed} kills; the last run went on at line ${resumedAt.at(-1) ?? 1}`);
});

test("Ctrl-C ends the load cleanly, with a line that says how to go on", async () => {
  const loads = new Loads(await logsWith(plays), embedded());
  await loads.dropTables();
  const load = loads.start("--concurrency", "1");
  await loads.writing(load);
  await sleep(300);
  process.kill(load.child.pid as number, "SIGINT");
  assert.equal(await load.ended, 130, load.output());
  assert.match(
    load.output(),
    /The load stopped after [\d,]+ rows: it was interrupted\n.*npm run load -- --resume/,
  );
  assert.equal(load.report()?.ok, false);
  assert.equal(await loads.start("--resume").ended, 0);
  await loads.expectAllRows(plays);
});
