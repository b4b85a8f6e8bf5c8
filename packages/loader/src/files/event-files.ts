// The daily logs in a folder.

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";

/** A daily log. */
export interface EventFile {
  path: string;
  /** The day that the file's name gives, as YYYY-MM-DD. */
  date: string;
  bytes: number;
}

/** Of all of them together. */
export const bytesOf = (files: EventFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** What was passed over. */
export interface SkippedFile {
  path: string;
  reason: string;
}

/**
 * Walks a directory and its subdirectories for daily logs: `.csv` and `.csv.gz` files with a date in their name.
 * @param help what to do where there is no log, for the message
 * @returns the files by date, and everything that was passed over with the reason
 * @throws SparkifyError where the directory is missing, cannot be read or holds no daily log
 * @example const { files, skipped } = findEventFiles(eventDataDirectory);
 */
export function findEventFiles(
  directory: string,
  help = "Put the daily CSV logs there, or name their folder: EVENT_DATA_DIR=path npm start",
): { files: EventFile[]; skipped: SkippedFile[] } {
  const walk = new Walk();
  try {
    walk.visit(directory);
  } catch (error) {
    const { code, path = directory, message } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "does not exist"
        : code === "EACCES"
          ? "may not be read by you"
          : `cannot be read: ${message}`;
    throw new SparkifyError(`The event directory ${path} ${why}.\n${help}`, { where: { file: path } });
  }
  const { files, skipped } = walk;
  if (files.length === 0) {
    const passed = skipped.map(({ path, reason }) => `\n  ${shortPath(path)}: ${reason}`).join("");
    throw new SparkifyError(`The event directory ${directory} holds no daily CSV log.${passed}\n${help}`, {
      where: { file: directory },
    });
  }
  return { files: files.sort((a, b) => (a.date + a.path < b.date + b.path ? -1 : 1)), skipped };
}

class Walk {
  readonly files: EventFile[] = [];
  readonly skipped: SkippedFile[] = [];
  /** The real paths of the folders and files that were met. */
  readonly #met = new Set<string>();

  visit(folder: string): void {
    this.#met.add(realpathSync(folder));
    for (const entry of readdirSync(folder).sort()) {
      const path = join(folder, entry);
      const reason = this.#take(path, entry);
      if (reason !== undefined) this.skipped.push({ path, reason });
    }
  }

  /** @returns why an entry is passed over */
  #take(path: string, name: string): string | undefined {
    if (name.startsWith(".")) return "hidden";
    const found = followed(path);
    if (!found) return "a link that leads nowhere";
    const { stats, place } = found;
    const isKnown = this.#met.has(place);
    if (stats.isDirectory() && isKnown) return "a folder that was read already";
    if (stats.isDirectory()) {
      this.visit(path);
      return undefined;
    }
    if (!stats.isFile()) return "not a file";
    if (!/\.csv(\.gz)?$/i.test(name)) return "not a .csv file";
    const date = name.match(/\d{4}-\d{2}-\d{2}/)?.[0];
    if (!date) return "no date in its name (expected 2018-11-01-events.csv)";
    if (stats.size === 0) return "empty";
    if (isKnown) return "a file that is in the list already";
    this.#met.add(place);
    this.files.push({ path, date, bytes: stats.size });
    return undefined;
  }
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
