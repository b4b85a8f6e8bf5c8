// npm run bench: how fast this project loads and denormalizes, beside other programs that do the same.

import { join, resolve } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import type { TableDefinition } from "@sparkify/loader";

/** Measures, and writes the results. @param tables that are loaded @returns the exit code */
export async function bench(options: OptionsOf<"bench">, tables: TableDefinition[]): Promise<number> {
  const root = resolve(import.meta.dirname, "..", "..", "..");
  const out = join(resolve(root, process.env.SPARKIFY_WORK_DIR ?? "."), "out");
  // A database of its own, whatever else runs: set before anything reads it.
  process.env.SPARKIFY_WORK_DIR = join(root, "build", "bench", "work");
  for (const name of Object.keys(process.env)) if (name.startsWith("CASSANDRA_")) delete process.env[name];
  const { runBenchmark } = await import("./benchmark.js");
  const { keepTables } = await import("./load/schema.js");
  keepTables(tables);
  return runBenchmark(options, out);
}
