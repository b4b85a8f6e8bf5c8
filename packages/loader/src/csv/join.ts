// The rows of some logs, on their way into the CSV.

import { EventLog, type LogFile, type Rejection } from "../plays/event-log.js";
import { repairText } from "../plays/repair-text.js";
import { type Seen, SeenItems } from "../plays/repeats.js";
import type { CsvCursor } from "../rows/csv-cursor.js";
import { readLog } from "../rows/dialect.js";
import { readingOf } from "../rows/reading.js";
import { type DenormalizeReport, leastUselessRows, unreadLog, uselessLog } from "./report.js";
import type { RowWriter } from "./row-writer.js";

/** So many pages are counted on their own, so that logs whose columns are mixed up cannot fill the memory. */
const mostPages = 1000;
/** Of texts that were encoded too often. */
const mostExamples = 5;

/** Keeps the rows that cannot be used. */
export interface Rejects {
  count: number;
  readonly maxErrors: number;
  byReason: Record<string, number>;
  add(rejection: Rejection, row: Buffer): void;
  /** Adds a further piece of the row that was added last. */
  append(piece: Buffer): void;
}

/** What a `Join` has found, for another process or thread. */
export interface Joined {
  report: DenormalizeReport;
  rejected: { rejection: Rejection; row: Uint8Array }[];
  seen: Seen;
}

export interface JoinOptions {
  /** Write text that was encoded too often as it was meant. */
  repair?: boolean | undefined;
  /** Is told how many rows were read so far, and how many bytes. */
  onProgress?: ((progress: { rows: number; bytes: number }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Judges the rows of logs, counts them in the report, and writes those that are kept. */
export class Join {
  readonly seen = new SeenItems();
  readonly #pages = new Map<string, number>();
  #bytesDone = 0;

  constructor(
    readonly report: DenormalizeReport,
    readonly rejected: Rejects,
    readonly output: RowWriter | undefined,
    readonly options: JoinOptions,
  ) {}

  async run(logs: LogFile[]): Promise<void> {
    for (const log of logs) {
      await this.#addLog(log);
      this.#bytesDone += log.bytes;
    }
    const { rows, kept, dropped } = this.report;
    const judged = kept + dropped + this.rejected.count;
    if (rows !== judged) throw new Error(`${rows} rows were read, ${judged} judged.`);
  }

  /**
   * Takes over what another `Join` has found in the logs that come next.
   * @param logs those
   * @returns false where that would not be what this one would find, and nothing was changed
   */
  takeOver(logs: LogFile[], { report: found, rejected, seen }: Joined): boolean {
    const { report } = this;
    if (this.rejected.count + rejected.length > this.rejected.maxErrors) return false;
    const pages = Object.entries(found.droppedByPage);
    if (this.#pages.size + pages.length > mostPages || !this.seen.takeOver(seen)) return false;
    for (const part of ["files", "rows", "kept", "dropped"] as const) report[part] += found[part];
    for (const { rejection, row } of rejected) this.rejected.add(rejection, Buffer.from(row));
    for (const [page, rows] of pages) this.#countPage(page, rows);
    report.droppedByPage = Object.fromEntries(this.#pages);
    report.read.push(...found.read);
    report.unreadable.push(...found.unreadable);
    const { encodedTooOften } = report;
    encodedTooOften.rows += found.encodedTooOften.rows;
    encodedTooOften.examples.push(...found.encodedTooOften.examples);
    encodedTooOften.examples.splice(mostExamples);
    for (const { bytes } of logs) this.#bytesDone += bytes;
    return true;
  }

  async #addLog(file: LogFile): Promise<void> {
    const { report, rejected } = this;
    const { onProgress, signal } = this.options;
    const log = new EventLog(file);
    const before = { rows: report.rows, rejected: rejected.count, byReason: { ...rejected.byReason } };
    report.files++;
    try {
      for await (const record of readLog(file.path, file.dialect)) {
        signal?.throwIfAborted();
        this.#addRows(record, log);
        log.accepted.marks = record.marks;
        this.output?.flush();
        onProgress?.({ rows: report.rows, bytes: this.#bytesDone + record.bytesRead });
      }
    } catch (error) {
      report.unreadable.push(unreadLog(file, error));
    } finally {
      report.read.push(readingOf(file.path, file.dialect, log.accepted));
      report.droppedByPage = Object.fromEntries(this.#pages);
    }
    const rows = report.rows - before.rows;
    if (rows < leastUselessRows || rejected.count - before.rejected < rows) return;
    const reason = mostFrequent(rejected.byReason, before.byReason);
    report.unreadable.push({ file: file.path, reason: uselessLog(file.path, rows, reason) });
  }

  /** Judges the records that are here, counts them, and writes those that are kept. */
  #addRows(record: CsvCursor, log: EventLog): void {
    const { report, rejected } = this;
    while (record.next()) {
      const judgement = log.judge(record);
      if (judgement === "header") continue;
      if (judgement === "piece") {
        rejected.append(record.row);
        continue;
      }
      report.rows++;
      if (judgement === "kept") this.#keep(record, log);
      else if (judgement === "dropped") this.#drop(record, log);
      else if (log.rejection) rejected.add(log.rejection, record.row);
    }
  }

  #drop(record: CsvCursor, { at }: EventLog): void {
    this.report.dropped++;
    this.#countPage(at.page < 0 ? "" : record.text(at.page), 1);
  }

  #countPage(page: string, rows: number): void {
    const name = this.#pages.size >= mostPages && !this.#pages.has(page) ? "other pages" : page;
    this.#pages.set(name, (this.#pages.get(name) ?? 0) + rows);
  }

  #keep(record: CsvCursor, log: EventLog): void {
    this.report.kept++;
    this.seen.add(log.sessionId, log.itemInSession);
    const meant = record.mayBeEncodedTooOften ? this.#textsAsMeant(record, log) : undefined;
    if (meant && this.options.repair)
      this.output?.addTexts(log.playFields.map((field) => meant.get(field) ?? record.text(field)));
    else this.output?.addFields(record, log.playFields);
  }

  /** The texts of a row that were encoded too often, as they were meant, by their fields; undefined where there are none. */
  #textsAsMeant(record: CsvCursor, { file, playFields }: EventLog): Map<number, string> | undefined {
    const { encodedTooOften } = this.report;
    const found = new Map<number, string>();
    for (const field of playFields) {
      if (record.isAscii(field)) continue;
      const text = record.text(field);
      const { text: meant, rounds } = repairText(text);
      if (rounds === 0) continue;
      found.set(field, meant);
      const { examples } = encodedTooOften;
      if (examples.length < mostExamples) examples.push({ file: file.path, line: record.line, text, meant });
    }
    if (found.size === 0) return undefined;
    encodedTooOften.rows++;
    return found;
  }
}

/** The reason of most rows since then. */
function mostFrequent(now: Record<string, number>, before: Record<string, number>): string {
  const since = (reason: string) => (now[reason] ?? 0) - (before[reason] ?? 0);
  return Object.keys(now).reduce((most, reason) => (since(reason) > since(most) ? reason : most));
}
