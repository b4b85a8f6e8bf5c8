// The raw event logs: which files there are, and their rows.

import { createReadStream, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import Papa from "papaparse";
import { eventDataDirectory, SparkifyError, shortPath } from "./project";

/** The columns of an event log, as Sparkify's app writes them. */
export const eventColumns = [
  "artist",
  "auth",
  "firstName",
  "gender",
  "itemInSession",
  "lastName",
  "length",
  "level",
  "location",
  "method",
  "page",
  "registration",
  "sessionId",
  "song",
  "status",
  "ts",
  "userId",
] as const;

/** One row of an event log, every field as the text it is in the file. */
export type Event = Record<(typeof eventColumns)[number], string>;

export interface EventFile {
  path: string;
  /** The day that the file's name gives, as YYYY-MM-DD. */
  date: string;
  bytes: number;
}

export interface SkippedFile {
  path: string;
  reason: string;
}

/**
 * Walks a directory and its subdirectories for daily logs: `.csv` files with a date in their name.
 * @returns the files by date, and everything that was passed over with the reason
 * @throws SparkifyError where the directory is missing, cannot be read or holds no daily log
 */
export function findEventFiles(directory = eventDataDirectory): {
  files: EventFile[];
  skipped: SkippedFile[];
} {
  const files: EventFile[] = [];
  const skipped: SkippedFile[] = [];
  const visited = new Set<string>();

  const visit = (folder: string) => {
    visited.add(realpathSync(folder));
    for (const entry of readdirSync(folder).sort()) {
      const path = join(folder, entry);
      const skip = (reason: string) => skipped.push({ path, reason });
      if (entry.startsWith(".")) {
        skip("hidden");
        continue;
      }
      const found = statSync(path, { throwIfNoEntry: false });
      const date = entry.match(/\d{4}-\d{2}-\d{2}/)?.[0];
      if (!found) skip("a link that leads nowhere");
      else if (found.isDirectory())
        visited.has(realpathSync(path)) ? skip("a folder that was read already") : visit(path);
      else if (!found.isFile()) skip("not a file");
      else if (!entry.toLowerCase().endsWith(".csv")) skip("not a .csv file");
      else if (!date) skip("no date in its name (expected 2018-11-01-events.csv)");
      else if (found.size === 0) skip("empty");
      else files.push({ path, date, bytes: found.size });
    }
  };

  const help = "Put the daily CSV logs there, or name their folder: EVENT_DATA_DIR=path npm start";
  try {
    visit(directory);
  } catch (error) {
    const { code, path = directory, message } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "does not exist"
        : code === "EACCES"
          ? "may not be read by you"
          : `cannot be read: ${message}`;
    throw new SparkifyError(`The event directory ${path} ${why}.\n${help}`);
  }
  if (files.length === 0) {
    const passed = skipped.map(({ path, reason }) => `\n  ${shortPath(path)}: ${reason}`).join("");
    throw new SparkifyError(`The event directory ${directory} holds no daily CSV log.${passed}\n${help}`);
  }
  return { files: files.sort((a, b) => (a.date + a.path < b.date + b.path ? -1 : 1)), skipped };
}

/**
 * Reads all events of the files into memory, each with its file and day: for a first look at some thousands.
 * Rows that do not fit the header are left to notebook 02, which counts them.
 */
export async function readEvents(files: EventFile[]): Promise<(Event & { file: string; date: string })[]> {
  const events: (Event & { file: string; date: string })[] = [];
  for (const { path: file, date } of files) {
    for await (const record of readCsv(file, eventColumns)) {
      if ("row" in record) events.push({ ...record.row, file, date });
    }
  }
  return events;
}

/**
 * Streams a CSV file row by row, as objects with the wanted columns.
 * @param wanted the columns that must be there, in whatever order; others are passed over
 * @returns rows with their number in the file (the header is row 1); a row that has not as many fields as
 *   the header comes as a problem instead of an object
 * @throws SparkifyError where a column is missing or the file cannot be read
 */
export async function* readCsv<Column extends string>(
  path: string,
  wanted: readonly Column[],
): AsyncGenerator<{ number: number; row: Record<Column, string> } | { number: number; problem: string }> {
  // Decoded before it is parsed: papaparse would decode each chunk by itself and damage a character that
  // straddles two of them.
  const source = createReadStream(path, { encoding: "utf8" });
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, {
    delimiter: ",",
    skipEmptyLines: true,
    // A byte order mark before a quote would make the quote a part of the first column's name.
    beforeFirstChunk: (chunk) => chunk.replace(/^\uFEFF/, ""),
  });
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let positions: [Column, number][] | undefined;
  let width = 0;
  let number = 0;
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      number++;
      if (!positions) {
        const header = fields.map((name) => name.trim());
        positions = columnPositions(path, header, wanted);
        width = header.length;
      } else if (fields.length === width) {
        const row = {} as Record<Column, string>;
        for (const [column, position] of positions) row[column] = fields[position] as string;
        yield { number, row };
      } else {
        yield { number, problem: `${fields.length} fields where the header has ${width}` };
      }
    }
  } catch (error) {
    if (error instanceof SparkifyError || !(error as NodeJS.ErrnoException).code) throw error;
    throw new SparkifyError(`The file ${path} cannot be read: ${(error as Error).message}`);
  } finally {
    source.destroy();
  }
  if (!positions) throw new SparkifyError(`The file ${path} is empty: a header line was expected.`);
}

function columnPositions<Column extends string>(
  path: string,
  header: string[],
  wanted: readonly Column[],
): [Column, number][] {
  const missing = wanted.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new SparkifyError(
      `The file ${path} has other columns than expected.\n` +
        `  missing: ${missing.join(", ")}\n  found:   ${header.join(", ")}\n` +
        `Mend the header of ${basename(path)}, or move the file out of the event directory.`,
    );
  }
  return wanted.map((column) => [column, header.indexOf(column)]);
}
