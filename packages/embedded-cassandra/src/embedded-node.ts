// The walkthrough's own node: started when it is needed, found again by any command through node.json.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { withLock } from "@sparkify/base/lock";
import { writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode, onInterrupt } from "@sparkify/base/processes";
import {
  connect,
  describeCluster,
  type EmbeddedNode,
  embeddedNodeFile,
  readEmbeddedNode,
} from "@sparkify/lib";
import { classArchive, jars } from "./jars.js";
import { findJava } from "./java/find-java.js";
import { endNode, isNode, launchNode } from "./node-process.js";
import { logsOf, type NodeSettings } from "./node-settings.js";
import { canListen, freePort, furtherBy } from "./ports.js";
import { didNot, fullDisk, NodeEnded, nodeLog, type Start } from "./why-ended.js";

const directory = dirname(embeddedNodeFile);
const startTimeoutSeconds = 120;
/** Where the search for a free port begins; a node keeps its port afterwards. */
const firstPort = Number(process.env.SPARKIFY_CASSANDRA_PORT || 9042);
const isOurs = (pid: number) => isNode(directory, pid);

export interface StartedNode extends EmbeddedNode {
  pid: number;
  /** False where the node was running before, so that the caller leaves it running. */
  startedNow: boolean;
}

/**
 * Starts the node, or finds it running: then it keeps the settings it was started with.
 * @throws SparkifyError with the reason when it does not come up
 */
export async function startNode(
  news: (text: string) => void = () => {},
  settings: Pick<NodeSettings, "heap" | "bulk"> = {},
): Promise<StartedNode> {
  writableFolder(directory);
  mkdirSync(logsOf(directory), { recursive: true });
  return withLock(
    join(directory, "start.lock"),
    () => findOrStart(news, settings),
    (holder) => news(`process ${holder} starts it already`),
  );
}

async function findOrStart(
  news: (text: string) => void,
  settings: Pick<NodeSettings, "heap" | "bulk">,
): Promise<StartedNode> {
  const known = readEmbeddedNode();
  if (known?.pid && isOurs(known.pid)) {
    await waitUntilAnswering(known, news);
    return { ...known, pid: known.pid, startedNow: false };
  }
  const clusterName = known?.clusterName ?? `sparkify-${randomBytes(4).toString("hex")}`;
  for (let attempt = 0; ; attempt++) {
    const further = furtherBy(attempt);
    const wanted = (known?.port ?? firstPort) + further;
    const port = await freePort(wanted);
    if (port !== wanted) news(`port ${wanted} is taken, using ${port}`);
    const storagePort = await freePort(7000 + further);
    try {
      const node = await launch({ directory, clusterName, port, storagePort, ...settings }, news);
      return { ...node, startedNow: true };
    } catch (error) {
      // A port that was free may be taken by the time the node binds it: by another clone that starts now.
      if (!(error instanceof NodeEnded && error.portWasTaken) || attempt === 4) throw error;
      news("a port was taken meanwhile, trying the next");
    }
  }
}

/** Starts the Java process and waits until it answers. */
async function launch(
  settings: NodeSettings,
  news: (text: string) => void,
): Promise<EmbeddedNode & { pid: number }> {
  const { port, clusterName } = settings;
  const java = findJava();
  const { pid, logStart } = await launchNode(java, settings, classArchive.useOrWrite(java, clusterName));
  const node = { port, clusterName, pid };
  const forget = onInterrupt(async () => void (await stopNode())); // Ctrl-C may come before it answers
  try {
    remember(node);
    await waitUntilAnswering(node, news, { directory, logStart });
    return node;
  } catch (error) {
    await endNode(directory, pid, 0);
    throw error;
  } finally {
    forget();
  }
}

/** @returns a sentence where the disk with the node's data is full: what else went wrong is a consequence then */
export const embeddedFullDisk = () => fullDisk(directory);

/** Stops the node and waits until it has ended. @returns false if it was not running */
export async function stopNode(): Promise<boolean> {
  const node = readEmbeddedNode();
  if (!node?.pid) return false;
  const running = isOurs(node.pid);
  // One that writes the class archive on its way out takes longer. Who interrupts a command does not want to wait.
  const interrupted = interruptedCode();
  const graceSeconds = interrupted ? 5 : classArchive.exists ? 20 : 90;
  const endedByItself = await endNode(directory, node.pid, graceSeconds);
  // An interrupt meanwhile has ended it too, with less patience.
  if (endedByItself && interrupted === interruptedCode()) classArchive.keep(node.clusterName);
  else classArchive.forget(node.clusterName); // half an archive
  remember({ port: node.port, clusterName: node.clusterName });
  return running;
}

/** Stops the node and deletes its data, settings and logs. The program itself stays installed. */
export async function destroyNode(): Promise<void> {
  const { pid } = readEmbeddedNode() ?? {};
  // Nothing has to be written for the next start, except Java's archive of classes, once.
  if (pid && classArchive.exists) await endNode(directory, pid, 0);
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

/** Written in one move, so that a reader never sees half a file. */
function remember(node: EmbeddedNode): void {
  writeFileSync(`${embeddedNodeFile}.partial`, `${JSON.stringify(node, null, 2)}\n`);
  renameSync(`${embeddedNodeFile}.partial`, embeddedNodeFile);
}

async function waitUntilAnswering(
  node: EmbeddedNode,
  news: (text: string) => void,
  start: Start = { directory },
): Promise<void> {
  let since = Date.now();
  let filesRead = 0;
  let last: unknown;
  while (Date.now() - since < startTimeoutSeconds * 1000) {
    if (!node.pid || !isOurs(node.pid)) {
      remember({ port: node.port, clusterName: node.clusterName });
      throw new NodeEnded("Cassandra", start);
    }
    if (!(await canListen(node.port))) {
      try {
        await describe(node);
        return;
      } catch (error) {
        last = error;
      }
    }
    const log = nodeLog(start);
    news(log.trimEnd().split("\n").at(-1) ?? "");
    // After a crash in the middle of a large load the commit log is read first, file by file: that takes its time.
    const read = log.split("Finished reading").length;
    if (read > filesRead) since = Date.now();
    filesRead = read;
    await sleep(200);
  }
  throw didNot(
    `Cassandra did not answer on 127.0.0.1:${node.port} within ${startTimeoutSeconds} s (${last ?? "port closed"})`,
    start,
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
