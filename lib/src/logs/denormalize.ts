// All daily logs joined into one CSV with just the columns that the questions need.

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Progress } from "../progress";
import { SparkifyError, streamlinedCsv } from "../project";
import { type CsvCursor, readCsv, UnreadableFile } from "./csv";
import { EventLog } from "./eventLog";
import { type EventFile, streamlinedColumns } from "./events";
import { defaultMaxErrors, RejectedRows, type Rejection, rejectedCsv } from "./rejected";
import { repairText } from "./repairText";
import { compareRepeats, type Repeated, SeenItems } from "./repeats";

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
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal | undefined;
}

export interface DenormalizeReport {
  files: number;
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
  /** Files that could not be read, or not to their end. A row that is cut off there is no row. */
  unreadable: { file: string; reason: string }[];
  /** Kept rows that have the session and the position of an earlier one. */
  repeated: Repeated;
  /** Kept rows in which some text was encoded too often. */
  encodedTooOften: { rows: number; examples: { file: string; line: number; text: string; meant: string }[] };
}

/**
 * Streams all files into one CSV: every field quoted, UTF-8, `\n` at each line's end. The target appears
 * only when it is whole: until then the rows are in `<target>.partial`.
 * @throws SparkifyError where too many rows are rejected, or the target cannot be written
 */
export async function denormalize({
  files,
  target = streamlinedCsv,
  rejected: rejectedIn = rejectedCsv,
  maxErrors = defaultMaxErrors,
  repair = false,
  onProgress,
  signal,
}: DenormalizeOptions): Promise<DenormalizeReport> {
  const report: DenormalizeReport = {
    ...{ files: files.length, rows: 0, kept: 0, dropped: 0, droppedByPage: {} },
    ...{ rejected: 0, rejectedByReason: {}, rejections: [], rejectedIn, unreadable: [] },
    repeated: { sameEvent: 0, differentContent: 0, examples: [] },
    encodedTooOften: { rows: 0, examples: [] },
  };
  const seen = new SeenItems();
  const droppedByPage = new Map<string, number>();
  const bytesInAll = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytesDone = 0;
  let output: RowWriter | undefined;
  let rejected: RejectedRows | undefined;
  try {
    signal?.throwIfAborted();
    rejected = new RejectedRows(rejectedIn, maxErrors);
    if (target !== null) output = await RowWriter.create(`${target}.partial`);
    for (const file of files) {
      const log = new EventLog(file, rejected);
      try {
        for await (const record of readCsv(file.path)) {
          signal?.throwIfAborted();
          joinRows(record, log, seen, report, droppedByPage, output, repair);
          await output?.flush();
          const share = Math.min(1, (bytesDone + record.bytesRead) / Math.max(1, bytesInAll));
          onProgress?.({ rows: report.rows, share });
        }
      } catch (error) {
        // A file that vanished, or may not be read any more, costs its own rows only.
        if (!(error instanceof UnreadableFile)) throw error;
        report.unreadable.push({ file: file.path, reason: error.message });
      }
      bytesDone += file.bytes;
    }
    report.repeated = await compareRepeats(files, seen.repeated, signal);
    if (seen.left > 0) report.repeated.notCompared = seen.left;
    report.droppedByPage = Object.fromEntries(droppedByPage);
    report.rejected = rejected.count;
    report.rejectedByReason = rejected.byReason;
    report.rejections = rejected.first;
    if (report.rows !== report.kept + report.dropped + report.rejected) {
      throw new Error(`${report.rows} rows are not ${report.kept} + ${report.dropped} + ${report.rejected}.`);
    }
    await output?.close();
    if (target !== null) await rename(`${target}.partial`, target);
    onProgress?.({ rows: report.rows, share: 1 });
    return report;
  } catch (error) {
    await output?.close().catch(() => {});
    if (target !== null) await rm(`${target}.partial`, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code || error instanceof SparkifyError || signal?.aborted) throw error;
    const help =
      code === "ENOSPC" ? "The disk is full: free some space and run this again." : "Nothing was changed.";
    throw new SparkifyError(`The file ${target} cannot be written: ${message}\n${help}`);
  } finally {
    rejected?.close();
  }
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
