// What is known to be loaded, so that a broken load can go on.

import { createReadStream, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { Position, Window } from "./window.js";

/** Where a load keeps its checkpoint when a caller names no other file: beside the CSV. */
export const checkpointBeside = (csv: string) => join(dirname(csv), "out", "load.checkpoint.json");

/**
 * A node syncs its commit log every ten seconds by default (commitlog_sync_period): a write that it has acknowledged
 * may be lost when it is killed before. So a write counts as done only after this time. Milliseconds.
 */
const commitLogSync = 12_000;

/** A part of the file that was sent. */
interface Range {
  from: Position;
  to: Position;
  /** Infinity while answers are awaited. */
  doneAt: number;
}

/**
 * Keeps account of the windows that were sent: which ones are done, and which ones have to be sent again because a
 * node was lost that may not have synced them.
 */
export class Ledger {
  /** Windows that may have to be sent again, in the order of the file. */
  #unsure: Range[] = [];
  /** Windows that have to be sent again. */
  readonly again: Range[] = [];
  /** All rows before it are done. */
  #done: Position;

  constructor(start: Position) {
    this.#done = start;
  }

  begin({ from, to }: Pick<Window, "from" | "to">): Range {
    const range = { from, to, doneAt: Number.POSITIVE_INFINITY };
    this.#unsure.push(range);
    return range;
  }

  done(range: Range): void {
    range.doneAt = Date.now();
  }

  /** A node was lost: whatever is not synced for sure has to be sent again. */
  nodeLost(): void {
    this.#forget();
    for (const range of this.#unsure) {
      if (!this.again.some(({ from }) => from.offset === range.from.offset)) this.again.push(range);
    }
    this.#unsure = this.#unsure.filter(({ doneAt }) => doneAt === Number.POSITIVE_INFINITY);
  }

  /** The position before which nothing has to be sent again. */
  confirmed(): Position {
    this.#forget();
    const open = [...this.#unsure, ...this.again].map(({ from }) => from);
    return open.reduce((first, from) => (from.offset < first.offset ? from : first), this.#done);
  }

  #forget(): void {
    const synced = Date.now() - commitLogSync;
    while (this.#unsure[0] && this.#unsure[0].doneAt < synced) {
      const { to } = this.#unsure.shift() as Range;
      if (to.offset > this.#done.offset) this.#done = to;
    }
  }
}

interface Saved extends Position {
  csv: string;
  /** CRC-32 of the CSV before the offset. */
  crc: number;
  /** The ids of the tables that were loaded. */
  tables: Record<string, string>;
}

/** The checkpoint file of one load. */
export class Checkpoint {
  #savedUpTo = 0;
  #crc = 0;

  /** @param tables the ids of the tables by their names */
  constructor(
    readonly path: string,
    readonly csv: string,
    readonly tables: Record<string, string>,
  ) {}

  /**
   * Finds where an earlier load of the same rows into the same tables can go on.
   * @returns undefined where there was none, or its CSV or its tables are not these
   */
  async resume(): Promise<Position | undefined> {
    const saved = this.#read();
    if (saved?.csv !== this.csv || JSON.stringify(saved.tables) !== JSON.stringify(this.tables))
      return undefined;
    if ((await this.#crcUpTo(saved.offset)) === saved.crc) return { offset: saved.offset, line: saved.line };
    this.#savedUpTo = this.#crc = 0;
    return undefined;
  }

  #read(): Saved | undefined {
    try {
      return (JSON.parse(readFileSync(this.path, "utf8")) as Saved | null) ?? undefined;
    } catch {
      return undefined; // there is none, or it is damaged: the load begins at the beginning, which is always right
    }
  }

  /** Saves how far the load is, in one move: a reader never sees half a file. */
  async save(position: Position): Promise<void> {
    if (position.offset <= this.#savedUpTo) return;
    const crc = await this.#crcUpTo(position.offset);
    const saved: Saved = { csv: this.csv, ...position, crc, tables: this.tables };
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(`${this.path}.partial`, JSON.stringify(saved));
    await rename(`${this.path}.partial`, this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async #crcUpTo(offset: number): Promise<number> {
    if (offset > this.#savedUpTo) {
      const bytes = createReadStream(this.csv, { start: this.#savedUpTo, end: offset - 1 });
      for await (const chunk of bytes) this.#crc = crc32(chunk, this.#crc);
      this.#savedUpTo = offset;
    }
    return this.#crc;
  }
}
