// npm run model -- profile PATH...: what is in the files, as a page, as data, on the terminal, and as a model to begin with.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { writableFolder } from "@sparkify/base/private-folder";
import { onInterrupt, temporary } from "@sparkify/base/processes";
import { shortPath } from "@sparkify/base/short-path";
import { workDirectory } from "@sparkify/lib";
import { schemaPath } from "../file/shape.js";
import { snakeCase } from "../source/names.js";
import { Rejected } from "../source/rejected.js";
import { Source } from "../source/source.js";
import { findDetermines } from "./determines.js";
import { findKeys } from "./keys.js";
import { measureColumns } from "./measure.js";
import { profilePage } from "./page.js";
import type { Profile } from "./profile.js";
import { starterModel } from "./starter.js";
import { profileLines } from "./terminal.js";
import { count, keyText } from "./words.js";

export interface ProfileOptions {
  /** The name of the profile and of the model. @default that of the first path */
  name?: string;
  /** Writes the model anew where there is one. @default false */
  overwrite?: boolean;
  /** Where the model goes, and where relative paths begin. @default the current folder */
  folder?: string;
  /** Where the profile goes. @default out/model/NAME */
  out?: string;
}

/**
 * Profiles files.
 * @param paths files, folders or patterns, relative to the current folder
 * @returns the exit code
 * @throws SparkifyError where there is no file, or one that cannot be read
 */
export async function profile(paths: string[], options: ProfileOptions = {}): Promise<number> {
  const { folder = process.cwd(), overwrite = false } = options;
  if (paths.length === 0)
    throw new SparkifyError("profile takes at least one path: npm run model -- profile readings/*.csv");
  const name = options.name ?? nameOf(paths[0] as string);
  const out = writableFolder(options.out ?? join(workDirectory, "out", "model", name));
  const patterns = paths.map((path) => resolve(folder, path));
  const found = await measured(name, patterns, folder, out);
  for (const line of profileLines(found, process.stdout.columns || 100)) console.log(line);
  const page = join(out, "profile.html");
  writeFileSync(join(out, "profile.json"), `${JSON.stringify(found, null, 2)}\n`);
  writeFileSync(page, profilePage(found));
  console.log(`\nThe page: ${shortPath(page)}`);
  const model = join(folder, `${name}.model.yaml`);
  if (existsSync(model) && !overwrite)
    console.log(
      `${shortPath(model)} is there already, and stays as it is. To have it written anew: --overwrite`,
    );
  else {
    writeFileSync(model, starterModel(found, folder, patterns, schemaPath));
    console.log(
      `A model to begin with: ${shortPath(model)}. Write your questions there, then: npm run model -- propose ${shortPath(model)}`,
    );
  }
  return 0;
}

/** Reads and measures, in a folder that is gone afterwards. */
async function measured(name: string, patterns: string[], folder: string, out: string): Promise<Profile> {
  const scratch = temporary(join(out, `work-${process.pid}`));
  const rejectedPath = join(out, "rejected.csv");
  rmSync(rejectedPath, { force: true });
  const rejected = new Rejected(rejectedPath);
  const abort = new AbortController();
  const work = measureAll(name, patterns, folder, scratch, rejected, abort.signal).finally(() => {
    rejected.close();
    rmSync(scratch, { recursive: true, force: true });
  });
  const forget = onInterrupt(async () => {
    abort.abort(new SparkifyError("Interrupted."));
    await work.catch(() => {});
  });
  try {
    return await work;
  } finally {
    forget();
  }
}

async function measureAll(
  name: string,
  patterns: string[],
  folder: string,
  scratch: string,
  rejected: Rejected,
  signal: AbortSignal,
): Promise<Profile> {
  const source = await step("Read the files", (news) =>
    Source.open({ source: { files: patterns }, folder, columns: {} }, scratch, rejected, {
      onFile: (path) => news(shortPath(path)),
      onPhase: () => news("types"),
      signal,
    }),
  );
  const interrupt = () => source.database.interrupt();
  signal.addEventListener("abort", interrupt);
  try {
    signal.throwIfAborted();
    const columns = await step(`Count values in ${count(source.rows)} rows`, (news) =>
      measureColumns(source, news),
    );
    const { found, isBounded } = await step("Find columns that determine others", (news) =>
      findDetermines(source, columns, news),
    );
    const { keys, duplicates } = await step("Find what tells rows apart", (news) =>
      findKeys(source, columns, (set) => news(keyText(set))),
    );
    return {
      name,
      rows: source.rows,
      duplicates,
      columns,
      determines: found,
      isBounded,
      keys,
      files: source.files,
      rejected: {
        rows: rejected.count,
        byReason: rejected.byReason,
        path: rejected.count > 0 ? rejected.path : null,
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", interrupt);
    source.close();
  }
}

/** readings of readings/, of data/readings.csv.gz, and of readings/2026-*.csv. */
export function nameOf(path: string): string {
  const fixed = path.split(/[\\/](?=[^\\/]*[*?[])/)[0] ?? path;
  const whole = /^[^\\/]*[*?[]/.test(fixed) ? "." : fixed;
  const last = basename(resolve(whole));
  const plain = last.replace(/\.(gz|zst)$/i, "").replace(/\.[a-z]+$/i, "");
  return snakeCase(plain || basename(dirname(resolve(whole))));
}
