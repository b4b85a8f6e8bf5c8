// Rows that cannot be in any table: kept, each with its reason.

import { closeSync, openSync, writeSync } from "node:fs";
import Papa from "papaparse";

export interface RejectedRow {
  file: string;
  /** From 1; 0 where nobody knows it. */
  line: number;
  column: string;
  reason: string;
  /** The row as it came. */
  text: string;
}

const columns = ["file", "line", "column", "reason", "text"];
const newline = "\n";

export class Rejected {
  count = 0;
  readonly byReason: Record<string, number> = {};
  #file: number | undefined;

  /** @param path written with the first row */
  constructor(readonly path: string) {}

  add(row: RejectedRow): void {
    this.#file ??= this.#begin();
    this.count++;
    const kind = row.column ? `${row.column}: ${row.reason}` : row.reason;
    this.byReason[kind] = (this.byReason[kind] ?? 0) + 1;
    writeSync(this.#file, Papa.unparse([row], { columns, header: false, newline }) + newline);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #begin(): number {
    const file = openSync(this.path, "w");
    writeSync(file, columns.join(",") + newline);
    return file;
  }
}
