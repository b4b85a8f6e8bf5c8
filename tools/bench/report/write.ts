// The files of a benchmark: for programs (bench.json, bench-latency.json) and for people (bench.html).

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LatencyResult } from "../latency/latency.js";
import type { MachineFacts } from "./machine.js";
import { page } from "./page.js";
import type { Result } from "./results.js";

export async function writeResults(
  out: string,
  results: Result[],
  latencies: LatencyResult[],
  machine: MachineFacts,
): Promise<void> {
  const write = (name: string, value: unknown[]) => {
    const file = join(out, name);
    rmSync(file, { force: true }); // older results are not of this run
    if (value.length > 0) writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  };
  write("bench.json", results);
  write("bench-latency.json", latencies);
  writeFileSync(join(out, "bench.html"), await page(results, latencies, machine));
}
