// Runs the plan: makes the data, lets the contenders run in turn, verifies what they did, writes the results.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { step } from "@sparkify/base/install/step";
import { writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode } from "@sparkify/base/processes";
import {
  type CommandLine,
  denormalizeContenders,
  type LoadTask,
  loadContenders,
  sparkContenders,
} from "./contenders.js";
import { type BenchData, benchDirectory, generatedData, ownData } from "./data/data.js";
import { faultOfCsv } from "./denormalize/verify-csv.js";
import { installPeers } from "./install.js";
import { type LatencyResult, latencyLine, measureLatency } from "./latency/latency.js";
import { floorFile } from "./load/floor-file.js";
import { projectedCsvs } from "./load/projected-csvs.js";
import { verifyTables } from "./load/verify-tables.js";
import { measure } from "./measure.js";
import { messagesIn } from "./messages.js";
import { type BenchNode, withBenchNode } from "./node.js";
import { type Part, planOf, type Settings, turn } from "./plan.js";
import { machineFacts } from "./report/machine.js";
import { type Result, type Run, summarize } from "./report/results.js";
import { resultLine, resultTable, targetTable } from "./report/text.js";
import { writeResults } from "./report/write.js";

const scratch = join(benchDirectory, "scratch");
const logs = join(benchDirectory, "logs");

export async function runBenchmark(settings: Settings, out: string): Promise<number> {
  const plan = planOf(settings);
  writableFolder(benchDirectory);
  await installPeers({ withSpark: plan.some(({ job }) => job === "spark") });
  for (const folder of [scratch, logs]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [scratch, logs, out]) writableFolder(folder);
  // What an earlier run found must not be taken for this run's result.
  const measured = plan.map(({ job }) => (job === "latency" ? "bench-latency.json" : "bench.json"));
  for (const old of [...measured, "bench.html"]) rmSync(join(out, old), { force: true });
  const machine = await machineFacts();
  const results: Result[] = [];
  const latencies: LatencyResult[] = [];
  // After each part: a run of an hour that is broken off leaves what it has found.
  const save = () => writeResults(out, { results, latencies, machine });

  for (const part of plan.filter(({ job }) => job === "denormalize")) {
    results.push(...(await denormalizePart(part)));
    await save();
  }
  const withDatabase = plan.filter(({ job }) => job !== "denormalize");
  if (withDatabase.length > 0) {
    await withBenchNode(async (node) => {
      machine.cassandra = node.version;
      await warmUp(node, settings.quick ? 20_000 : 100_000);
      for (const part of withDatabase) {
        if (part.job === "latency") latencies.push(...(await latencyPart(part, node)));
        else results.push(...(await loadPart(part, node)));
        await save();
      }
    });
  }
  const interrupted = interruptedCode();
  if (interrupted) return interrupted;

  if (results.length > 0) console.log(`\n${resultTable(results)}\n\n${targetTable(results)}`);
  for (const latency of latencies) console.log(latencyLine(latency));
  console.log(`\n  The results: ${join(out, "bench.html")}`);
  return [...results, ...latencies].every(({ ok }) => ok) ? 0 : 1;
}

const dataOf = (rows: Part["rows"]) => (rows === "own" ? ownData() : generatedData(rows));

async function denormalizePart(part: Part): Promise<Result[]> {
  const data = await dataOf(part.rows);
  const { facts } = data;
  if (!facts) throw new Error("Only generated logs say which rows are right.");
  const target = join(scratch, "denormalized.csv");
  const task = { target, logs: data.logs, logFolder: join(data.folder, "logs") };
  return rounds(part, data.rows, {
    commands: (name) => denormalizeContenders[name]?.(task) ?? [],
    before: async () => rmSync(target, { force: true }),
    verify: () => faultOfCsv(target, facts),
  });
}

async function loadPart(part: Part, node: BenchNode): Promise<Result[]> {
  const data = await dataOf(part.rows);
  const task = await loadTask(data, part.contenders, node);
  const logFolder = join(data.folder, "logs");
  return rounds(part, data.rows, {
    node,
    commands: (name) =>
      (part.job === "spark"
        ? sparkContenders[name]?.({ ...task, logFolder })
        : loadContenders[name]?.(task)) ?? [],
    before: async (news) => {
      await node.freshTables();
      await node.settle(news);
    },
    verify: () => verifyTables(node.client, data.csv),
  });
}

/** What some contenders need beforehand. */
async function loadTask(data: BenchData, contenders: string[], node: BenchNode): Promise<LoadTask> {
  const { csv } = data;
  const { port, client } = node;
  if (contenders.includes("floor")) await node.freshTables(); // the statements are read by the tables
  return step("Prepare what is not counted", async () => ({
    csv,
    port,
    scratch,
    frames: contenders.includes("floor") ? await floorFile(csv, client) : "",
    projected: contenders.includes("cqlsh-copy") ? await projectedCsvs(csv) : "",
  }));
}

/** Brings Java's compiler to work on both kinds of writes: single rows, of which few are enough, and batches. */
async function warmUp(node: BenchNode, rows: number): Promise<void> {
  const few = await loadTask(await generatedData(20_000), [], node);
  const many = await loadTask(await generatedData(rows), ["floor"], node);
  await step("Warm Cassandra up", async () => {
    await node.freshTables();
    await measure(loadContenders["python-concurrent"]?.(few) ?? [], join(logs, "warm-up.log"));
    await measure(loadContenders.floor?.(many) ?? [], join(logs, "warm-up.log"));
  });
}

async function latencyPart(part: Part, node: BenchNode): Promise<LatencyResult[]> {
  const data = await dataOf(part.rows);
  const loaderOf = (task: LoadTask) => loadContenders.sparkify?.(task)[0] as CommandLine;
  const loader = loaderOf(await loadTask(data, [], node));
  await step(`Load ${data.rows.toLocaleString("en")} rows for the queries`, async (news) => {
    await node.freshTables();
    await measure([loader], join(logs, "latency.log"));
    await node.settle(news);
  });
  // However many rows are asked for, the load beside them is the same one, into tables of its own.
  const beside = "sparkify_beside";
  await node.freshTables(beside);
  const load = await loadTask(await generatedData(part.loadedBeside ?? data.rows), [], node);
  return measureLatency(data, loaderOf({ ...load, keyspace: beside }));
}

interface Work {
  node?: BenchNode;
  commands(contender: string): CommandLine[];
  before(news: (text: string) => void): Promise<void>;
  /** @returns what is wrong with the rows */
  verify(): Promise<string | undefined>;
}

/** Lets the contenders run in turn, and verifies each run. */
async function rounds(part: Part, rows: number, work: Work): Promise<Result[]> {
  const runs = new Map<string, Run[]>(part.contenders.map((name) => [name, []]));
  for (let round = 0; round < part.rounds; round++) {
    for (const name of turn(part.contenders, round)) {
      const count = rows.toLocaleString("en");
      const title = `${part.job}, ${count} rows, round ${round + 1} of ${part.rounds}: ${name}`;
      const run = await step(title, async (news) => {
        await work.before(news);
        news("runs");
        const log = join(logs, `${part.job}-${rows}-${round + 1}-${name}.log`);
        const cpuBefore = work.node?.cpuSeconds();
        const { code, tail, ...measured } = await measure(work.commands(name), log);
        if (interruptedCode()) throw new Error("interrupted");
        const cpuAfter = work.node?.cpuSeconds();
        const cassandraCpuSeconds =
          cpuBefore === undefined || cpuAfter === undefined ? null : cpuAfter - cpuBefore;
        news("is verified");
        const fault = code !== 0 ? `it failed, see ${log} ${tail}` : await work.verify().catch(String);
        return {
          round,
          ...measured,
          cassandraCpuSeconds,
          ok: !fault,
          ...(fault && { fault }),
          ...(part.job === "spark" && { loadSeconds: loadSeconds(log) }),
        };
      });
      runs.get(name)?.push(run);
      console.log(resultLine(summarize(part.job, name, rows, [run])));
    }
  }
  return part.contenders.map((name) => summarize(part.job, name, rows, runs.get(name) ?? []));
}

/** What the contender says of writing the tables. */
const loadSeconds = (log: string) =>
  messagesIn<{ event: "loaded"; seconds: number }>(readFileSync(log, "utf8"), "loaded").at(-1)?.seconds;
