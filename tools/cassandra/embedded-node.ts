// The embedded node: a real Apache Cassandra on 127.0.0.1, started as a plain Java process.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  connect,
  describeCluster,
  type EmbeddedNode,
  embeddedNodeFile,
  projectRoot,
  readEmbeddedNode,
  SparkifyError,
} from "@sparkify/lib";
import { onInterrupt } from "../processes.mjs";
import { findJava } from "./find-java.js";
import { jvmOptions, type Machine } from "./jvm-options.js";

const directory = dirname(embeddedNodeFile);
const settings = join(projectRoot, "tools", "cassandra");
const jars = join(projectRoot, ".cassandra", "lib");
const logs = join(directory, "logs");
const startLock = join(directory, "start.lock");
const startTimeoutSeconds = 120;

export interface StartedNode extends EmbeddedNode {
  /** False where the node was running before, so that the caller leaves it running. */
  startedNow: boolean;
}

/**
 * Starts the node, or finds it running.
 * @param machine how large the node is
 * @throws SparkifyError with the node's last log lines when it does not come up
 */
export async function startNode(
  news: (text: string) => void = () => {},
  machine: Machine = {},
): Promise<StartedNode> {
  mkdirSync(logs, { recursive: true });
  await takeStartLock();
  try {
    const known = readEmbeddedNode();
    if (known?.pid && isOurs(known.pid)) {
      await waitUntilAnswering(known, news);
      return { ...known, startedNow: false };
    }
    const clusterName = known?.clusterName ?? `sparkify-${randomBytes(4).toString("hex")}`;
    for (let attempt = 0; ; attempt++) {
      try {
        const node = await launch(
          clusterName,
          (known?.port ?? 9042) + attempt,
          7000 + attempt,
          machine,
          news,
        );
        return { ...node, startedNow: true };
      } catch (error) {
        // A port that was free may be taken by the time the node binds it: by another clone that starts now.
        const taken = /in use by another process|Failed to bind|BindException/.test(lastLogLines(100));
        if (!taken || attempt === 2) throw error;
        news("a port was taken meanwhile, trying the next");
      }
    }
  } finally {
    rmSync(startLock, { force: true });
  }
}

/** Starts the Java process and waits until it answers. Its ports are the first free ones from those wanted on. */
async function launch(
  clusterName: string,
  wanted: number,
  wantedStorage: number,
  machine: Machine,
  news: (text: string) => void,
): Promise<EmbeddedNode> {
  const port = await freePort(wanted);
  const storagePort = await freePort(wantedStorage);
  if (port !== wanted) news(`port ${wanted} is taken, using ${port}`);
  writeSettings({ clusterName, port: String(port), storagePort: String(storagePort) });
  const classPath = readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(delimiter);
  const output = openSync(join(logs, "console.log"), "w");
  const program = findJava();
  const java = spawn(
    program,
    [
      ...jvmOptions(machine),
      ...classArchiveOptions(program, clusterName),
      `-Dcassandra.config=${pathToFileURL(join(directory, "cassandra.yaml"))}`,
      `-Dcassandra-rackdc.properties=${pathToFileURL(join(settings, "cassandra-rackdc.properties"))}`,
      `-Dlogback.configurationFile=${join(settings, "logback.xml")}`,
      `-Dcassandra.logdir=${logs}`,
      `-Dcassandra.storagedir=${directory}`,
      "-cp",
      classPath,
      "org.apache.cassandra.service.CassandraDaemon",
    ],
    // Its own process group: it outlives the command that started it, until it is told to stop.
    { detached: true, stdio: ["ignore", output, output], windowsHide: true },
  );
  closeSync(output);
  java.unref();
  await new Promise((resolve, reject) => java.once("spawn", resolve).once("error", reject));
  const node: EmbeddedNode = { port, clusterName, pid: java.pid };
  const forget = onInterrupt(async () => void (await stopNode())); // Ctrl-C may come before it answers
  try {
    remember(node);
    await waitUntilAnswering(node, news);
    return node;
  } catch (error) {
    if (java.pid) endProcess(java.pid, "SIGKILL");
    throw error;
  } finally {
    forget();
  }
}

/** Stops the node and waits until it has ended. @returns false if it was not running */
export async function stopNode(): Promise<boolean> {
  const node = readEmbeddedNode();
  if (!node?.pid) return false;
  const { pid } = node;
  const running = isOurs(pid);
  if (running) {
    endProcess(pid, "SIGTERM");
    for (let waited = 0; isOurs(pid); waited += 100) {
      if (waited === 20_000) endProcess(pid, "SIGKILL");
      await sleep(100);
    }
  }
  if (existsSync(newArchive(node.clusterName))) renameSync(newArchive(node.clusterName), classArchive);
  remember({ port: node.port, clusterName: node.clusterName });
  return running;
}

/** Stops the node and deletes its data, settings and logs. The program itself stays installed. */
export async function destroyNode(): Promise<void> {
  await stopNode();
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (join(directory, name) !== jars) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

export type NodeStatus =
  | { state: "never started" | "stopped" }
  | { state: "running" | "not answering"; port: number; pid: number; detail: string };

export async function nodeStatus(): Promise<NodeStatus> {
  const node = readEmbeddedNode();
  if (!node) return { state: "never started" };
  if (!node.pid || !isOurs(node.pid)) return { state: "stopped" };
  const found = { port: node.port, pid: node.pid };
  try {
    return { state: "running", ...found, detail: `Cassandra ${(await describe(node)).version}` };
  } catch (error) {
    return { state: "not answering", ...found, detail: (error as Error).message };
  }
}

// Java's class data sharing: Cassandra loads ten thousand classes, and an archive of them takes a quarter off its
// start. The first node writes the archive when it ends; it counts once it is whole, under its final name.
const baseArchive = join(jars, "java.jsa");
const classArchive = join(jars, "cassandra.jsa");
const newArchive = (clusterName: string) => join(jars, `${clusterName}.jsa`);

function classArchiveOptions(java: string, clusterName: string): string[] {
  if (existsSync(classArchive)) return [`-XX:SharedArchiveFile=${baseArchive}${delimiter}${classArchive}`];
  const dump = spawnSync(java, ["-Xshare:dump", `-XX:SharedArchiveFile=${baseArchive}`], {
    windowsHide: true,
  });
  if (dump.status !== 0) return []; // slower, but it works without
  return [`-XX:SharedArchiveFile=${baseArchive}`, `-XX:ArchiveClassesAtExit=${newArchive(clusterName)}`];
}

/** Only one start at a time; a lock whose owner is gone, or that is older than any start, is taken over. */
async function takeStartLock(): Promise<void> {
  for (;;) {
    try {
      writeFileSync(startLock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const found = statSync(startLock, { throwIfNoEntry: false });
      if (!found) continue;
      const seconds = (Date.now() - found.mtimeMs) / 1000;
      const owner = Number(readFileSync(startLock, "utf8"));
      const stale = owner > 0 ? !isAlive(owner) : seconds > 2;
      if (stale || seconds > 2 * startTimeoutSeconds) rmSync(startLock, { force: true });
      else await sleep(200);
    }
  }
}

/** Written in one move, so that a reader never sees half a file. */
function remember(node: EmbeddedNode): void {
  writeFileSync(`${embeddedNodeFile}.partial`, `${JSON.stringify(node, null, 2)}\n`);
  renameSync(`${embeddedNodeFile}.partial`, embeddedNodeFile);
}

function writeSettings(values: Record<string, string>): void {
  const template = readFileSync(join(settings, "cassandra.yaml"), "utf8");
  const all: Record<string, string> = { ...values, directory: directory.replaceAll("\\", "/") };
  const text = template.replace(/^(?!#).*\$\{.*$/gm, (line) =>
    line.replace(/\$\{(\w+)\}/g, (_, name: string) => all[name] ?? ""),
  );
  writeFileSync(join(directory, "cassandra.yaml"), text);
}

async function waitUntilAnswering(node: EmbeddedNode, news: (text: string) => void): Promise<void> {
  const started = Date.now();
  let last: unknown;
  while (Date.now() - started < startTimeoutSeconds * 1000) {
    if (!node.pid || !isOurs(node.pid)) {
      remember({ port: node.port, clusterName: node.clusterName });
      throw new SparkifyError(`Cassandra ended while it was starting.\n${lastLogLines()}`);
    }
    if (await portAnswers(node.port)) {
      try {
        await describe(node);
        return;
      } catch (error) {
        last = error;
      }
    }
    news(lastLogLines(1));
    await sleep(200);
  }
  throw new SparkifyError(
    `Cassandra did not answer on 127.0.0.1:${node.port} within ${startTimeoutSeconds} s (${last ?? "port closed"}).\n${lastLogLines()}`,
  );
}

/** Connects as every client does, and makes sure that it is this node which answers. */
async function describe(node: EmbeddedNode) {
  const client = await connect({ embedded: node });
  try {
    const { cluster_name: name } = (await client.execute("SELECT cluster_name FROM system.local")).first();
    if (name !== node.clusterName) {
      throw new SparkifyError(`127.0.0.1:${node.port} is the cluster "${name}", not "${node.clusterName}".`);
    }
    return await describeCluster(client);
  } finally {
    await client.shutdown();
  }
}

function lastLogLines(count = 15): string {
  const lines = ["system.log", "console.log"]
    .map((name) => join(logs, name))
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n").slice(-count));
  return count === 1 ? (lines[0] ?? "") : `The last lines of its logs in ${logs}:\n${lines.join("\n")}`;
}

async function portAnswers(port: number): Promise<boolean> {
  return !(await canListen(port));
}

/** The first port from `wanted` on that nothing listens on. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) {
    if (await canListen(port)) return port;
  }
  throw new SparkifyError(`No free port on 127.0.0.1 from ${wanted} to ${wanted + 99}.`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
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

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended by itself
  }
}

/** A process id may have been given to another program since; where the system tells, its command line is checked. */
function isOurs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const text = commandLineOf(pid);
  // A zombie's command line is empty.
  return text.includes("CassandraDaemon") && text.includes(directory);
}
