// The logs that a job reads: on this machine or in a store.

import { SparkifyError } from "@sparkify/base/errors";
import { note, step } from "@sparkify/base/install/step";
import { shortPath } from "@sparkify/lib";
import { beyondPlainCsv, dialectOf, type EventFile, findEventFiles, unreadLog } from "@sparkify/loader";
import type { UnreadFile } from "./report.js";
import type { SparkSettings } from "./settings.js";
import type { Store } from "./store.js";

/** A daily log, wherever it is. */
export interface DailyLog {
  date: string;
  bytes: number;
}

/** @throws SparkifyError where there is none */
export function localFiles(folder: string, { logsUri }: SparkSettings): EventFile[] {
  const help = logsUri
    ? "Put the daily CSV logs there, or set EVENT_DATA_URI to their folder, as file:///path, hdfs://host/path or s3a://bucket/path."
    : undefined;
  const { files, skipped } = findEventFiles(folder, help);
  for (const { path, reason } of skipped) note(`passed over: ${shortPath(path)}: ${reason}`);
  return files;
}

/** The files that the job will read there. */
export async function filesInStore(store: Store, folder: string): Promise<DailyLog[]> {
  const all = await step("Look for the logs in the store", () => store.list(folder, "EVENT_DATA_URI"));
  const files = all.flatMap(({ path, bytes }) => {
    const [, date] = path.match(/\/(?![._])[^/]*?(\d{4}-\d{2}-\d{2})[^/]*\.(?:csv|csv\.gz|CSV)$/) ?? [];
    return date && bytes > 0 ? [{ date, bytes }] : [];
  });
  if (files.length > 0) return files;
  throw new SparkifyError(
    `${folder} (EVENT_DATA_URI) holds no daily CSV log as 2018-11-01-events.csv: ${all.length === 0 ? "it is empty" : `${all.length} other files are there, as ${all[0]?.path}`}.`,
  );
}

/** The logs of the day that is asked for, or all. */
export function chosen<Log extends DailyLog>(files: Log[], date: string | undefined): Log[] {
  const found = files.filter((file) => date === undefined || file.date === date);
  if (found.length > 0) return found;
  const dates = files.map((file) => file.date).sort();
  throw new SparkifyError(
    `None of the ${files.length} logs is from ${date}; they go from ${dates[0]} to ${dates.at(-1)}.`,
  );
}

/** Looks at the begin of each log on this machine: in a store the job itself does, and knows less. */
export async function unreadableBySpark(files: EventFile[]): Promise<UnreadFile[]> {
  const found: UnreadFile[] = [];
  for (const file of files) {
    try {
      const beyond = beyondPlainCsv(file.path, await dialectOf(file.path));
      if (beyond.length === 0) continue;
      const reason = `The log ${shortPath(file.path)} cannot be read by Spark: ${beyond.join(", ")}. npm run load reads it.`;
      found.push({ file: file.path, reason });
    } catch (error) {
      found.push(unreadLog(file, error));
    }
  }
  return found;
}
