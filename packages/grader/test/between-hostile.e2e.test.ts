// Nothing passes from one submission to the next: batches in which a hostile one is between any two right ones, and every
// right one has the grade that it has alone (which the corpus says, and corpus.e2e.test.ts tries).

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { longForm, newFolder, noSandbox, runCommand } from "../../../test/command.js";
import { describeUnless } from "../../../test/unless.js";
import type { Grade } from "../src/grade.js";
import { checkGrade } from "./corpus/check-grade.js";
import { corpus, writeCorpus } from "./corpus/corpus.js";

const right =
  "python-right every-statement-tried pasted-values modules-beside quoted-names two-numbered typescript-right data-shipped " +
  "typescript-long-cells data-frames";

/** Each ends by itself, or at a limit. */
const batches = [
  "cql-poisons-the-next cql-drops-everything cannot-be-removed runner-stopped fork-bomb memory disk-in-removed-files " +
    "kernel-killed processes-that-stay cql-drops-system",
  "threads empty-files disk-in-a-closed-folder memory-in-no-process cql-many-tables cql-huge-values cql-huge-statements " +
    "neighbours-changed writes-outside endless-stubborn-loop",
];

/** Names in the order of a batch: a right one, a hostile one, a right one, ... */
const alternating = (hostile: string) => {
  const between = hostile.split(" ").map((name) => `hostile-${name}`);
  return right.split(" ").flatMap((name, at) => [name, between[at] ?? ""]);
};

describeUnless(noSandbox || longForm)("twenty submissions, every other one hostile", () => {
  describe.each(batches.map((hostile, at) => ({ batch: at + 1, hostile })))("batch $batch", ({ hostile }) => {
    test("every right one has the grade it has alone", async (t) => {
      const folder = newFolder("grade-between");
      t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const names = alternating(hostile);
      // Each in a folder of its own, as the batch goes by the folders' names.
      const places = names.map((name, at) => ({ name, place: String(at + 1).padStart(2, "0") }));
      for (const { name, place } of places) writeCorpus(join(folder, "batch", place), [name]);
      const out = join(folder, "out");
      const options = ["--jobs", "1", "--cell-timeout", "120", "--out", out];
      const ended = await runCommand(["grade", join(folder, "batch"), ...options]);
      const grades: Grade[] = JSON.parse(readFileSync(join(out, "grades.json"), "utf8"));
      const table = grades.map(({ submission, points, error }) => `${submission}: ${points} ${error ?? ""}`);
      console.log(table.join("\n"));
      assert.equal(grades.length, 20, ended.output);
      for (const { name, place } of places) {
        const submission = corpus.find((one) => one.name === name);
        const grade = grades.find((one) => one.submission === `${place}/${submission?.path}`);
        assert.ok(submission && grade, name);
        checkGrade(grade, submission);
      }
    });
  });
});
