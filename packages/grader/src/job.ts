// The process of a job, from outside: it is told what to grade, and ended where a step takes too long.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { messageIn } from "@sparkify/base/messages";
import { endProcessTree, startChild } from "@sparkify/base/processes";
import { endLeftNode } from "@sparkify/embedded-cassandra";
import { entriesOf } from "./files.js";
import type { Grade } from "./grade.js";
import { inOwnNetwork } from "./sandbox.js";
import type { Order, WorkerEvent, WorkerSettings } from "./worker.js";

/** The command of a process that grades, see worker.ts; with a sandbox it has a network of its own. */
export function workerCommand(settings: WorkerSettings): string[] {
  const program = fileURLToPath(new URL("worker.js", import.meta.url));
  const command = [process.execPath, "--enable-source-maps", program, JSON.stringify(settings)];
  const { bubblewrap } = settings.run;
  return bubblewrap === undefined ? command : inOwnNetwork(bubblewrap, command);
}

/** A process that grades one submission after another. */
export class Job {
  readonly #child;
  #take: (event: WorkerEvent) => void = () => {};
  #fail: (error: Error) => void = () => {};
  #ended = false;

  /**
   * @param command see {@link workerCommand}
   * @param directory the job's own
   * @param secondsToCopy the most for the first step, which the process cannot announce: to read a submission and to copy it
   */
  constructor(
    command: string[],
    private readonly directory: string,
    private readonly secondsToCopy = 120,
  ) {
    const [first = "", ...args] = command;
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

  /** Of its process; undefined where it did not start. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isAlive(): boolean {
    return !this.#ended;
  }

  /** @throws Error where the process ends, says that it failed, or takes longer for a step than that may take */
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
      expect("reading and copying it", this.secondsToCopy);
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
    await endLeftNodes(this.directory);
  }
}

/** The nodes of a job that has ended. */
export async function endLeftNodes(job: string): Promise<void> {
  for (const { name } of entriesOf(job)) if (name.startsWith("node-")) await endLeftNode(join(job, name));
}
