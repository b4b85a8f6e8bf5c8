// Many submissions, by several jobs at once, each with Cassandras of its own.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isAlive } from "@sparkify/base/lock";
import { messageIn } from "@sparkify/base/messages";
import { writableFolder } from "@sparkify/base/private-folder";
import {
  endProcessTree,
  interruptedCode,
  onInterrupt,
  startChild,
  temporary,
} from "@sparkify/base/processes";
import { endLeftNode } from "@sparkify/embedded-cassandra";
import { writeLogs } from "./events.js";
import { entriesOf, removeAll } from "./files.js";
import { emptyGrade, type Grade } from "./grade.js";
import { gradeDirectory } from "./install.js";
import type { RubricItem } from "./rubric.js";
import type { RunSettings } from "./run.js";
import { inOwnNetwork } from "./sandbox.js";
import type { Submission } from "./submissions.js";
import type { Order, WorkerEvent, WorkerSettings } from "./worker.js";

/** How a batch is graded. */
export interface BatchOptions {
  jobs: number;
  /** The folder of the logs. */
  logs: string;
  rubric: RubricItem[];
  run: RunSettings;
  /** Where the copy of a submission is kept; undefined where it is not. */
  keepIn?: (submission: Submission) => string | undefined;
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
      Array.from({ length: count }, (_, number) =>
        runJob(join(directory, `job-${number + 1}`), events, waiting, options),
      ),
    );
  } finally {
    await removeRun(directory);
    forget();
  }
}

/** Takes submissions until none are left; a worker that dies is replaced. */
async function runJob(
  directory: string,
  events: string,
  waiting: Submission[],
  options: BatchOptions,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  let worker: Worker | undefined;
  const forget = onInterrupt(async () => void (await worker?.end(5)));
  try {
    for (let next = waiting.shift(); next && !interruptedCode(); next = waiting.shift()) {
      const submission = next;
      try {
        if (!worker?.isAlive) {
          await worker?.end(0);
          worker = new Worker({ directory, events, rubric: options.rubric, run: options.run });
        }
        const order = { submission, keepIn: options.keepIn?.(submission), more: waiting.length > 0 };
        options.onGrade(submission, await worker.grade(order, (text) => options.onNews?.(submission, text)));
      } catch (error) {
        if (interruptedCode()) return;
        await worker?.end(0);
        worker = undefined;
        options.onGrade(submission, {
          ...emptyGrade(submission.name),
          graderFailed: true,
          error: `The grader failed: ${(error as Error).message}`,
        });
      }
    }
  } finally {
    await worker?.end(10);
    forget();
  }
}

/** To read a submission and to copy it. */
const secondsToCopy = 120;

/** A process that grades one submission after another. */
class Worker {
  readonly #child;
  readonly #directory: string;
  #take: (event: WorkerEvent) => void = () => {};
  #fail: (error: Error) => void = () => {};
  #ended = false;

  constructor(settings: WorkerSettings) {
    const program = fileURLToPath(new URL("worker.js", import.meta.url));
    const { bubblewrap } = settings.run;
    const command = [process.execPath, "--enable-source-maps", program, JSON.stringify(settings)];
    const [first = "", ...args] = bubblewrap === undefined ? command : inOwnNetwork(bubblewrap, command);
    this.#directory = settings.directory;
    this.#child = startChild(first, args, { stdio: ["pipe", "pipe", "pipe"] });
    let complaints = "";
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaints = (complaints + text).slice(-2000);
    });
    this.#child.stdin?.on("error", () => {}); // its end says why
    this.#child.once("error", (error) => this.#end(error));
    this.#child.once("close", (code, signal) =>
      this.#end(new Error(`the job ended (${signal ?? code}). ${complaints.trim()}`)),
    );
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        const event = messageIn<WorkerEvent>(line);
        if (event) this.#take(event);
      });
  }

  #end(error: Error): void {
    this.#ended = true;
    this.#fail(error);
  }

  get isAlive(): boolean {
    return !this.#ended;
  }

  grade(order: Order, onNews: (text: string) => void): Promise<Grade> {
    return new Promise((resolve, reject) => {
      this.#fail = (error) => {
        clearTimeout(deadline);
        reject(error);
      };
      // The job cannot keep its own deadlines: what keeps it from going on keeps its timers from it, too.
      let deadline: NodeJS.Timeout | undefined;
      const expect = (step: string, seconds: number) => {
        deadline = setTimeout(
          () => this.#fail(new Error(`it was ended after ${seconds} s of: ${step}`)),
          seconds * 1000,
        );
      };
      expect("reading and copying it", secondsToCopy);
      this.#take = (message) => {
        clearTimeout(deadline);
        if (message.event === "news") {
          onNews(message.text);
          expect(message.text, message.seconds);
        }
        if (message.event === "graded") resolve(message.grade);
        if (message.event === "failed") reject(new Error(message.message));
      };
      this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    });
  }

  /** Ends it with its nodes, which would outlive it. */
  async end(graceSeconds: number): Promise<void> {
    this.#child.stdin?.end();
    await endProcessTree(this.#child, graceSeconds);
    await endLeftNodes(this.#directory);
  }
}

/** What a run that was killed has left. */
async function removeLeftRuns(): Promise<void> {
  for (const { name } of entriesOf(gradeDirectory)) {
    const [, pid] = name.match(/^run-(\d+)$/) ?? [];
    if (pid && !isAlive(Number(pid))) await removeRun(join(gradeDirectory, name));
  }
}

/** The nodes of a job that has ended. */
async function endLeftNodes(job: string): Promise<void> {
  for (const { name } of entriesOf(job)) if (name.startsWith("node-")) await endLeftNode(join(job, name));
}

/** As far as that can be done: what cannot be removed must not cost a report. */
async function removeRun(directory: string): Promise<void> {
  for (const { name } of entriesOf(directory))
    if (name.startsWith("job-")) await endLeftNodes(join(directory, name));
  removeAll(directory);
}
