// What each command looks at before it begins.

import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder, runCommand } from "./command.js";

test("a source that has changed is compiled before the next command, and not again", async () => {
  const source = join(projectRoot, "tools", "in-turn.ts");
  const stamp = join(projectRoot, "build", "compiled.txt");
  const status = async () => {
    const { output } = await runCommand(["cassandra", "status"], { SPARKIFY_WORK_DIR: newFolder("set-up") });
    assert.match(output, /^never started/m);
    return { time: statSync(stamp).mtimeMs, text: readFileSync(stamp, "utf8") };
  };
  const now = new Date();
  utimesSync(source, now, now);
  const changed = await status();
  assert.ok(changed.text.includes(` ${statSync(source).mtimeMs}\n`), changed.text);
  assert.deepEqual(await status(), changed);
});
