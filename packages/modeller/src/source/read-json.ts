// JSON, an array or lines, into the raw rows. DuckDB would guess dates, of which 01-02-2026 is two: texts stay texts here.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { compressionOf, wholeLines } from "./csv-form.js";
import { type DuckDb, literalPath, reasonOf, sqlName, sqlText } from "./duckdb.js";
import { columnsOf, type DuckColumn, type RawRows } from "./raw-rows.js";
import type { Rejected } from "./rejected.js";
import type { Origin } from "./types.js";

/** @returns how many rows came, and what the reader should know */
export async function readJson(
  database: DuckDb,
  path: string,
  raw: RawRows,
  rejected: Rejected,
): Promise<{ rows: number; notes: string[] }> {
  const { option, note } = compressionOf(path);
  const notes = note ? [note] : [];
  const options = `maximum_object_size = 67108864${compressionOf(path, "uncompressed").option}`;
  const source = `read_json(${literalPath(path)}, sample_size = -1, map_inference_threshold = -1, ${options}`;
  try {
    const guessed = await columnsOf(database, `${source})`);
    needObjects(guessed, path);
    const { columns, originOf } = withTexts(guessed);
    const spec = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type)}`);
    const typed = `read_json(${literalPath(path)}, columns = {${spec.join(", ")}}, ${options})`;
    return { rows: await raw.append(typed, columns, originOf), notes };
  } catch (error) {
    if (error instanceof SparkifyError && !(await hasObjects(database, path, option))) throw error;
    const rows = await readLines(database, path, option, raw, rejected);
    if (rows === undefined) throw error;
    return { rows, notes };
  }
}

/** What is no array of objects and no line of one comes as one column of JSON. */
function needObjects(columns: DuckColumn[], path: string): void {
  const [only] = columns;
  if (columns.length === 1 && only?.name === "json" && only.type !== "VARCHAR")
    throw new SparkifyError(
      `${shortPath(path)} holds no objects. Expected one JSON object a line, as {"sensor": "s-1", "value": 20.5}, or an array of them.`,
      { where: { file: path } },
    );
}

const guessedTexts = /^(DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|TIMESTAMP_\w+|UUID)(\[\])?$/;

/** Texts as texts, and numbers of more than 64 bits with all their digits: a fraction of JSON is a double. */
function withTexts(guessed: DuckColumn[]): {
  columns: DuckColumn[];
  originOf: (column: string) => Origin | undefined;
} {
  const origins = new Map<string, Origin>();
  const columns = guessed.map(({ name, type }) => {
    const [, guess, list = ""] = guessedTexts.exec(type) ?? [];
    if (guess && list) return { name, type: "VARCHAR[]" };
    if (guess || type === "VARCHAR") origins.set(name, "string");
    if (/^(DOUBLE|FLOAT|U?BIGINT|HUGEINT)$/.test(type)) origins.set(name, "number");
    return { name, type: origins.has(name) && !type.endsWith("BIGINT") ? "VARCHAR" : type };
  });
  return { columns, originOf: (column) => origins.get(column) };
}

const isObject = "json_valid(line) AND ltrim(line) LIKE '{%'";
const linesTable = "json_lines";

async function hasObjects(database: DuckDb, path: string, option: string): Promise<boolean> {
  const lines = `read_csv(${literalPath(path)}, ${wholeLines}${option})`;
  const found = await database.all(`SELECT 1 FROM ${lines} WHERE ${isObject} LIMIT 1`).catch(() => []);
  return found.length > 0;
}

/**
 * JSON lines of which some are none: those are rejected.
 * @returns undefined where most are none, so that the file is something else
 */
async function readLines(
  database: DuckDb,
  path: string,
  option: string,
  raw: RawRows,
  rejected: Rejected,
): Promise<number | undefined> {
  try {
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${linesTable} AS SELECT row_number() OVER () AS number, line
        FROM read_csv(${literalPath(path)}, ${wholeLines}${option})`,
    );
    const { good, bad, structure } = await database.one<{ good: string; bad: string; structure: string }>(
      `SELECT count(*) FILTER (${isObject}) AS good, count(*) FILTER (line IS NOT NULL AND NOT (${isObject})) AS bad,
        CAST(json_group_structure(CASE WHEN ${isObject} THEN CAST(line AS JSON) END) AS VARCHAR) AS structure FROM ${linesTable}`,
    );
    if (Number(bad) > Number(good)) return undefined;
    const shape = structure.replaceAll('"NULL"', '"JSON"');
    const objects = `(SELECT unnest(from_json(line, ${sqlText(shape)})) FROM ${linesTable} WHERE ${isObject} ORDER BY number)`;
    const { columns, originOf } = withTexts(await columnsOf(database, objects));
    const casted = columns.map(({ name, type }) => `CAST(${sqlName(name)} AS ${type}) AS ${sqlName(name)}`);
    const rows = await raw.append(`(SELECT ${casted.join(", ")} FROM ${objects})`, columns, originOf);
    await rejectLines(database, path, rejected);
    return rows;
  } catch (error) {
    throw new SparkifyError(`${shortPath(path)} cannot be read as JSON: ${reasonOf(error)}`, {
      cause: error,
      where: { file: path },
    });
  } finally {
    await database.run(`DROP TABLE IF EXISTS ${linesTable}`);
  }
}

async function rejectLines(database: DuckDb, path: string, rejected: Rejected): Promise<void> {
  const bad = `SELECT number, line FROM ${linesTable} WHERE line IS NOT NULL AND NOT (${isObject}) ORDER BY number`;
  for await (const some of database.stream(bad))
    for (const { number, line } of some)
      rejected.add({
        file: path,
        line: Number(number),
        column: "",
        reason: "no JSON object",
        text: String(line),
      });
}
