// Parts of the logs, each joined in a thread of its own.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { bytesOf, type EventFile } from "../files/event-files.js";
import type { LogFile } from "../plays/event-log.js";
import type { Joined } from "./join.js";

/** For less than this a thread's start takes longer than it saves. */
const leastBytes = 16 * 1024 * 1024;
/** A thread takes some 40 MB of memory, and the disk does not get faster. */
const mostThreads = 4;

/** Compiled it is a file of its own; where the sources are run as they are, there are no threads. */
const script = new URL("./part-thread.js", import.meta.url);

/** What a thread is to do. */
export interface PartTask {
  logs: LogFile[];
  /** Where its rows go, without a header; null where rows are judged only. */
  target: string | null;
  repair: boolean | undefined;
  maxErrors: number;
}

/** What a thread says; undefined for the result where it cannot be told apart from the rows before. */
export type PartMessage = { progress: { rows: number; bytes: number } } | { joined: Joined | undefined };

/** How many parts of the logs are worth a thread each. */
export function countOfParts(
  logs: EventFile[],
  most = existsSync(script) ? availableParallelism() : 1,
): number {
  return Math.max(1, Math.min(most, mostThreads, Math.floor(bytesOf(logs) / leastBytes)));
}

/** Cuts the logs into parts, in their order, so that all are joined at about the same time. */
export function partsOf(logs: LogFile[], count: number): LogFile[][] {
  const all = bytesOf(logs);
  const parts: LogFile[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const log of logs) {
    const middle = before + log.bytes / 2;
    const part = Math.floor((middle * count) / Math.max(1, all));
    parts[Math.min(count - 1, part)]?.push(log);
    before += log.bytes;
  }
  return parts;
}

/** A thread, from its construction on, and the part of the logs that it joins. */
export class Part {
  progress = { rows: 0, bytes: 0 };
  logs: LogFile[] = [];
  target: string | null = null;
  readonly #thread = new Worker(script, { execArgv: [] });
  readonly #joined: Promise<Joined | undefined>;

  constructor() {
    this.#joined = new Promise((resolve) => {
      this.#thread.on("message", (message: PartMessage) => {
        if ("progress" in message) this.progress = message.progress;
        else resolve(message.joined);
      });
      // Whatever is wrong will be found, and said, where its logs are joined again.
      this.#thread.on("error", () => resolve(undefined));
      this.#thread.on("exit", () => resolve(undefined));
    });
  }

  begin(task: PartTask): void {
    this.logs = task.logs;
    this.target = task.target;
    this.#thread.postMessage(task);
  }

  /** What the thread has found; undefined where its logs must be joined after those before. */
  async joined(signal?: AbortSignal): Promise<Joined | undefined> {
    const stopped = new Promise<undefined>((resolve) =>
      signal?.addEventListener("abort", () => resolve(undefined), { once: true }),
    );
    const joined = await Promise.race([this.#joined, stopped]);
    signal?.throwIfAborted();
    return joined;
  }

  /** Ends the thread, and removes what it has written. */
  async end(): Promise<void> {
    await this.#thread.terminate();
    if (this.target !== null) await rm(this.target, { force: true });
  }
}
