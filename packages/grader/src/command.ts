// npm run grade -- PATH...: reruns notebooks against a real Cassandra, and says with evidence what is right.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode } from "@sparkify/base/processes";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { gradeBatch } from "./batch.js";
import { fingerprintOf } from "./copy.js";
import type { Grade } from "./grade.js";
import { installPythonKernel } from "./install.js";
import { portMustBeFree } from "./node.js";
import { readNotebook } from "./notebook.js";
import { Progress } from "./progress.js";
import { fileNameOf, writeReports } from "./report/write.js";
import { readRubric, standardRubric } from "./rubric.js";
import { whyNoSandbox } from "./sandbox.js";
import { findSubmissions, type Submission } from "./submissions.js";

export async function grade(options: OptionsOf<"grade">, paths: string[]): Promise<number> {
  const { timeout, cellTimeout } = options;
  const rubricFile = resolve(options.rubric ?? standardRubric);
  const rubric = readRubric(rubricFile);
  const submissions = findSubmissions(paths);
  const out = resolve(options.out ?? standardOut);
  const why = whyNoSandbox();
  const jobs = jobsOf(options.jobs, why === undefined);

  const states = join(out, "graded");
  claim(out);
  if (!options.resume)
    for (const name of ["graded", "copies", "reports"])
      rmSync(join(out, name), { recursive: true, force: true });
  mkdirSync(states, { recursive: true });
  const settings = JSON.stringify([rubric, timeout, cellTimeout, graderVersion()]);
  const stateOf = (submission: Submission) => join(states, `${fileNameOf(submission.name)}.json`);
  const done = new Map<string, Grade>();
  if (options.resume)
    for (const submission of submissions) {
      const grade = readState(stateOf(submission), inputOf(submission, settings));
      if (grade) done.set(submission.name, grade);
    }
  const left = submissions.filter(({ name }) => !done.has(name));
  if (done.size > 0) console.log(`${done.size} of ${submissions.length} submissions are graded already.`);

  if (left.length > 0) {
    if (why !== undefined) await portMustBeFree();
    if (left.some(usesPython)) await installPythonKernel();
    console.log(why === undefined ? sandboxText : `No sandbox: ${why}.\n${noSandboxText}`);
    const progress = new Progress(left.length, jobs);
    const byName = new Map(submissions.map((one) => [one.name, one]));
    try {
      await gradeBatch(left, {
        jobs,
        sandboxed: why === undefined,
        rubric,
        timeout,
        cellTimeout,
        keepIn: ({ name }) => (options.keep ? join(out, "copies", fileNameOf(name)) : undefined),
        onNews: ({ name }, text) => progress.news(name, text),
        onGrade(grade) {
          done.set(grade.submission, grade);
          const submission = byName.get(grade.submission) as Submission;
          writeFileSync(stateOf(submission), JSON.stringify({ input: inputOf(submission, settings), grade }));
          progress.graded(grade);
        },
      });
    } finally {
      progress.end();
    }
  }
  const interrupted = interruptedCode();
  if (interrupted) {
    console.log(`${done.size} of ${submissions.length} are graded. The same command with --resume goes on.`);
    return interrupted;
  }
  const grades = submissions.flatMap(({ name }) => done.get(name) ?? []);
  writeReports(out, grades, rubric, why === undefined ? sandboxText : `No sandbox: ${why}. ${noSandboxText}`);
  const failed = grades.filter(({ graded }) => !graded);
  console.log(`\n${grades.length - failed.length} of ${grades.length} submissions graded.`);
  for (const { submission, error } of failed) console.log(`  ✘ ${submission}: ${error?.split("\n")[0]}`);
  console.log(`The overview: ${join(out, "index.html")}`);
  return failed.length === 0 ? 0 : 1;
}

/** Earlier grades are removed: only from a folder that is the grader's own. */
function claim(out: string): void {
  const mark = join(out, ".sparkify-grades");
  const isOwn = existsSync(mark) || out === standardOut;
  if (!isOwn && existsSync(out) && readdirSync(out).length > 0)
    throw new SparkifyError(
      `${out} holds files that are not the grader's. Give --out a folder that is empty, or that is not there yet.`,
    );
  if (out === standardOut) writableFolder(dirname(out));
  writableFolder(out);
  writeFileSync(mark, "The grades of npm run grade. The next run without --resume replaces them.\n");
}

/** Another text where the grader, or what it gives to submissions, is another. */
function graderVersion(): string {
  const hash = createHash("sha256");
  const own = dirname(fileURLToPath(import.meta.url));
  for (const folder of [
    own,
    join(projectRoot, "packages", "grader", "python"),
    join(projectRoot, "event_data"),
  ])
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (/\.(js|py|csv)$/.test(name)) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

const standardOut = join(workDirectory, "out", "grades");

const sandboxText =
  "Each submission runs in a sandbox (bubblewrap): no network, no other files than its own copy, no other processes.";
const noSandboxText =
  "Submissions run with your rights, without your environment variables, in limits of time, memory, processes, output and disk, " +
  "one at a time. They can read your files and use the network: grade only what you would run yourself. See docs/grading.md.";

function jobsOf(asked: number | undefined, sandboxed: boolean): number {
  const perJob = 3 * 2 ** 30; // a node, and what a submission may use
  const fitting = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / perJob), 8));
  const wanted = asked ?? fitting;
  if (wanted > 1 && !sandboxed && asked !== undefined)
    console.log(
      "Without a sandbox all submissions look for Cassandra on the same port, so they are graded one at a time.",
    );
  return sandboxed ? wanted : 1;
}

function usesPython({ notebooks }: Submission): boolean {
  return notebooks.some((path) => {
    try {
      return readNotebook(path).kernel === "python3";
    } catch {
      return false;
    }
  });
}

/** What a grade depends on. */
const inputOf = (submission: Submission, settings: string): string =>
  createHash("sha256").update(settings).update(fingerprintOf(submission)).digest("hex");

/** A grade of an earlier run with the same input; one that the grader itself failed at is none. */
function readState(file: string, input: string): Grade | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const state = JSON.parse(readFileSync(file, "utf8")) as { input: string; grade: Grade };
    return state.input === input && !state.grade.error?.startsWith("The grader failed")
      ? state.grade
      : undefined;
  } catch {
    return undefined; // cut off while it was written
  }
}
