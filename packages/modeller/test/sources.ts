// Sources for the tests: files in a folder of their own, read as a model reads them.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Shown } from "@sparkify/cql";
import Papa from "papaparse";
import { Rejected, type RejectedRow } from "../src/source/rejected.js";
import { type OpenOptions, Source, type Wanted } from "../src/source/source.js";

/** A folder that is removed when the test file ends. */
export class Sources {
  readonly folder = mkdtempSync(join(tmpdir(), "sparkify-source-"));
  #count = 0;
  readonly #open: Source[] = [];

  /** Writes files. @returns the folder that holds them */
  write(files: Record<string, string | Buffer>): string {
    const folder = join(this.folder, String(++this.#count));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return folder;
  }

  /** Reads files. Without `source` all that there are. */
  async read(
    files: Record<string, string | Buffer>,
    wanted: Partial<Wanted> = {},
    options: OpenOptions = {},
  ): Promise<Reading> {
    const folder = this.write(files);
    const scratch = join(this.folder, `${this.#count}-scratch`);
    const rejected = new Rejected(join(this.folder, `${this.#count}-rejected.csv`));
    try {
      const source = await Source.open(
        { source: { files: ["."] }, folder, columns: {}, ...wanted },
        scratch,
        rejected,
        options,
      );
      this.#open.push(source);
      const rows: Record<string, Shown>[] = [];
      for await (const row of source.rowsOf(source.columns)) rows.push(row as Record<string, Shown>);
      return { source, rows, rejected: rejectedRows(rejected, folder), reasons: rejected.byReason };
    } finally {
      rejected.close();
    }
  }

  remove(): void {
    for (const source of this.#open) source.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Reading {
  source: Source;
  rows: Record<string, Shown>[];
  /** As rejected.csv has them; files relative to their folder. */
  rejected: RejectedRow[];
  reasons: Record<string, number>;
}

function rejectedRows(rejected: Rejected, folder: string): RejectedRow[] {
  rejected.close();
  if (rejected.count === 0) return [];
  const { data } = Papa.parse<Record<keyof RejectedRow, string>>(readFileSync(rejected.path, "utf8"), {
    header: true,
    skipEmptyLines: true,
  });
  return data.map((row) => ({ ...row, file: row.file.replace(`${folder}/`, ""), line: Number(row.line) }));
}

/** The types of a source's columns, by their names. */
export const typesOf = ({ source }: Reading) =>
  Object.fromEntries(source.columns.map(({ name, type }) => [name, type]));
