// What became of the rows of the logs.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import type { EventFile } from "../files/event-files.js";
import { type Fault, UnreadableFile } from "../files/unreadable-file.js";
import type { Rejection } from "../plays/event-log.js";
import type { Repeated } from "../plays/repeats.js";
import { peculiarities, type Reading } from "../rows/reading.js";

/** A log with so many rows, all of which are rejected, is not what it should be: a day would be missing. */
export const leastUselessRows = 10;

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

/** The error where some logs cannot be read, so that their days would be missing. */
export function unreadableLogs(logs: UnreadLog[], inAll: number): SparkifyError {
  const reasons = logs.map(({ reason }) => `\n${reason}`).join("");
  return new SparkifyError(
    `${logs.length} of ${inAll} logs cannot be read, so nothing was written:${reasons}\n` +
      "Mend them, or move them out of the folder. npm run load and npm run spark leave them out with --skip-files.",
    { where: { file: logs[0]?.file as string } },
  );
}

/** A file that vanished, or may not be read any more, costs its own rows only. @throws any other error */
export function unreadLog({ path }: EventFile, error: unknown): UnreadLog {
  if (!(error instanceof UnreadableFile)) throw error;
  const { message, fault } = error;
  return fault ? { file: path, reason: message, fault } : { file: path, reason: message };
}

/** What is said of a log all of whose rows were rejected. @param reason of most of them */
export const uselessLog = (file: string, rows: number, reason: string) =>
  `The log ${shortPath(file)} cannot be used: all of its ${rows} rows were rejected, most of them for: ${reason}.`;

/** Of no row so far. */
export const emptyReport = (rejectedIn: string): DenormalizeReport => ({
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
});
