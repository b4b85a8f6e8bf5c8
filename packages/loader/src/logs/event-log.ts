// The rules for a row of a daily log: which rows are song plays, and which cannot be used.

import { type Column, eventColumns, streamlinedColumns } from "./columns.js";
import type { CsvCursor } from "./csv.js";
import { type Dialect, fitRecords, noneAccepted } from "./dialect.js";
import type { EventFile } from "./events.js";
import type { RejectedRows } from "./rejected.js";
import { reasons, tooLongForSeconds } from "./rules.js";
import { UnreadableFile } from "./text-file.js";

/** What a record of the file turned out to be. A `piece` continues the rejected row before. */
export type Judgement = "header" | "kept" | "dropped" | "rejected" | "piece";

const point = 0x2e;
const comma = 0x2c;
const zero = 0x30;

/** A log of which is known how it is to be read. */
export interface LogFile extends EventFile {
  dialect: Dialect;
}

/** Judges the records of one daily log, from its header on. */
export class EventLog {
  /** Where each column stands in this file's rows; -1 where the file does not have it. */
  readonly at: Record<Column, number>;
  /** The same for the columns of the streamlined CSV, in its order. */
  readonly playFields: number[];
  /** Of the row that was kept last. */
  sessionId = 0;
  itemInSession = 0;
  readonly accepted = noneAccepted();

  #headerRecords: number;
  /** The file's sign before fractions, 0 while it is not known: the first one that comes. */
  #decimalSign: number;

  /** @param rejected takes the rows that cannot be used; they are only passed over where it is left out */
  constructor(
    readonly file: LogFile,
    readonly rejected?: RejectedRows,
  ) {
    const { at, headerRecords, delimiter } = file.dialect;
    this.at = at;
    this.playFields = streamlinedColumns.map((column) => at[column]);
    this.#headerRecords = headerRecords;
    this.#decimalSign = delimiter === "," ? point : 0;
  }

  /** @throws UnreadableFile where the header is not the one that the dialect was told from */
  judge(record: CsvCursor): Judgement {
    if (this.#headerRecords > 0) return this.#passHeader(record);
    if (record.continued) {
      this.rejected?.append(record.row);
      return "piece";
    }
    if (record.problem !== undefined)
      return this.#reject(record, record.problem, this.#nameOf(record.problemField));
    if (record.isLast && record.bytesRead !== this.file.bytes) {
      return this.#reject(record, reasons.growing, "");
    }
    const judgement = record.isEmpty(this.at.artist) ? "dropped" : this.#judgePlay(record);
    if (record.endsEmpty && judgement !== "rejected") this.accepted.emptyLastField++;
    return judgement;
  }

  /** @returns "header", and from then on the records must fit it */
  #passHeader(record: CsvCursor): Judgement {
    if (--this.#headerRecords > 0) return "header";
    if (record.row.toString("latin1") !== this.file.dialect.header)
      throw new UnreadableFile(this.file.path, new Error("it was changed while it was read"));
    fitRecords(record, this.file.dialect);
    return "header";
  }

  #judgePlay(record: CsvCursor): Judgement {
    this.sessionId = record.wholeNumber(this.at.sessionId);
    this.itemInSession = record.wholeNumber(this.at.itemInSession);
    const userId = record.wholeNumber(this.at.userId);
    const areWhole = (this.sessionId | this.itemInSession | userId) >= 0;
    if (!areWhole) {
      for (const column of ["sessionId", "itemInSession", "userId"] as const) {
        if (!this.#isWhole(record, column)) return this.#rejectNumber(record, column);
      }
      this.sessionId = record.wholeNumber(this.at.sessionId);
      this.itemInSession = record.wholeNumber(this.at.itemInSession);
    }
    const sign = signOfSeconds(record, this.at.length);
    if (sign < 0 || (sign > 0 && this.#decimalSign > 0 && sign !== this.#decimalSign)) {
      const reason = record.isEmpty(this.at.length) ? reasons.empty : reasons.notSeconds;
      return this.#reject(record, reason, "length");
    }
    if (record.isEmpty(this.at.song)) return this.#reject(record, reasons.noSong, "song");
    if (sign > 0) this.#decimalSign = sign;
    if (sign === comma) {
      record.bytes[record.bytes.indexOf(comma, record.starts[this.at.length])] = point;
      this.accepted.decimalComma++;
    }
    if (!areWhole) this.accepted.pointZero++;
    return "kept";
  }

  /** Whether the field is a whole number, or becomes one without the zeros that some programs put after it: 65.0. */
  #isWhole(record: CsvCursor, column: Column): boolean {
    const field = this.at[column];
    if (record.wholeNumber(field) >= 0) return true;
    const [, whole, sign] = record.text(field).match(/^([0-9]+)([.,])00?$/) ?? [];
    if (whole === undefined || (sign === "," && this.file.dialect.delimiter === ",")) return false;
    record.ends[field] = (record.starts[field] as number) + whole.length;
    return record.wholeNumber(field) >= 0;
  }

  #rejectNumber(record: CsvCursor, column: Column): Judgement {
    const reason = record.isEmpty(this.at[column]) ? reasons.empty : reasons.notWhole;
    return this.#reject(record, reason, column);
  }

  #reject(record: CsvCursor, reason: string, column: string): Judgement {
    record.reject(reason);
    this.rejected?.add({ file: this.file.path, line: record.line, column, reason }, record.row);
    return "rejected";
  }

  #nameOf(field: number): string {
    if (field < 0) return "";
    return eventColumns.find((column) => this.at[column] === field) ?? `field ${field + 1}`;
  }
}

/**
 * Digits, and a decimal sign among them: 215.5. Exponents are refused; programs that write them cut digits off.
 * @returns the sign, a point or a comma; 0 where there is none; -1 where the field is no number of seconds
 */
function signOfSeconds({ bytes, starts, ends }: CsvCursor, field: number): number {
  const [start, end] = [starts[field] as number, ends[field] as number];
  let sign = 0;
  for (let position = start; position < end; position++) {
    const byte = bytes[position] as number;
    if (byte >= zero && byte <= zero + 9) continue;
    const isSign = (byte === point || byte === comma) && position > start && position < end - 1;
    if (!isSign || sign > 0) return -1;
    sign = byte;
  }
  return start < end && end - start < tooLongForSeconds ? sign : -1;
}
