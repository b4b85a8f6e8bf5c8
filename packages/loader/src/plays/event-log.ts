// The rules for a row of a daily log: which rows are song plays, and which cannot be used.

import type { EventFile } from "../files/event-files.js";
import { cutShort } from "../files/text-file.js";
import { type Column, eventColumns, streamlinedColumns } from "../rows/columns.js";
import type { CsvCursor } from "../rows/csv-cursor.js";
import { type Dialect, fitRecords } from "../rows/dialect.js";
import { noneAccepted } from "../rows/reading.js";
import { reasons, tooLongForSeconds } from "../rows/rules.js";

/** What a record of the file turned out to be. A `piece` continues the rejected row before. */
export type Judgement = "header" | "kept" | "dropped" | "rejected" | "piece";

/** Why a row is rejected. */
export interface Rejection {
  /** The log, or the CSV. */
  file: string;
  /** The line in the file on which the row begins, from 1. */
  line: number;
  /** The column in which the problem is; empty where it is the whole row. */
  column: string;
  reason: string;
}

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
  /** Of the row that was rejected last. */
  rejection: Rejection | undefined;
  readonly accepted = noneAccepted();

  #headerRecords: number;
  /** The file's sign before fractions, 0 while it is not known: the first one that comes. */
  #decimalSign: number;

  constructor(readonly file: LogFile) {
    const { at, headerRecords, delimiter } = file.dialect;
    this.at = at;
    this.playFields = streamlinedColumns.map((column) => at[column]);
    this.#headerRecords = headerRecords;
    this.#decimalSign = delimiter === "," ? point : 0;
  }

  /** @throws UnreadableFile where the header is not the one that the dialect was told from */
  judge(record: CsvCursor): Judgement {
    if (this.#headerRecords > 0) return this.#passHeader(record);
    if (record.continued) return "piece";
    if (record.problem !== undefined)
      return this.#reject(record, record.problem, this.#nameOf(record.problemField));
    if (record.isLast && record.bytesRead !== this.file.bytes) return this.#reject(record, reasons.growing);
    const judgement = record.fields.isEmpty(this.at.artist) ? "dropped" : this.#judgePlay(record);
    if (record.endsEmpty && judgement !== "rejected") this.accepted.emptyLastField++;
    return judgement;
  }

  /** @returns "header", and from then on the records must fit it */
  #passHeader(record: CsvCursor): Judgement {
    if (--this.#headerRecords > 0) return "header";
    const { path, dialect } = this.file;
    if (record.row.toString("latin1") !== dialect.header)
      throw cutShort(path, new Error("it was changed while it was read"));
    fitRecords(record, dialect);
    return "header";
  }

  #judgePlay(record: CsvCursor): Judgement {
    const { at } = this;
    this.sessionId = record.wholeNumber(at.sessionId);
    this.itemInSession = record.wholeNumber(at.itemInSession);
    const areWhole = (this.sessionId | this.itemInSession | record.wholeNumber(at.userId)) >= 0;
    if (!areWhole) {
      for (const column of ["sessionId", "itemInSession", "userId"] as const) {
        if (!this.#isWhole(record, column)) return this.#rejectNumber(record, column, reasons.notWhole);
      }
      this.sessionId = record.wholeNumber(at.sessionId);
      this.itemInSession = record.wholeNumber(at.itemInSession);
    }
    const sign = signOfSeconds(record, at.length);
    if (sign < 0 || (sign > 0 && this.#decimalSign > 0 && sign !== this.#decimalSign))
      return this.#rejectNumber(record, "length", reasons.notSeconds);
    if (record.fields.isEmpty(at.song)) return this.#reject(record, reasons.noSong, "song");
    if (sign > 0) this.#decimalSign = sign;
    if (sign === comma) {
      record.bytes[record.bytes.indexOf(comma, record.fields.start(at.length))] = point;
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
    record.fields.shorten(field, whole.length);
    return record.wholeNumber(field) >= 0;
  }

  #rejectNumber(record: CsvCursor, column: Column, reason: string): Judgement {
    return this.#reject(record, record.fields.isEmpty(this.at[column]) ? reasons.empty : reason, column);
  }

  #reject(record: CsvCursor, reason: string, column = ""): Judgement {
    record.reject(reason);
    this.rejection = { file: this.file.path, line: record.line, column, reason };
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
function signOfSeconds({ bytes, fields }: CsvCursor, field: number): number {
  const [start, end] = [fields.start(field), fields.end(field)];
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
