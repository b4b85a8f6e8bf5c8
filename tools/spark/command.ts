// npm run spark: what npm run load does, on Spark: for logs that outgrow one machine. The work itself is job.sql.

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
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import {
  connect,
  defaultMaxErrors,
  eventDataDirectory,
  findEventFiles,
  rejectedCsv,
  SparkifyError,
  shortPath,
  streamlinedColumns,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";
import { withCassandra } from "../cassandra/with-cassandra.js";
import { createMissingTables, tableDefinitions } from "../load/tables.js";
import { onInterrupt } from "../processes.mjs";
import { installSpark } from "./install.js";
import { isLocal, type Job, manyBytes, sparkMaster, writeProperties } from "./settings.js";
import { type JobResult, needMaster, submit, TooManyRejectedRows } from "./submit.js";

const usage = "npm run spark -- [--date 2018-11-08] [--max-errors 100] [--no-verify]";

const outFolder = join(workDirectory, "out");
const reportFile = join(outFolder, "spark.json");
const logFile = join(outFolder, "spark.log");

type Options = ReturnType<typeof readOptions>;

export async function spark(args: string[]): Promise<number> {
  const options = readOptions(args);
  const started = performance.now();
  mkdirSync(outFolder, { recursive: true });
  rmSync(reportFile, { force: true }); // it must not be taken for this run's
  const place = placeOfFiles(options);
  await needMaster();
  const program = await installSpark([place.logs, place.out]);
  // In the folder for temporary files, which every system has; nobody else may look into it.
  const scratch = mkdtempSync(join(tmpdir(), "sparkify-"));
  const clean = () => {
    rmSync(scratch, { recursive: true, force: true });
    if (place.localOut) removeWorkFolders(place.localOut);
  };
  const forget = onInterrupt(clean);
  let result: JobResult | undefined;
  try {
    result = await withCassandra(
      async (database) => {
        await database;
        const client = await connect();
        try {
          await createMissingTables(client, tableDefinitions());
        } finally {
          await client.shutdown();
        }
        const job: Job = { ...options, ...place, scratch };
        try {
          const done = await submit(program, await writeProperties(program, job), logFile);
          return options.verify ? done : { ...done, tables: [] }; // what was not compared is not reported
        } finally {
          if (place.localOut) await keepRejected(place.localOut);
        }
      },
      place.bytes > manyBytes ? { heap: "1G", bulk: true } : {},
    );
    if (place.localOut) await keepCsv(place.localOut, options);
    const ok = isRight(result, options);
    writeReport(ok, started, result);
    console.log(summary(result, options, place.out));
    return ok ? 0 : 1;
  } catch (error) {
    const explained =
      error instanceof TooManyRejectedRows ? tooMany(options.maxErrors, place.out) : (error as Error);
    writeReport(false, started, result, explained);
    throw explained;
  } finally {
    clean();
    forget();
  }
}

function readOptions(args: string[]) {
  const wrong = (why: string) => new SparkifyError(`${why}\nUse: ${usage}`);
  const parse = () => {
    try {
      return parseArgs({
        args,
        options: {
          date: { type: "string" },
          "max-errors": { type: "string", default: String(defaultMaxErrors) },
          "no-verify": { type: "boolean", default: false },
        },
      }).values;
    } catch (error) {
      throw wrong((error as Error).message);
    }
  };
  const { date, "max-errors": most, "no-verify": noVerify } = parse();
  if (date !== undefined && !(/^\d{4}-\d{2}-\d{2}$/.test(date) && Number.isFinite(Date.parse(date))))
    throw wrong(`--date takes a date as 2018-11-08: got "${date}".`);
  const maxErrors = Number(most);
  if (!Number.isInteger(maxErrors) || maxErrors < 0)
    throw wrong(`--max-errors takes a whole number from 0 up: got "${most}".`);
  return { date, maxErrors, verify: !noVerify };
}

/** Where the job reads and writes. */
function placeOfFiles({ date }: Options) {
  const { EVENT_DATA_URI: logsUri, SPARK_OUTPUT_URI: outUri } = process.env;
  for (const [name, uri] of Object.entries({ EVENT_DATA_URI: logsUri, SPARK_OUTPUT_URI: outUri })) {
    if (uri && !/^(file|hdfs|s3a):\/./.test(uri))
      throw new SparkifyError(
        `${name} takes a file:, hdfs: or s3a: address, as s3a://bucket/logs: got ${uri.split(":")[0]}:…`,
      );
  }
  if (!isLocal() && !outUri) {
    throw new SparkifyError(
      `SPARK_MASTER is ${sparkMaster()}: set SPARK_OUTPUT_URI too, to a folder that all its machines share (hdfs:, s3a:, or file: on a shared disk).`,
    );
  }
  const logs = logsUri || pathToFileURL(eventDataDirectory).href;
  const out = outUri || pathToFileURL(join(outFolder, "spark")).href;
  // Files of this machine can be looked at beforehand; of others Spark says what is wrong.
  let bytes = Number.POSITIVE_INFINITY;
  if (logs.startsWith("file:")) {
    const { files, skipped } = findEventFiles(fileURLToPath(logs));
    const chosen = files.filter((file) => date === undefined || file.date === date);
    for (const { path, reason } of skipped) console.log(`  passed over: ${shortPath(path)}: ${reason}`);
    if (chosen.length === 0) {
      throw new SparkifyError(
        `None of the ${files.length} logs is from ${date}; they go from ${files[0]?.date} to ${files.at(-1)?.date}.`,
      );
    }
    bytes = chosen.reduce((sum, file) => sum + file.bytes, 0);
  }
  return {
    // The characters of a pattern stand for themselves in the name of the folder.
    ...{ logs: asHadoop(logs).replace(/[{}[\]*?\\]/g, "\\$&"), out: asHadoop(out), bytes },
    localOut: out.startsWith("file:") ? fileURLToPath(out) : undefined,
  };
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
function isRight({ tables }: JobResult, { verify, date }: Options): boolean {
  if (!verify) return true;
  return (
    tables.length === tableDefinitions().length &&
    tables.every(({ missing, altered, extra }) => missing + altered + (date ? 0 : extra) === 0)
  );
}

function tooMany(maxErrors: number, out: string): SparkifyError {
  return new SparkifyError(
    `More than ${maxErrors} rows had to be rejected, so nothing was loaded. They are in ${out.startsWith("file:") ? shortPath(rejectedCsv) : `${out}/rejected`}, ` +
      "with the reasons. Mend the logs, or allow more: npm run spark -- --max-errors 1000",
  );
}

function writeReport(ok: boolean, started: number, result?: JobResult, error?: Error): void {
  const report = {
    ok,
    seconds: Math.round(performance.now() - started) / 1000,
    master: sparkMaster(),
    ...(result?.counts ?? { files: 0, rows: 0, kept: 0, dropped: 0, rejected: 0 }),
    rejectedByReason: result?.rejectedByReason ?? {},
    tables: result?.tables ?? [],
    steps: result?.seconds ?? {},
    ...(error ? { error: error.message } : {}),
  };
  writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
}

function summary({ counts, tables }: JobResult, { verify, date }: Options, out: string): string {
  const text = (number: number) => number.toLocaleString("en");
  const { files, rows, kept, dropped, rejected } = counts;
  const lines = [
    `${text(rows)} rows in ${files} files: ${text(kept)} kept, ${text(dropped)} dropped (no artist), ${text(rejected)} rejected`,
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
