import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { workDirectory } from "@sparkify/lib";
import { test } from "vitest";
import { isSoak, longForm, newFolder } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { walkthrough } from "../../../tools/walkthrough.js";
import { notebooksIn, readNotebook } from "../src/notebooks/notebook.js";
import { executeNotebooks } from "../src/run/execute.js";

const names = notebooksIn(walkthrough.solutions);

/** Runs notebooks one after another. @returns what the last table of points says */
async function points(paths: string[]): Promise<string> {
  const out = newFolder("exercises");
  const results = await executeNotebooks(paths, { out, cellTimeout: 120 });
  assert.deepEqual(
    results.map(({ ok, failure }) => [ok, failure]),
    paths.map(() => [true, undefined]),
  );
  const text = JSON.stringify(readNotebook(join(out, basename(paths.at(-1) ?? ""))));
  return text.match(/<b>(\d+ of \d+) points<\/b>/)?.[1] ?? "";
}

// packages/course/test/exercises.integration.test.ts judges the solutions of all four.
testUnless(longForm)("the notebooks of solutions earn their points", async () => {
  rmSync(join(workDirectory, "out", "exercises.json"), { force: true });
  const last = names.slice(-2).map((name) => join(walkthrough.solutions, name));
  assert.equal(await points(last), "23 of 38");
});

// The last of the copies sums up the points.
test("the learner's copies run to their end with nothing solved", async () => {
  const copies = isSoak ? names : names.slice(-1);
  rmSync(join(workDirectory, "out", "exercises.json"), { force: true });
  assert.equal(await points(copies.map((name) => join(walkthrough.exercises, name))), "0 of 38");
});
