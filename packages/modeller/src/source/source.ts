// The rows of a model: read, typed, and ready for questions in SQL.

import { SparkifyError } from "@sparkify/base/errors";
import { type Shown, valueType } from "@sparkify/cql";
import type { RawRow } from "@sparkify/model";
import { fileError, type ModelFile, type Path } from "../file/model-file.js";
import { DuckDb, type JsonRow, reasonOf, sqlName } from "./duckdb.js";
import { lossOf } from "./losses.js";
import { cqlNames } from "./names.js";
import { type OtherForm, otherForms } from "./other-forms.js";
import { columnsOf, type DuckColumn, RawRows, rawTable } from "./raw-rows.js";
import { type FileRead, findFiles, readFiles } from "./read-files.js";
import type { Rejected } from "./rejected.js";
import { cqlTypeOf, inferTypes, type Origin, sqlType } from "./types.js";

/** The table with the rows, in DuckDB: its columns are named as in the source. */
export const rowsTable = "rows_of_source";

export interface SourceColumn {
  /** As in the source. */
  name: string;
  /** In CQL, without quotes. */
  cqlName: string;
  /** The CQL type: the narrowest that keeps every value, or the one that the model names. */
  type: string;
  /** How many rows have no value. */
  nulls: number;
  /** Values that the type which the model names does not keep. */
  loses?: Losses;
  /** A text, though all of its values are dates, times or numbers that are written in this way. */
  otherForm?: Omit<OtherForm, "text">;
}

export interface Losses {
  rows: number;
  /** One of them, and what becomes of it. */
  example: string;
  becomes: string;
}

/** What there is to read. */
export type Wanted = Pick<ModelFile, "source" | "folder" | "columns"> &
  Partial<Pick<ModelFile, "path" | "lineOf">>;

export interface OpenOptions {
  /** Called before each file is read. */
  onFile?: (path: string) => void;
  /** Called when the files are read, and types are looked for. */
  onPhase?: (phase: "types") => void;
  signal?: AbortSignal;
}

export class Source {
  private constructor(
    readonly database: DuckDb,
    readonly columns: SourceColumn[],
    readonly rows: number,
    readonly files: FileRead[],
  ) {}

  /**
   * Reads the rows.
   * @param wanted where they are
   * @param folder for DuckDB's file
   * @param rejected gets the rows that cannot be read
   * @throws SparkifyError where there is no file or no row, a file or the SQL cannot be read, or `columns` names one that is not there
   */
  static async open(
    wanted: Wanted,
    folder: string,
    rejected: Rejected,
    { onFile = () => {}, onPhase = () => {}, signal }: OpenOptions = {},
  ): Promise<Source> {
    signal?.throwIfAborted();
    const database = await DuckDb.open(folder, wanted.folder);
    const interrupt = () => database.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      signal?.throwIfAborted();
      const { files, raw, origins } = await read(database, wanted, rejected, onFile);
      onPhase("types");
      const columns = await typed(database, wanted, raw, origins, files, rejected);
      const rows = Number((await database.one(`SELECT count(*) AS n FROM ${rowsTable}`)).n);
      if (rows === 0) throw noRows(wanted, rejected);
      return new Source(database, columns, rows, files);
    } catch (error) {
      database.close();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
    }
  }

  /** A column by its name in the source, in any case. */
  column(name: string): SourceColumn | undefined {
    return (
      this.columns.find((column) => column.name === name) ??
      this.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
    );
  }

  /** A column, or an expression, as text that CQL and JSON write: for CSV, and for `shownAs`. */
  static textOf(sql: string, type: string): string {
    return sqlType(type).text(sql);
  }

  /**
   * Rows of a table or query of DuckDB, with values as they are shown: see `ValueType.shown`.
   * @param columns those that are wanted
   */
  async *rowsOf(columns: Pick<SourceColumn, "name" | "type">[], from = rowsTable): AsyncGenerator<RawRow> {
    const fields = columns.map(({ name, type }, index) => ({
      name,
      place: String(index),
      shown: shownAs(type),
    }));
    const selected = columns.map(
      ({ name, type }, index) => `${Source.textOf(sqlName(name), type)} AS "${index}"`,
    );
    for await (const some of this.database.stream(`SELECT ${selected.join(", ")} FROM ${from}`))
      for (const row of some)
        yield Object.fromEntries(fields.map(({ name, place, shown }) => [name, shown(row[place])]));
  }

  all<Row = JsonRow>(sql: string): Promise<Row[]> {
    return this.database.all<Row>(sql);
  }

  close(): void {
    this.database.close();
  }
}

/** How a value's text is shown, see `ValueType.shown`. */
export function shownAs(type: string): (text: unknown) => Shown {
  const values = valueType(type);
  const isText = /^(text|varchar|ascii)$/i.test(type);
  return (text) =>
    text === null || text === undefined
      ? null
      : isText
        ? String(text)
        : values.shown(values.parse(String(text)));
}

const whereOf = ({ source }: Pick<Wanted, "source">) =>
  "sql" in source ? "the answer of source.sql" : source.files.join(", ");

function noRows(wanted: Wanted, rejected: Rejected): SparkifyError {
  const why = rejected.count > 0 ? `: all ${rejected.count} were rejected, see ${rejected.path}` : "";
  return errorAt(wanted, ["source"], `there are no rows in ${whereOf(wanted)}${why}.`);
}

/** An error of the model's file, where there is one. */
const errorAt = ({ path, lineOf }: Wanted, at: Path, message: string) =>
  path && lineOf
    ? fileError({ path, lineOf }, at, message)
    : new SparkifyError(message.charAt(0).toUpperCase() + message.slice(1));

interface Raw {
  files: FileRead[];
  raw: readonly DuckColumn[];
  /** The columns whose types are to be inferred. */
  origins: Map<string, Origin>;
}

async function read(
  database: DuckDb,
  wanted: Wanted,
  rejected: Rejected,
  onFile: (path: string) => void,
): Promise<Raw> {
  const { source, folder } = wanted;
  if ("sql" in source)
    return { files: [], raw: await readSql(database, wanted, source.sql), origins: new Map() };
  const rows = new RawRows(database);
  const files = await readFiles(
    database,
    await findFiles(database, source.files, folder),
    rows,
    rejected,
    onFile,
  );
  if (rows.columns.length === 0) throw noRows(wanted, rejected);
  return { files, raw: rows.columns, origins: rows.origins() };
}

async function readSql(database: DuckDb, wanted: Wanted, sql: string): Promise<readonly DuckColumn[]> {
  try {
    await database.run(`CREATE TABLE ${rawTable} AS ${sql.trim().replace(/;\s*$/, "")}`);
  } catch (error) {
    throw errorAt(wanted, ["source", "sql"], `source.sql is refused by DuckDB: ${reasonOf(error)}`);
  }
  return columnsOf(database, rawTable);
}

/** A column on its way from the raw rows to the typed ones. */
interface Typing {
  name: string;
  type: string;
  /** Whether the model names the type. */
  isDeclared?: boolean;
  /** The value, as SQL on the raw rows. */
  value: string;
  /** Where the raw value is none of the type, as a condition. */
  fault?: string;
  /** Where the type alters it, as a condition; and the raw value as text. */
  loss?: { is: string; text: string };
}

/** Makes the table with typed columns. A row with a value that is none of its type, where the model names it, is rejected. */
async function typed(
  database: DuckDb,
  wanted: Wanted,
  raw: readonly DuckColumn[],
  origins: Map<string, Origin>,
  files: FileRead[],
  rejected: Rejected,
): Promise<SourceColumn[]> {
  const columns = await typings(database, wanted, raw, origins);
  await rejectFaulty(database, columns, files, rejected);
  const values = columns.map(({ value, name, type }) => `${withoutEmpty(value, type)} AS ${sqlName(name)}`);
  const faults = columns.flatMap(({ fault }) => fault ?? []);
  const sound = faults.length > 0 ? ` WHERE NOT (${faults.join(" OR ")})` : "";
  await database.run(`CREATE TABLE ${rowsTable} AS SELECT ${values.join(", ")} FROM ${rawTable}${sound}`);
  const nulls = await database.one(
    `SELECT ${columns.map(({ name }, index) => `count(*) - count(${sqlName(name)}) AS "${index}"`).join(", ")} FROM ${rowsTable}`,
  );
  const names = cqlNames(raw.map(({ name }) => name));
  const losses = await lossesOf(database, columns, sound);
  await database.run(`DROP TABLE ${rawTable}`);
  const found = columns.filter(({ type, isDeclared }) => type === "text" && !isDeclared);
  const forms = await otherForms(
    database,
    rowsTable,
    found.map(({ name }) => name),
  );
  return columns.map(({ name, type }, index) => ({
    name,
    cqlName: names.get(name) as string,
    type,
    nulls: Number(nulls[index]),
    ...(losses.has(name) && { loses: losses.get(name) as Losses }),
    ...(forms.has(name) && { otherForm: withoutSql(forms.get(name) as OtherForm) }),
  }));
}

const withoutSql = ({ text: _, ...form }: OtherForm) => form;

/** What the types that the model names do not keep, by column. */
async function lossesOf(database: DuckDb, columns: Typing[], sound: string): Promise<Map<string, Losses>> {
  const found = new Map<string, Losses>();
  for (const { name, type, loss, value } of columns) {
    if (!loss) continue;
    const where = `${sound === "" ? " WHERE " : `${sound} AND `}coalesce(${loss.is}, FALSE)`;
    const { rows, example, becomes } = await database.one(
      `SELECT count(*) AS rows, min(${loss.text}) AS example, arg_min(${sqlType(type).text(value)}, ${loss.text}) AS becomes FROM ${rawTable}${where}`,
    );
    if (Number(rows) > 0)
      found.set(name, {
        rows: Number(rows),
        example: String(example),
        becomes: String(becomes ?? "nothing"),
      });
  }
  return found;
}

/** A collection without elements is none: Cassandra tells no empty one from none, unless it is frozen. */
function withoutEmpty(value: string, type: string): string {
  const [, kind] = /^(list|set|map)</i.exec(type.replace(/\s/g, "")) ?? [];
  if (!kind) return value;
  const size = kind.toLowerCase() === "map" ? "cardinality" : "len";
  return `CASE WHEN ${size}(${value}) > 0 THEN ${value} END`;
}

async function typings(
  database: DuckDb,
  wanted: Wanted,
  raw: readonly DuckColumn[],
  origins: Map<string, Origin>,
): Promise<Typing[]> {
  const declared = new Map<string, string>();
  for (const [name, type] of Object.entries(wanted.columns)) {
    const found =
      raw.find((column) => column.name === name) ??
      raw.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (!found)
      throw errorAt(
        wanted,
        ["columns", name],
        `columns.${name}: the source has no such column. It has ${raw.map((column) => column.name).join(", ")}.`,
      );
    declared.set(found.name, type);
  }
  const inferred = await inferTypes(
    database,
    rawTable,
    new Map([...origins].filter(([name]) => !declared.has(name))),
  );
  const forms = await formsOfDeclared(database, wanted, raw, declared);
  const found: Typing[] = [];
  for (const column of raw) {
    const asked = declared.get(column.name);
    const type = inferred.get(column.name);
    if (asked !== undefined) found.push(asDeclared(column, asked, forms.get(column.name)));
    else if (type !== undefined)
      found.push({ name: column.name, type, value: sqlType(type).value(sqlName(column.name)) });
    else found.push(await narrowed(database, column));
  }
  return found;
}

const isTime = (type: string) => /^(date|timestamp)$/i.test(type);
const isNumber = (type: string) => /^(tinyint|smallint|int|bigint|varint|float|double|decimal)$/i.test(type);

/**
 * How the values of columns are written that are texts, and are to be times or numbers.
 * @throws SparkifyError where that cannot be told
 */
async function formsOfDeclared(
  database: DuckDb,
  wanted: Wanted,
  raw: readonly DuckColumn[],
  declared: Map<string, string>,
): Promise<Map<string, OtherForm>> {
  const asked = raw.filter(({ name, type }) => {
    const wantedType = declared.get(name) ?? "";
    return type === "VARCHAR" && (isTime(wantedType) || isNumber(wantedType));
  });
  const forms = await otherForms(
    database,
    rawTable,
    asked.map(({ name }) => name),
  );
  for (const [name, { type, written, orElse, example }] of forms) {
    const wantedType = declared.get(name) ?? "";
    if (isTime(wantedType) !== isTime(type)) forms.delete(name);
    else if (orElse !== undefined)
      throw errorAt(
        wanted,
        ["columns", name],
        `columns.${name}: its values can be read as ${written} and as ${orElse}, as ${example}. Say which, with source.sql: SELECT * REPLACE (${isTime(type) ? `strptime(${sqlName(name)}, '%d/%m/%Y')` : `CAST(replace(${sqlName(name)}, ',', '.') AS DOUBLE)`} AS ${sqlName(name)}) FROM read_csv('...').`,
      );
  }
  return forms;
}

function asDeclared({ name, type }: DuckColumn, asked: string, form?: OtherForm): Typing {
  const target = sqlType(asked);
  const raw = textOfRaw(sqlName(name), type);
  const text = form ? form.text(raw) : raw;
  const takes = (target.takes ?? target.is)(text);
  const loss = lossOf(asked, text);
  // A value that its type alters is no fault of the row's: it is the type that is wrong.
  const right = loss ? `(${takes}) OR (${loss.is})` : takes;
  const value = target.value(text);
  return {
    name,
    type: asked,
    isDeclared: true,
    value: loss ? `CASE WHEN ${loss.is} THEN ${loss.value} ELSE ${value} END` : value,
    fault: `${text} IS NOT NULL AND NOT coalesce(${right}, FALSE)`,
    ...(loss && { loss: { is: loss.is, text } }),
  };
}

/** A value of any type of DuckDB as text. */
function textOfRaw(quoted: string, type: string): string {
  if (type === "VARCHAR") return quoted;
  if (type === "JSON") return `(${quoted} ->> '$')`;
  if (type === "BLOB") return `('0x' || lower(hex(${quoted})))`;
  if (/STRUCT|JSON|\[\d*\]|MAP|UNION/.test(type)) return `CAST(to_json(${quoted}) AS VARCHAR)`;
  return `CAST(${quoted} AS VARCHAR)`;
}

/** A column that has a type in the source: narrower where every value fits, text where CQL's type would lose some. */
async function narrowed(database: DuckDb, { name, type }: DuckColumn): Promise<Typing> {
  const quoted = sqlName(name);
  const cql = cqlTypeOf(type);
  const holds = async (condition: string) =>
    (await database.one(`SELECT bool_and(${condition}) AS ok FROM ${rawTable}`)).ok !== false;
  const as = (narrow: string): Typing => ({
    name,
    type: narrow,
    value: `CAST(${quoted} AS ${sqlType(narrow).name})`,
  });
  if (cql === undefined) return { name, type: "text", value: textOfRaw(quoted, type) };
  if (cql === "blob") return { name, type: "blob", value: textOfRaw(quoted, type) };
  if (cql === "decimal") return { name, type: "decimal", value: quoted }; // of any scale
  if (cql === "bigint" || cql === "varint") {
    if (await holds(`${quoted} BETWEEN -2147483648 AND 2147483647`)) return as("int");
    return as(
      (await holds(`${quoted} BETWEEN -9223372036854775808 AND 9223372036854775807`)) ? "bigint" : cql,
    );
  }
  // A timestamp of CQL has milliseconds.
  if (cql === "timestamp" && !/_S$|_MS$/.test(type) && !(await holds(`epoch_ns(${quoted}) % 1000000 = 0`)))
    return {
      name,
      type: "text",
      value: `strftime(${quoted}, '%Y-%m-%dT%H:%M:%S.${type === "TIMESTAMP_NS" ? "%n" : "%f"}Z')`,
    };
  return as(cql);
}

async function rejectFaulty(
  database: DuckDb,
  columns: Typing[],
  files: FileRead[],
  rejected: Rejected,
): Promise<void> {
  const reasons = columns.flatMap(({ fault }, index) =>
    fault === undefined ? [] : [`WHEN ${fault} THEN ${index}`],
  );
  if (reasons.length === 0) return;
  const query = `SELECT faulty, number, text FROM (
    SELECT CASE ${reasons.join(" ")} END AS faulty, rowid + 1 AS number, CAST(to_json(raw) AS VARCHAR) AS text FROM ${rawTable} raw
  ) WHERE faulty IS NOT NULL`;
  for await (const some of database.stream(query))
    for (const { faulty, number, text } of some) {
      const { name, type } = columns[Number(faulty)] as Typing;
      rejected.add({
        file: fileOf(files, Number(number)),
        line: 0,
        column: name,
        reason: `is no ${type}`,
        text: String(text),
      });
    }
}

/** The file of a row: they were read one after the other. @param number from 1 */
function fileOf(files: FileRead[], number: number): string {
  let last = 0;
  for (const { path, rows } of files) {
    last += rows;
    if (number <= last) return path;
  }
  return "";
}
