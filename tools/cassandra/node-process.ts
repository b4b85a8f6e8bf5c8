// One Cassandra node: a plain Java process, known by its directory.

import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { projectRoot, SparkifyError } from "@sparkify/lib";
import { childEnvironment } from "../environment.mjs";
import { isAlive } from "../lock.mjs";
import { interruptedCode, marked } from "../processes.mjs";
import { classPath } from "./jars.js";
import { jvmOptions } from "./jvm-options.js";
import { logsOf, type NodeSettings, writeSettings } from "./node-settings.js";

const logback = join(projectRoot, "tools", "cassandra", "logback.xml");

export interface NodeProcess {
  pid: number;
  /** Length of the node's log before this start: what it says from there on is of this process. */
  logStart: number;
}

/**
 * Starts the process, which ends with the command at the latest, unless `keepRunning` is called. It answers some seconds
 * later.
 * @throws SparkifyError when the command was interrupted: nobody would end the node
 */
export async function launchNode(
  java: string,
  node: NodeSettings,
  javaOptions: string[] = [],
): Promise<NodeProcess> {
  if (interruptedCode()) throw new SparkifyError("Interrupted: Cassandra is not started.");
  writeSettings(node);
  const { directory } = node;
  const logs = logsOf(directory);
  const logStart = statSync(join(logs, "system.log"), { throwIfNoEntry: false })?.size ?? 0;
  const output = openSync(join(logs, "console.log"), "w", 0o600);
  const umask = process.umask(0o077); // its logs and data are for the owner only
  const child = spawn(
    java,
    [
      ...jvmOptions(node),
      ...javaOptions,
      `-Dcassandra.config=${pathToFileURL(join(directory, "cassandra.yaml"))}`,
      `-Dcassandra-rackdc.properties=${pathToFileURL(join(directory, "cassandra-rackdc.properties"))}`,
      `-Dlogback.configurationFile=${node.logback ?? logback}`,
      `-Dcassandra.logdir=${logs}`,
      `-Dcassandra.storagedir=${directory}`,
      `-XX:ErrorFile=${join(logs, "crash-%p.log")}`, // where Java itself crashes, as on a full disk
      "-cp",
      classPath(),
      "org.apache.cassandra.service.CassandraDaemon",
    ],
    {
      env: marked(childEnvironment([])),
      detached: true,
      stdio: ["ignore", output, output],
      windowsHide: true,
    },
  );
  process.umask(umask);
  closeSync(output);
  child.unref();
  if (!child.pid) await new Promise((_, reject) => child.once("error", reject));
  const pid = child.pid as number;
  writeFileSync(pidFile(directory), String(pid));
  return { pid, logStart }; // at once, so that an interrupt finds the process
}

const pidFile = (directory: string) => join(directory, "pid");

/** Ends the node of a directory at once, if it runs: one whose command was killed itself and could not end it. */
export async function endLeftNode(directory: string): Promise<void> {
  if (!existsSync(pidFile(directory))) return;
  await endNode(directory, Number(readFileSync(pidFile(directory), "utf8")), 0);
}

/**
 * Ends a node's process and waits until it has ended: politely, and after `graceSeconds` for good.
 * @returns whether it ended by itself
 */
export async function endNode(directory: string, pid: number, graceSeconds: number): Promise<boolean> {
  const started = Date.now();
  let killed = false;
  if (isNode(directory, pid) && graceSeconds > 0) signal(pid, "SIGTERM");
  while (isNode(directory, pid)) {
    if (!killed && Date.now() - started >= graceSeconds * 1000) {
      killed = true;
      signal(pid, "SIGKILL");
    }
    await sleep(100);
  }
  return !killed;
}

/** Sends a signal; a process that has ended by itself is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether the process runs and is the node of this directory: its id may have been given to another program since. */
export function isNode(directory: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  const text = commandLineOf(pid); // a zombie's is empty
  return text.includes("CassandraDaemon") && text.includes(`-Dcassandra.storagedir=${directory}`);
}

function commandLineOf(pid: number): string {
  if (process.platform === "linux") {
    const file = `/proc/${pid}/cmdline`;
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
  const [program, ...args] =
    process.platform === "win32"
      ? [
          "powershell",
          "-NoProfile",
          "-Command",
          `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
        ]
      : ["ps", "-ww", "-o", "command=", "-p", String(pid)];
  return spawnSync(program as string, args, { encoding: "utf8", windowsHide: true }).stdout ?? "";
}

/** The node's log, from `logStart` on. */
export function nodeLog(directory: string, logStart = 0): string {
  const file = join(logsOf(directory), "system.log");
  if (!existsSync(file)) return "";
  const log = readFileSync(file);
  return log.subarray(log.length < logStart ? 0 : logStart).toString(); // shorter: a new file was begun
}

/** The end of the log and of what Java printed, for an error message. */
export function lastLogLines(directory: string, count = 15): string {
  const lines = ["system.log", "console.log"]
    .map((name) => join(logsOf(directory), name))
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n").slice(-count));
  return `The last lines of its logs in ${logsOf(directory)}:\n${lines.join("\n")}`;
}

/**
 * What went wrong with a node, for the reader: the reason first where it can be told, else the end of its logs.
 * @param what happened, as a sentence
 */
export function nodeFailure(directory: string, what: string): SparkifyError {
  return diskFull(directory, what) ?? new SparkifyError(`${what}\n${lastLogLines(directory)}`);
}

/** The disk with a node's data is full; what else went wrong is a consequence. */
export class DiskFull extends SparkifyError {}

/** Cassandra takes up its commit log in pieces of 32 MB; where a piece is not to be had it ends in several ways. */
const leastFreeMegabytes = 33;

/** @returns the error for the reader, where the disk with the node's data is full */
export function diskFull(directory: string, what: string): DiskFull | undefined {
  if (!existsSync(directory)) return undefined;
  const { bavail, bsize } = statfsSync(directory);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free >= leastFreeMegabytes) return undefined;
  return new DiskFull(
    `The disk is full: ${free} MB are free for Cassandra's data in ${directory}. Free some space and run the command again.\n${what}`,
  );
}

/** Whether the node ended because another program took one of its ports first. */
export function portWasTaken(directory: string): boolean {
  return /in use by another process|Failed to bind|BindException/.test(lastLogLines(directory, 100));
}
