// Daily logs of any size for the labs, made on first use, and files of the labs' own.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { writeDailyLogs } from "@sparkify/generator";
import { workDirectory } from "@sparkify/lib";
import { interruptible } from "./interruptible.js";

/**
 * How many song plays a lab generates.
 * @param wanted what the variable LAB_ROWS says. @default a million
 * @throws SparkifyError where it is no number of rows that shows something
 * @example labRows("50_000"); // 50000
 */
export function labRows(wanted = ""): number {
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
 * @example const folder = await generatedEvents(50_000);
 */
export async function generatedEvents(plays: number): Promise<string> {
  const folder = join(workDirectory, "out", `events-${plays}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    await interruptible((signal) =>
      writeDailyLogs(partial, plays, { onProgress: () => signal.throwIfAborted() }),
    );
    renameSync(partial, folder); // it appears only when it is whole
  } catch (error) {
    throw new SparkifyError(
      `The logs could not be generated: ${(error as Error).message}\n` +
        `Try it in a terminal: npm run generate -- --plays ${plays} --to ${folder}`,
      { cause: error, where: { file: folder } },
    );
  }
  return folder;
}

/**
 * Where a lab keeps what denormalize and load write, so that the walkthrough's own files stay as they are.
 * @example const files = labFiles("filtering");
 */
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
