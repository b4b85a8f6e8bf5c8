// The Spark job for a lab: its SQL, a step at a time, and a run of it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { standardOptions } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { inTurn } from "@sparkify/base/in-turn";
import { type StepEvent, withStepsTold } from "@sparkify/base/install/step";
import { workDirectory } from "@sparkify/lib";
import type { TableDefinition } from "@sparkify/loader";
import type { SparkReport } from "@sparkify/spark";
import { interruptible } from "./interruptible.js";

/**
 * The statements of the job's SQL with these words in their text or in the comment before them.
 * @throws SparkifyError where there is none
 * @example console.log(sparkSql("CREATE TABLE raw"));
 */
export function sparkSql(words: string): string {
  const sql = readFileSync(createRequire(import.meta.url).resolve("@sparkify/spark/job.sql"), "utf8");
  const statements = sql.split(/(?<=;)\n+(?=--|[A-Z])/).filter((statement) => statement.includes(words));
  if (statements.length === 0) throw new SparkifyError(`No statement of job.sql has the words "${words}".`);
  return statements.map((statement) => statement.replace(/^-{20,}\n/m, "").trim()).join("\n\n");
}

/**
 * Does what `npm run spark` does, in a Cassandra that answers. An interrupt of the kernel ends it, and so does the kernel's end.
 * @param tables that are loaded, and made where they do not exist
 * @param onProgress gets a line for each step that has been done
 * @throws SparkifyError where it fails
 * @example const report = await runSpark(tableDefinitions("my-tables.ipynb"), console.log);
 */
export async function runSpark(
  tables: TableDefinition[],
  onProgress: (line: string) => void = () => {},
): Promise<SparkReport> {
  const { runSparkJob } = await import("@sparkify/spark");
  const { environmentSettings } = await import("@sparkify/spark/command");
  // Without the seconds: a notebook's outputs are the same after every run.
  const onStep = (step: StepEvent) => {
    if (step.event === "done") onProgress(`✔ ${step.title}`);
  };
  const job = { ...standardOptions("spark"), settings: environmentSettings(), tables };
  return interruptible((signal) =>
    withStepsTold(onStep, () =>
      inTurn(join(workDirectory, "out", ".lock"), () => runSparkJob({ ...job, signal })),
    ),
  );
}
