// How long the three queries take, at rest and while a load writes into tables beside them.

import { fileURLToPath } from "node:url";
import { step } from "@sparkify/base/install/step";
import { endProcessTree, onInterrupt, runChild, startChild } from "@sparkify/base/processes";
import type { CommandLine } from "../contenders.js";
import type { BenchData } from "../data/data.js";
import { messagesIn } from "../messages.js";
import type { Answers, answersMessage } from "./questions.js";

const questionsPerSecond = 300;
const seconds = 30;
const warmUpSeconds = 5;

export interface LatencyResult extends Omit<Answers, "empty"> {
  job: "latency";
  contender: "sparkify";
  rows: number;
  /** Whether a load was running. */
  underLoad: boolean;
  /** True if every question had an answer. */
  ok: boolean;
  questionsPerSecond: number;
}

/** @param loader loads rows into other tables of the same database */
export async function measureLatency(data: BenchData, loader: CommandLine): Promise<LatencyResult[]> {
  const rows = data.rows.toLocaleString("en");
  const atRest = await step(`latency, ${rows} rows, at rest`, () => ask(data, false));
  const underLoad = await step(`latency, ${rows} rows, while a load runs`, async () => {
    const stop = keepLoading(loader);
    try {
      return await ask(data, true);
    } finally {
      await stop();
    }
  });
  return [...atRest, ...underLoad];
}

async function ask({ csv, rows }: BenchData, underLoad: boolean): Promise<LatencyResult[]> {
  const script = fileURLToPath(new URL("ask.js", import.meta.url));
  const args = [script, csv, ...[questionsPerSecond, seconds, warmUpSeconds].map(String)];
  const { code, tail } = await runChild(process.execPath, args);
  if (code !== 0) throw new Error(`The questions could not be asked: ${tail}`);
  const [said] = messagesIn<ReturnType<typeof answersMessage>>(tail, "answers");
  if (!said) throw new Error(`The questions were not answered: ${tail}`);
  return said.answers.map(({ empty, ...times }) => ({
    job: "latency",
    contender: "sparkify",
    rows,
    underLoad,
    ok: empty === 0,
    questionsPerSecond,
    ...times,
  }));
}

/** Loads the same rows again and again until it is stopped. */
function keepLoading([program = "", ...args]: CommandLine): () => Promise<void> {
  let stopped = false;
  let child = startChild(program, args, { stdio: "ignore" });
  const again = () => {
    if (stopped) return;
    child = startChild(program, args, { stdio: "ignore" });
    child.once("exit", again);
  };
  child.once("exit", again);
  const forget = onInterrupt(() => {
    stopped = true;
  });
  return async () => {
    stopped = true;
    await endProcessTree(child);
    forget();
  };
}

export function latencyLine(result: LatencyResult): string {
  const { ok, rows, question, underLoad, p50Ms, p99Ms, p999Ms } = result;
  const when = underLoad ? "while loading" : "at rest";
  return `  ${ok ? "✔" : "✘"} latency  ${rows.toLocaleString("en").padStart(10)} rows  ${question}  ${when.padEnd(13)}  p50 ${p50Ms} ms  p99 ${p99Ms} ms  p999 ${p999Ms} ms`;
}
