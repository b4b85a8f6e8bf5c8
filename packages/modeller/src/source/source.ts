// The rows of a model: read, typed, and ready for questions in SQL.

import { SparkifyError } from "@sparkify/base/errors";
import { type Shown, valueType } from "@sparkify/cql";
import type { RawRow, RowSource } from "@sparkify/model";
import { fileError, type ModelFile } from "../file/model-file.js";
import { DuckDb, type JsonRow, sqlName, sqlText } from "./duckdb.js";
import { cqlNames } from "./names.js";
import { columnsOf, type FileRead, findFiles, rawTable, readFiles } from "./read-files.js";
import type { Rejected } from "./rejected.js";
import { cqlTypeOf, inferTypes, sqlType } from "./types.js";

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
}

/** What there is to read. */
export type Wanted = Pick<ModelFile, "source" | "folder" | "columns"> &
  Partial<Pick<ModelFile, "path" | "lineOf">>;

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
    { onFile = () => {}, signal }: { onFile?: (path: string) => void; signal?: AbortSignal } = {},
  ): Promise<Source> {
    const database = await DuckDb.open(folder, wanted.folder);
    const interrupt = () => database.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      const files = await read(database, wanted, rejected, onFile);
      const columns = await typed(database, wanted, files, rejected);
      const rows = Number((await database.one(`SELECT count(*) AS n FROM ${rowsTable}`)).n);
      if (rows === 0)
        throw new SparkifyError(
          `There are no rows in ${whereOf(wanted)}${rejected.count > 0 ? `: all ${rejected.count} were rejected, see ${rejected.path}` : ""}.`,
        );
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

  /** A column, or an expression, as text that CQL and JSON write: for CSV and for {@link shown}. */
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

  /** The same for the judge, which reads them more than once. */
  async rowSource(columns: Pick<SourceColumn, "name" | "type">[], from = rowsTable): Promise<RowSource> {
    const { n } = await this.database.one(`SELECT count(*) AS n FROM ${from}`);
    return {
      atMost: async () => Number(n),
      each: async (visit) => {
        for await (const row of this.rowsOf(columns, from)) visit(row);
      },
    };
  }

  all<Row = JsonRow>(sql: string): Promise<Row[]> {
    return this.database.all<Row>(sql);
  }

  close(): void {
    this.database.close();
  }
}

function shownAs(type: string): (text: unknown) => Shown {
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

async function read(
  database: DuckDb,
  wanted: Wanted,
  rejected: Rejected,
  onFile: (path: string) => void,
): Promise<FileRead[]> {
  const { source, folder } = wanted;
  if ("files" in source)
    return readFiles(database, await findFiles(database, source.files, folder), rejected, onFile);
  try {
    await database.run(`CREATE TABLE ${rawTable} AS ${source.sql.trim().replace(/;\s*$/, "")}`);
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n\n");
    const message = `source.sql is refused by DuckDB: ${reason}`;
    throw wanted.path && wanted.lineOf
      ? fileError({ path: wanted.path, lineOf: wanted.lineOf }, ["source", "sql"], message)
      : new SparkifyError(message);
  }
  return [];
}

/** Makes the table with typed columns. What is none of its type, the model says so, is rejected. */
async function typed(
  database: DuckDb,
  wanted: Wanted,
  files: FileRead[],
  rejected: Rejected,
): Promise<SourceColumn[]> {
  const raw = await columnsOf(database, rawTable);
  const isCsv = "files" in wanted.source && raw.every(({ type }) => type === "VARCHAR");
  const declared = new Map(Object.entries(wanted.columns).map(([name, type]) => [name.toLowerCase(), type]));
  for (const name of Object.keys(wanted.columns))
    if (!raw.some((column) => column.name.toLowerCase() === name.toLowerCase())) {
      const message = `columns.${name}: the source has no such column. It has ${raw.map((column) => column.name).join(", ")}.`;
      throw wanted.path && wanted.lineOf
        ? fileError({ path: wanted.path, lineOf: wanted.lineOf }, ["columns", name], message)
        : new SparkifyError(message);
    }
  const texts = raw.filter(({ name }) => isCsv && !declared.has(name.toLowerCase())).map(({ name }) => name);
  const found = await inferTypes(database, rawTable, texts);
  const names = cqlNames(raw.map(({ name }) => name));
  const columns: (SourceColumn & { value: string; fault?: string })[] = [];
  for (const { name, type } of raw) {
    const quoted = sqlName(name);
    const asked = declared.get(name.toLowerCase());
    const cqlName = names.get(name) as string;
    if (asked !== undefined) {
      const target = sqlType(asked);
      const text = type === "VARCHAR" ? quoted : textOfTyped(quoted, type);
      const takes = (target.takes ?? target.is)(text);
      columns.push({
        name,
        cqlName,
        type: asked,
        nulls: 0,
        value: target.value(text),
        fault: `${quoted} IS NOT NULL AND NOT coalesce(${takes}, FALSE)`,
      });
      continue;
    }
    const inferred = found.get(name);
    if (inferred)
      columns.push({ name, cqlName, type: inferred, nulls: 0, value: sqlType(inferred).value(quoted) });
    else columns.push({ name, cqlName, nulls: 0, ...(await narrowed(database, quoted, type)) });
  }
  await rejectFaulty(database, columns, files, rejected);
  const values = columns.map(({ value, name }) => `${value} AS ${sqlName(name)}`);
  const faults = columns.flatMap(({ fault }) => fault ?? []);
  const sound = faults.length > 0 ? ` WHERE NOT (${faults.join(" OR ")})` : "";
  await database.run(`CREATE TABLE ${rowsTable} AS SELECT ${values.join(", ")} FROM ${rawTable}${sound}`);
  await database.run(`DROP TABLE ${rawTable}`);
  const nulls = await database.one(
    `SELECT ${columns.map(({ name }, index) => `count(*) - count(${sqlName(name)}) AS "${index}"`).join(", ")} FROM ${rowsTable}`,
  );
  return columns.map(({ name, cqlName, type }, index) => ({
    name,
    cqlName,
    type,
    nulls: Number(nulls[index]),
  }));
}

/** A column that has a type in the source: narrower where every value fits, wider where CQL's type would lose some. */
async function narrowed(
  database: DuckDb,
  quoted: string,
  type: string,
): Promise<{ type: string; value: string }> {
  const cql = cqlTypeOf(type);
  if (cql === undefined)
    return {
      type: "text",
      value: /STRUCT|JSON|\[\]|MAP/.test(type)
        ? `CAST(to_json(${quoted}) AS VARCHAR)`
        : `CAST(${quoted} AS VARCHAR)`,
    };
  if (cql === "bigint" || cql === "varint") {
    const { small, medium } = await database.one(
      `SELECT bool_and(${quoted} BETWEEN -2147483648 AND 2147483647) AS small, bool_and(${quoted} BETWEEN -9223372036854775808 AND 9223372036854775807) AS medium FROM ${rawTable}`,
    );
    const narrow = small === true ? "int" : medium === true ? "bigint" : cql;
    return { type: narrow, value: `CAST(${quoted} AS ${sqlType(narrow).name})` };
  }
  if (cql === "timestamp" && !/_S$|_MS$/.test(type)) {
    const { exact } = await database.one(
      `SELECT bool_and(epoch_ns(${quoted}) % 1000000 = 0) AS exact FROM ${rawTable}`,
    );
    // A timestamp of CQL has milliseconds.
    if (exact === false)
      return {
        type: "text",
        value: `strftime(${quoted}, '%Y-%m-%dT%H:%M:%S.${type === "TIMESTAMP_NS" ? "%n" : "%f"}Z')`,
      };
  }
  return { type: cql, value: `CAST(${quoted} AS ${sqlType(cql).name})` };
}

const textOfTyped = (quoted: string, type: string) =>
  /STRUCT|JSON|\[\]|MAP/.test(type) ? `CAST(to_json(${quoted}) AS VARCHAR)` : `CAST(${quoted} AS VARCHAR)`;

async function rejectFaulty(
  database: DuckDb,
  columns: { name: string; type: string; fault?: string }[],
  files: FileRead[],
  rejected: Rejected,
): Promise<void> {
  const faulty = columns.filter(({ fault }) => fault);
  if (faulty.length === 0) return;
  const reasons = faulty.map(
    ({ name, type, fault }) => `CASE WHEN ${fault} THEN ${sqlText(`${name}\u001fis no ${type}`)} END`,
  );
  const query = `SELECT reason, number, text FROM (
    SELECT coalesce(${reasons.join(", ")}) AS reason, rowid + 1 AS number, CAST(to_json(raw) AS VARCHAR) AS text FROM ${rawTable} raw
  ) WHERE reason IS NOT NULL`;
  for await (const some of database.stream(query))
    for (const { reason, number, text } of some) {
      const [column = "", why = ""] = String(reason).split("\u001f");
      rejected.add({ file: fileOf(files, Number(number)), line: 0, column, reason: why, text: String(text) });
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
