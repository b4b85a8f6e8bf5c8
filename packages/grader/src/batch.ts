// Many submissions, by several jobs at once, each with Cassandras of its own.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@sparkify/base/lock";
import { writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode, onInterrupt, temporary } from "@sparkify/base/processes";
import { writeLogs } from "./events.js";
import { entriesOf, removeAll } from "./files.js";
import { emptyGrade, type Grade } from "./grade.js";
import { gradeDirectory } from "./install.js";
import { endLeftNodes, Job, workerCommand } from "./job.js";
import type { Installed } from "./requirements.js";
import type { RubricItem } from "./rubric.js";
import type { RunSettings } from "./run.js";
import type { Submission } from "./submissions.js";

/** How a batch is graded. */
export interface BatchOptions {
  jobs: number;
  /** The folder of the logs. */
  logs: string;
  rubric: RubricItem[];
  run: RunSettings;
  /** Where the copy of a submission is kept; undefined where it is not. */
  keepIn?: (submission: Submission) => string | undefined;
  /** Installs what a submission asks for into a folder of its own; undefined where the reviewer does not permit that. */
  install?: ((submission: Submission, folder: string) => Promise<Installed>) | undefined;
  /** Is told what is being done. */
  onNews?: (submission: Submission, text: string) => void;
  onGrade: (submission: Submission, grade: Grade) => void;
}

/**
 * Grades the submissions. Each gets a grade, also where it could not be graded.
 * @example
 * await gradeBatch(findSubmissions(["submissions"]), {
 *   jobs: 1,
 *   logs: "event_data",
 *   rubric: readRubric(),
 *   run: { system: systemVariables(environment), timeout: 600, cellTimeout: 180 },
 *   onGrade: ({ name }, { points, maxPoints }) => console.log(`${name}: ${points} of ${maxPoints}`),
 * });
 */
export async function gradeBatch(submissions: Submission[], options: BatchOptions): Promise<void> {
  await removeLeftRuns();
  const directory = temporary(join(gradeDirectory, `run-${process.pid}`));
  const events = join(directory, "logs");
  writableFolder(gradeDirectory);
  mkdirSync(directory, { recursive: true });
  writeLogs(options.logs, events);
  const forget = onInterrupt(() => removeRun(directory).catch(() => {}));
  const waiting = [...submissions];
  const count = Math.min(options.jobs, waiting.length);
  try {
    await Promise.all(
      Array.from({ length: count }, (_, number) => {
        const own = join(directory, `job-${number + 1}`);
        mkdirSync(own, { recursive: true });
        const { rubric, run, install } = options;
        const command = workerCommand({ directory: own, events, rubric, run });
        const packages = join(own, "packages");
        const installHere =
          install &&
          ((submission: Submission) => {
            removeAll(packages); // of the submission before
            return install(submission, packages);
          });
        return takeTurns(waiting, () => new Job(command, own), { ...options, install: installHere });
      }),
    );
  } finally {
    await removeRun(directory);
    forget();
  }
}

/** What a job is told, and tells. */
type Told = Pick<BatchOptions, "keepIn" | "onNews" | "onGrade"> & {
  install?: ((submission: Submission) => Promise<Installed>) | undefined;
};

/** Takes submissions until none are left; a job that ends, or takes too long for a step, is replaced. */
export async function takeTurns(waiting: Submission[], startJob: () => Job, options: Told): Promise<void> {
  let job: Job | undefined;
  const forget = onInterrupt(async () => void (await job?.end(5)));
  try {
    for (let next = waiting.shift(); next && !interruptedCode(); next = waiting.shift()) {
      const submission = next;
      try {
        if (!job?.isAlive) {
          await job?.end(0);
          job = startJob();
        }
        options.onNews?.(submission, "reading it");
        const installed = await options.install?.(submission);
        const keepIn = options.keepIn?.(submission);
        const order = { submission, keepIn, installed, more: waiting.length > 0 };
        options.onGrade(submission, await job.grade(order, (text) => options.onNews?.(submission, text)));
      } catch (error) {
        if (interruptedCode()) return;
        await job?.end(0);
        job = undefined;
        options.onGrade(submission, {
          ...emptyGrade(submission.name),
          graderFailed: true,
          error: `The grader failed: ${(error as Error).message}`,
        });
      }
    }
  } finally {
    await job?.end(10);
    forget();
  }
}

/** What a run that was killed has left. */
async function removeLeftRuns(): Promise<void> {
  for (const { name } of entriesOf(gradeDirectory)) {
    const [, pid] = name.match(/^run-(\d+)$/) ?? [];
    if (pid && !isAlive(Number(pid))) await removeRun(join(gradeDirectory, name));
  }
}

/** As far as that can be done: what cannot be removed must not cost a report. */
async function removeRun(directory: string): Promise<void> {
  for (const { name } of entriesOf(directory))
    if (name.startsWith("job-")) await endLeftNodes(join(directory, name));
  removeAll(directory);
}
