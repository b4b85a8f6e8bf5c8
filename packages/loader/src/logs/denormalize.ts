// All daily logs joined into one CSV with just the columns that the questions need.

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath, streamlinedCsv } from "@sparkify/lib";
import type { Progress } from "@sparkify/lib/show";
import { streamlinedColumns } from "./columns.js";
import type { CsvCursor } from "./csv.js";
import {
  dialectOf,
  type Fault,
  peculiarities,
  type Reading,
  readingOf,
  readLog,
  UnusableFile,
} from "./dialect.js";
import { EventLog, type LogFile } from "./event-log.js";
import type { EventFile } from "./events.js";
import { defaultMaxErrors, RejectedRows, type Rejection, rejectedCsv } from "./rejected.js";
import { repairText } from "./repair-text.js";
import { compareRepeats, type Repeated, SeenItems } from "./repeats.js";
import { UnreadableFile } from "./text-file.js";

/** A log with so many rows, all of which are rejected, is not what it should be: a day would be missing. */
export const leastUselessRows = 10;

/** So many pages are counted on their own, so that logs whose columns are mixed up cannot fill the memory. */
const mostPages = 1000;

export interface DenormalizeOptions {
  /** The daily logs, in the order in which their rows are to be written. */
  files: EventFile[];
  /** The CSV to write; null only judges the rows. @default `event_datafile_new.csv` in the project */
  target?: string | null;
  /** Where rejected rows are kept. @default `out/rejected.csv` in the project */
  rejected?: string;
  /** The run stops when more rows than this are rejected. @default 100 */
  maxErrors?: number;
  /** Write text that was encoded too often as it was meant. @default false: every value as it came */
  repair?: boolean;
  /** Leaves out the files that cannot be read, instead of failing. @default false */
  skipFiles?: boolean;
  /** Is given the report at once. What it counts is right at the end, and also where the run stops before. */
  onReport?: (report: DenormalizeReport) => void;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal | undefined;
}

/**
 * A file that could not be read, or not to its end: a row that is cut off there is no row. Or one whose rows were all
 * rejected.
 */
export interface UnreadLog {
  file: string;
  reason: string;
  /** What is wrong with the file as a whole, where it is that. */
  fault?: Fault;
}

export interface DenormalizeReport {
  /** Those that were read, or begun. */
  files: number;
  /** How each of them was read. */
  read: Reading[];
  /** Rows read; always kept + dropped + rejected. */
  rows: number;
  kept: number;
  /** Rows without an artist: nothing was played there. */
  dropped: number;
  /** The same by the page that was visited; "other pages" after the first thousand. */
  droppedByPage: Record<string, number>;
  /** Rows that cannot be used. They are kept in the file `rejectedIn`. */
  rejected: number;
  rejectedByReason: Record<string, number>;
  /** The first hundred of them, each with its place and the reason. */
  rejections: Rejection[];
  rejectedIn: string;
  unreadable: UnreadLog[];
  /** Kept rows that have the session and the position of an earlier one. */
  repeated: Repeated;
  /** Kept rows in which some text was encoded too often. */
  encodedTooOften: { rows: number; examples: { file: string; line: number; text: string; meant: string }[] };
}

/** The logs that are not plain CSV (UTF-8, commas, the usual names), and how each was read, in words. */
export function notPlainLogs({ read }: DenormalizeReport): { file: string; how: string[] }[] {
  return read.flatMap((reading) => {
    const how = peculiarities(reading);
    return how.length > 0 ? [{ file: reading.file, how }] : [];
  });
}

/** A line for each of them, but not for more than ten. */
export function readAsText(logs: { file: string; how: string[] }[]): string[] {
  const lines = logs.slice(0, 10).map(({ file, how }) => `${shortPath(file)} was read as: ${how.join(", ")}`);
  return logs.length > 10 ? [...lines, `${logs.length - 10} more logs are not plain CSV`] : lines;
}

/** Some logs cannot be read, so that their days would be missing. */
export class UnreadableLogs extends SparkifyError {
  constructor(
    readonly logs: UnreadLog[],
    inAll: number,
  ) {
    const reasons = logs.map(({ reason }) => `\n${reason}`).join("");
    super(
      `${logs.length} of ${inAll} logs cannot be read, so nothing was written:${reasons}\n` +
        "Mend them, or move them out of the folder. npm run load and npm run spark leave them out with --skip-files.",
    );
  }
}

/**
 * Streams all files into one CSV: every field quoted, UTF-8, `\n` at each line's end. The target appears
 * only when it is whole: until then the rows are in `<target>.partial`.
 * @throws SparkifyError where a file cannot be read, too many rows are rejected, no row is kept, or the target cannot be
 *   written; an earlier target stays as it was then
 */
export async function denormalize(options: DenormalizeOptions): Promise<DenormalizeReport> {
  const {
    target = streamlinedCsv,
    rejected: rejectedIn = rejectedCsv,
    maxErrors = defaultMaxErrors,
  } = options;
  const report = emptyReport(rejectedIn);
  options.onReport?.(report);
  let output: RowWriter | undefined;
  let rejected: RejectedRows | undefined;
  try {
    options.signal?.throwIfAborted();
    const logs = await readableLogs(options, report);
    rejected = new RejectedRows(rejectedIn, maxErrors);
    if (target !== null) output = await RowWriter.create(`${target}.partial`);
    await joinLogs(logs, options, report, rejected, output);
    count(report, rejected);
    if (report.unreadable.length > 0 && !options.skipFiles)
      throw new UnreadableLogs(report.unreadable, options.files.length);
    if (target !== null && report.kept === 0) throw nothingKept(report);
    await output?.close();
    if (target !== null) await rename(`${target}.partial`, target);
    options.onProgress?.({ rows: report.rows, share: 1 });
    return report;
  } catch (error) {
    await output?.close().catch(() => {});
    if (target !== null) await rm(`${target}.partial`, { force: true });
    if (rejected) count(report, rejected);
    throw explained(error as Error, target, options.signal);
  } finally {
    rejected?.close();
  }
}

function emptyReport(rejectedIn: string): DenormalizeReport {
  return {
    files: 0,
    read: [],
    rows: 0,
    kept: 0,
    dropped: 0,
    droppedByPage: {},
    rejected: 0,
    rejectedByReason: {},
    rejections: [],
    rejectedIn,
    unreadable: [],
    repeated: { sameEvent: 0, differentContent: 0, examples: [] },
    encodedTooOften: { rows: 0, examples: [] },
  };
}

/** Finds out how each file is to be read, before any row is. @throws UnreadableLogs where one cannot be */
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
  if (unreadable.length > 0 && !skipFiles) throw new UnreadableLogs(unreadable, files.length);
  return logs;
}

/** A file that vanished, or may not be read any more, costs its own rows only. @throws any other error */
export function unreadLog({ path }: EventFile, error: unknown): UnreadLog {
  if (error instanceof UnusableFile) return { file: path, reason: error.message, fault: error.fault };
  if (error instanceof UnreadableFile) return { file: path, reason: error.message };
  throw error;
}

async function joinLogs(
  logs: LogFile[],
  { repair = false, onProgress, signal }: DenormalizeOptions,
  report: DenormalizeReport,
  rejected: RejectedRows,
  output: RowWriter | undefined,
): Promise<void> {
  const seen = new SeenItems();
  const droppedByPage = new Map<string, number>();
  const bytesInAll = logs.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytesDone = 0;
  for (const file of logs) {
    const log = new EventLog(file, rejected);
    const before = { rows: report.rows, rejected: rejected.count, byReason: { ...rejected.byReason } };
    report.files++;
    try {
      for await (const record of readLog(file.path, file.dialect)) {
        signal?.throwIfAborted();
        joinRows(record, log, seen, report, droppedByPage, output, repair);
        log.accepted.marks = record.marks;
        await output?.flush();
        const share = Math.min(1, (bytesDone + record.bytesRead) / Math.max(1, bytesInAll));
        onProgress?.({ rows: report.rows, share });
      }
    } catch (error) {
      report.unreadable.push(unreadLog(file, error));
    } finally {
      report.read.push(readingOf(file.path, file.dialect, log.accepted));
      report.droppedByPage = Object.fromEntries(droppedByPage);
    }
    const rows = report.rows - before.rows;
    if (rows >= leastUselessRows && rejected.count - before.rejected === rows) {
      const reason = mostFrequent(rejected.byReason, before.byReason);
      report.unreadable.push({ file: file.path, reason: uselessLog(file.path, rows, reason) });
    }
    bytesDone += file.bytes;
  }
  report.repeated = await compareRepeats(logs, seen.repeated, signal);
  if (seen.left > 0) report.repeated.notCompared = seen.left;
  const judged = report.kept + report.dropped + rejected.count;
  if (report.rows !== judged) throw new Error(`${report.rows} rows were read, ${judged} judged.`);
}

/** The reason of most rows since then. */
function mostFrequent(now: Record<string, number>, before: Record<string, number>): string {
  const since = (reason: string) => (now[reason] ?? 0) - (before[reason] ?? 0);
  return Object.keys(now).reduce((most, reason) => (since(reason) > since(most) ? reason : most));
}

/** What is said of a log all of whose rows were rejected. @param reason of most of them */
export const uselessLog = (file: string, rows: number, reason: string) =>
  `The log ${shortPath(file)} cannot be used: all of its ${rows} rows were rejected, most of them for: ${reason}.`;

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
  return new SparkifyError(`The file ${target} cannot be written: ${message}\n${help}`);
}

/** Judges the records that are here, counts them, and writes those that are kept. */
function joinRows(
  record: CsvCursor,
  log: EventLog,
  seen: SeenItems,
  report: DenormalizeReport,
  droppedByPage: Map<string, number>,
  output: RowWriter | undefined,
  repair: boolean,
): void {
  while (record.next()) {
    const verdict = log.judge(record);
    if (verdict === "header" || verdict === "piece") continue;
    report.rows++;
    if (verdict === "dropped") {
      report.dropped++;
      let page = log.at.page < 0 ? "" : record.text(log.at.page);
      if (droppedByPage.size >= mostPages && !droppedByPage.has(page)) page = "other pages";
      droppedByPage.set(page, (droppedByPage.get(page) ?? 0) + 1);
    } else if (verdict === "kept") {
      report.kept++;
      seen.add(log.sessionId, log.itemInSession);
      const meant = record.mayBeEncodedTooOften ? textsAsMeant(record, log, report) : undefined;
      if (meant && repair) output?.addTexts(meant);
      else output?.addFields(record, log.playFields);
    }
  }
}

/** The texts of a row without needless encodings; undefined where there are none. */
function textsAsMeant(
  record: CsvCursor,
  { file, playFields }: EventLog,
  { encodedTooOften }: DenormalizeReport,
): string[] | undefined {
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

const quote = 0x22;
const comma = 0x2c;

/** Writes rows of quoted fields, gathered to large pieces. */
class RowWriter {
  #bytes = Buffer.alloc(1024 * 1024);
  #filled = 0;
  #spare = Buffer.alloc(1024 * 1024);
  #writing: Promise<void> = Promise.resolve();

  private constructor(readonly file: FileHandle) {}

  static async create(path: string): Promise<RowWriter> {
    const writer = new RowWriter(await open(path, "w"));
    writer.addTexts(streamlinedColumns);
    return writer;
  }

  addTexts(texts: readonly string[]): void {
    const line = `${texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")}\n`;
    this.#makeRoom(Buffer.byteLength(line));
    this.#filled += this.#bytes.write(line, this.#filled);
  }

  /** Copies fields as the bytes they are. */
  addFields(record: CsvCursor, fields: readonly number[]): void {
    this.#makeRoom(2 * (record.end - record.start) + 3 * fields.length);
    const source = record.bytes;
    const target = this.#bytes;
    let filled = this.#filled;
    for (const field of fields) {
      const start = record.starts[field] as number;
      const end = record.ends[field] as number;
      const wasQuoted = start > record.start && source[start - 1] === quote; // then inner quotes are doubled already
      target[filled++] = quote;
      for (let position = start; position < end; position++) {
        const byte = source[position] as number;
        if (byte === quote && !wasQuoted) target[filled++] = quote;
        target[filled++] = byte;
      }
      target[filled++] = quote;
      target[filled++] = comma;
    }
    target[filled - 1] = 0x0a;
    this.#filled = filled;
  }

  /** Begins to write what is here, when all before is written: so memory stays flat where the disk is slower. */
  async flush(): Promise<void> {
    await this.#writing;
    const full = this.#bytes.subarray(0, this.#filled);
    [this.#bytes, this.#spare] = [this.#spare, this.#bytes];
    this.#filled = 0;
    this.#writing = this.#write(full);
    this.#writing.catch(() => {}); // it is awaited later
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      written += (await this.file.write(bytes, written)).bytesWritten;
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.#writing;
    } finally {
      await this.#writing.catch(() => {});
      await this.file.close();
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#filled + bytes));
    this.#bytes.copy(larger, 0, 0, this.#filled);
    this.#bytes = larger;
  }
}
