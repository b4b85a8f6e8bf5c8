// All daily logs joined into one CSV with just the columns that the questions need.

import { rename, rm } from "node:fs/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { bytesOf, type EventFile } from "../files/event-files.js";
import type { LogFile } from "../plays/event-log.js";
import { compareRepeats } from "../plays/repeats.js";
import { dialectOf } from "../rows/dialect.js";
import { Join } from "./join.js";
import { countOfParts, Part, partsOf } from "./parts.js";
import { defaultMaxErrors, RejectedRows, rejectedBeside } from "./rejected.js";
import { type DenormalizeReport, emptyReport, unreadableLogs, unreadLog } from "./report.js";
import { RowWriter } from "./row-writer.js";

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
  const threads: Part[] = [];
  try {
    signal?.throwIfAborted();
    // They start while it is told how each log is to be read.
    for (let more = countOfParts(files) - 1; more > 0; more--) threads.push(new Part());
    const logs = await readableLogs(options, report);
    rejected = new RejectedRows(rejectedIn, maxErrors);
    if (target !== null) output = new RowWriter(`${target}.partial`);
    await joinAll(logs, threads, report, rejected, output, options);
    count(report, rejected);
    if (report.unreadable.length > 0 && !skipFiles) throw unreadableLogs(report.unreadable, files.length);
    if (target !== null && report.kept === 0) throw nothingKept(report);
    output?.finish();
    if (target !== null) await rename(`${target}.partial`, target);
    onProgress?.({ rows: report.rows, share: 1 });
    return report;
  } catch (error) {
    output?.close();
    if (target !== null) await rm(`${target}.partial`, { force: true });
    if (rejected) count(report, rejected);
    throw explained(error as Error, target, signal);
  } finally {
    rejected?.close();
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** Joins the logs: the first part of them here, each further one in a thread of its own. */
async function joinAll(
  logs: LogFile[],
  parts: Part[],
  report: DenormalizeReport,
  rejected: RejectedRows,
  output: RowWriter | undefined,
  { target, repair, signal, onProgress }: DenormalizeOptions,
): Promise<void> {
  const [first = [], ...further] = partsOf(logs, parts.length + 1);
  for (const [at, part] of parts.entries())
    part.begin({
      logs: further[at] ?? [],
      repair,
      target: target && `${target}.partial-${at + 1}`,
      maxErrors: rejected.maxErrors,
    });
  const bytesInAll = bytesOf(logs);
  const join = new Join(report, rejected, output, {
    repair,
    signal,
    onProgress:
      onProgress &&
      (({ rows, bytes }) => {
        const there = parts.map(({ progress }) => progress);
        const bytesDone = there.reduce((sum, part) => sum + part.bytes, bytes);
        onProgress({
          rows: there.reduce((sum, part) => sum + part.rows, rows),
          share: Math.min(1, bytesDone / Math.max(1, bytesInAll)),
        });
      }),
  });
  await join.run(first);
  for (const part of parts) {
    const joined = await part.joined(signal);
    part.progress = { rows: 0, bytes: 0 }; // it counts here now
    // Where it met what depends on the rows before, its logs are joined here: so the result never depends on the threads.
    if (!joined || !join.takeOver(part.logs, joined)) await join.run(part.logs);
    else if (output && part.target !== null) await output.append(part.target);
    await part.end();
  }
  report.repeated = await compareRepeats(logs, join.seen.repeated, signal);
  if (join.seen.left > 0) report.repeated.notCompared = join.seen.left;
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
