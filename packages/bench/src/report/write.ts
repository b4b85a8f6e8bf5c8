// The files of a benchmark: for programs (bench.json, bench-latency.json) and for people (bench.html).

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LatencyResult } from "../latency/latency.js";
import type { MachineFacts } from "./machine.js";
import { resultsPage } from "./page.js";
import type { Result } from "./results.js";

export async function writeResults(
  out: string,
  results: Result[],
  latencies: LatencyResult[],
  machine: MachineFacts,
): Promise<void> {
  // What this run has not measured stays as an earlier one left it.
  const write = (name: string, value: unknown[]) => {
    if (value.length > 0) writeFileSync(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
  };
  write("bench.json", results);
  write("bench-latency.json", latencies);
  writeFileSync(join(out, "bench.html"), await resultsPage(results, latencies, machine));
}
