// Daily logs of any size for the labs, made on first use, and files of the labs' own.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { SparkifyError } from "@sparkify/base/errors";
import { projectRoot, workDirectory } from "@sparkify/lib";

/**
 * How many song plays a lab generates: LAB_ROWS, or a million.
 * @throws SparkifyError where it is no number of rows that shows something
 */
export function labRows(): number {
  const { LAB_ROWS: wanted = "" } = process.env;
  const rows = wanted.trim() === "" ? 1_000_000 : Number(wanted.replace(/[_,]/g, ""));
  if (Number.isInteger(rows) && rows >= 10_000 && rows <= 50_000_000) return rows;
  throw new SparkifyError(
    `LAB_ROWS is a number of rows from 10,000 to 50,000,000: got "${wanted}". Set it, and restart the kernel.`,
  );
}

/**
 * A folder of daily logs with so many song plays, always the same ones. What was made once is used again; delete the
 * folder to have the space back (a million plays take 180 MB).
 * @throws SparkifyError where they cannot be made
 */
export async function generatedEvents(plays: number): Promise<string> {
  const folder = join(workDirectory, "out", `events-${plays}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const start = join(projectRoot, "tools", "start.mjs");
  try {
    const args = [start, "generate", "--plays", String(plays), "--to", folder];
    const env = { ...process.env, SPARKIFY_END_WITH_PARENT: "1" }; // this kernel may be killed
    await promisify(execFile)(process.execPath, args, { cwd: projectRoot, env, maxBuffer: 2 ** 24 });
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new SparkifyError(
      `The logs could not be generated: ${stderr.trim() || message}\n` +
        `Try it in a terminal: npm run generate -- --plays ${plays} --to ${folder}`,
    );
  }
  return folder;
}

/** Where a lab keeps what denormalize and load write, so that the walkthrough's own files stay as they are. */
export function labFiles(name: string): { csv: string; rejected: string; checkpoint: string } {
  const folder = join(workDirectory, "out", "labs");
  mkdirSync(folder, { recursive: true });
  const file = (ending: string) => join(folder, `${name}${ending}`);
  return {
    csv: file(".csv"),
    rejected: file(".rejected.csv"),
    checkpoint: file(".checkpoint.json"),
  };
}
