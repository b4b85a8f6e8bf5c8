// npm run load: joins the logs and loads them into the tables, as notebooks 02 and 04 do, for schedulers.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { needWritable, writableFolder } from "@sparkify/base/private-folder";
import { onInterrupt } from "@sparkify/base/processes";
import { shortPath } from "@sparkify/base/short-path";
import { withCassandra } from "@sparkify/embedded-cassandra";
import {
  connect,
  createKeyspaceIfMissing,
  embeddedNode,
  eventDataDirectory,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";
import { type Progress, progressText } from "@sparkify/lib/show";
import { denormalize } from "./csv/denormalize.js";
import { commonestReasons } from "./csv/rejected.js";
import { type DenormalizeReport, notPlainLogs, readAsText } from "./csv/report.js";
import { bytesOf, type EventFile, findEventFiles } from "./files/event-files.js";
import { chooseTables, createMissingTables, type TableDefinition } from "./tables/definitions.js";
import { insertCql } from "./tables/insert.js";
import { type LoadReport, load as loadTables } from "./tables/load.js";

const out = join(workDirectory, "out");
const rejectedCsv = join(out, "rejected.csv");

/** @param definitions of all tables */
export async function load(options: OptionsOf<"load">, definitions: TableDefinition[]): Promise<number> {
  const files = chooseFiles(options.from, options.to);
  const tables = chooseTables(definitions, options.tables);
  const started = performance.now();
  needWritable(workDirectory);
  writableFolder(out);
  rmSync(join(out, "load.json"), { force: true }); // it must not be taken for this run's

  const controller = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  const forget = onInterrupt(async () => {
    controller.abort();
    await ended;
  });
  const done: { denormalized?: DenormalizeReport; loaded?: LoadReport } = {};
  const work = async () => {
    const target = options.dryRun
      ? null
      : options.from || options.to
        ? partCsv(options.from, options.to)
        : streamlinedCsv;
    await withProgress("Join the logs", (onProgress) =>
      denormalize({
        files,
        target,
        rejected: rejectedCsv,
        maxErrors: options.maxErrors,
        skipFiles: options.skipFiles,
        // Where the run stops, the report says how far it came.
        onReport: (report) => {
          done.denormalized = report;
        },
        onProgress,
        signal: controller.signal,
      }),
    );
    return target;
  };
  const whole = options.dryRun
    ? work()
    : withCassandra({ ...embeddedNode(), bulk: areMany(files) }, async (database) => {
        const csv = (await work()) as string;
        await database;
        controller.signal.throwIfAborted();
        const rejected = done.denormalized?.rejected ?? 0;
        done.loaded = await loadInto(tables, csv, options, rejected, controller.signal);
      });
  ended = whole.catch(() => {});
  try {
    await whole;
    const { kept } = done.denormalized as DenormalizeReport;
    writeReport(kept > 0, started, done);
    console.log(summary(done, options.dryRun));
    return kept > 0 ? 0 : 1;
  } catch (error) {
    writeReport(false, started, done, error as Error);
    if (controller.signal.aborted) console.error(`\n${(error as Error).message}`);
    throw error;
  } finally {
    forget();
  }
}

function chooseFiles(from = "", to = "9999"): EventFile[] {
  const { files, skipped } = findEventFiles(eventDataDirectory);
  for (const { path, reason } of skipped) console.log(`  passed over: ${shortPath(path)}: ${reason}`);
  const chosen = files.filter(({ date }) => from <= date && date <= to);
  if (chosen.length > 0) return chosen;
  throw new SparkifyError(
    `None of the ${files.length} logs is from these days; they go from ${files[0]?.date} to ${files.at(-1)?.date}.`,
  );
}

/** Some days only: the CSV of all of them stays as it is. */
const partCsv = (from = "first", to = "last") => join(out, `event_datafile_${from}_${to}.csv`);

async function loadInto(
  tables: TableDefinition[],
  csv: string,
  options: OptionsOf<"load">,
  rejected: number,
  signal: AbortSignal,
): Promise<LoadReport> {
  const client = await connect();
  try {
    await createMissingTables(client, tables, createKeyspaceIfMissing);
    const inserts = await Promise.all(tables.map(({ name }) => insertCql(client, name)));
    const { resume, concurrency, maxErrors } = options;
    return await withProgress("Load the tables", (onProgress) =>
      loadTables(client, inserts, {
        csv,
        checkpoint: join(out, "load.checkpoint.json"),
        rejected: rejectedCsv,
        resume,
        concurrency,
        maxErrors: maxErrors - rejected,
        onProgress,
        signal,
      }),
    );
  } finally {
    await client.shutdown();
  }
}

/** Enough for a node that takes longer to start, and loads faster. */
const areMany = (files: EventFile[]) => bytesOf(files) > 50_000_000;

function withProgress<Result>(
  title: string,
  work: (onProgress: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  return step(title, (news) =>
    work((progress) => news(progressText(progress, (performance.now() - started) / 1000))),
  );
}

function writeReport(
  ok: boolean,
  started: number,
  { denormalized, loaded }: { denormalized?: DenormalizeReport; loaded?: LoadReport },
  error?: Error,
): void {
  const report = {
    ok,
    seconds: Math.round(performance.now() - started) / 1000,
    files: denormalized?.files ?? 0,
    rows: denormalized?.rows ?? 0,
    kept: denormalized?.kept ?? 0,
    dropped: denormalized?.dropped ?? 0,
    rejected: denormalized?.rejected ?? 0, // rows are always kept + dropped + rejected
    rejectedByReason: denormalized?.rejectedByReason ?? {},
    notLoaded: loaded?.rejected ?? 0, // kept, and then refused by a table
    notLoadedByReason: loaded?.rejectedByReason ?? {},
    repeated: denormalized?.repeated,
    read: denormalized?.read ?? [],
    unreadable: denormalized?.unreadable ?? [],
    retries: loaded?.retries ?? 0,
    resumedAt: loaded?.resumedAt,
    tables: loaded?.tables ?? [],
    ...(error ? { error: error.message } : {}),
  };
  writeFileSync(join(out, "load.json"), `${JSON.stringify(report, null, 2)}\n`);
}

function summary(
  { denormalized, loaded }: { denormalized?: DenormalizeReport; loaded?: LoadReport },
  dryRun: boolean,
): string {
  const count = (number = 0) => number.toLocaleString("en");
  const report = denormalized as DenormalizeReport;
  const { files, rows, kept, dropped, rejected, repeated, unreadable } = report;
  const lines = [
    ...readAsText(notPlainLogs(report)),
    ...unreadable.map(({ reason }) => `✘ Left out: ${reason}`),
    `${count(rows)} rows in ${files} files: ${count(kept)} kept, ${count(dropped)} dropped (no artist), ${count(rejected)} rejected`,
  ];
  const repeats = (repeated.sameEvent ?? 0) + repeated.differentContent;
  if (repeats > 0)
    lines.push(
      `${count(repeats)} kept rows repeat an earlier one, ${count(repeated.differentContent)} of them with other content: the later row wins`,
    );
  if (loaded?.resumedAt !== undefined) lines.push(`Went on at line ${count(loaded.resumedAt)} of the CSV`);
  for (const { name, rowsWritten, seconds } of loaded?.tables ?? []) {
    lines.push(`${name}: ${count(rowsWritten)} rows written, ${seconds.toFixed(1)} s`);
  }
  const allRejected = rejected + (loaded?.rejected ?? 0);
  if (allRejected > 0) {
    lines.push(`Rejected: ${commonestReasons({ ...report.rejectedByReason, ...loaded?.rejectedByReason })}`);
    lines.push(`The rejected rows and the reasons are in ${shortPath(rejectedCsv)}`);
  }
  if (kept === 0) lines.push("✘ No row is a song play.");
  if (dryRun) lines.push("A dry run: nothing was written but the rejected rows.");
  return lines.map((line) => `  ${line}`).join("\n");
}
