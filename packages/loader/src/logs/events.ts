// The raw event logs: which files there are, and their rows.

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { eventDataDirectory, shortPath } from "@sparkify/lib";
import { type Column, eventColumns } from "./columns.js";
import { type Dialect, dialectOf, fitRecords, readLog, UnusableFile } from "./dialect.js";
import { UnreadableFile } from "./text-file.js";

/** One row of an event log, every field as the text it is in the file. */
export type Event = Record<Column, string>;

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
 * Walks a directory and its subdirectories for daily logs: `.csv` and `.csv.gz` files with a date in their name.
 * @param help what to do where there is no log, for the message
 * @returns the files by date, and everything that was passed over with the reason
 * @throws SparkifyError where the directory is missing, cannot be read or holds no daily log
 */
export function findEventFiles(
  directory = eventDataDirectory,
  help = "Put the daily CSV logs there, or name their folder: EVENT_DATA_DIR=path npm start",
): {
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
      const found = followed(path);
      const date = entry.match(/\d{4}-\d{2}-\d{2}/)?.[0];
      if (!found) skip("a link that leads nowhere");
      else if (found.stats.isDirectory())
        visited.has(found.place) ? skip("a folder that was read already") : visit(path);
      else if (!found.stats.isFile()) skip("not a file");
      else if (!/\.csv(\.gz)?$/i.test(entry)) skip("not a .csv file");
      else if (!date) skip("no date in its name (expected 2018-11-01-events.csv)");
      else if (found.stats.size === 0) skip("empty");
      else if (visited.has(found.place)) skip("a file that is in the list already");
      else {
        visited.add(found.place);
        files.push({ path, date, bytes: found.stats.size });
      }
    }
  };

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

/** What a path leads to; undefined where a link leads nowhere, or in a circle, or a file has just vanished. */
function followed(path: string) {
  try {
    return { stats: statSync(path), place: realpathSync(path) };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ELOOP", "ENOENT"].includes(code)) return undefined;
    throw error;
  }
}

/**
 * Reads all events of the files into memory, each with its file and day: for a first look at some thousands.
 * Rows that do not fit the header, and files that cannot be read or used, are left to notebook 02, which counts them.
 * @throws SparkifyError where no log can be used
 */
export async function readEvents(files: EventFile[]): Promise<(Event & { file: string; date: string })[]> {
  const events: (Event & { file: string; date: string })[] = [];
  let useless: UnusableFile | undefined;
  for (const { path: file, date } of files) {
    try {
      const dialect = await dialectOf(file);
      for await (const event of eventsIn(file, dialect)) events.push({ ...event, file, date });
    } catch (error) {
      if (error instanceof UnusableFile) useless ??= error;
      else if (!(error instanceof UnreadableFile)) throw error;
    }
  }
  if (events.length > 0 || !useless) return events;
  throw new SparkifyError(
    `None of the logs can be read, for instance:\n${useless.message}\n` +
      "Mend them, or name another folder: EVENT_DATA_DIR=path npm start",
    { cause: useless },
  );
}

/** The records of a log that are not damaged. */
async function* eventsIn(path: string, dialect: Dialect): AsyncGenerator<Event> {
  let header = dialect.headerRecords;
  for await (const record of readLog(path, dialect)) {
    while (record.next()) {
      if (header > 0) {
        if (--header === 0) fitRecords(record, dialect);
        continue;
      }
      if (record.problem !== undefined) continue;
      const texts = record.texts();
      yield Object.fromEntries(
        eventColumns.map((column) => [column, texts[dialect.at[column]] ?? ""]),
      ) as Event;
    }
  }
}
