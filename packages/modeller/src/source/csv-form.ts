// How a CSV is written, told by its first lines: nothing is guessed of its values.

import { closeSync, openSync, readSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import Papa from "papaparse";
import { type DuckDb, literalPath, sqlText } from "./duckdb.js";

export interface CsvForm {
  delimiter: string;
  /** Each once, in any case. */
  columns: string[];
  /** Lines before the one with the names. */
  skipped: number;
  /** Options for DuckDB that the bytes ask for. */
  bytes: string;
  /** What the reader should know. */
  notes: string[];
}

/** The first bytes of a file. */
export function beginningOf(path: string, length = 512): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isZstd = (bytes: Buffer) => bytes.length > 3 && bytes.readUInt32LE(0) === 0xfd2fb528;

/** How a file is packed, by its content and not by its name. @param unpacked what DuckDB's reader calls a file that is not */
export function compressionOf(path: string, unpacked = "none"): { option: string; note?: string } {
  const bytes = beginningOf(path);
  const is = isGzip(bytes) ? "gzip" : isZstd(bytes) ? "zstd" : "none";
  const named = /\.gz$/i.test(path) ? "gzip" : /\.zst$/i.test(path) ? "zstd" : "none";
  const note =
    is === named
      ? undefined
      : is === "none"
        ? `It is not packed, as its name says.`
        : `It is packed by ${is}.`;
  return { option: `, compression = '${is === "none" ? unpacked : is}'`, ...(note && { note }) };
}

/** @throws SparkifyError for an encoding that is not read */
function encodingOf(path: string): string {
  const bytes = beginningOf(path);
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff)
    throw new SparkifyError(
      `${shortPath(path)} is UTF-16 of the big-endian kind. Expected UTF-8 or little-endian UTF-16: save it as UTF-8 and run the command again.`,
      { where: { file: path } },
    );
  const isWide = (first === 0xff && second === 0xfe) || (bytes.length > 3 && first !== 0 && second === 0);
  return isWide ? ", encoding = 'utf-16'" : "";
}

/** Options that read a whole line as one field. */
export const wholeLines =
  "auto_detect = false, delim = '\\x01', quote = '', escape = '', comment = '', header = false, strict_mode = false, columns = {'line': 'VARCHAR'}";

const sampleLines = 300;

/** @returns undefined where the file holds no line */
export async function csvFormOf(database: DuckDb, path: string): Promise<CsvForm | undefined> {
  const { option, note } = compressionOf(path);
  const bytes = `${option}${encodingOf(path)}`;
  const lines = await database.all<{ line: string | null }>(
    `SELECT line FROM read_csv(${literalPath(path)}, ${wholeLines}, ignore_errors = true${bytes}) LIMIT ${sampleLines}`,
  );
  const text = lines.map(({ line }) => line ?? "").join("\n");
  if (text.trim() === "") return undefined;
  const isCut = lines.length === sampleLines;
  const { delimiter, rows } = likeliest(text.replace(/^\ufeff/, ""), isCut);
  const place = headerOf(rows);
  const names = rows[place] as string[];
  const columns = columnNames(names);
  return {
    delimiter,
    columns,
    skipped: place,
    bytes,
    notes: [...(note ? [note] : []), ...notesOf(names, columns, rows, place)],
  };
}

const delimiters = [",", ";", "\t", "|", "~", "^", "\x1f", ":"];

/** The delimiter that makes rows of one length, and the rows that it makes. */
function likeliest(text: string, isCut: boolean): { delimiter: string; rows: string[][] } {
  const ways = delimiters.map((delimiter) => {
    const { data } = Papa.parse<string[]>(text, { delimiter });
    const rows = isCut && data.length > 1 ? data.slice(0, -1) : data;
    const fields = rows[headerOf(rows)]?.length ?? 1;
    const filled = rows.filter((row) => row.length > 1 || row[0] !== "");
    const fitting = filled.filter((row) => row.length === fields).length / Math.max(1, filled.length);
    // A colon stands within times too.
    const isLikely = fields > 1 && (delimiter !== ":" || fitting === 1);
    return { delimiter, rows, fields, score: isLikely ? Math.round(fitting * 10) : -1 };
  });
  const [best] = [...ways].sort((one, other) => other.score - one.score || other.fields - one.fields);
  return best as (typeof ways)[number];
}

/** The place of the row with the names: the first one, unless a title stands above it. */
function headerOf(rows: string[][]): number {
  const lengths = new Map<number, number>();
  for (const { length } of rows) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  const [[usual] = [1]] = [...lengths].sort((one, other) => other[1] - one[1] || other[0] - one[0]);
  const first = rows.findIndex((row) => row.some((field) => field.trim() !== ""));
  if ((rows[first]?.length ?? 1) > 1) return first;
  const found = rows.slice(0, 20).findIndex(({ length }) => length === usual && usual > 1);
  return Math.max(found, first);
}

/** The names of a header: those that are empty get a number, as do those that stand there twice. */
function columnNames(header: string[]): string[] {
  const taken = new Set<string>();
  // "a,b," has two columns.
  const filled = header.map((name) => name.trim() !== "");
  return header.slice(0, filled.lastIndexOf(true) + 1).map((written, index) => {
    const plain = written.trim() || `column_${index + 1}`;
    let name = plain;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${plain}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

const valueForm = /^[-+]?\d+([.,]\d+)?$|^\d{4}-\d\d-\d\d|^\d\d?[./]\d\d?[./]\d{2,4}|^(true|false|null)$/i;

function notesOf(header: string[], columns: string[], rows: string[][], place: number): string[] {
  const notes: string[] = [];
  if (rows.slice(0, place).some((row) => row.some((field) => field.trim() !== "")))
    notes.push(`The first ${place} lines are left out: the names of the columns stand in line ${place + 1}.`);
  const [second] = rows.slice(place + 1);
  const values = header.filter(
    (name, index) => valueForm.test(name) && valueForm.test(second?.[index] ?? ""),
  );
  if (values.length > 0)
    notes.push(
      `Its first line looks like a row, and was taken for the names of the columns: ${header.join(", ")}. ` +
        "Where no line has the names, read it with source.sql: SELECT * FROM read_csv('...', header = false, names = ['...']).",
    );
  const renamed = columns.filter((name, index) => name !== header[index]?.trim());
  if (renamed.length > 0)
    notes.push(`Columns without a name of their own, in any case, are called ${renamed.join(", ")}.`);
  return notes;
}

/** The columns as DuckDB takes them. */
export const textColumns = (columns: string[]) =>
  `{${columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ")}}`;
