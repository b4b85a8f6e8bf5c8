// Rows that cannot be in any table: kept, each with its reason.

import { closeSync, openSync, writeSync } from "node:fs";
import Papa from "papaparse";

export interface RejectedRow {
  file: string;
  /** From 1; 0 where nobody knows it. */
  line: number;
  /** Empty where the whole row is meant. */
  column: string;
  /** The same for all rows of one kind. */
  reason: string;
  /** The row as it came. */
  text: string;
}

const columns = ["file", "line", "column", "reason", "text"];
const newline = "\n";
/** Written together: a write for each row takes longer than the rest. */
const batch = 1000;

export class Rejected {
  count = 0;
  /** How many there are of each kind: `value: is no int`. */
  readonly byReason: Record<string, number> = {};
  #file: number | undefined;
  #hasBegun = false;
  #waiting: RejectedRow[] = [];

  /** @param path written where there is a row */
  constructor(readonly path: string) {}

  add(row: RejectedRow): void {
    this.count++;
    const kind = row.column ? `${row.column}: ${row.reason}` : row.reason;
    this.byReason[kind] = (this.byReason[kind] ?? 0) + 1;
    this.#waiting.push(row);
    if (this.#waiting.length >= batch) this.#write();
  }

  /** Writes what waits. The file can be read afterwards. */
  close(): void {
    this.#write();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #write(): void {
    if (this.#waiting.length === 0) return;
    this.#file ??= this.#begin();
    writeSync(this.#file, Papa.unparse(this.#waiting, { columns, header: false, newline }) + newline);
    this.#waiting = [];
  }

  #begin(): number {
    const file = openSync(this.path, this.#hasBegun ? "a" : "w");
    if (!this.#hasBegun) writeSync(file, columns.join(",") + newline);
    this.#hasBegun = true;
    return file;
  }
}
