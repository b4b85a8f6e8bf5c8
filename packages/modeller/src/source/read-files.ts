// The files of a model into one table of DuckDB: text for CSV, other types where the files have them.

import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { beginningOf, csvFormOf, textColumns } from "./csv-form.js";
import { type DuckDb, literalPath, reasonOf, sqlName, sqlText } from "./duckdb.js";
import { columnsOf, type RawRows } from "./raw-rows.js";
import { readJson } from "./read-json.js";
import type { Rejected } from "./rejected.js";

export interface FileRead {
  path: string;
  format: "CSV" | "JSON" | "Parquet";
  /** Of a CSV. */
  delimiter?: string;
  /** Rows that were read, without those that the file's form ruled out. */
  rows: number;
  /** What the reader should know of how it was read, in sentences. */
  notes: string[];
}

const formats: [FileRead["format"], RegExp][] = [
  ["Parquet", /\.(parquet|pq)$/i],
  ["JSON", /\.(json|jsonl|ndjson)(\.(gz|zst))?$/i],
  ["CSV", /\.(csv|tsv|txt|psv|tab)(\.(gz|zst))?$/i],
];

const namedFormat = (path: string) => formats.find(([, form]) => form.test(path))?.[0];

/** By its name, and else by how it begins. */
function formatOf(path: string): FileRead["format"] {
  const named = namedFormat(path);
  if (named) return named;
  const beginning = beginningOf(path).toString("latin1").trimStart();
  return beginning.startsWith("PAR1") ? "Parquet" : /^[[{]/.test(beginning) ? "JSON" : "CSV";
}

/**
 * @param patterns paths of files or folders, or patterns, relative to `folder`
 * @throws SparkifyError where a pattern finds no file
 */
export async function findFiles(database: DuckDb, patterns: string[], folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const whole = isAbsolute(pattern) ? pattern : join(folder, pattern);
    const there = statSync(whole, { throwIfNoEntry: false });
    if (there?.isFile()) {
      found.add(whole);
      continue;
    }
    const inFolder = join(whole.replace(/[*?[]/g, "[$&]"), "**", "*");
    const searched = there?.isDirectory() ? inFolder : whole;
    const files = await database.all<{ file: string }>(
      `SELECT file FROM glob(${sqlText(searched)}) ORDER BY file`,
    );
    const readable = files.filter(({ file }) => namedFormat(file));
    if (readable.length === 0)
      throw new SparkifyError(
        files.length > 0
          ? `${pattern} finds ${files.length} files in ${shortPath(folder)}, none of a format that is known by its name. Expected .csv, .tsv, .json, .jsonl or .parquet, also with .gz; or the path of one file.`
          : `No file is found by ${pattern} in ${shortPath(folder)}. Expected CSV, JSON lines, JSON or Parquet, as readings/**/*.csv.gz.`,
      );
    for (const { file } of readable) found.add(file);
  }
  return [...found];
}

/**
 * Reads files, one after the other; columns are told apart by their names.
 * @throws SparkifyError for one that cannot be read at all
 */
export async function readFiles(
  database: DuckDb,
  files: string[],
  raw: RawRows,
  rejected: Rejected,
  onFile: (path: string) => void,
): Promise<FileRead[]> {
  const read: FileRead[] = [];
  for (const path of files) {
    onFile(path);
    read.push(await readFile(database, path, raw, rejected));
  }
  return read;
}

async function readFile(database: DuckDb, path: string, raw: RawRows, rejected: Rejected): Promise<FileRead> {
  const format = formatOf(path);
  const empty: FileRead = { path, format, rows: 0, notes: ["It is empty, and was skipped."] };
  try {
    if (statSync(path).size === 0) return empty;
    if (format === "CSV") return (await readCsv(database, path, raw, rejected)) ?? empty;
    if (format === "JSON") return { path, format, ...(await readJson(database, path, raw, rejected)) };
    const source = `read_parquet(${literalPath(path)})`;
    const rows = await raw.append(source, await columnsOf(database, source), () => undefined);
    return { path, format, rows, notes: [] };
  } catch (error) {
    if (error instanceof SparkifyError) throw error;
    throw new SparkifyError(`${shortPath(path)} cannot be read as ${format}: ${reasonOf(error)}`, {
      cause: error,
      where: { file: path },
    });
  }
}

async function readCsv(
  database: DuckDb,
  path: string,
  raw: RawRows,
  rejected: Rejected,
): Promise<FileRead | undefined> {
  const form = await csvFormOf(database, path);
  if (!form) return undefined;
  const { delimiter, columns, skipped, bytes, notes } = form;
  // Every value as the text that it is: 007 stays 007. A line with too few or too many fields is told, and costs itself.
  const options = `auto_detect = false, columns = ${textColumns(columns)}, delim = ${sqlText(delimiter)}, quote = '"', escape = '"',
    comment = '', header = true, skip = ${skipped}, store_rejects = true, rejects_limit = 0${bytes}`;
  const typed = columns.map((name) => ({ name, type: "VARCHAR" }));
  const append = async (strict: boolean) => {
    for (const table of ["reject_errors", "reject_scans"])
      await database.run(`DROP TABLE IF EXISTS ${table}`);
    const source = `read_csv(${literalPath(path)}, ${options}, strict_mode = ${strict})`;
    const [only] = columns.length === 1 ? columns : [];
    const filled = only === undefined ? source : `(FROM ${source} WHERE ${sqlName(only)} IS NOT NULL)`; // an empty line
    return raw.append(filled, typed, () => "field");
  };
  const read: FileRead = { path, format: "CSV", delimiter, rows: 0, notes };
  try {
    read.rows = await append(true);
  } catch (error) {
    if (!(error instanceof Error && /invalid state/.test(error.message))) throw error;
    read.rows = await append(false);
    notes.push(
      "Its lines end in more than one way, so that it was read leniently: what follows a closing quote is left out.",
    );
  }
  await rejectLines(database, path, columns.length, rejected);
  return read;
}

/** What DuckDB calls it, in words. */
function reasonFor(kind: string, message: string, fields: number): string {
  switch (kind) {
    case "TOO MANY COLUMNS":
      return `more fields than the ${fields} of the header`;
    case "MISSING COLUMNS":
      return `fewer fields than the ${fields} of the header`;
    case "UNQUOTED VALUE":
      return "a quote that is not closed, or that something follows";
    case "INVALID ENCODING":
      return "not UTF-8; another encoding is read with source.sql: read_csv('...', encoding = 'latin-1')";
    case "LINE SIZE OVER MAXIMUM":
      return "longer than 2 MB";
    default:
      return message;
  }
}

async function rejectLines(
  database: DuckDb,
  path: string,
  fields: number,
  rejected: Rejected,
): Promise<void> {
  const errors = `SELECT line, min(column_name) FILTER (WHERE error_type = 'INVALID ENCODING') AS "column", min(error_type) AS kind, min(error_message) AS message,
    any_value(csv_line) AS text FROM reject_errors GROUP BY line ORDER BY line`;
  for await (const some of database.stream(errors))
    for (const { line, column, kind, message, text } of some)
      rejected.add({
        file: path,
        line: Number(line),
        column: kind === "INVALID ENCODING" ? String(column ?? "") : "",
        reason: reasonFor(String(kind), String(message), fields),
        text: String(text ?? "").replace(/^[\r\n]+|[\r\n]+$/g, ""),
      });
}
