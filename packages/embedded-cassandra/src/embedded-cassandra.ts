// The one way to start, await and end a node.

import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "@sparkify/base/lock";
import { privateFolder, writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode, onInterrupt, signal } from "@sparkify/base/processes";
import { programOf } from "@sparkify/base/python";
import { whoAnswers } from "./ask.js";
import { ClassArchive } from "./java/class-archive.js";
import { findJava } from "./java/find-java.js";
import { type EmbeddedNode, readNode, writeNode } from "./node-file.js";
import { endNode, isNode, launchNode } from "./node-process.js";
import { logsOf, type NodeSettings } from "./node-settings.js";
import { canListen, freePort, furtherBy, releasePorts, somewhereFrom } from "./ports.js";
import { classPath, type Program, programIn } from "./program.js";
import { didNot, NodeEnded, nodeLog, type Start } from "./why-ended.js";

/** Settings of the node, where they are not the usual ones, and what is around it. */
export interface CassandraOptions extends Partial<NodeSettings> {
  /** Where its data, settings and logs are; no two nodes share one. */
  directory: string;
  /** @default what installCassandra() has put into .cassandra in the working directory */
  program?: Program;
  /** The port to have, or none. @default the one that the node had before, or else the first free one from `firstPort` on */
  port?: number;
  /** @default 9042 */
  firstPort?: number;
  /** What messages call it. @default "Cassandra" */
  name?: string;
  /** How long it may take until it answers; one that ended is noticed at once. @default 120 */
  timeoutSeconds?: number;
  /** Whether it writes an archive of Java's classes when it stops, for faster starts, where there is none. @default true */
  writesArchive?: boolean;
}

export interface StartedNode extends EmbeddedNode {
  pid: number;
  /** False where the node was running before, so that the caller leaves it running. */
  startedNow: boolean;
}

export type NodeStatus =
  | { state: "never started" | "stopped" }
  | { state: "running" | "not answering"; port: number; pid: number; detail: string };

type News = (text: string) => void;

/**
 * A Cassandra node of this machine, known by its directory: another process that names the same directory finds it running.
 * It ends with the process that started it, however that ends.
 * @example
 * const node = new EmbeddedCassandra({ directory: "data" });
 * const { port } = await node.start(); // CQL on 127.0.0.1
 * await node.stop();                   // or destroy(), which deletes the data
 */
export class EmbeddedCassandra {
  readonly directory: string;
  readonly address: string;
  readonly #options: CassandraOptions;
  readonly #program: Program;
  readonly #archive: ClassArchive;
  /** Where the log of the last start begins. */
  #logStart: number | undefined;
  #forgetInterrupt = () => {};

  constructor(options: CassandraOptions) {
    this.#options = options;
    this.directory = resolve(options.directory);
    this.address = options.address ?? "127.0.0.1";
    this.#program = options.program ?? programIn();
    this.#archive = new ClassArchive(this.#program.jars, "cassandra");
  }

  /** The process id, or undefined where the node does not run. */
  get pid(): number | undefined {
    const { pid } = readNode(this.directory) ?? {};
    return pid && isNode(this.directory, pid) ? pid : undefined;
  }

  /**
   * Starts the node and waits until it answers, or finds it running: then it keeps the settings it was started with.
   * @param news is told what goes on
   * @throws SparkifyError with the reason when it does not come up
   */
  async start(news: News = () => {}): Promise<StartedNode> {
    writableFolder(this.directory);
    privateFolder(logsOf(this.directory));
    return withLock(
      join(this.directory, "start.lock"),
      () => this.#findOrStart(news),
      (holder) => news(`process ${holder} starts it already`),
    );
  }

  async #findOrStart(news: News): Promise<StartedNode> {
    const known = readNode(this.directory);
    const { pid } = this;
    if (known && pid) {
      await this.#waitUntilAnswering(known, news);
      return { ...known, pid, startedNow: false };
    }
    const clusterName =
      this.#options.clusterName ?? known?.clusterName ?? `sparkify-${randomBytes(4).toString("hex")}`;
    for (let attempt = 0; ; attempt++) {
      const ports = await this.#ports(furtherBy(attempt), known, news);
      try {
        const node = await this.#launch(
          { ...this.#options, ...ports, clusterName, directory: this.directory },
          news,
        );
        return { ...node, startedNow: true };
      } catch (error) {
        // A port that was free may be taken by the time the node binds it: by another clone that starts now.
        const goesOn = error instanceof NodeEnded && error.portWasTaken && !this.#options.port;
        if (!goesOn || attempt === 4) throw error;
        news("a port was taken meanwhile, trying the next");
      }
    }
  }

  async #ports(further: number, before: EmbeddedNode | undefined, news: News) {
    const { port: fixed, storagePort, firstPort = 9042 } = this.#options;
    const find = (from: number) => freePort(from, [this.address], this.directory);
    // Its own port a node keeps also where another one of its ports was taken.
    const wanted = before?.port ?? firstPort + further;
    // The threads of a process let go of its port one by one, after it is gone: of one that was killed, on a busy machine, seconds.
    const waits = !fixed && before !== undefined && further === 0;
    const most = before?.pid === undefined ? 20 : 100;
    for (let tries = 0; waits && tries < most && !(await canListen(wanted, this.address)); tries++) {
      if (tries === 20) news(`waiting for port ${wanted}, which the node had that ended`);
      await sleep(100);
    }
    const port = fixed ?? (await find(wanted));
    if (!fixed && port !== wanted) news(`port ${wanted} is taken, using ${port}`);
    return { port, storagePort: storagePort ?? (await find(somewhereFrom(7000))) };
  }

  /** Starts the Java process and waits until it answers. */
  async #launch(settings: NodeSettings, news: News): Promise<EmbeddedNode & { pid: number }> {
    const { port, clusterName } = settings;
    const { venv, jars } = this.#program;
    const java = findJava("Cassandra 5.0", programOf(venv, "python"));
    const archive = this.#writesArchive ? this.#archive.useOrWrite(java, clusterName) : this.#archive.use();
    const { pid, logStart } = await launchNode(java, ["-cp", classPath(jars), ...archive], settings);
    this.#logStart = logStart;
    this.#forgetInterrupt = onInterrupt(async () => void (await this.stop())); // it may come before it answers
    const node = { port, clusterName, pid };
    try {
      await this.#waitUntilAnswering(node, news);
      return node;
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  get #writesArchive(): boolean {
    return this.#options.writesArchive ?? true;
  }

  /** Stops the node and waits until it has ended; its data stays. @returns false if it was not running */
  async stop(): Promise<boolean> {
    // Who interrupts a command does not want to wait. One that writes the archive on its way out takes longer.
    if (interruptedCode()) return this.#end(5);
    return this.#end(this.#writesArchive && !this.#archive.exists ? 90 : 20);
  }

  /** Ends its process at once. What it has written stays, in the memory of the operating system or on the disk. @returns false if it was not running */
  async kill(): Promise<boolean> {
    return this.#end(0);
  }

  async #end(graceSeconds: number): Promise<boolean> {
    this.#forgetInterrupt();
    releasePorts(this.directory);
    const known = readNode(this.directory);
    if (!known?.pid) return false;
    const { pid } = this;
    if (pid) signal(pid, "SIGCONT"); // a paused process cannot end politely
    const interrupted = interruptedCode();
    const endedByItself = await endNode(this.directory, known.pid, graceSeconds);
    // An interrupt meanwhile has ended it too, with less patience: that leaves half an archive.
    const mayHaveWritten = graceSeconds > 0 && endedByItself && interrupted === interruptedCode();
    if (mayHaveWritten) this.#archive.keep(known.clusterName);
    else this.#archive.forget(known.clusterName);
    writeNode(this.directory, { ...known, pid: undefined });
    return pid !== undefined;
  }

  /** Stops the node and deletes its data, settings and logs. The program stays installed, even in the same directory. */
  async destroy(): Promise<void> {
    // Nothing has to be written for the next start, except Java's archive of classes, once.
    await (this.#writesArchive && !this.#archive.exists ? this.stop() : this.kill());
    if (!existsSync(this.directory)) return;
    for (const name of readdirSync(this.directory)) {
      const path = join(this.directory, name);
      if (!Object.values(this.#program).includes(path)) rmSync(path, { recursive: true, force: true });
    }
  }

  /** Starts it anew with its data, whether it runs or not. */
  async restart(): Promise<StartedNode> {
    await this.stop();
    return this.start();
  }

  /** Makes it silent: its connections stay open and nothing answers. */
  pause(): void {
    if (this.pid) signal(this.pid, "SIGSTOP");
  }

  resume(): void {
    if (this.pid) signal(this.pid, "SIGCONT");
  }

  /** Whether it runs, and what answers. */
  async status(): Promise<NodeStatus> {
    const known = readNode(this.directory);
    if (!known) return { state: "never started" };
    const { pid } = this;
    if (!pid) return { state: "stopped" };
    const found = { port: known.port, pid };
    try {
      return { state: "running", ...found, detail: `Cassandra ${await this.#version(known)}`.trim() };
    } catch (error) {
      return { state: "not answering", ...found, detail: (error as Error).message };
    }
  }

  /** Waits until the node has noticed that others are up, or down: before that it treats them as they were. */
  async waitUntilItSees(nodes: EmbeddedCassandra[], state: "UP" | "DOWN" = "UP"): Promise<void> {
    const others = nodes.filter((node) => node !== this).map(({ address }) => address);
    await this.#waitFor(`see that ${others.join(", ")} is ${state}`, async () => {
      const last = new Map<string | undefined, string | undefined>();
      for (const [, address, now] of nodeLog(this.#lastStart).matchAll(/\/([\d.]+):\d+ is now (UP|DOWN)/g))
        last.set(address, now);
      return others.every((address) => last.get(address) === state);
    });
  }

  async #waitUntilAnswering(node: EmbeddedNode, news: News): Promise<void> {
    const isAnswering = async () => {
      if (await canListen(node.port, this.address)) return "port closed";
      return this.#version(node).then(
        () => true,
        (error: Error) => error.message,
      );
    };
    await this.#waitFor(`answer on ${this.address}:${node.port}`, isAnswering, news);
  }

  /** The node's release of Cassandra; unknown where it talks to those only who can prove who they are. */
  async #version(node: EmbeddedNode): Promise<string> {
    const { yaml = {}, dataCenter } = this.#options;
    if (yaml.authenticator || yaml.client_encryption_options) return "";
    return whoAnswers({ ...node, address: this.address, dataCenter });
  }

  get #lastStart(): Start {
    return { directory: this.directory, logStart: this.#logStart };
  }

  /** @param isSo true, or why not */
  async #waitFor(what: string, isSo: () => Promise<unknown>, news: News = () => {}): Promise<void> {
    const { name = "Cassandra", timeoutSeconds = 120 } = this.#options;
    let since = Date.now();
    let filesRead = 0;
    for (;;) {
      if (!this.pid) {
        const known = readNode(this.directory);
        if (known) writeNode(this.directory, { ...known, pid: undefined });
        throw new NodeEnded(name, this.#lastStart);
      }
      const answer = await isSo();
      if (answer === true) return;
      if (Date.now() - since > timeoutSeconds * 1000)
        throw didNot(
          `${name} did not ${what} within ${timeoutSeconds} s${answer ? ` (${answer})` : ""}`,
          this.#lastStart,
        );
      const log = nodeLog(this.#lastStart);
      news(log.trimEnd().split("\n").at(-1) ?? "");
      // After a crash in the middle of a large load the commit log is read first, file by file: that takes its time.
      const read = log.split("Finished reading").length;
      if (read > filesRead) since = Date.now();
      filesRead = read;
      await sleep(200);
    }
  }
}
