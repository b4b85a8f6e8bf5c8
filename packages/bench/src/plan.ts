// What is run: jobs, sizes, contenders, rounds.

import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { denormalizeContenders, loadContenders, sparkContenders } from "./contenders.js";

export type Settings = OptionsOf<"bench">;

export interface Part {
  job: "load" | "denormalize" | "latency" | "spark";
  /** Song plays of generated logs, or the project's own logs. */
  rows: number | "own";
  contenders: string[];
  rounds: number;
  /** Of the latencies: the song plays that are loaded meanwhile, the same ones whatever the tables hold that are asked. */
  loadedBeside?: number;
}

/** For more rows than this they take too long, if they are not asked for: the Python driver needed 18 minutes for a million, 128 at once. */
const mostRows: Record<string, number> = { "python-loop": 10_000, "python-concurrent": 100_000 };
const usualRows = 1_000_000;
const manyRows = 10_000_000;

export function planOf({ quick, job: jobs, rows, rounds, contenders: only }: Settings): Part[] {
  const load = Object.keys(loadContenders);
  const denormalize = Object.keys(denormalizeContenders);
  const spark = Object.keys(sparkContenders);
  checkContenders(only ?? [], [...load, ...denormalize, ...spark]);
  const times = rounds ?? (quick ? 1 : 3);
  const size = rows ?? usualRows;
  const parts: Part[] = [{ job: "denormalize", rows: size, contenders: denormalize, rounds: times }];
  if (quick) {
    parts.push({ job: "load", rows: size, contenders: ["dsbulk", "sparkify", "floor"], rounds: times });
  } else {
    if (!rows) parts.push({ job: "load", rows: "own", contenders: load, rounds: times });
    parts.push({ job: "load", rows: size, contenders: load, rounds: times });
    if (!rows) parts.push({ job: "load", rows: manyRows, contenders: ["sparkify"], rounds: times });
  }
  if (!quick || jobs.includes("latency")) {
    const latency: Omit<Part, "rows"> = {
      job: "latency",
      contenders: ["sparkify"],
      rounds: 1,
      loadedBeside: size,
    };
    if (!rows) parts.push({ ...latency, rows: "own" });
    parts.push({ ...latency, rows: size });
  }
  // Only where it is asked for: Spark is a large download.
  if (jobs.includes("spark")) {
    parts.push({ job: "spark", rows: size, contenders: spark, rounds: times });
    // A quarter of an hour each.
    if (!rows && !quick) parts.push({ job: "spark", rows: manyRows, contenders: spark, rounds: rounds ?? 1 });
  }
  return parts
    .filter(({ job }) => jobs.length === 0 || jobs.includes(job))
    .map((part) => ({
      ...part,
      contenders: part.contenders.filter(
        (name) =>
          only?.includes(name) ??
          (part.rows === "own" || part.rows <= (mostRows[name] ?? Number.POSITIVE_INFINITY)),
      ),
    }))
    .filter(({ contenders }) => contenders.length > 0);
}

function checkContenders(names: string[], known: string[]): void {
  for (const name of names) {
    if (!known.includes(name))
      throw new SparkifyError(`No contender is named "${name}". There are: ${known.join(", ")}.`);
  }
}

/** The contenders of a round: each round begins with another one, so that none always has the warmest database. */
export function turn<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
