// What the cells of a model's notebooks call: its rows, read from the source, and what the tables must hold and answer.

import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { temporary } from "@sparkify/base/processes";
import { shortPath } from "@sparkify/base/short-path";
import { compareRows, compareTables } from "@sparkify/compare";
import { csvColumnOf, quoted, type Shown, valueType } from "@sparkify/cql";
import { workDirectory } from "@sparkify/lib";
import { showVerdict, tableHtml, verdictLine } from "@sparkify/lib/show";
import { type Finding, judgeModel } from "@sparkify/model";
import type { Client } from "cassandra-driver";
import { type ModelFile, readModelFile } from "../file/model-file.js";
import { expectedAnswer, orderOf } from "../load/answers.js";
import { type Asked, askedOf, type Example } from "../propose/asked.js";
import { Court } from "../propose/court.js";
import { columnsAsked, factColumns, listOf, soundRows } from "../propose/facts.js";
import { judgedQuestion, judgedRows } from "../propose/judged-rows.js";
import type { Bucket } from "../propose/proposal.js";
import { asProved } from "../propose/propose.js";
import { bucketSql, tableRows } from "../propose/sizes.js";
import { sqlName, sqlText } from "../source/duckdb.js";
import { Rejected } from "../source/rejected.js";
import { rowsTable, Source, type SourceColumn, shownAs } from "../source/source.js";
import { sqlType } from "../source/types.js";
import { answerColumns, compareShown, isOrderKnown } from "./answer.js";

type Row = Record<string, unknown>;

/** A bucket as a cell writes it down. */
export type WrittenBucket = Omit<Bucket, "by"> & { by: string };

/** The file that a notebook writes for the tables. */
export interface CsvOptions {
  /** Columns of the source. */
  columns: string[];
  /** Columns that are made of another one. */
  buckets?: WrittenBucket[];
  /** Rows that have no value of one of these are left out: they are in the key. */
  needed?: string[];
}

/** What a question is asked for. */
export interface AskedFor {
  /** A value for each column that is given, by its name in CQL. */
  given: object;
  /** From, and up to. */
  range?: unknown[];
  /** That of the table. */
  bucket?: WrittenBucket;
}

export interface CheckedAnswer {
  /** The question's name. */
  question: string;
  cql: string;
  /** What was asked for. */
  parameters: object;
  /** What Cassandra answered. */
  rows: Iterable<object>;
  /** From the source: see `expectedAnswer`. */
  expected: Row[];
  bucket?: WrittenBucket;
}

/** What stands for no value in the file. */
const nullText = "\\N";
/** Above, a table is compared with the file, in flat memory. */
const mostRowsInMemory = 200_000;

/**
 * Opens a model: reads its file and the rows of its source.
 * @param path of NAME.model.yaml
 * @throws SparkifyError where the model or its source cannot be read
 * @example const model = await openModel("sensors.model.yaml");
 */
export async function openModel(path: string): Promise<OpenedModel> {
  const file = readModelFile(path);
  const folder = modelFolder(file.name);
  const own = join(folder, `.opened-${process.pid}-${Date.now()}`);
  mkdirSync(own, { recursive: true });
  temporary(own);
  const forget = () => rmSync(own, { recursive: true, force: true });
  const rejected = new Rejected(join(folder, "rejected.csv"));
  rmSync(rejected.path, { force: true });
  try {
    const source = await Source.open(file, own, rejected);
    return new OpenedModel(file, source, askedOf(file, source), rejected, folder, forget);
  } catch (error) {
    forget();
    throw error;
  } finally {
    rejected.close();
  }
}

/** Where a model's files go that commands and notebooks write. */
const modelFolder = (name: string) => join(workDirectory, "out", "model", name);

export class OpenedModel {
  /** @internal */
  constructor(
    private readonly file: ModelFile,
    private readonly source: Source,
    private readonly asked: Asked[],
    private readonly refused: Rejected,
    private readonly folder: string,
    private readonly forget: () => void,
  ) {}

  /** Rows that were read. */
  get rows(): number {
    return this.source.rows;
  }

  /** How many columns there are. */
  get width(): number {
    return this.source.columns.length;
  }

  /** The files that were read; none where the model has a query of its own. */
  get files(): Row[] {
    return this.source.files.map(({ path, format, delimiter, rows }) => ({
      file: shortPath(path),
      format,
      ...(delimiter !== undefined && { delimiter: delimiter === "\t" ? "tab" : delimiter }),
      rows,
    }));
  }

  /** Rows that could not be read, counted by reason. They are kept in `rejectedIn`. */
  get rejected(): { rows: number; byReason: Row[]; rejectedIn: string } {
    const { count, byReason, path } = this.refused;
    const reasons = Object.entries(byReason).map(([reason, rows]) => ({ reason, rows }));
    return { rows: count, byReason: reasons, rejectedIn: shortPath(path) };
  }

  /** The columns: names, types, how many rows have no value, how many different values there are. */
  async columns(): Promise<Row[]> {
    const counts = this.source.columns.map(
      ({ name, type }, index) => `count(DISTINCT ${Source.textOf(sqlName(name), type)}) AS "${index}"`,
    );
    const found = await this.source.database.one(`SELECT ${counts.join(", ")} FROM ${rowsTable}`);
    return this.source.columns.map(({ name, cqlName, type, nulls }, index) => ({
      column: name,
      "in CQL": cqlName,
      type,
      empty: nulls,
      "different values": Number(found[String(index)]),
    }));
  }

  /** The first rows, on their side: a line for each column. */
  async firstRows(count: number): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.source.rowsOf(
      this.source.columns,
      `(SELECT * FROM ${rowsTable} LIMIT ${Math.trunc(count)})`,
    ))
      rows.push(row as Row);
    return this.source.columns.map(({ name }) =>
      Object.fromEntries([
        ["column", name],
        ...rows.map((row, index) => [`row ${index + 1}`, row[name]] as const),
      ]),
    );
  }

  /** How many rows have which value of a column: the most frequent ones first. */
  async frequent(name: string, most = 10): Promise<{ value: Shown; rows: number }[]> {
    const { type } = this.#column(name);
    const found = await this.source.all(
      `SELECT ${Source.textOf(sqlName(name), type)} AS value, count(*) AS n FROM ${rowsTable} GROUP BY ALL ORDER BY n DESC, value LIMIT ${Math.trunc(most)}`,
    );
    const shown = shownAs(type);
    return found.map(({ value, n }) => ({ value: shown(value), rows: Number(n) }));
  }

  /**
   * How many rows there are in each stretch of time.
   * @param by year, month, week, day or hour
   */
  async overTime(name: string, by: string): Promise<{ time: string; rows: number }[]> {
    const time = `date_trunc(${sqlText(by)}, ${sqlName(this.#column(name).name)})`;
    const found = await this.source.all(
      `SELECT strftime(${time}, '%Y-%m-%dT%H:%M:%S') AS time, count(*) AS n FROM ${rowsTable} WHERE ${sqlName(name)} IS NOT NULL GROUP BY ALL ORDER BY ALL`,
    );
    return found.map(({ time, n }) => ({ time: String(time), rows: Number(n) }));
  }

  /** How many different values some columns have together. */
  async different(names: string[]): Promise<number> {
    const columns = names.map((name) => this.#column(name));
    const { n } = await this.source.database.one(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${rowsTable} GROUP BY ${listOf(columns)})`,
    );
    return Number(n);
  }

  /**
   * Writes the rows for the tables: values as CQL writes them, \N for none. The file is there when it is whole.
   * @param name of the file, in the model's folder
   * @returns its path, and how many rows were written and left out
   */
  async writeCsv(name: string, { columns, buckets = [], needed = [] }: CsvOptions): Promise<Written> {
    const chosen = columns.map((one) => this.#column(one));
    const fields = chosen.map(({ name: from, cqlName, type }) => ({
      sql: sqlName(from),
      type,
      column: cqlName,
    }));
    for (const bucket of buckets as Bucket[])
      fields.push({
        sql: bucketSql(bucket, this.#column(bucket.of)),
        type: bucket.type,
        column: bucket.column,
      });
    const where = needed.map((one) => `${sqlName(this.#column(one).name)} IS NOT NULL`).join(" AND ");
    const rows = `${rowsTable}${where ? ` WHERE ${where}` : ""}`;
    await this.#needNoNullText(chosen, rows);
    const selected = fields.map(
      ({ sql, type, column }) => `${Source.textOf(sql, type)} AS ${sqlName(csvColumnOf(column))}`,
    );
    const path = join(this.folder, name);
    const partial = `${path}.partial`;
    await this.source.database.run(
      `COPY (SELECT ${selected.join(", ")} FROM ${rows}) TO ${sqlText(partial)} (FORMAT csv, HEADER, FORCE_QUOTE *, NULLSTR ${sqlText(nullText)})`,
    );
    renameSync(partial, path);
    const { n } = await this.source.database.one(`SELECT count(*) AS n FROM ${rows}`);
    return { csv: path, written: Number(n), leftOut: this.rows - Number(n) };
  }

  /** Where a file is that {@link writeCsv} writes. */
  csv(name: string): string {
    return join(this.folder, name);
  }

  /** Judges the key of a question's table, which must be there, by its query: with rows that are made to collide. */
  async judge(client: Client, question: string, query: string, bucket?: WrittenBucket): Promise<Finding[]> {
    const asked = this.#question(question);
    const split = bucket as Bucket | undefined;
    const rows = await judgedRows(this.source, asked, split);
    const table = `${this.file.keyspace}.${quoted(asked.name)}`;
    const model = { question: judgedQuestion(asked, split), table, query };
    const findings = await judgeModel(client, model, rows, { loaded: false });
    return findings.map((finding) => asProved(finding, asked, split));
  }

  /** Makes another table for a question in a scratch keyspace, which is dropped again, and judges it. */
  async judgeOther(
    client: Client,
    question: string,
    { create, query, bucket }: { create: string; query: string; bucket?: WrittenBucket },
  ): Promise<Finding[]> {
    const asked = this.#question(question);
    const split = bucket as Bucket | undefined;
    const rows = await judgedRows(this.source, asked, split);
    return Court.during(client, undefined, async (court) => {
      const tried = { create, select: query };
      const findings = await court.judge(
        tried,
        court.nameFor("other"),
        judgedQuestion(asked, split),
        rows,
        false,
      );
      return findings.map((finding) => asProved(finding, asked, split));
    });
  }

  /** The first row of a question's table, as the driver takes it: what has no value is undefined. */
  async firstRowOf(question: string, bucket?: WrittenBucket): Promise<Row> {
    const asked = this.#question(question);
    const fields = this.#fields(asked, bucket as Bucket | undefined);
    const [row] = await this.source.all(`SELECT ${selectedTexts(fields)} FROM ${soundRows(asked)} LIMIT 1`);
    if (!row) throw new SparkifyError(`No row of the source can be in the table of ${question}.`);
    return Object.fromEntries(
      fields.map(({ column, type }, index) => [column, driverValue(type, row[String(index)])]),
    );
  }

  /** How many facts the source has for a question: rows that its table must hold. */
  async facts(question: string): Promise<number> {
    const asked = this.#question(question);
    const { n } = await this.source.database.one(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${soundRows(asked)} GROUP BY ${listOf(factColumns(asked))})`,
    );
    return Number(n);
  }

  /** The buckets that an answer is in, in the order of the answer. */
  async buckets(question: string, { given, range, bucket }: AskedFor & { bucket: WrittenBucket }) {
    const split = bucket as Bucket;
    if (split.by === "hash") return Array.from({ length: split.count ?? 1 }, (_, index) => index);
    const asked = this.#question(question);
    const of = this.#column(split.of);
    const isRange = range !== undefined && asked.between === of;
    const ofGiven = `SELECT DISTINCT ${bucketSql(split, of)} AS bucket FROM ${soundRows(asked)} WHERE ${isGiven(asked, given)}`;
    const { sql, direction } = isRange
      ? { sql: stretchesOf(split, of, range), direction: orderOf(asked)[0]?.order ?? "asc" }
      : { sql: ofGiven, direction: orderOf(asked).find(({ column }) => column === of)?.order ?? "asc" };
    const found = await this.source.all(
      `SELECT ${Source.textOf("bucket", split.type)} AS text FROM (${sql}) ORDER BY bucket ${direction}`,
    );
    const shown = shownAs(split.type);
    return found.map(({ text }) => shown(text) as string | number);
  }

  /** The answer to a question, from the source alone, by SQL: values as they are shown, in the order of the table's rows. */
  async expectedAnswer(question: string, { given, range, bucket }: AskedFor): Promise<Row[]> {
    const asked = this.#question(question);
    const rows = await expectedAnswer(this.source, asked, exampleOf(asked, given, range));
    const columns = answerColumns(asked, bucket as Bucket | undefined);
    return rows.map((row) => Object.fromEntries(columns.map(({ cqlName }) => [cqlName, row[cqlName]])));
  }

  /** Rows that came of several buckets, in the order that the question asks for, and no more than it asks for. */
  inOrder(question: string, rows: Row[]): Row[] {
    const asked = this.#question(question);
    const order = orderOf(asked);
    const sorted = [...rows].sort((one, other) => {
      for (const { column, order: direction } of order) {
        const compared = compareShown(column.type, one[column.cqlName], other[column.cqlName]);
        if (compared !== 0) return direction === "asc" ? compared : -compared;
      }
      return 0;
    });
    return sorted.slice(0, asked.limit);
  }

  /**
   * Shows whether an answer is the expected one: the same rows, and in the same order where the question asks for one.
   * @throws SparkifyError where it is not, or where no row was expected: then nothing was checked
   */
  checkAnswer({ question, cql, parameters, rows, expected, bucket }: CheckedAnswer): void {
    const asked = this.#question(question);
    const columns = answerColumns(asked, bucket as Bucket | undefined);
    const values = columns.map(({ cqlName, type }) => ({ cqlName, kind: valueType(type) }));
    const answer = [...rows].map((row) =>
      Object.fromEntries(values.map(({ cqlName, kind }) => [cqlName, kind.shown((row as Row)[cqlName])])),
    );
    const keyOf = (row: Row) => JSON.stringify(values.map(({ cqlName, kind }) => kind.key(row[cqlName])));
    const [got, wanted] = [answer.map(keyOf), expected.map(keyOf)];
    const isSequence = asked.order.length > 0 && isOrderKnown(asked);
    const isSame = isSequence ? got.join() === wanted.join() : got.sort().join() === wanted.sort().join();
    const ok = isSame && expected.length > 0;
    const order = isSequence ? ", in the same order" : "";
    const evidence =
      expected.length === 0
        ? "the source has no row for these values, so nothing was checked: ask for others"
        : ok
          ? `${rowsText(answer.length)}, the same as computed from the source${order}`
          : `${rowsText(answer.length)}, ${expected.length} expected${got.length === wanted.length ? ", but not the same" : ""}`;
    const details = ok
      ? ""
      : tableHtml(answer, { caption: "Got", limit: 5 }) +
        tableHtml(expected, { caption: "Expected", limit: 5 });
    showVerdict(
      {
        kind: "query",
        question: `${asked.name}: ${asked.text.replace(/\s+/g, " ").trim()}`,
        cql,
        parameters: Object.values(parameters),
        rows: answer.length,
        expectedRows: expected.length,
        ok,
        answer: answer.slice(0, mostShown),
        expectedAnswer: expected.slice(0, mostShown),
      },
      verdictLine(ok, question, evidence) + details,
    );
    if (!ok) throw new SparkifyError(`The answer to ${question} is not right: ${evidence}.`);
  }

  /**
   * Compares all of a question's table with the source, every value of every row, and shows the verdict.
   * @param csv what it was loaded from: a large table is compared with it, so that nothing is held in memory
   * @throws SparkifyError where they differ
   */
  async checkTable(client: Client, question: string, csv: string, bucket?: WrittenBucket): Promise<void> {
    const asked = this.#question(question);
    const table = `${this.file.keyspace}.${quoted(asked.name)}`;
    const isLarge = this.rows > mostRowsInMemory;
    const { rows, expectedRows, wrong, examples } = isLarge
      ? await comparedWithCsv(client, table, csv)
      : await this.#comparedWithSource(client, table, asked, bucket as Bucket | undefined);
    const ok = wrong === 0 && expectedRows > 0;
    const evidence = ok
      ? `${rows.toLocaleString("en")} rows, every value as in the ${isLarge ? "file" : "source"}`
      : `${rows} rows, ${expectedRows} expected; ${wrong} missing, different or not expected`;
    const details = ok ? "" : tableHtml(examples, { caption: "For instance", limit: 5 });
    showVerdict(
      { kind: "table", name: asked.name, rows, expectedRows, ok },
      verdictLine(ok, asked.name, evidence) + details,
    );
    if (!ok) throw new SparkifyError(`The table ${table} is not what the source says: ${evidence}.`);
  }

  /** Ends the reading of the source, and deletes what it needed. */
  close(): void {
    this.source.close();
    this.forget();
  }

  async #comparedWithSource(client: Client, table: string, asked: Asked, bucket?: Bucket) {
    const fields = this.#fields(asked, bucket);
    const found = await this.source.all(
      `SELECT ${selectedTexts(fields)} FROM ${tableRows(asked, { ...noColumns, partitionKey: factColumns(asked) }, false)}`,
    );
    const expected = found.map((row) =>
      Object.fromEntries(
        fields.map(({ column, type }, index) => [column, driverValue(type, row[String(index)]) ?? null]),
      ),
    );
    const { rows, expectedRows, missing, extra } = await compareRows(client, table, expected);
    const examples = [
      ...missing.slice(0, 2).map((row) => ({ "": "expected, not found", ...row })),
      ...extra.slice(0, 2).map((row) => ({ "": "found, not expected", ...row })),
    ];
    return { rows, expectedRows, wrong: missing.length + extra.length, examples };
  }

  #fields(asked: Asked, bucket?: Bucket) {
    const fields = columnsAsked(asked).map(({ name, cqlName, type }) => ({
      sql: sqlName(name),
      type,
      column: cqlName,
    }));
    if (bucket)
      fields.push({
        sql: bucketSql(bucket, this.#column(bucket.of)),
        type: bucket.type,
        column: bucket.column,
      });
    return fields;
  }

  async #needNoNullText(columns: SourceColumn[], rows: string): Promise<void> {
    for (const { name, type } of columns) {
      if (type !== "text") continue;
      const [found] = await this.source.all(
        `SELECT 1 FROM (SELECT ${sqlName(name)} AS value FROM ${rows}) WHERE value = ${sqlText(nullText)} LIMIT 1`,
      );
      if (found)
        throw new SparkifyError(
          `A value of ${name} is the text ${nullText}, which stands for no value in the file. Change it in source.sql, as replace(${name}, '${nullText}', '').`,
        );
    }
  }

  #column(name: string): SourceColumn {
    const found = this.source.column(name);
    if (found) return found;
    throw new SparkifyError(
      `The source has no column ${name}. It has ${this.source.columns.map((column) => column.name).join(", ")}. ${anew(this.file)}`,
    );
  }

  #question(name: string): Asked {
    const found = this.asked.find((asked) => asked.name === name);
    if (found) return found;
    const names = this.asked.map((asked) => asked.name).join(", ");
    throw new SparkifyError(`The model has no question ${name}. It has ${names}. ${anew(this.file)}`);
  }
}

export interface Written {
  csv: string;
  written: number;
  leftOut: number;
}

const mostShown = 100;

const noColumns = { clustering: [], statics: [], regular: [] };

const anew = ({ path }: ModelFile) =>
  `If the model has changed, write the notebooks anew: npm run model -- notebook ${shortPath(path)}`;

const rowsText = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;

interface Field {
  sql: string;
  type: string;
  /** In CQL. */
  column: string;
}

const selectedTexts = (fields: Field[]) =>
  fields.map(({ sql, type }, index) => `${Source.textOf(sql, type)} AS "${index}"`).join(", ");

function driverValue(type: string, text: unknown): unknown {
  if (text === null || text === undefined) return undefined;
  return /^(text|varchar|ascii)$/i.test(type)
    ? String(text)
    : (valueType(type).parse(String(text)) ?? undefined);
}

/** Values of a cell as an example has them. */
function exampleOf(asked: Asked, given: object, range: unknown[] = []): Example {
  const example: Example = {
    given: Object.fromEntries(
      asked.given.map((column) => [column.name, textOf(column, (given as Row)[column.cqlName])]),
    ),
  };
  const { between } = asked;
  if (!between) return example;
  return { ...example, from: textOf(between, range[0]), upTo: textOf(between, range[1]) };
}

function textOf({ cqlName, type }: SourceColumn, value: unknown): string {
  if (value === undefined || value === null)
    throw new SparkifyError(`No value of ${cqlName} is given: give one of type ${type}.`);
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A value of a cell as one of DuckDB. */
const valueSql = (column: SourceColumn, value: unknown) =>
  sqlType(column.type).value(sqlText(textOf(column, value)));

const isGiven = ({ given }: Asked, values: object) =>
  given
    .map((column) => `${sqlName(column.name)} = ${valueSql(column, (values as Row)[column.cqlName])}`)
    .join(" AND ");

/** The stretches of time that a range touches, of those that have rows at all. */
function stretchesOf({ by, type }: Bucket, of: SourceColumn, [from, upTo]: unknown[]): string {
  const column = sqlName(of.name);
  const all = `SELECT greatest(min(${column}), ${valueSql(of, from)}) AS begins, least(max(${column}), ${valueSql(of, upTo)}) AS ends FROM ${rowsTable}`;
  const start = (x: string) => `CAST(date_trunc(${sqlText(by)}, ${x}) AS TIMESTAMP)`;
  return `SELECT CAST(unnest(generate_series(${start("begins")}, ${start("ends")}, INTERVAL 1 ${by})) AS ${type === "date" ? "DATE" : "TIMESTAMP"}) AS bucket FROM (${all}) WHERE begins <= ends`;
}

async function comparedWithCsv(client: Client, table: string, csv: string) {
  const options = { csv, tables: [table], nullText, advice: { csv: "Write it", tables: "Create it" } };
  const { tables } = await compareTables(client, options);
  const [found] = tables;
  if (!found) throw new Error(`Nothing was compared of ${table}`);
  const { rows, expectedRows, missing, altered, extra, examples } = found;
  return { rows, expectedRows, wrong: missing + altered + extra, examples: [{ examples }] };
}
