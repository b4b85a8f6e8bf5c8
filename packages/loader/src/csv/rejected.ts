// The rows that cannot be used, kept as they were.

import { closeSync, existsSync, fstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import type { Rejection } from "../plays/event-log.js";

/** Where rejected rows are kept when a caller names no other file: beside the CSV, or in the working directory. */
export const rejectedBeside = (csv: string | null) => join(dirname(csv ?? ""), "out", "rejected.csv");

/** How many rows may be rejected before a run stops. */
export const defaultMaxErrors = 100;

/**
 * A CSV file of rejected rows: file, line, column, reason and the row itself, byte for byte (so it may hold bytes
 * that are not UTF-8). It is begun anew when logs are joined; rows are in it at once, whatever becomes of the run.
 */
export class RejectedRows {
  count = 0;
  /** How many rows were rejected for what; the column is named with the reason. */
  readonly byReason: Record<string, number> = {};
  /** The first hundred. */
  readonly first: Rejection[] = [];
  readonly #file: number;
  #size = 0;

  /**
   * @param maxErrors over this, `add` throws
   * @param goOn keeps what an earlier step of the run has put into the file
   * @throws SparkifyError where the file cannot be written, as the methods do
   */
  constructor(
    readonly path: string,
    readonly maxErrors = defaultMaxErrors,
    goOn = false,
  ) {
    this.#file = this.#explained(() => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(path, goOn && existsSync(path) ? "r+" : "w");
    });
    this.#size = fstatSync(this.#file).size;
    if (this.#size === 0) this.#write(Buffer.from('"file","line","column","reason","row"\n'));
  }

  /** @throws SparkifyError where one more is over the limit; the row is kept before */
  add(rejection: Rejection, row: Buffer): void {
    const { file, line, column, reason } = rejection;
    const place = [file, String(line), column, reason].map((text) => `${quoted(text)},`).join("");
    this.#write(Buffer.concat([Buffer.from(`${place}"`), doubled(row), rowEnd]));
    const name = countReason(this.byReason, rejection);
    if (this.first.length < 100) this.first.push(rejection);
    if (++this.count > this.maxErrors) {
      throw new SparkifyError(
        `More than ${this.maxErrors} rows had to be rejected; the last one is line ${line} of ${file}: ${name}.\n` +
          `They are in ${shortPath(this.path)}, with the reasons. Mend the logs, or allow more: maxErrors in a cell, ` +
          "npm run load -- --max-errors 1000",
        { where: { file, line } },
      );
    }
  }

  /** Adds a further piece of the row that was added last. */
  append(piece: Buffer): void {
    this.#size -= rowEnd.length; // the end of the row comes later now
    this.#write(Buffer.concat([doubled(piece), rowEnd]));
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(bytes: Buffer): void {
    this.#explained(() => {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#size + written);
      }
      this.#size += bytes.length;
    });
  }

  #explained<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const help = code === "ENOSPC" ? "\nThe disk is full: free some space and run this again." : "";
      throw new SparkifyError(`The rejected rows cannot be kept in ${this.path}: ${message}${help}`, {
        where: { file: this.path },
      });
    }
  }
}

/** Counts a rejected row. @returns its reason, with the column */
export function countReason(byReason: Record<string, number>, { column, reason }: Rejection): string {
  const name = column === "" ? reason : `${column}: ${reason}`;
  byReason[name] = (byReason[name] ?? 0) + 1;
  return name;
}

/** The reasons of most rows, in words: "5 × userId: empty; 2 × song: empty". Nothing where no row was rejected. */
export function commonestReasons(byReason: Record<string, number>, most = 3): string {
  const all = Object.entries(byReason).sort(([, a], [, b]) => b - a);
  const shown = all.slice(0, most).map(([reason, rows]) => `${rows.toLocaleString("en")} × ${reason}`);
  const others = all.slice(most).reduce((sum, [, rows]) => sum + rows, 0);
  return [...shown, ...(others > 0 ? [`${others.toLocaleString("en")} × other reasons`] : [])].join("; ");
}

const rowEnd = Buffer.from('"\n');

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Latin-1 maps every byte to one character and back. */
const doubled = (bytes: Buffer) =>
  bytes.includes('"') ? Buffer.from(bytes.toString("latin1").replaceAll('"', '""'), "latin1") : bytes;
