// The Spark job for a lab: its SQL, a step at a time, and a run of it.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SparkifyError } from "@sparkify/base/errors";
import { projectRoot, workDirectory } from "@sparkify/lib";
import type { SparkReport } from "@sparkify/spark";

/** The statements of packages/spark/job.sql with these words in their text or in the comment before them. */
export function sparkSql(words: string): string {
  const sql = readFileSync(join(projectRoot, "packages", "spark", "job.sql"), "utf8");
  const statements = sql.split(/(?<=;)\n+(?=--|[A-Z])/).filter((statement) => statement.includes(words));
  if (statements.length === 0) throw new SparkifyError(`No statement of job.sql has the words "${words}".`);
  return statements.map((statement) => statement.replace(/^-{20,}\n/m, "").trim()).join("\n\n");
}

/**
 * Runs `npm run spark` to its end.
 * @param onProgress is told each step when it has been done
 * @throws SparkifyError with what the command says, where it fails
 */
export async function runSpark(onProgress: (line: string) => void = () => {}): Promise<SparkReport> {
  const child = spawn(process.execPath, [join(projectRoot, "tools", "start.mjs"), "spark"], {
    cwd: projectRoot,
    env: { ...process.env, SPARKIFY_END_WITH_PARENT: "1" }, // this kernel may be killed
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    // Without the seconds, and without the node: a notebook's outputs are the same after every run.
    const [, done] = line.match(/^(✔ (?!Cassandra|Start Cassandra).*?)(?: \([\d.]+ s\))?$/) ?? [];
    if (done) onProgress(done);
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new SparkifyError(complaints.replace("✘", "").trim() || "The Spark job failed.");
  return JSON.parse(readFileSync(join(workDirectory, "out", "spark.json"), "utf8")) as SparkReport;
}
