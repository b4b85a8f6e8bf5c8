// All daily logs joined into one CSV with just the columns that the questions need.

import { rename, rm } from "node:fs/promises";
import { SparkifyError } from "@sparkify/base/errors";
import type { EventFile } from "../files/event-files.js";
import { EventLog, type LogFile } from "../plays/event-log.js";
import { repairText } from "../plays/repair-text.js";
import { compareRepeats, SeenItems } from "../plays/repeats.js";
import type { CsvCursor } from "../rows/csv-cursor.js";
import { dialectOf, readLog } from "../rows/dialect.js";
import { readingOf } from "../rows/reading.js";
import { defaultMaxErrors, RejectedRows, rejectedBeside } from "./rejected.js";
import {
  type DenormalizeReport,
  emptyReport,
  leastUselessRows,
  unreadableLogs,
  unreadLog,
  uselessLog,
} from "./report.js";
import { RowWriter } from "./row-writer.js";

/** So many pages are counted on their own, so that logs whose columns are mixed up cannot fill the memory. */
const mostPages = 1000;

/** How logs are joined. */
export interface DenormalizeOptions {
  /** The daily logs, in the order in which their rows are to be written. */
  files: EventFile[];
  /** The CSV to write; null only judges the rows. */
  target: string | null;
  /** Where rejected rows are kept. @default `out/rejected.csv` beside the target */
  rejected?: string;
  /** The run stops when more rows than this are rejected. @default 100 */
  maxErrors?: number;
  /** Write text that was encoded too often as it was meant. @default false: every value as it came */
  repair?: boolean;
  /** Leaves out the files that cannot be read, instead of failing. @default false */
  skipFiles?: boolean;
  /** Is given the report at once. What it counts is right at the end, and also where the run stops before. */
  onReport?: (report: DenormalizeReport) => void;
  onProgress?: (progress: { rows: number; share: number }) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Streams all files into one CSV: every field quoted, UTF-8, `\n` at each line's end. The target appears
 * only when it is whole: until then the rows are in `<target>.partial`.
 * @throws SparkifyError where a file cannot be read, too many rows are rejected, no row is kept, or the target cannot be
 *   written; an earlier target stays as it was then
 * @example
 * const { files } = findEventFiles("event_data");
 * const { rows, kept, rejectedByReason } = await denormalize({ files, target: "plays.csv" });
 */
export async function denormalize(options: DenormalizeOptions): Promise<DenormalizeReport> {
  const { files, target, skipFiles, signal, onProgress } = options;
  const { rejected: rejectedIn = rejectedBeside(target), maxErrors = defaultMaxErrors } = options;
  const report = emptyReport(rejectedIn);
  options.onReport?.(report);
  let output: RowWriter | undefined;
  let rejected: RejectedRows | undefined;
  try {
    signal?.throwIfAborted();
    const logs = await readableLogs(options, report);
    rejected = new RejectedRows(rejectedIn, maxErrors);
    if (target !== null) output = await RowWriter.create(`${target}.partial`);
    await new Join(report, rejected, output, options).run(logs);
    count(report, rejected);
    if (report.unreadable.length > 0 && !skipFiles) throw unreadableLogs(report.unreadable, files.length);
    if (target !== null && report.kept === 0) throw nothingKept(report);
    await output?.close();
    if (target !== null) await rename(`${target}.partial`, target);
    onProgress?.({ rows: report.rows, share: 1 });
    return report;
  } catch (error) {
    await output?.close().catch(() => {});
    if (target !== null) await rm(`${target}.partial`, { force: true });
    if (rejected) count(report, rejected);
    throw explained(error as Error, target, signal);
  } finally {
    rejected?.close();
  }
}

/** Finds out how each file is to be read, before any row is. @throws SparkifyError where one cannot be */
async function readableLogs(
  { files, skipFiles, signal }: DenormalizeOptions,
  { unreadable }: DenormalizeReport,
): Promise<LogFile[]> {
  const logs: LogFile[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    try {
      logs.push({ ...file, dialect: await dialectOf(file.path) });
    } catch (error) {
      unreadable.push(unreadLog(file, error));
    }
  }
  if (unreadable.length > 0 && !skipFiles) throw unreadableLogs(unreadable, files.length);
  return logs;
}

/** Takes over what was rejected so far: also where the run stops at a row. */
function count(report: DenormalizeReport, rejected: RejectedRows): void {
  report.rejected = rejected.count;
  report.rejectedByReason = rejected.byReason;
  report.rejections = rejected.first;
  report.rows = report.kept + report.dropped + report.rejected;
}

function nothingKept({ files, rows, dropped, rejected }: DenormalizeReport): SparkifyError {
  return new SparkifyError(
    `No row of the ${files} logs is a song play, so nothing was written: of ${rows} rows, ${dropped} have no artist and ${rejected} were rejected.`,
  );
}

function explained(error: Error, target: string | null, signal: AbortSignal | undefined): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code || error instanceof SparkifyError || signal?.aborted) return error;
  const help =
    code === "ENOSPC" ? "The disk is full: free some space and run this again." : "Nothing was changed.";
  const where = target === null ? {} : { file: target };
  return new SparkifyError(`The file ${target} cannot be written: ${message}\n${help}`, { where });
}

/** The rows of all logs, on their way into the CSV. */
class Join {
  readonly #seen = new SeenItems();
  readonly #pages = new Map<string, number>();

  constructor(
    readonly report: DenormalizeReport,
    readonly rejected: RejectedRows,
    readonly output: RowWriter | undefined,
    readonly options: DenormalizeOptions,
  ) {}

  async run(logs: LogFile[]): Promise<void> {
    const { report, rejected } = this;
    const bytesInAll = logs.reduce((sum, { bytes }) => sum + bytes, 0);
    let bytesDone = 0;
    for (const log of logs) {
      await this.#addLog(log, (bytesRead) => Math.min(1, (bytesDone + bytesRead) / Math.max(1, bytesInAll)));
      bytesDone += log.bytes;
    }
    report.repeated = await compareRepeats(logs, this.#seen.repeated, this.options.signal);
    if (this.#seen.left > 0) report.repeated.notCompared = this.#seen.left;
    const judged = report.kept + report.dropped + rejected.count;
    if (report.rows !== judged) throw new Error(`${report.rows} rows were read, ${judged} judged.`);
  }

  /** @param shareAt how much of all logs is done when so many bytes of this one are read */
  async #addLog(file: LogFile, shareAt: (bytesRead: number) => number): Promise<void> {
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
        await this.output?.flush();
        onProgress?.({ rows: report.rows, share: shareAt(record.bytesRead) });
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
    const page = at.page < 0 ? "" : record.text(at.page);
    const name = this.#pages.size >= mostPages && !this.#pages.has(page) ? "other pages" : page;
    this.#pages.set(name, (this.#pages.get(name) ?? 0) + 1);
  }

  #keep(record: CsvCursor, log: EventLog): void {
    this.report.kept++;
    this.#seen.add(log.sessionId, log.itemInSession);
    const meant = record.mayBeEncodedTooOften ? this.#textsAsMeant(record, log) : undefined;
    if (meant && this.options.repair) this.output?.addTexts(meant);
    else this.output?.addFields(record, log.playFields);
  }

  /** The texts of a row without needless encodings; undefined where there are none. */
  #textsAsMeant(record: CsvCursor, { file, playFields }: EventLog): string[] | undefined {
    const { encodedTooOften } = this.report;
    let found = false;
    const texts = playFields.map((field) => {
      const text = record.text(field);
      const { text: meant, rounds } = repairText(text);
      if (rounds === 0) return text;
      found = true;
      const { examples } = encodedTooOften;
      if (examples.length < 5) examples.push({ file: file.path, line: record.line, text, meant });
      return meant;
    });
    if (!found) return undefined;
    encodedTooOften.rows++;
    return texts;
  }
}

/** The reason of most rows since then. */
function mostFrequent(now: Record<string, number>, before: Record<string, number>): string {
  const since = (reason: string) => (now[reason] ?? 0) - (before[reason] ?? 0);
  return Object.keys(now).reduce((most, reason) => (since(reason) > since(most) ? reason : most));
}
