// npm run spark: what npm run load does, on Spark: for logs that outgrow one machine. The work itself is job.sql.

import { randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { needWritable, writableFolder } from "@sparkify/base/private-folder";
import { onInterrupt, temporary } from "@sparkify/base/processes";
import { findJava, withCassandra } from "@sparkify/embedded-cassandra";
import {
  connect,
  createKeyspaceIfMissing,
  embeddedNode,
  eventDataDirectory,
  shortPath,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";
import {
  beyondPlainCsv,
  commonestReasons,
  createMissingTables,
  dialectOf,
  type EventFile,
  findEventFiles,
  streamlinedColumns,
  type TableDefinition,
  unreadableLogs,
  unreadLog,
} from "@sparkify/loader";
import type { Client } from "cassandra-driver";
import { classArchive, installSpark } from "./install.js";
import { isLocal, type Job, manyBytes, ownProperties, sparkMaster, writeProperties } from "./settings.js";
import { Store } from "./store.js";
import { type JobResult, needMaster, noResult, Refused, submit } from "./submit.js";

const outFolder = join(workDirectory, "out");
const rejectedCsv = join(outFolder, "rejected.csv");
const reportFile = join(outFolder, "spark.json");
const logFile = join(outFolder, "spark.log");

/** With the tables that are loaded. */
type Options = OptionsOf<"spark"> & { tables: TableDefinition[] };

export async function spark(options: Options): Promise<number> {
  const started = performance.now();
  needWritable(workDirectory);
  writableFolder(outFolder);
  rmSync(reportFile, { force: true }); // it must not be taken for this run's
  const place = placeOfFiles();
  const own = ownProperties();
  if (place.localOut) needWritableOutput(place.localOut);
  const result = noResult();
  const local = place.localLogs
    ? await readable(chosen(localFiles(place.localLogs), options), options, result)
    : undefined;
  await needMaster();
  const java = findJava("Spark 3.5"); // before some 400 MB are installed
  const program = await installSpark([place.logs, place.out]);
  // In the folder for temporary files, which every system has; nobody else may look into it.
  const scratch = temporary(mkdtempSync(join(tmpdir(), "sparkify-")));
  const work = `${place.out}/work-${randomBytes(4).toString("hex")}`;
  const store = new Store(program, own, scratch);
  const run = `run-${process.pid}`;
  const archive =
    process.env.SPARKIFY_SPARK_ARCHIVE === "no" ? classArchive.use() : classArchive.useOrWrite(java, run);
  const javaOptions = isLocal() && program.own ? archive : [];
  const writesArchive = javaOptions.length > 0 && !classArchive.exists;
  const lastStep = writesArchive ? "Keep Java's classes for faster starts" : undefined;
  const clean = async () => {
    if (place.localOut) removeWorkFolders(place.localOut);
    else if (used) await store.remove(work);
    rmSync(scratch, { recursive: true, force: true });
  };
  const forget = onInterrupt(clean);
  let used = false;
  let inAll = 0;
  try {
    const files = local ?? chosen(await filesInStore(store, place.logs), options);
    inAll = files.length;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (!place.localOut) {
      used = true;
      await step("Look whether the store can be written to", () =>
        store.make(work, place.out, "SPARK_OUTPUT_URI"),
      );
    }
    const node = bytes > manyBytes ? { heap: "1G", bulk: true } : {};
    await withCassandra({ ...embeddedNode(), ...node }, async (database) => {
      await database;
      const client = await connect();
      try {
        sayUnreachable(client);
        await createMissingTables(client, options.tables, createKeyspaceIfMissing);
      } finally {
        await client.shutdown();
      }
      const names = result.unreadable.length > 0 ? local?.map(({ path }) => basename(path)) : undefined;
      const job: Job = { ...options, ...place, names, bytes, own, work, javaOptions, scratch };
      try {
        await submit(program, await writeProperties(program, job), logFile, result, lastStep);
        if (!options.verify) result.tables = []; // what was not compared is not reported
      } finally {
        if (place.localOut) await keepRejected(place.localOut);
      }
    });
    if (place.localOut) await keepCsv(place.localOut, options);
    classArchive.keep(run);
    const ok = isRight(result, options);
    writeReport(ok, started, result);
    console.log(summary(result, options, place.out));
    return ok ? 0 : 1;
  } catch (error) {
    const explained =
      error instanceof Refused ? refused(error, result, options, place.out, inAll) : (error as Error);
    writeReport(false, started, result, explained);
    throw explained;
  } finally {
    classArchive.forget(run);
    await clean();
    forget();
  }
}

interface Place {
  /** As a pattern of Hadoop's. */
  logs: string;
  out: string;
  /** The two as folders of this machine, where they are. */
  localLogs: string | undefined;
  localOut: string | undefined;
}

/** Where the job reads and writes. */
function placeOfFiles(): Place {
  const { EVENT_DATA_URI: logsUri, SPARK_OUTPUT_URI: outUri } = process.env;
  checkAddress("EVENT_DATA_URI", logsUri);
  checkAddress("SPARK_OUTPUT_URI", outUri);
  if (!isLocal() && !outUri) {
    throw new SparkifyError(
      `SPARK_MASTER is ${sparkMaster()}: set SPARK_OUTPUT_URI too, to a folder that all its machines share (hdfs:, s3a:, or file: on a shared disk).`,
    );
  }
  const logs = logsUri || pathToFileURL(eventDataDirectory).href;
  const out = outUri || pathToFileURL(join(outFolder, "spark")).href;
  const local = (uri: string) => (uri.startsWith("file:") ? fileURLToPath(uri) : undefined);
  // The characters of a pattern stand for themselves in the name of the folder.
  const pattern = asHadoop(logs).replace(/[{}[\]*?\\]/g, "\\$&");
  return { logs: pattern, out: asHadoop(out), localLogs: local(logs), localOut: local(out) };
}

function checkAddress(name: string, uri: string | undefined): void {
  if (!uri) return;
  const scheme = uri.match(/^[\w+.-]*:/)?.[0] ?? uri;
  if (!/^(file:\/{1,3}|hdfs:\/{1,3}|s3a:\/\/)[^/]/.test(uri)) {
    const meant = /^s3n?:$/.test(scheme) ? " Write s3a: instead: Hadoop's name for S3." : "";
    throw new SparkifyError(
      `${name} takes a file:, hdfs: or s3a: address, as s3a://bucket/logs: got ${scheme}${scheme === uri ? "" : "…"}.${meant}`,
    );
  }
  if (/^[^:]+:\/\/[^/]*@/.test(uri)) {
    throw new SparkifyError(
      `${name} has a user or a password in it, before an @. Take it out: for s3a: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for hdfs: HADOOP_USER_NAME.`,
    );
  }
}

function chosen<File extends { date: string }>(files: File[], { date }: Options): File[] {
  const found = files.filter((file) => date === undefined || file.date === date);
  if (found.length > 0) return found;
  const dates = files.map((file) => file.date).sort();
  throw new SparkifyError(
    `None of the ${files.length} logs is from ${date}; they go from ${dates[0]} to ${dates.at(-1)}.`,
  );
}

/**
 * Looks at the begin of each log, where they are on this machine: in a store the job itself does, and knows less.
 * @returns those that Spark reads
 * @throws SparkifyError where there are others, unless they are left out
 */
async function readable(files: EventFile[], { skipFiles }: Options, result: JobResult): Promise<EventFile[]> {
  for (const file of files) {
    try {
      const beyond = beyondPlainCsv(file.path, await dialectOf(file.path));
      if (beyond.length === 0) continue;
      const reason = `The log ${shortPath(file.path)} cannot be read by Spark: ${beyond.join(", ")}. npm run load reads it.`;
      result.unreadable.push({ file: file.path, reason });
    } catch (error) {
      result.unreadable.push(unreadLog(file, error));
    }
  }
  const { unreadable } = result;
  const others = files.filter(({ path }) => !unreadable.some(({ file }) => file === path));
  if (unreadable.length === 0 || (skipFiles && others.length > 0)) return others;
  const error = unreadableLogs(unreadable, files.length);
  writeReport(false, performance.now(), result, error);
  throw error;
}

function localFiles(folder: string) {
  const help = process.env.EVENT_DATA_URI
    ? "Put the daily CSV logs there, or set EVENT_DATA_URI to their folder, as file:///path, hdfs://host/path or s3a://bucket/path."
    : undefined;
  const { files, skipped } = findEventFiles(folder, help);
  for (const { path, reason } of skipped) console.log(`  passed over: ${shortPath(path)}: ${reason}`);
  return files;
}

/** The files that the job will read there. */
async function filesInStore(store: Store, folder: string) {
  const all = await step("Look for the logs in the store", () => store.list(folder, "EVENT_DATA_URI"));
  const files = all.flatMap(({ path, bytes }) => {
    const [, date] = path.match(/\/(?![._])[^/]*?(\d{4}-\d{2}-\d{2})[^/]*\.(?:csv|csv\.gz|CSV)$/) ?? [];
    return date && bytes > 0 ? [{ date, bytes }] : [];
  });
  if (files.length > 0) return files;
  throw new SparkifyError(
    `${folder} (EVENT_DATA_URI) holds no daily CSV log as 2018-11-01-events.csv: ${all.length === 0 ? "it is empty" : `${all.length} other files are there, as ${all[0]?.path}`}.`,
  );
}

/** Spark goes through the others, more slowly, and without a word. */
function sayUnreachable(client: Client): void {
  const connected = client.getState().getConnectedHosts();
  const silent = client.hosts
    .values()
    .filter((host) => host.datacenter === connected[0]?.datacenter && !connected.includes(host))
    .map((host) => host.address);
  if (silent.length > 0) {
    console.log(
      `  These Cassandra nodes do not answer at the address that they announce (rpc_address, broadcast_rpc_address): ${silent.join(", ")}. ` +
        "The job goes through the others: more slowly, or not at all where too few copies are left.",
    );
  }
}

function needWritableOutput(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(mkdtempSync(join(folder, ".can-write-")), { recursive: true });
  } catch (error) {
    throw new SparkifyError(
      `The plays cannot be written to ${folder} (SPARK_OUTPUT_URI): ${(error as Error).message}. Name a folder that you may write to.`,
    );
  }
}

/** Hadoop takes the characters of an address as they are. */
const asHadoop = (uri: string) =>
  (uri.startsWith("file:") ? `file://${fileURLToPath(uri)}` : uri).replace(/\/+$/, "");

/** Puts the rejected rows into one file, as the single-machine path has them. */
async function keepRejected(out: string): Promise<void> {
  await joinParts(join(out, "rejected"), '"file","line","column","reason","row"\n', rejectedCsv);
}

async function keepCsv(out: string, { date }: Options): Promise<void> {
  const header = `${streamlinedColumns.map((column) => `"${column}"`).join(",")}\n`;
  const target = date ? join(outFolder, `event_datafile_${date}_${date}.csv`) : streamlinedCsv;
  await joinParts(join(out, "csv"), header, target);
}

async function joinParts(folder: string, header: string, target: string): Promise<void> {
  if (!existsSync(folder)) return;
  const parts = readdirSync(folder)
    .filter((name) => name.startsWith("part-"))
    .sort();
  const whole = createWriteStream(`${target}.partial`);
  whole.write(header);
  for (const part of parts) await pipeline(createReadStream(join(folder, part)), whole, { end: false });
  await new Promise<void>((resolve, reject) => whole.once("error", reject).end(() => resolve()));
  renameSync(`${target}.partial`, target);
  rmSync(folder, { recursive: true });
}

/** Tables of one run that a run which failed has left. */
function removeWorkFolders(out: string): void {
  if (!existsSync(out)) return;
  for (const name of readdirSync(out)) {
    if (name.startsWith("work-")) rmSync(join(out, name), { recursive: true, force: true });
  }
}

/** One day may be compared for what it wrote only: the tables hold other days. */
function isRight({ tables }: JobResult, { verify, date, tables: definitions }: Options): boolean {
  if (!verify) return true;
  return (
    tables.length === definitions.length &&
    tables.every(({ missing, altered, extra }) => missing + altered + (date ? 0 : extra) === 0)
  );
}

function refused(
  { refusal }: Refused,
  { unreadable, counts }: JobResult,
  { maxErrors }: Options,
  out: string,
  inAll: number,
): SparkifyError {
  if (refusal === "@unreadable-files") return unreadableLogs(unreadable, inAll);
  if (refusal === "@nothing-kept") {
    return new SparkifyError(
      `No row of the ${counts.files} logs is a song play, so nothing was written: of ${counts.rows} rows, ${counts.dropped} have no artist and ${counts.rejected} were rejected.`,
    );
  }
  return new SparkifyError(
    `More than ${maxErrors} rows had to be rejected, so nothing was loaded. They are in ${out.startsWith("file:") ? shortPath(rejectedCsv) : `${out}/rejected`}, ` +
      "with the reasons. Mend the logs, or allow more: npm run spark -- --max-errors 1000",
  );
}

function writeReport(ok: boolean, started: number, result: JobResult, error?: Error): void {
  const report = {
    ok,
    seconds: Math.round(performance.now() - started) / 1000,
    master: sparkMaster(),
    ...result.counts,
    rejectedByReason: result.rejectedByReason,
    unreadable: result.unreadable,
    tables: result.tables,
    steps: result.seconds,
    ...(error ? { error: error.message } : {}),
  };
  writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
}

function summary(
  { counts, rejectedByReason, unreadable, tables }: JobResult,
  { verify, date }: Options,
  out: string,
): string {
  const text = (number: number) => number.toLocaleString("en");
  const { files, rows, kept, dropped, rejected } = counts;
  const lines = [
    ...unreadable.map(({ reason }) => `✘ Left out: ${reason}`),
    `${text(rows)} rows in ${files} files: ${text(kept)} kept, ${text(dropped)} dropped (no artist), ${text(rejected)} rejected`,
    ...(rejected > 0 ? [`Rejected: ${commonestReasons(rejectedByReason)}`] : []),
    ...tables.map(({ name, rows, expectedRows, missing, altered, extra }) => {
      const faults = missing + altered + (date ? 0 : extra);
      return faults === 0
        ? `✔ ${name}: ${text(date ? expectedRows : rows)} rows, every value as in the plays`
        : `✘ ${name}: ${text(rows)} rows, ${text(expectedRows)} expected: ${text(missing)} missing, ${text(altered)} altered, ${text(extra)} not expected`;
    }),
    ...(verify ? [] : ["The tables were not compared with the plays."]),
    `The plays are in ${out}/plays, a partition for each day`,
  ];
  return lines.map((line) => `  ${line}`).join("\n");
}
