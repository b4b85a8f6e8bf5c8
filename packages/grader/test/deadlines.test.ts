// A job that does not come to an end is ended by the batch, which goes on: what holds up a process holds up its timers, too.

import assert from "node:assert/strict";
import { join } from "node:path";
import { isAlive } from "@sparkify/base/lock";
import { messageLine } from "@sparkify/base/messages";
import { test } from "vitest";
import { temporaryFolder } from "../../../test/support.js";
import { takeTurns } from "../src/batch.js";
import { emptyGrade, type Grade } from "../src/grade.js";
import { Job } from "../src/job.js";
import type { Submission } from "../src/submissions.js";

/** What a job may say, as a worker says it. */
const said = {
  judging: messageLine({ event: "news", text: "judging", seconds: 0.5 }),
  graded: messageLine({ event: "graded", grade: { ...emptyGrade("quick"), graded: true } }),
};

/** In a worker's place: is held up without an end by submissions of some names, and grades the others. */
const program = `
const { createInterface } = require("node:readline");
const { writeSync } = require("node:fs");
createInterface({ input: process.stdin }).on("line", (line) => {
  const { name } = JSON.parse(line).submission;
  if (name === "holds up the judging") writeSync(1, ${JSON.stringify(said.judging)});
  if (name !== "quick") for (;;);
  process.stdout.write(${JSON.stringify(said.graded)});
});`;

const submission = (name: string): Submission => ({
  name,
  notebooks: [],
  folder: "nowhere",
  top: "nowhere",
  shared: false,
  others: [],
  passedOver: [],
});

test("a step that takes too long ends its job, and the next submission is graded by another one", {
  tags: ["slow"],
}, async (t) => {
  const folder = temporaryFolder(t);
  const jobs: Job[] = [];
  const grades: Grade[] = [];
  const startJob = () => {
    // Long enough for a process to start on a busy machine.
    const job = new Job([process.execPath, "-e", program], join(folder, "job"), 5);
    jobs.push(job);
    return job;
  };
  const waiting = ["quick", "holds up the reading", "quick", "holds up the judging", "quick"].map(submission);
  const pids: number[] = [];
  await takeTurns(waiting, startJob, {
    onGrade: (_, grade) => {
      grades.push(grade);
      pids.push(jobs.at(-1)?.pid ?? 0);
    },
  });
  assert.deepEqual(
    grades.map(({ graded, graderFailed }) => [graded, graderFailed]),
    [
      [true, undefined],
      [false, true],
      [true, undefined],
      [false, true],
      [true, undefined],
    ],
  );
  assert.match(
    grades[1]?.error ?? "",
    /^The grader failed: it was ended after 5 s of: reading and copying it$/,
  );
  assert.match(grades[3]?.error ?? "", /^The grader failed: it was ended after 0\.5 s of: judging$/);
  assert.equal(jobs.length, 3);
  assert.ok(
    pids.every((pid) => pid > 0 && !isAlive(pid)),
    "no process is left",
  );
});
