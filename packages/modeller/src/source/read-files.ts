// The files of a model into one table of DuckDB: text for CSV, other types where the files have them.

import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { type DuckDb, sqlName, sqlText } from "./duckdb.js";
import type { Rejected } from "./rejected.js";

/** The table that files are read into. */
export const rawTable = "raw_rows";

export interface FileRead {
  path: string;
  format: "CSV" | "JSON" | "Parquet";
  /** How a CSV was read. */
  delimiter?: string;
  rows: number;
}

const formats: [FileRead["format"], RegExp][] = [
  ["Parquet", /\.(parquet|pq)$/i],
  ["JSON", /\.(json|jsonl|ndjson)(\.(gz|zst))?$/i],
  ["CSV", /\.(csv|tsv|txt|psv|tab)(\.(gz|zst))?$/i],
];

const formatOf = (path: string) => formats.find(([, form]) => form.test(path))?.[0];

/** @throws SparkifyError where a pattern finds no file */
export async function findFiles(database: DuckDb, patterns: string[], folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const whole = isAbsolute(pattern) ? pattern : join(folder, pattern);
    const isFolder = statSync(whole, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const searched = isFolder ? join(whole, "**", "*") : whole;
    const files = await database.all<{ file: string }>(
      `SELECT file FROM glob(${sqlText(searched)}) ORDER BY file`,
    );
    const readable = isFolder ? files.filter(({ file }) => formatOf(file)) : files;
    if (readable.length === 0)
      throw new SparkifyError(
        `No file is found by ${pattern} in ${shortPath(folder)}. Expected CSV, JSON lines, JSON or Parquet, as readings/**/*.csv.gz.`,
      );
    for (const { file } of readable) found.add(file);
  }
  return [...found];
}

/** Reads files, one after the other, in the order of their names; columns are told apart by their names. */
export async function readFiles(
  database: DuckDb,
  files: string[],
  rejected: Rejected,
  onFile: (path: string) => void,
): Promise<FileRead[]> {
  const read: FileRead[] = [];
  for (const path of files) {
    onFile(path);
    read.push(await readFile(database, path, rejected));
  }
  return read;
}

async function readFile(database: DuckDb, path: string, rejected: Rejected): Promise<FileRead> {
  const format = formatOf(path);
  if (!format)
    throw new SparkifyError(
      `${shortPath(path)} is of no format that is known by its name: .csv, .tsv, .json, .jsonl or .parquet, also with .gz.`,
      { where: { file: path } },
    );
  try {
    if (format === "Parquet") {
      const rows = await append(database, `read_parquet(${sqlText(path)})`);
      return { path, format, rows };
    }
    return format === "JSON"
      ? { path, format, rows: await readJson(database, path, rejected) }
      : await readCsv(database, path, rejected);
  } catch (error) {
    if (error instanceof SparkifyError) throw error;
    const [reason = ""] = (error as Error).message.split("\n");
    throw new SparkifyError(`${shortPath(path)} cannot be read as ${format}: ${reason}`, {
      cause: error,
      where: { file: path },
    });
  }
}

async function readCsv(database: DuckDb, path: string, rejected: Rejected): Promise<FileRead> {
  for (const table of ["reject_errors", "reject_scans"]) await database.run(`DROP TABLE IF EXISTS ${table}`);
  // Every value as the text that it is: 007 stays 007. A line with too few or too many fields is told, and costs itself.
  const options =
    "all_varchar = true, header = true, store_rejects = true, rejects_limit = 0, strict_mode = true";
  const rows = await append(database, `read_csv(${sqlText(path)}, ${options})`);
  const [scan] = await database.all<{ delimiter: string }>("SELECT delimiter FROM reject_scans LIMIT 1");
  const errors = `SELECT line, any_value(column_name) AS "column", min(error_message) AS reason, any_value(csv_line) AS text
    FROM reject_errors GROUP BY line ORDER BY line`;
  for await (const some of database.stream(errors))
    for (const { line, column, reason, text } of some)
      rejected.add({
        file: path,
        line: Number(line),
        column: String(column ?? ""),
        reason: String(reason),
        text: String(text ?? ""),
      });
  return { path, format: "CSV", rows, ...(scan && { delimiter: scan.delimiter }) };
}

async function readJson(database: DuckDb, path: string, rejected: Rejected): Promise<number> {
  const options = "sample_size = -1, map_inference_threshold = 20, maximum_object_size = 67108864";
  try {
    return await append(database, `read_json(${sqlText(path)}, ${options})`);
  } catch (error) {
    // JSON lines with some that are none: they are found, and left out.
    const lines = `read_csv(${sqlText(path)}, columns = {'text': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false)`;
    const bad = `SELECT line, text FROM (SELECT row_number() OVER () AS line, text FROM ${lines}) WHERE text IS NOT NULL AND NOT (json_valid(text) AND text LIKE '{%')`;
    const found = await database.all<{ line: number; text: string }>(`${bad} LIMIT 100001`).catch(() => []);
    const [{ count = 0 } = {}] = await database
      .all<{ count: number }>(`SELECT count(*) AS count FROM ${lines}`)
      .catch(() => []);
    if (found.length === 0 || found.length * 2 > Number(count)) throw error;
    const typed = `${options}, format = 'newline_delimited', ignore_errors = true`;
    const names = await columnsOf(database, `read_json(${sqlText(path)}, ${typed})`);
    const rows = await append(
      database,
      `(SELECT * FROM read_json(${sqlText(path)}, ${typed}) WHERE coalesce(${names.map(({ name }) => `CAST(${sqlName(name)} AS VARCHAR)`).join(", ")}) IS NOT NULL)`,
    );
    for (const { line, text } of found)
      rejected.add({
        file: path,
        line: Number(line),
        column: "",
        reason: "this line is no JSON object",
        text,
      });
    return rows;
  }
}

/** Adds rows to the table, which gets the columns that it lacks. @returns how many came */
async function append(database: DuckDb, source: string): Promise<number> {
  const columns = await columnsOf(database, source);
  const known = await columnsOf(database, rawTable).catch(() => undefined);
  if (!known) await database.run(`CREATE TABLE ${rawTable} AS SELECT * FROM ${source} LIMIT 0`);
  else
    for (const { name, type } of columns) {
      const there = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (!there) await database.run(`ALTER TABLE ${rawTable} ADD COLUMN ${sqlName(name)} ${type}`);
      else if (there.type !== type) await widen(database, there, type);
    }
  const before = await count(database);
  await database.run(`INSERT INTO ${rawTable} BY NAME SELECT * FROM ${source}`);
  return (await count(database)) - before;
}

/** Files that give one column two types: it gets the one that both are cast to, or else text. */
async function widen(database: DuckDb, { name, type }: Column, other: string): Promise<void> {
  const numbers = ["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE"];
  const widest = Math.max(numbers.indexOf(type), numbers.indexOf(other));
  const isNumber = numbers.indexOf(type) > 0 && numbers.indexOf(other) > 0;
  const wide = isNumber ? (numbers[widest] as string) : "VARCHAR";
  if (wide !== type) await database.run(`ALTER TABLE ${rawTable} ALTER COLUMN ${sqlName(name)} TYPE ${wide}`);
}

interface Column {
  name: string;
  type: string;
}

export const columnsOf = (database: DuckDb, source: string): Promise<Column[]> =>
  database.all<Column>(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${source})`,
  );

const count = async (database: DuckDb): Promise<number> =>
  Number((await database.one(`SELECT count(*) AS n FROM ${rawTable}`)).n);
