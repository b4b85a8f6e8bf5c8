// The rules for a row of a daily log: which rows are song plays, and which cannot be used.

import { format } from "node:util";
import type { CsvCursor } from "./csv";
import { type EventFile, eventColumns, streamlinedColumns } from "./events";
import type { RejectedRows } from "./rejected";
import { reasons, tooLongForSeconds } from "./rules";

type Column = (typeof eventColumns)[number];

/** What a record of the file turned out to be. A `piece` continues the rejected row before. */
export type Judgement = "header" | "kept" | "dropped" | "rejected" | "piece";

/** Judges the records of one daily log, from its header on. Only the columns that are written out must be there. */
export class EventLog {
  /** Where each column stands in this file's rows; -1 where the file does not have it. */
  readonly at = {} as Record<Column, number>;
  /** The same for the columns of the streamlined CSV, in its order. */
  playFields: number[] = [];
  /** Of the row that was kept last. */
  sessionId = 0;
  itemInSession = 0;

  #begun = false;
  /** Why no row of the file can be used. */
  #problem: { column: string; reason: string } | undefined;

  /** @param rejected takes the rows that cannot be used; they are only passed over where it is left out */
  constructor(
    readonly file: EventFile,
    readonly rejected?: RejectedRows,
  ) {}

  judge(record: CsvCursor): Judgement {
    if (record.continued) {
      this.rejected?.append(record.bytes.subarray(record.start, record.end));
      return "piece";
    }
    if (!this.#begun) {
      this.#begun = true;
      if (this.#readHeader(record)) return "header";
    }
    if (this.#problem) return this.#reject(record, this.#problem.reason, this.#problem.column);
    if (record.problem !== undefined)
      return this.#reject(record, record.problem, this.#nameOf(record.problemField));
    if (record.isLast && record.bytesRead !== this.file.bytes) {
      return this.#reject(record, reasons.growing, "");
    }
    if (record.isEmpty(this.at.artist)) return "dropped";

    this.sessionId = record.wholeNumber(this.at.sessionId);
    this.itemInSession = record.wholeNumber(this.at.itemInSession);
    if (this.sessionId < 0) return this.#rejectNumber(record, "sessionId");
    if (this.itemInSession < 0) return this.#rejectNumber(record, "itemInSession");
    if (record.wholeNumber(this.at.userId) < 0) return this.#rejectNumber(record, "userId");
    if (!isSeconds(record, this.at.length)) {
      const reason = record.isEmpty(this.at.length) ? reasons.empty : reasons.notSeconds;
      return this.#reject(record, reason, "length");
    }
    if (record.isEmpty(this.at.song)) return this.#reject(record, reasons.noSong, "song");
    return "kept";
  }

  /** @returns false where the first record is no header, but a row */
  #readHeader(record: CsvCursor): boolean {
    const names = record.problem === undefined ? record.texts().map((name) => name.trim()) : [];
    // One name alone may be a song that is called "song".
    if (eventColumns.filter((column) => names.includes(column)).length < 2) {
      this.#problem = { column: "", reason: reasons.noHeader };
      record.width = eventColumns.length;
      return false;
    }
    record.width = record.fields;
    for (const column of eventColumns) this.at[column] = names.indexOf(column);
    for (const column of streamlinedColumns) {
      const times = names.filter((name) => name === column).length;
      if (times !== 1) {
        this.#problem ??= { column, reason: format(reasons.headerColumn, times) };
      }
    }
    this.playFields = streamlinedColumns.map((column) => this.at[column]);
    return true;
  }

  #rejectNumber(record: CsvCursor, column: Column): Judgement {
    const reason = record.isEmpty(this.at[column]) ? reasons.empty : reasons.notWhole;
    return this.#reject(record, reason, column);
  }

  #reject(record: CsvCursor, reason: string, column: string): Judgement {
    record.reject(reason);
    const row = record.bytes.subarray(record.start, record.end);
    this.rejected?.add({ file: this.file.path, line: record.line, column, reason }, row);
    return "rejected";
  }

  #nameOf(field: number): string {
    if (field < 0) return "";
    return eventColumns.find((column) => this.at[column] === field) ?? `field ${field + 1}`;
  }
}

/** Digits, and a decimal point among them: 215.5. Exponents are refused; programs that write them cut digits off. */
function isSeconds({ bytes, starts, ends }: CsvCursor, field: number): boolean {
  const [start, end] = [starts[field] as number, ends[field] as number];
  let points = 0;
  for (let position = start; position < end; position++) {
    const byte = bytes[position] as number;
    if (byte === 0x2e && position > start && position < end - 1) points++;
    else if (byte < 0x30 || byte > 0x39) return false;
  }
  return start < end && points <= 1 && end - start < tooLongForSeconds;
}
