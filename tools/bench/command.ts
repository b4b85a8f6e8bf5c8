// npm run bench: how fast this project loads and denormalizes, beside other programs that do the same.

import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Settings } from "./plan.js";

const usage = `usage: npm run bench -- [--quick] [--job load|denormalize|latency|spark] [--rows N] [--rounds R] [--only NAME,NAME]

  --quick    one round of what matters most, in some minutes
  --job      only this job; may be given more than once. spark: from logs to tables, with Spark and without
  --rows     song plays in the generated logs, instead of 1,000,000 and the other sizes
  --rounds   how often each contender runs (3)
  --only     only these contenders`;

export async function bench(args: string[]): Promise<number> {
  const settings = readSettings(args);
  if (typeof settings === "string") {
    console.error(`${settings}\n\n${usage}`);
    return 2;
  }
  // Seen from build/tools/bench/.
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const out = join(resolve(root, process.env.SPARKIFY_WORK_DIR ?? "."), "out");
  // A database of its own, whatever else runs: set before anything reads it.
  process.env.SPARKIFY_WORK_DIR = join(root, "build", "bench", "work");
  for (const name of Object.keys(process.env)) if (name.startsWith("CASSANDRA_")) delete process.env[name];
  const { runBenchmark } = await import("./benchmark.js");
  return runBenchmark(settings, out);
}

/** @returns the settings, or what is wrong with the arguments */
export function readSettings(args: string[]): Settings | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        job: { type: "string", multiple: true, default: [] },
        rows: { type: "string" },
        rounds: { type: "string" },
        only: { type: "string" },
      },
    });
    const whole = (name: string, text: string | undefined) => {
      if (text !== undefined && !(Number.isInteger(Number(text)) && Number(text) > 0))
        throw new Error(`--${name} takes a whole number, got "${text}".`);
      return text === undefined ? undefined : Number(text);
    };
    return {
      quick: values.quick,
      jobs: values.job,
      rows: whole("rows", values.rows),
      rounds: whole("rounds", values.rounds),
      only: values.only?.split(",").map((name) => name.trim()),
    };
  } catch (error) {
    return (error as Error).message;
  }
}
