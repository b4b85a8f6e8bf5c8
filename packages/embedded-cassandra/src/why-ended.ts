// Why a node ended while it was starting, in a sentence: from its log, or from what Java printed.

import { existsSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { logsOf } from "./node-settings.js";

/** Where to look for the reason: a node's directory, and where the log of this start begins. */
export interface Start {
  directory: string;
  logStart?: number | undefined;
}

/** What went wrong with a node's start; where its disk is full, the message says so. */
export class NodeFailure extends SparkifyError {
  /** @param what went wrong, without the place of the logs */
  constructor(what: string, { directory }: Start) {
    const logs = logsOf(directory);
    super(`${what}\nIts logs are in ${logs}.`, { where: { file: join(logs, "system.log") } });
  }
}

/** A node ended while it was starting. */
export class NodeEnded extends NodeFailure {
  /** Another program took one of its ports first. */
  readonly portWasTaken: boolean;

  /** @param who as "Cassandra" */
  constructor(who: string, start: Start) {
    super(`${who} ended while it was starting: ${fullDisk(start.directory) ?? whyEnded(start)}`, start);
    const said = nodeLog(start) + javaOutput(start);
    this.portWasTaken = /in use by another process|Address already in use|BindException/.test(said);
  }
}

/** @param what it did not do, as "Cassandra did not answer on 127.0.0.1:9042 within 120 s" */
export function didNot(what: string, start: Start): NodeFailure {
  const last = nodeLog(start).trimEnd().split("\n").at(-1);
  const full = fullDisk(start.directory);
  const reason = full ? `: ${full}` : `.${last ? ` The last thing it logged: ${last}` : ""}`;
  return new NodeFailure(`${what}${reason}`, start);
}

/** Cassandra takes up its commit log in pieces of 32 MB; where a piece is not to be had it ends in several ways. */
const leastFreeMegabytes = 33;

/** @returns a sentence where the disk with the node's data is full: what else goes wrong is a consequence */
export function fullDisk(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  const { bavail, bsize } = statfsSync(directory);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free >= leastFreeMegabytes) return undefined;
  return `the disk is full: ${free} MB are free for Cassandra's data in ${directory}. Free some space and run the command again.`;
}

/** The node's log of this start. */
export function nodeLog({ directory, logStart = 0 }: Start): string {
  const file = join(logsOf(directory), "system.log");
  if (!existsSync(file)) return "";
  const log = readFileSync(file);
  return log.subarray(log.length < logStart ? 0 : logStart).toString(); // shorter: a new file was begun
}

/** What Java printed; each start begins it anew. */
function javaOutput({ directory }: Start): string {
  const file = join(logsOf(directory), "console.log");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** The reason, as one or two sentences. */
export function whyEnded(start: Start): string {
  const said = errorsIn(nodeLog(start)) ?? complaintIn(javaOutput(start));
  if (!said)
    return "it gave no reason. Something else has ended it, perhaps the system because memory ran out.";
  const reason = /[.!]$/.test(said) ? said : `${said}.`;
  if (/no space left|disk space|disk full|FSDiskFull/i.test(said))
    return `the disk is full. ${reason} Free some space and run the command again.`;
  if (
    /insufficient memory|not enough space|could not (?:reserve|allocate)|cannot allocate memory|OutOfMemory/i.test(
      said,
    )
  )
    return `there is not enough memory. ${reason} End other programs and run the command again.`;
  return reason;
}

/** What the entries of level ERROR say with which the main thread ends, or another thread just before the end. */
function errorsIn(log: string): string | undefined {
  const entries = log
    .split(/^(?=(?:TRACE|DEBUG|INFO|WARN|ERROR) +\[)/m)
    .map((entry) => {
      const [, level, thread, text = ""] = /^(\w+) +\[(.*?)\] \S+ \S+ \S+ - ([\s\S]*)/.exec(entry) ?? [];
      return { isError: level === "ERROR", thread, text };
    })
    .filter(({ thread }) => thread !== undefined);
  const main = entries.filter(({ thread }) => thread === "main");
  let begin = main.length;
  while (main[begin - 1]?.isError) begin--;
  const errors = main.slice(begin);
  if (errors.length === 0)
    errors.push(
      ...entries
        .slice(-10)
        .filter(({ isError }) => isError)
        .slice(-1),
    );
  const messages = new Set(errors.map(({ text }) => messageOf(text)));
  return messages.size > 0 ? [...messages].join(". ") : undefined;
}

/** "java.lang.IllegalStateException: Failed to bind ..." without the names of classes. */
const withoutClasses = (line: string) =>
  line.trim().replace(/^(?:Caused by: )?(?:(?:[\w$]+\.)+[\w$]+: )*/, "");

/** The message of a log's entry; where an exception comes with it, the exception's, and what was at the bottom of it. */
function messageOf(text: string): string {
  const [head = "", ...trace] = text.split("\n").filter((line) => !/^\s+(?:at |\.\.\. )/.test(line));
  const exception = trace.find((line) => /^(?:[\w$]+\.)+[\w$]+/.test(line));
  const cause = trace.filter((line) => line.startsWith("Caused by: ")).at(-1);
  const message = exception
    ? withoutClasses(exception)
    : head.replace(/^Exception encountered during startup: /, "");
  const bottom = cause ? withoutClasses(cause) : "";
  return bottom === "" || message.includes(bottom)
    ? message
    : `${message.trim().replace(/[.:]$| in$/, "")} (${bottom})`;
}

/** The line of Java's output that says most. */
function complaintIn(output: string): string | undefined {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.replace(/^#\s*/, "").trim())
    .filter(
      (line) =>
        line !== "" &&
        !/^(?:WARNING: |Picked up |NOTE: |Error occurred during initialization of VM)/.test(line),
    );
  return (
    lines.find((line) => /memory|OutOfMemory|no space left/i.test(line) && !/ warning: /.test(line)) ??
    lines.find((line) => !/ warning: /.test(line))
  );
}
