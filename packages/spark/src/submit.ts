// Runs job.sql in Spark, shows its steps, and takes its results.

import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { beginStep } from "@sparkify/base/install/step";
import { endProcessTree, interruptedCode, startChild } from "@sparkify/base/processes";
import { findJava } from "@sparkify/embedded-cassandra";
import { jobSql, reachSql, type Spark } from "./install.js";
import { type JobEvent, jobEventIn } from "./protocol.js";
import type { JobResult } from "./report.js";
import { isLocal, type SparkSettings } from "./settings.js";
import { Watch } from "./watch.js";
import { explainedFailure, progressIn } from "./what-spark-says.js";

export interface SubmitOptions {
  settings: SparkSettings;
  /** The file of the job's settings. */
  properties: string;
  /** Keeps all that Spark says. */
  log: string;
  /** What Spark's process does after the job, where that takes time. */
  lastStep?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * @param result is filled while the job runs
 * @returns false where the job's own checks have ended it
 * @throws SparkifyError in words, where it fails
 */
export async function submit(spark: Spark, options: SubmitOptions, result: JobResult): Promise<boolean> {
  const { settings, log, lastStep, signal } = options;
  const steps = new Steps(result.steps);
  steps.next("Start Spark");
  const child = startSpark(spark, options);
  const end = () => void endProcessTree(child);
  signal?.addEventListener("abort", end);
  const watch = new Watch(settings.master, end);
  const file = createWriteStream(log, { mode: 0o600 });
  let complaints = "";
  const take = (event: JobEvent) => {
    watch.hearsTheJob();
    if (event.event === "step") steps.next(event.title);
    else if (event.event === "done") lastStep && steps.next(lastStep);
    else result.take(event);
  };
  onLines(child.stderr, (line) => {
    const progress = progressIn(line);
    if (progress) return steps.news(progress);
    file.write(`${line}\n`);
    complaints = `${complaints}${line}\n`.slice(-200_000);
    watch.look(line);
  });
  onLines(child.stdout, (line) => {
    const event = jobEventIn(line);
    if (event) return take(event);
    file.write(`${line}\n`);
    watch.look(line);
  });
  const code = await new Promise<number>((resolve, reject) =>
    child.once("error", reject).once("close", (ended) => resolve(ended ?? 1)),
  ).finally(() => {
    watch.hearsTheJob();
    signal?.removeEventListener("abort", end);
    file.end();
    steps.end(child.exitCode === 0);
  });
  if (code === 0) return true;
  if (interruptedCode() || signal?.aborted) throw new SparkifyError("The Spark job was interrupted.");
  if (watch.failure) throw watch.failure;
  if (result.refusal) return false;
  throw explainedFailure(complaints, log);
}

function startSpark(spark: Spark, { settings, properties }: SubmitOptions): ChildProcess {
  const here = isLocal(settings);
  return startChild(
    join(spark.home, "bin", "spark-sql"),
    ["--properties-file", properties, ...(here ? [] : ["-i", reachSql]), "-f", jobSql],
    {
      // Relative names of certificates are looked up here, as each executor looks them up where the job's files are sent to.
      cwd: dirname(properties),
      env: childEnvironment(["stores", "project"], {
        SPARK_HOME: spark.home,
        JAVA_HOME: dirname(dirname(findJava("Spark 3.5"))),
        ...(here && { SPARK_LOCAL_IP: "127.0.0.1" }),
      }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
}

function onLines(stream: ChildProcess["stdout"], take: (line: string) => void): void {
  if (!stream) throw new Error("no output from Spark");
  createInterface({ input: stream }).on("line", take);
}

/** The job's steps, each of which ends where the next one begins. */
class Steps {
  #title = "";
  #current: ReturnType<typeof beginStep> | undefined;

  /** @param seconds takes how long each step has taken */
  constructor(readonly seconds: Record<string, number>) {}

  news(text: string): void {
    this.#current?.news(text);
  }

  next(title: string): void {
    this.end(true);
    this.#title = title;
    this.#current = beginStep(title);
  }

  end(ok: boolean): void {
    if (this.#current) this.seconds[this.#title] = this.#current.end(ok);
    this.#current = undefined;
  }
}
