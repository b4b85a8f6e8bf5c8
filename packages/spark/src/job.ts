// One run of the job: looks at the logs, makes the tables, lets Spark work, keeps what came out, and reports.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needWritable, writableFolder } from "@sparkify/base/private-folder";
import { findJava } from "@sparkify/embedded-cassandra";
import { type EventFile, unreadableLogs } from "@sparkify/loader";
import { installSpark } from "./install.js";
import { chosen, localFiles, unreadableBySpark } from "./logs.js";
import { needMaster } from "./master.js";
import { placeOfFiles } from "./place.js";
import { readProperties } from "./properties.js";
import { faultsOf, JobResult, type SparkReport } from "./report.js";
import { Run } from "./run.js";
import type { SparkJob } from "./settings.js";

/**
 * Does with Spark what `npm run load` and `npm run verify` do: judges the rows of the daily logs, keeps the plays, loads the tables, and
 * compares them. Its steps are those of `@sparkify/base/install/step`: printed, or handed to the caller by `withStepsTold`.
 * @returns what was found, as it is written to spark.json too
 * @throws SparkifyError in words, where it fails, also where logs are not what Spark reads
 * @example const { ok, kept, tables } = await runSparkJob({ settings: environmentSettings(), tables, maxErrors: 100, skipFiles: false, verify: true });
 */
export async function runSparkJob(job: SparkJob): Promise<SparkReport> {
  const started = performance.now();
  const { settings, date } = job;
  needWritable(join(settings.out, ".."));
  writableFolder(settings.out);
  const reportFile = join(settings.out, "spark.json");
  rmSync(reportFile, { force: true }); // it must not be taken for this run's
  const place = placeOfFiles(settings);
  const given = readProperties(settings.propertiesFile);
  const result = new JobResult();
  const report = (error?: Error): SparkReport => {
    const { counts, steps, rejectedByReason, unreadable, tables } = result;
    const seconds = Math.round(performance.now() - started) / 1000;
    const made: SparkReport = {
      ok: error === undefined && isRight(result, job),
      seconds,
      master: settings.master,
      ...counts,
      rejectedByReason,
      unreadable,
      tables: job.verify ? tables : [], // what was not compared is not reported
      steps,
      plays: `${place.out}/plays`,
      ...(error && { error: error.message }),
    };
    writeFileSync(reportFile, `${JSON.stringify(made, null, 2)}\n`);
    return made;
  };
  const reported = async <Done>(work: Promise<Done>): Promise<Done> => {
    try {
      return await work;
    } catch (error) {
      report(error as Error);
      throw error;
    }
  };
  const found = place.localLogs && chosen(localFiles(place.localLogs, settings), date);
  const local = found ? await reported(readable(found, job, result)) : undefined;
  await needMaster(settings);
  const java = findJava("Spark 3.5"); // before some 400 MB are installed
  const program = await installSpark([place.logs, place.out], settings.home);
  await reported(new Run(job, place, given, program, result).load(java, local));
  return report();
}

/** @returns the logs that Spark reads @throws SparkifyError where there are others, unless they are left out */
async function readable(files: EventFile[], { skipFiles }: SparkJob, result: JobResult) {
  result.unreadable.push(...(await unreadableBySpark(files)));
  const { unreadable } = result;
  const others = files.filter(({ path }) => !unreadable.some(({ file }) => file === path));
  if (unreadable.length === 0 || (skipFiles && others.length > 0)) return others;
  throw unreadableLogs(unreadable, files.length);
}

function isRight({ tables }: JobResult, { verify, date, tables: wanted }: SparkJob): boolean {
  if (!verify) return true;
  return tables.length === wanted.length && tables.every((table) => faultsOf(table, date) === 0);
}
