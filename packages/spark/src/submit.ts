// Runs job.sql in Spark, shows its steps, and takes its results.

import { createWriteStream, existsSync } from "node:fs";
import { connect as connectTo } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { endProcessTree, interruptedCode, startChild } from "@sparkify/base/processes";
import { findJava } from "@sparkify/embedded-cassandra";
import { printable, streamlinedColumns, uselessLog } from "@sparkify/loader";
import { explainedFailure, hopelessLine } from "./explain.js";
import { jobSql, reachSql, type Spark, sparkRelease } from "./install.js";
import type { SparkTable } from "./report.js";
import { isLocal, sparkMaster } from "./settings.js";

/** A log that the job cannot read. */
export interface UnreadFile {
  file: string;
  reason: string;
}

export interface JobResult {
  unreadable: UnreadFile[];
  counts: { files: number; rows: number; kept: number; dropped: number; rejected: number };
  rejectedByReason: Record<string, number>;
  tables: SparkTable[];
  seconds: Record<string, number>;
}

export const noResult = (): JobResult => ({
  unreadable: [],
  counts: { files: 0, rows: 0, kept: 0, dropped: 0, rejected: 0 },
  rejectedByReason: {},
  tables: [],
  seconds: {},
});

/** What the job's own checks say, before anything is loaded. */
export const refusals = ["@too-many-rejected", "@unreadable-files", "@nothing-kept"] as const;

export class Refused extends SparkifyError {
  constructor(readonly refusal: (typeof refusals)[number]) {
    super(refusal);
  }
}

/** @throws SparkifyError within some seconds where no standalone master is at the address */
export async function needMaster(): Promise<void> {
  const [, list = ""] = sparkMaster().match(/^spark:\/\/(.+)$/) ?? [];
  if (isLocal() || list === "") {
    if (sparkMaster() === "yarn") needHadoopSettings();
    if (isLocal() || /^(yarn|k8s:\/\/.+)$/.test(sparkMaster())) return;
    throw new SparkifyError(
      "SPARK_MASTER was expected to be spark://host:7077, yarn, k8s://https://host:port or local[*].",
    );
  }
  const answers = await Promise.all(list.split(",").map(answersAt));
  const reason = answers.find((answer) => answer !== "");
  if (answers.every((answer) => answer !== "")) {
    throw new SparkifyError(
      `No Spark master at ${list} (SPARK_MASTER): ${reason}. Start it, check host and port (that of spark://, not of its web page), or unset SPARK_MASTER: then Spark runs here.`,
    );
  }
}

/** @throws SparkifyError where nothing says where YARN is */
function needHadoopSettings(): void {
  const { YARN_CONF_DIR: yarn, HADOOP_CONF_DIR: hadoop } = process.env;
  if ([yarn, hadoop].some((folder) => folder && existsSync(join(folder, "yarn-site.xml")))) return;
  throw new SparkifyError(
    "SPARK_MASTER=yarn needs HADOOP_CONF_DIR: the folder of the cluster's core-site.xml, hdfs-site.xml and yarn-site.xml. " +
      (yarn || hadoop ? `No yarn-site.xml is in ${yarn || hadoop}.` : "It is not set."),
  );
}

/**
 * A request of Spark's network layer for something that no master has: 8 bytes of length, the kind (0, fetch a chunk), and 12
 * bytes to name the chunk. A master says so in a message of kind 2, whether it wants a password or not.
 */
const question = Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, 21), Buffer.alloc(13)]);
const kindOfAnswer = 2;

/** @returns why no master answers; empty where one does */
function answersAt(address: string): Promise<string> {
  const [, host = "", port = "7077"] = address.match(/^\[?(.*?)\]?(?::(\d+))?$/) ?? [];
  return new Promise((resolve) => {
    const socket = connectTo({ host, port: Number(port), timeout: 4000 });
    let connected = false;
    const end = (reason: string) => {
      socket.destroy();
      resolve(reason);
    };
    const other = "what listens there is no Spark master";
    socket.once("connect", () => {
      connected = true;
      socket.setTimeout(10_000); // it may be busy
      socket.write(question);
    });
    socket.once("data", (bytes) => end(bytes[8] === kindOfAnswer ? "" : other));
    socket.once("close", () => resolve(other));
    socket.once("timeout", () =>
      end(
        connected
          ? "something listens there, but gave no answer within 10 s, as a Spark master does"
          : "no answer within 4 s",
      ),
    );
    socket.once("error", (error) => end(connected ? other : error.message));
  });
}

/** Spark says every 15 seconds (spark.starvation.timeout) that it has no executor; after so many times the job is ended. */
const mostStarved = 3;

const noExecutorYet =
  "The Spark cluster has given the job no executor so far: no worker, or none with room. It waits a little longer.";

function noExecutor(): SparkifyError {
  return new SparkifyError(
    `The Spark cluster at ${sparkMaster()} (SPARK_MASTER) gave the job no executor. Check on its web page that workers are registered and alive, and ` +
      "that one has the memory and cores which the job asks for (spark.executor.memory, 1g unless set, spark.executor.cores and spark.cores.max in the " +
      "file of SPARK_PROPERTIES). Where executors are started there and end again, their log says why: mostly they cannot reach this machine at the " +
      "address it gives them (SPARK_LOCAL_IP, spark.driver.host). Where the cluster is only busy, run this later, or set spark.starvation.timeout: the " +
      "job waits four times as long.",
  );
}

/** For the first task, which does nothing; the executors fetch the job's jars before it. */
const mostSecondsOfSilence = 120;

function noAnswerOfExecutors(): SparkifyError {
  return new SparkifyError(
    `The executors of ${sparkMaster()} (SPARK_MASTER) took the job's first task and gave no answer within ${mostSecondsOfSilence} s. That is what ` +
      `workers of another Spark do: they must be 3.5 for Scala 2.12, as the one that submits the job (${sparkRelease}, or that of SPARK_HOME). ` +
      "The release is on the cluster's web page, and why it failed in the executors' log there (stderr).",
  );
}

/**
 * @param log keeps all that Spark says
 * @param result is filled while the job runs: it also says how far a job came that failed
 * @param lastStep what Spark's process does after the job, where that takes time
 * @throws Refused where the job's own checks end it; SparkifyError in words, where it fails
 */
export async function submit(
  spark: Spark,
  properties: string,
  log: string,
  result: JobResult,
  lastStep?: string,
): Promise<void> {
  const steps = new Steps(result.seconds);
  await steps.next("Start Spark");
  const child = startChild(
    join(spark.home, "bin", "spark-sql"),
    ["--properties-file", properties, ...(isLocal() ? [] : ["-i", reachSql]), "-f", jobSql],
    {
      // Relative names of certificates are looked up here, as each executor looks them up where the job's files are sent to.
      cwd: dirname(properties),
      env: childEnvironment(["stores", "project"], {
        SPARK_HOME: spark.home,
        JAVA_HOME: dirname(dirname(findJava("Spark 3.5"))),
        ...(isLocal() ? { SPARK_LOCAL_IP: "127.0.0.1" } : {}),
      }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  if (!child.stdout || !child.stderr) throw new Error("no output from Spark");
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const file = createWriteStream(log, { mode: 0o600 });
  let complaints = "";
  let hopeless: SparkifyError | undefined;
  let starved = 0;
  let silence: NodeJS.Timeout | undefined;
  /** Where Spark would wait on for ever. */
  const watch = (line: string) => {
    if (line.includes("Initial job has not accepted any resources") && ++starved === 1)
      steps.say(noExecutorYet);
    if (starved > mostStarved) giveUp(noExecutor());
    const why = sparkMaster().startsWith("spark:") ? hopelessLine(line, sparkMaster()) : undefined;
    if (why) giveUp(why);
    if (line.startsWith("Setting default log level") && sparkMaster().startsWith("spark:")) {
      silence = setTimeout(() => giveUp(noAnswerOfExecutors()), mostSecondsOfSilence * 1000);
    }
  };
  const giveUp = (error: SparkifyError) => {
    if (hopeless) return;
    hopeless = error;
    void endProcessTree(child);
  };
  createInterface({ input: child.stderr }).on("line", (line) => {
    const progress = line.match(/\[Stage \d+[^\r]*\]/g)?.at(-1);
    if (progress) steps.news(progress.replace(/[=>]/g, "").replace(/\s+/g, " "));
    else {
      file.write(`${line}\n`);
      complaints = `${complaints}${line}\n`.slice(-200_000);
      watch(line);
    }
  });
  let steppings: Promise<void> = Promise.resolve();
  createInterface({ input: child.stdout }).on("line", (line) => {
    watch(line);
    const [, kind, text = ""] = line.match(/^@(\S+) ?(.*)$/) ?? [];
    if (kind) clearTimeout(silence);
    if (kind === "step") steppings = steppings.then(() => steps.next(text));
    else if (kind === "result") result.counts = JSON.parse(text);
    else if (kind === "fault") result.unreadable.push(unreadFile(JSON.parse(text)));
    else if (kind === "useless") {
      const { file, rows, reason } = JSON.parse(text);
      result.unreadable.push({ file, reason: uselessLog(file, rows, reason) });
    } else if (kind === "reason") {
      const { reason, rows } = JSON.parse(text);
      result.rejectedByReason[reason] = rows;
    } else if (kind === "verified") result.tables.push(JSON.parse(text));
    else if (kind === "done" && lastStep) steppings = steppings.then(() => steps.next(lastStep));
    else file.write(`${line}\n`);
  });
  const code = await ended.finally(() => {
    clearTimeout(silence);
    file.end();
  });
  await steppings;
  await steps.end(code === 0);
  if (code === 0) return;
  if (interruptedCode()) throw new SparkifyError("The Spark job was interrupted.");
  if (hopeless) throw hopeless;
  const refusal = refusals.find((one) => complaints.includes(one));
  throw refusal ? new Refused(refusal) : explainedFailure(complaints, log);
}

function unreadFile({
  file,
  missing,
  firstLine,
}: {
  file: string;
  missing: string[];
  firstLine: string;
}): UnreadFile {
  const isSome = missing.length < streamlinedColumns.length;
  const lacks = isSome ? ` Missing, or there twice: ${missing.join(", ")}.` : "";
  return {
    file,
    reason:
      `The log ${file} cannot be read by Spark: it does not begin with a header of the columns, with commas between them.${lacks} ` +
      `Its first line: ${printable(firstLine)}\n` +
      "  npm run load reads other delimiters, JSON lines, gzip under any name and UTF-16 too.",
  };
}

/** The job's steps, each shown as a step of the command. */
class Steps {
  #finish: ((ok: boolean) => void) | undefined;
  #shown: Promise<unknown> = Promise.resolve();
  #news: (text: string) => void = () => {};

  /** @param seconds takes how long each step has taken */
  constructor(readonly seconds: Record<string, number>) {}

  news(text: string): void {
    this.#news(text);
  }

  /** A line of its own, while the step goes on. */
  say(text: string): void {
    console.log(`${process.stdout.isTTY ? "\r\x1b[K" : ""}  ${text}`);
  }

  async next(title: string): Promise<void> {
    await this.end(true);
    const started = performance.now();
    const over = new Promise<void>((resolve, reject) => {
      this.#finish = (ok) => {
        this.seconds[title] = Math.round(performance.now() - started) / 1000;
        ok ? resolve() : reject(new Error());
      };
    });
    this.#shown = step(title, (news) => {
      this.#news = news;
      return over;
    }).catch(() => {});
  }

  async end(ok: boolean): Promise<void> {
    this.#finish?.(ok);
    this.#finish = undefined;
    await this.#shown;
  }
}
