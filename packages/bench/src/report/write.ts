// The files of a benchmark: for programs (bench.json, bench-latency.json, bench-machine.json) and for people (bench.html).

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measured, resultsPage } from "./page.js";

export async function writeResults(out: string, measured: Measured): Promise<void> {
  const write = (name: string, value: unknown) =>
    writeFileSync(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
  const { results, latencies, machine } = measured;
  // What this run has not measured stays as an earlier one left it.
  if (results.length > 0) write("bench.json", results);
  if (latencies.length > 0) write("bench-latency.json", latencies);
  write("bench-machine.json", machine);
  writeFileSync(join(out, "bench.html"), await resultsPage(measured));
}
