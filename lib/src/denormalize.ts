// All daily logs joined into one CSV with just the columns that the questions need.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { type EventFile, eventColumns, readCsv } from "./events";
import { SparkifyError, streamlinedCsv } from "./project";
import { repairText } from "./repairText";

/** The columns of the streamlined CSV, in its order. */
export const streamlinedColumns = [
  "artist",
  "firstName",
  "gender",
  "itemInSession",
  "lastName",
  "length",
  "level",
  "location",
  "sessionId",
  "song",
  "userId",
] as const;

export interface DenormalizeOptions {
  /** The daily logs, in the order in which their rows are to be written. */
  files: EventFile[];
  /** The CSV to write. @default `event_datafile_new.csv` in the project */
  target?: string;
  /** Write text that was encoded too often as it was meant. @default false: every value as it came */
  repair?: boolean;
  /** Called after each file. */
  onProgress?: (filesDone: number, filesInAll: number) => void;
  signal?: AbortSignal;
}

export interface DenormalizeReport {
  files: number;
  /** Rows read; always kept + dropped + rejected. */
  rows: number;
  kept: number;
  /** Rows without an artist, by the page they were logged on: nothing was played there. */
  droppedByPage: Record<string, number>;
  /** Rows that cannot be used, each with its place and the reason. */
  rejected: { file: string; row: number; reason: string }[];
  /** Kept rows in which some text was encoded too often. */
  encodedTooOften: { rows: number; examples: { file: string; row: number; text: string; meant: string }[] };
}

/**
 * Streams all files into one CSV: every field quoted, UTF-8, `\n` at each line's end. The target appears
 * only when it is whole: until then the rows are in `<target>.partial`.
 * @throws SparkifyError where a file cannot be read or has other columns, or the target cannot be written
 */
export async function denormalize({
  files,
  target = streamlinedCsv,
  repair = false,
  onProgress,
  signal,
}: DenormalizeOptions): Promise<DenormalizeReport> {
  const report: DenormalizeReport = {
    files: files.length,
    rows: 0,
    kept: 0,
    droppedByPage: {},
    rejected: [],
    encodedTooOften: { rows: 0, examples: [] },
  };
  const partial = `${target}.partial`;
  const output = createWriteStream(partial);
  // Awaited below; named here so that a write error is never left alone, even one that comes after an abort.
  const written = finished(output, { signal });
  written.catch(() => {});
  output.on("error", () => {});
  try {
    await write(output, quoted(streamlinedColumns));
    for (const [index, { path }] of files.entries()) {
      for await (const record of readCsv(path, eventColumns)) {
        signal?.throwIfAborted();
        report.rows++;
        const reject = (reason: string) => report.rejected.push({ file: path, row: record.number, reason });
        if ("problem" in record) {
          reject(record.problem);
          continue;
        }
        const { row } = record;
        if (row.artist === "") {
          report.droppedByPage[row.page] = (report.droppedByPage[row.page] ?? 0) + 1;
          continue;
        }
        const problem = unusable(row);
        if (problem) {
          reject(problem);
          continue;
        }
        let doubled = false;
        const fields = streamlinedColumns.map((column) => {
          const { text: meant, rounds } = repairText(row[column]);
          if (rounds === 0) return row[column];
          const { examples } = report.encodedTooOften;
          if (examples.length < 5)
            examples.push({ file: path, row: record.number, text: row[column], meant });
          doubled = true;
          return repair ? meant : row[column];
        });
        if (doubled) report.encodedTooOften.rows++;
        report.kept++;
        await write(output, quoted(fields));
      }
      onProgress?.(index + 1, files.length);
    }
    output.end();
    await written;
    await rename(partial, target);
  } catch (error) {
    output.destroy();
    if (!output.closed) await new Promise<void>((resolve) => output.once("close", resolve));
    await rm(partial, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code || error instanceof SparkifyError || signal?.aborted) throw error;
    const help =
      code === "ENOSPC" ? "The disk is full: free some space and run this again." : "Nothing was changed.";
    throw new SparkifyError(`The file ${target} cannot be written: ${message}\n${help}`);
  }
  return report;
}

/** Why a row with an artist cannot be a song play, or undefined where it can. */
function unusable(row: Record<(typeof eventColumns)[number], string>): string | undefined {
  for (const column of ["sessionId", "itemInSession", "userId"] as const) {
    const value = Number(row[column]);
    // The range of Cassandra's int.
    if (!/^\d+$/.test(row[column]) || value > 2_147_483_647)
      return `${column} is "${row[column]}", not a whole number`;
  }
  if (!/^\d+(\.\d+)?$/.test(row.length)) return `length is "${row.length}", not a number of seconds`;
  if (row.song === "") return "an artist without a song title";
  return undefined;
}

function quoted(fields: readonly string[]): string {
  return `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\n`;
}

/** Waits while the disk is slower than the parser, so that memory stays flat. */
async function write(
  output: NodeJS.WritableStream & { errored?: Error | null },
  text: string,
): Promise<void> {
  if (!output.write(text)) {
    if (output.errored) throw output.errored;
    await once(output, "drain");
  }
}
