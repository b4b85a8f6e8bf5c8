// npm run grade -- PATH...: reruns notebooks against a real Cassandra, and says with evidence what is right.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode, temporary } from "@sparkify/base/processes";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { type BatchOptions, gradeBatch } from "./batch.js";
import { type ContainerProgram, containerImage, gradeInContainers } from "./container.js";
import { fingerprintOf } from "./copy.js";
import { removeAll } from "./files.js";
import type { Grade } from "./grade.js";
import { gradeDirectory, installPythonKernel } from "./install.js";
import { systemVariables } from "./kernels.js";
import { listOf } from "./list.js";
import { portMustBeFree } from "./node.js";
import { readNotebook } from "./notebook.js";
import { Progress } from "./progress.js";
import { fileNameOf, writeReports } from "./report/write.js";
import { installRequirements, requirementsOf } from "./requirements.js";
import { resource } from "./resources.js";
import { type RubricItem, readRubric, standardRubric } from "./rubric.js";
import type { RunSettings } from "./run.js";
import { cageUser, findBubblewrap, whyNoSandbox } from "./sandbox.js";
import { findSubmissions, type Submission } from "./submissions.js";
import { visible } from "./visible.js";

/** The daily logs that submissions are run with. */
const logs = join(projectRoot, "event_data");
const standardOut = join(workDirectory, "out", "grades");

/** Grades the submissions of the paths, and writes the reports. @returns the exit code */
export async function grade(options: OptionsOf<"grade">, paths: string[]): Promise<number> {
  const rubric = readRubric(resolve(options.rubric ?? standardRubric));
  const scripts = options.scripts?.split(",").map((name) => name.trim());
  const submissions = findSubmissions(paths).map((one) => ({ ...one, scripts }));
  if (options.list) {
    for (const line of listOf(submissions)) console.log(line);
    return 0;
  }
  const out = resolve(options.out ?? standardOut);
  const { sandbox } = options;
  if (sandbox !== undefined && options.keep)
    throw new SparkifyError(`--keep is not for --sandbox ${sandbox}: a container's copies are gone with it.`);
  if (sandbox !== undefined && options.install)
    throw new SparkifyError(`--install is not for --sandbox ${sandbox}: a container has no network.`);
  const why = sandbox === undefined ? whyNoSandbox(process.env) : undefined;
  const run: RunSettings = {
    bubblewrap: why === undefined ? findBubblewrap(process.env) : undefined,
    system: systemVariables(process.env),
    timeout: options.timeout,
    cellTimeout: options.cellTimeout,
  };
  claim(out);
  if (why !== undefined && !options.noSandbox && !process.env.SPARKIFY_NO_SANDBOX)
    throw new SparkifyError(noSandboxAsked(why));
  const states = new States(join(out, "graded"), rubric, run, options.install);
  if (!options.resume) for (const name of ["graded", "copies", "reports"]) removeAll(join(out, name));
  const done = states.read(submissions);
  const left = submissions.filter(({ name }) => !done.has(name));
  if (done.size > 0) console.log(`${done.size} of ${submissions.length} submissions are graded already.`);

  const surroundings =
    sandbox !== undefined
      ? containerText(sandbox)
      : why === undefined
        ? sandboxText
        : `No sandbox: ${why}. ${noSandboxText}`;
  if (left.length > 0) {
    if (why !== undefined) await portMustBeFree();
    if (sandbox === undefined && left.some(usesPython)) await installPythonKernel();
    console.log(surroundings);
    const jobs = jobsOf(options.jobs, why === undefined);
    const onGrade = (submission: Submission, grade: Grade) => {
      done.set(submission.name, grade);
      states.write(submission, grade);
    };
    if (sandbox !== undefined) await gradeLeftInContainers(left, sandbox, jobs, options, onGrade);
    else {
      const keepIn = ({ name }: Submission) =>
        options.keep ? join(out, "copies", fileNameOf(name)) : undefined;
      const install = options.install
        ? (submission: Submission, folder: string) => installRequirements(requirementsOf(submission), folder)
        : undefined;
      await gradeLeft(left, jobs, onGrade, (told) =>
        gradeBatch(left, { jobs, logs, rubric, run, keepIn, install, ...told }),
      );
    }
  }
  const interrupted = interruptedCode();
  if (interrupted) {
    console.log(`${done.size} of ${submissions.length} are graded. The same command with --resume goes on.`);
    return interrupted;
  }
  const raw = submissions.flatMap(({ name }) => done.get(name) ?? []);
  return summarize(writeReports(out, raw, rubric, surroundings), out);
}

/** Grades each in a container of its own. */
async function gradeLeftInContainers(
  submissions: Submission[],
  program: ContainerProgram,
  jobs: number,
  options: OptionsOf<"grade">,
  onGrade: BatchOptions["onGrade"],
): Promise<void> {
  const directory = temporary(join(writableFolder(gradeDirectory), `run-${process.pid}`));
  mkdirSync(directory, { recursive: true });
  try {
    const image = await containerImage(program, directory);
    const rubric = options.rubric === undefined ? undefined : resolve(options.rubric);
    const { timeout, cellTimeout } = options;
    await gradeLeft(submissions, jobs, onGrade, (told) =>
      gradeInContainers(submissions, {
        program,
        image,
        directory,
        jobs,
        timeout,
        cellTimeout,
        rubric,
        ...told,
      }),
    );
  } finally {
    removeAll(directory);
  }
}

/** Who is told of a batch. */
type Told = Pick<BatchOptions, "onNews" | "onGrade">;

/** Grades them, and shows how far it is. */
async function gradeLeft(
  submissions: Submission[],
  jobs: number,
  onGrade: BatchOptions["onGrade"],
  work: (told: Told) => Promise<void>,
): Promise<void> {
  const isLive = process.stdout.isTTY === true && !process.env.CI;
  const progress = new Progress(submissions.length, jobs, isLive);
  try {
    await work({
      onNews: ({ name }, text) => progress.news(name, text),
      onGrade(submission, grade) {
        onGrade(submission, grade);
        progress.graded(grade);
      },
    });
  } finally {
    progress.end();
  }
}

/** Prints how many could be graded. @returns the exit code */
function summarize(grades: Grade[], out: string): number {
  const failed = grades.filter(({ graded }) => !graded);
  console.log(`\n${grades.length - failed.length} of ${grades.length} submissions graded.`);
  for (const { submission, error } of failed)
    console.log(`  ✘ ${visible(submission)}: ${visible(error?.split("\n")[0] ?? "")}`);
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
      { where: { file: out } },
    );
  if (out === standardOut) writableFolder(dirname(out));
  writableFolder(out);
  writeFileSync(mark, "The grades of npm run grade. The next run without --resume replaces them.\n");
}

/** The grades so far, each in a file, so that a batch that was cut off can go on. */
class States {
  readonly #settings: string;

  constructor(
    private readonly folder: string,
    rubric: RubricItem[],
    { timeout, cellTimeout }: RunSettings,
    private readonly installs: boolean,
  ) {
    this.#settings = JSON.stringify([rubric, timeout, cellTimeout, graderVersion()]);
  }

  /** What a grade depends on. */
  #inputOf(submission: Submission): string {
    const hash = createHash("sha256").update(this.#settings).update(fingerprintOf(submission));
    if (this.installs) for (const line of requirementsOf(submission)) hash.update(`${line}\n`);
    return hash.digest("hex");
  }

  #fileOf({ name }: Submission): string {
    return join(this.folder, `${fileNameOf(name)}.json`);
  }

  write(submission: Submission, grade: Grade): void {
    mkdirSync(this.folder, { recursive: true });
    try {
      writeFileSync(this.#fileOf(submission), JSON.stringify({ input: this.#inputOf(submission), grade }));
    } catch {
      // Its files have changed meanwhile: it is graded again then.
    }
  }

  /** The grades of an earlier run with the same input, by name; one that the grader itself failed at is none. */
  read(submissions: Submission[]): Map<string, Grade> {
    const grades = new Map<string, Grade>();
    for (const submission of submissions) {
      const file = this.#fileOf(submission);
      if (!existsSync(file)) continue;
      try {
        const state = JSON.parse(readFileSync(file, "utf8")) as { input: string; grade: Grade };
        if (state.input === this.#inputOf(submission) && !state.grade.graderFailed)
          grades.set(submission.name, state.grade);
      } catch {
        // Cut off while it was written.
      }
    }
    return grades;
  }
}

/** Another text where the grader, or what it gives to submissions, is another. */
function graderVersion(): string {
  const hash = createHash("sha256");
  for (const folder of [import.meta.dirname, resource("python"), logs])
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (/\.(js|py|csv)$/.test(name)) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

/** What to do where there is no sandbox: nobody's programs are run with the reviewer's rights unasked. */
const noSandboxAsked = (why: string) =>
  `Submissions are other people's programs, and there is no sandbox for them here: ${why}. ` +
  `${
    process.platform === "linux"
      ? "Install bubblewrap 0.8 or later (Debian, Ubuntu: apt-get install bubblewrap)"
      : "Grade in containers, with --sandbox docker or --sandbox podman, or in a virtual machine with Linux and bubblewrap"
  }, or say --no-sandbox: then they run with your rights, and can read your files and use the network.`;

const sandboxText = `Each submission runs in a sandbox (bubblewrap${cageUser === undefined ? "" : ", as the user nobody"}): no network, no other files than its own copy, no other processes.`;
const containerText = (program: ContainerProgram) =>
  `Each submission runs in a container of ${program}, with its grader beside it: no network, no other files than its own folder. ` +
  "It could change its own grade. See docs/grading.md.";
const noSandboxText =
  "Submissions run with your rights, without your environment variables, in limits of time, memory, processes, output and disk, " +
  "one at a time. They can read your files and use the network: grade only what you would run yourself. See docs/grading.md.";

function jobsOf(asked: number | undefined, sandboxed: boolean): number {
  if (!sandboxed) {
    if (asked !== undefined && asked > 1)
      console.log(
        "Without a sandbox all submissions look for Cassandra on the same port, so they are graded one at a time.",
      );
    return 1;
  }
  const perJob = 4 * 2 ** 30; // a node, one that starts for the next submission, and what a submission may use
  return asked ?? Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / perJob), 8));
}

function usesPython({ notebooks }: Submission): boolean {
  if (notebooks.length === 0) return true; // its scripts may be run
  return notebooks.some((path) => {
    try {
      return readNotebook(path).kernel === "python3";
    } catch {
      return false;
    }
  });
}
