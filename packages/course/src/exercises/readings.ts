// The readings of models/sensors, and what the exercises make of them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { SparkifyError } from "@sparkify/base/errors";
import { root } from "@sparkify/base/root";

/** A line of the files. */
export interface RawReading {
  sensor: string;
  /** What it measures. */
  kind: string;
  unit: string;
  place: string;
  /** In UTC, as `2026-01-26T00:00:01.000Z`. */
  ts: string;
  /** Null where the sensor could not read. */
  value: number | null;
  /** In any order, each once. */
  flags: string[];
}

const folder = join(root, "models", "sensors", "readings");
const ending = ".jsonl.gz";

/**
 * Reads all readings that are shipped, in the order of their times.
 * @throws SparkifyError where there are none
 */
export function readReadings(): RawReading[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(ending));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (names.length === 0)
    throw new SparkifyError(
      `Files *${ending} with readings were expected in ${folder}, and there are none. npm run generate writes them.`,
    );
  return names.sort().flatMap((name) =>
    gunzipSync(readFileSync(join(folder, name)))
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RawReading),
  );
}

/** The readings, each with what a partition of them could be split by. A week has the name of its Monday. */
export function inSpans(readings: RawReading[]): (RawReading & Record<"day" | "week" | "month", string>)[] {
  return readings.map((reading) => ({
    day: reading.ts.slice(0, 10),
    week: mondayOf(reading.ts),
    month: reading.ts.slice(0, 7),
    ...reading,
  }));
}

function mondayOf(ts: string): string {
  const date = new Date(ts);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/** A row for each flag of each reading. */
export const flagByFlag = (readings: RawReading[]) =>
  readings.flatMap(({ sensor, ts, value, flags }) =>
    flags.map((flag) => ({ sensor, flag, ts, value, flags })),
  );
