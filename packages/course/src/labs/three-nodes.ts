// Three real nodes for a lab, started and ended with one call. The command that runs them ends when this process does,
// however that happens, and takes the nodes with it.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SparkifyError } from "@sparkify/base/errors";
import { connect, projectRoot } from "@sparkify/lib";
import { type Client, errors, type Host } from "cassandra-driver";

export interface ThreeNodesOptions {
  /** Is told what has been reached, a line each time. */
  onProgress?: (line: string) => void;
  /** Where the nodes answer. @default 127.0.0.1, 127.0.0.2 and 127.0.0.3 */
  addresses?: string[];
}

/** What the command that runs the nodes says, a line of JSON each. */
export type ClusterNews =
  | { event: "progress"; line: string }
  | { event: "ready"; contactPoints: string[] }
  | { event: "done"; request: string }
  | { event: "failed"; request: string; message: string };

/** Other lines are of the set-up, where something has to be installed first, or of what NODE_OPTIONS loads. */
function newsIn(line: string): ClusterNews {
  try {
    const news = JSON.parse(line);
    if (typeof news.event === "string") return news;
  } catch {}
  return { event: "progress", line };
}

let running: ThreeNodes | undefined;

/**
 * Starts three Cassandra nodes on this machine and connects to them; those of an earlier call end first.
 * @throws SparkifyError with the reason: an address that the machine does not have, the log of a node that failed
 */
export async function startThreeNodes(options: ThreeNodesOptions = {}): Promise<ThreeNodes> {
  await running?.stop(); // the cell is run again
  const command = new Command(options);
  try {
    const contactPoints = await command.ready;
    const client = await connect({ contactPoints });
    running = new ThreeNodes(command, contactPoints, client);
    await until("heard of all nodes", () => tellsOfAll(client, contactPoints.length));
    return running;
  } catch (error) {
    await command.end();
    throw error;
  }
}

export class ThreeNodes {
  constructor(
    private readonly command: Command,
    private readonly contactPoints: string[],
    /** Is connected to all three. */
    readonly client: Client,
  ) {}

  /** A node by its number, from 1: to ask this one, `client.execute(cql, parameters, { host: cluster.node(3) })`. */
  node(number: number): Host {
    const host = this.client.hosts.get(this.contactPoints[number - 1] ?? "");
    if (!host) throw new SparkifyError(`Expected the number of a node, 1 to 3: got ${number}.`);
    return host;
  }

  /** Ends a node as a power cut would, and waits until the others have noticed. */
  async kill(number: number): Promise<void> {
    const host = this.node(number);
    await this.command.ask(`kill ${number}`);
    await until(`took node ${number} for down`, () => !host.isUp());
  }

  /** Starts a node that was killed, with the data it had, and waits until the others have noticed. */
  async start(number: number): Promise<void> {
    const host = this.node(number);
    await this.command.ask(`start ${number}`);
    await until(`reached node ${number}`, () => host.isUp());
  }

  /** Ends the connection and the nodes, and deletes their data. */
  async stop(): Promise<void> {
    if (running === this) running = undefined;
    await this.client.shutdown();
    await this.command.end();
  }
}

/** `npm run cluster`, as a child that reads requests and answers them. */
class Command {
  readonly ready: Promise<string[]>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<string, { resolve(): void; reject(error: Error): void }>();
  #complaints = "";

  constructor({ onProgress, addresses = [] }: ThreeNodesOptions) {
    // In a group of its own: what ends the kernel's group must not end it before it has ended the nodes.
    this.#child = spawn(
      process.execPath,
      [join(projectRoot, "tools", "start.mjs"), "cluster", ...addresses],
      {
        cwd: projectRoot,
        detached: true,
        windowsHide: true,
        stdio: "pipe",
      },
    );
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on("error", () => {}); // it has ended, and the requests are refused
    stderr?.setEncoding("utf8").on("data", (text) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", () => resolve()).once("error", () => resolve());
    });
    this.ready = new Promise((resolve, reject) => {
      if (stdout) {
        createInterface({ input: stdout }).on("line", (line) => {
          const news = newsIn(line);
          if (news.event === "progress") news.line.trim() !== "" && onProgress?.(news.line);
          else if (news.event === "ready") resolve(news.contactPoints);
          else if (news.event === "done") this.#waiting.get(news.request)?.resolve();
          else this.#waiting.get(news.request)?.reject(new SparkifyError(news.message));
        });
      }
      this.#ended.then(() => {
        const error = new SparkifyError(this.#why());
        reject(error);
        for (const request of this.#waiting.values()) request.reject(error);
      });
    });
    this.ready.catch(() => {}); // awaited by the one who starts it
  }

  /** @throws SparkifyError where it cannot be done */
  async ask(request: string): Promise<void> {
    if (this.#child.exitCode !== null) throw new SparkifyError(this.#why());
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(request, { resolve, reject });
        this.#child.stdin?.write(`${request}\n`);
      });
    } finally {
      this.#waiting.delete(request);
    }
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  #why(): string {
    return (
      this.#complaints.replace("✘", "").trim() ||
      "The three nodes are not running any more: start them again."
    );
  }
}

/**
 * Nodes that see each other do not yet tell clients of each other: that comes a moment later. On a busy machine one may
 * be taken for down until then.
 */
async function tellsOfAll(client: Client, count: number): Promise<boolean> {
  if (client.hosts.length < count) return false;
  try {
    for (const host of client.hosts.values()) {
      const { rowLength } = await client.execute("SELECT peer FROM system.peers", [], { host });
      if (rowLength < count - 1) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof errors.NoHostAvailableError) return false; // it is asked again
    throw error;
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const started = Date.now();
  while (!(await isSo())) {
    if (Date.now() - started > 60_000) throw new SparkifyError(`The driver has not ${what} within 60 s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
