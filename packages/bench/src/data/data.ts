// The folders of generated logs, made on first use.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { type LogFacts, writeDailyLogs } from "@sparkify/generator";
import { eventDataDirectory, projectRoot } from "@sparkify/lib";
import { denormalize, findEventFiles } from "@sparkify/loader";

export const benchDirectory = join(projectRoot, "build", "bench");

/** Counts up when the generator changes, so that older data is not taken for its own. */
const generation = 1;

export interface BenchData {
  /** Song plays. */
  rows: number;
  /** The daily logs. */
  logs: string[];
  csv: string;
  folder: string;
  /** What the generator says; nothing is known like this of the project's own logs. */
  facts?: LogFacts;
}

/** Daily logs with so many song plays, and the streamlined CSV made from them. */
export async function generatedData(rows: number): Promise<BenchData> {
  const folder = join(benchDirectory, `data-${rows}`);
  const factsFile = join(folder, "facts.json");
  const known = () => existsSync(factsFile) && JSON.parse(readFileSync(factsFile, "utf8"));
  if (known()?.generation !== generation) {
    const partial = `${folder}.partial`;
    for (const old of [partial, folder]) rmSync(old, { recursive: true, force: true });
    const logs = join(partial, "logs");
    mkdirSync(logs, { recursive: true });
    const count = rows.toLocaleString("en");
    const facts = await step(`Generate daily logs with ${count} song plays`, (news) =>
      writeDailyLogs(logs, rows, { onProgress: (done) => news(`${done.toLocaleString("en")} plays`) }),
    );
    await step(`Denormalize them, for the loads`, async (news) => {
      const { kept } = await denormalize({
        files: findEventFiles(logs).files,
        target: join(partial, "event_datafile_new.csv"),
        rejected: join(partial, "rejected.csv"),
        onProgress: ({ rows }) => news(`${rows.toLocaleString("en")} rows`),
      });
      if (kept !== rows) throw new SparkifyError(`${rows} plays were generated, ${kept} were kept.`);
    });
    writeFileSync(join(partial, "facts.json"), `${JSON.stringify({ generation, ...facts }, null, 2)}\n`);
    renameSync(partial, folder);
  }
  return {
    rows,
    folder,
    logs: findEventFiles(join(folder, "logs")).files.map(({ path }) => path),
    csv: join(folder, "event_datafile_new.csv"),
    facts: known(),
  };
}

/** The project's own logs, or those that EVENT_DATA_DIR names. */
export async function ownData(): Promise<BenchData> {
  const folder = join(benchDirectory, "data-own");
  rmSync(folder, { recursive: true, force: true }); // the logs may be others by now
  mkdirSync(folder, { recursive: true });
  const { files } = findEventFiles(eventDataDirectory);
  const csv = join(folder, "event_datafile_new.csv");
  const { kept } = await denormalize({ files, target: csv, rejected: join(folder, "rejected.csv") });
  return { rows: kept, folder, csv, logs: files.map(({ path }) => path) };
}
