// One Cassandra node: a plain Java process, known by its directory.

import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { isAlive } from "@sparkify/base/lock";
import { interruptedCode, marked, signal } from "@sparkify/base/processes";
import { jvmOptions } from "./jvm-options.js";
import { readNode, writeNode } from "./node-file.js";
import { logsOf, type NodeSettings, scratchOf, writeSettings } from "./node-settings.js";

const logback = join(import.meta.dirname, "..", "logback.xml");

export interface NodeProcess {
  pid: number;
  /** Length of the node's log before this start: what it says from there on is of this process. */
  logStart: number;
}

/**
 * Starts the process, which ends with this one at the latest, unless `keepRunning` is called. It answers some seconds
 * later.
 * @param options of Java, with Cassandra's class path
 * @throws SparkifyError when the command was interrupted: nobody would end the node
 */
export async function launchNode(java: string, options: string[], node: NodeSettings): Promise<NodeProcess> {
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
      ...options,
      `-Dcassandra.config=${pathToFileURL(join(directory, "cassandra.yaml"))}`,
      `-Dcassandra-rackdc.properties=${pathToFileURL(join(directory, "cassandra-rackdc.properties"))}`,
      `-Dlogback.configurationFile=${node.logback ?? logback}`,
      `-Dcassandra.logdir=${logs}`,
      `-Dcassandra.storagedir=${directory}`,
      `-Djava.io.tmpdir=${scratchOf(directory)}`,
      `-XX:ErrorFile=${join(logs, "crash-%p.log")}`, // where Java itself crashes, as on a full disk
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
  writeNode(directory, { port: node.port, clusterName: node.clusterName, pid }); // at once, so that an interrupt finds it
  return { pid, logStart };
}

/** Ends the node of a directory at once, if it runs: one whose command was killed itself and could not end it. */
export async function endLeftNode(directory: string): Promise<void> {
  const { pid } = readNode(directory) ?? {};
  if (pid) await endNode(directory, pid, 0);
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
