// One job: a process with Cassandras of its own that grades one submission after another. It reads orders from standard
// input and answers on standard output, a JSON object a line.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { messageLine } from "@sparkify/base/messages";
import { onInterrupt } from "@sparkify/base/processes";
import { logsIn } from "./events.js";
import type { Grade } from "./grade.js";
import { gradeSubmission } from "./grade-submission.js";
import { Nodes } from "./nodes.js";
import type { Installed } from "./requirements.js";
import type { RubricItem } from "./rubric.js";
import type { RunSettings } from "./run.js";
import type { Submission } from "./submissions.js";

/** What a job is told at its start. */
export interface WorkerSettings {
  /** A folder of the job's own. */
  directory: string;
  /** Where the logs are, see events.ts. */
  events: string;
  rubric: RubricItem[];
  run: RunSettings;
}

/** What a job is told to do. */
export interface Order {
  submission: Submission;
  keepIn?: string | undefined;
  /** What was installed for it, where the reviewer permits that. */
  installed?: Installed | undefined;
  /** Whether other submissions wait, so that another node will be needed. */
  more: boolean;
}

/** What a job says. */
export type WorkerEvent =
  | { event: "news"; text: string; seconds: number }
  | { event: "graded"; grade: Grade }
  /** The grader itself has failed. */
  | { event: "failed"; message: string };

const say = (event: WorkerEvent) => process.stdout.write(messageLine(event));

async function work(settings: WorkerSettings): Promise<void> {
  const { directory, events, rubric, run } = settings;
  const nodes = await Nodes.open(directory, run.bubblewrap !== undefined);
  const logs = logsIn(events);
  const caged = { ...run, gate: nodes.gate.path };
  let count = 0;
  onInterrupt(() => nodes.stop());
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      const { submission, keepIn, installed, more } = JSON.parse(line) as Order;
      const news = (text: string, seconds: number) => say({ event: "news", text, seconds });
      // A folder of its own for each: what an earlier one has left there, and cannot be removed, is not in its way.
      const home = join(directory, `submission-${++count}`);
      try {
        const options = { logs, home, keepIn, installed, more, rubric, run: caged, news };
        say({ event: "graded", grade: await gradeSubmission(nodes, submission, options) });
      } catch (error) {
        say({ event: "failed", message: (error as Error).stack ?? String(error) });
      }
    }
  } catch (error) {
    say({ event: "failed", message: (error as Error).message });
    process.exitCode = 1;
  } finally {
    await nodes.stop();
  }
}

await work(JSON.parse(process.argv[2] ?? "{}") as WorkerSettings);
process.stdout.write("", () => process.exit());
