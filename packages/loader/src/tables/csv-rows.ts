// The rows of the streamlined CSV, read into windows.

import { statSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import type { Rejection } from "../plays/event-log.js";
import { type CsvCursor, readCsv } from "../rows/csv-cursor.js";
import type { Value } from "./insert.js";
import type { Position, Window, WindowPool } from "./window.js";

/** Takes a row that cannot be loaded. */
export type Reject = (rejection: Omit<Rejection, "file">, row: Buffer) => void;

/** A CSV whose columns are known. */
export class CsvRows {
  /** Rows read so far. */
  rows = 0;
  #bytesRead = 0;
  readonly #bytes: number;

  private constructor(
    readonly csv: string,
    readonly values: Value[],
    /** For each value the place of its column. */
    readonly fields: number[],
    readonly width: number,
    /** Where the first row begins. */
    readonly begin: Position,
  ) {
    this.#bytes = statSync(csv).size;
  }

  /** Reads the header. @throws SparkifyError where a value has no column */
  static async open(csv: string, values: Value[]): Promise<CsvRows> {
    const where = { file: csv, line: 1 };
    for await (const record of readCsv(csv)) {
      if (!record.next()) continue;
      const names = record.texts();
      const missing = values.map(({ column }) => column).filter((column) => !names.includes(column));
      if (missing.length > 0) {
        throw new SparkifyError(
          `The CSV ${csv} has no column ${missing.join(", ")}; its columns are ${names.join(", ")}.`,
          { where },
        );
      }
      const fields = values.map(({ column }) => names.indexOf(column));
      return new CsvRows(csv, values, fields, names.length, {
        offset: record.offset,
        line: record.nextLine,
      });
    }
    throw new SparkifyError(`The CSV ${csv} is empty. Join the logs again.`, { where });
  }

  /** How many rows there are, as far as the bytes that were read let expect. */
  get expected(): number {
    return (this.rows * this.#bytes) / Math.max(1, this.#bytesRead);
  }

  /**
   * Reads rows into windows.
   * @param again the end of a part that is read once more, to be sent again
   */
  async *windows(
    pool: WindowPool,
    reject: Reject,
    from: Position,
    again?: Position,
    signal?: AbortSignal,
  ): AsyncGenerator<Window> {
    const until = again?.offset ?? Number.POSITIVE_INFINITY;
    let window = await pool.take(from, again !== undefined);
    for await (const record of readCsv(this.csv, from)) {
      signal?.throwIfAborted();
      record.width = this.width;
      while (record.offset < until && record.next()) {
        if (record.continued) continue;
        if (!again) this.rows++;
        this.#add(window, record, reject);
        window.to = { offset: record.offset, line: record.nextLine };
        if (!window.isFull) continue;
        yield window;
        window = await pool.take(window.to, again !== undefined);
      }
      this.#bytesRead = Math.max(this.#bytesRead, record.offset);
      if (record.offset >= until) break;
    }
    if (window.rows > 0) yield window;
  }

  #add(window: Window, record: CsvCursor, reject: Reject): void {
    const { line, problem } = record;
    if (problem !== undefined) {
      reject({ line, column: "", reason: problem }, record.row);
      return;
    }
    const wrong = this.values[window.add(record, this.fields)];
    if (wrong) reject({ line, column: wrong.column, reason: `not of the type ${wrong.type}` }, record.row);
  }
}
