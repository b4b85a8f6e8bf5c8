// What all notebooks of a model know: its questions with their tables, values to ask for, and the files that tables are
// loaded from.

import { isAbsolute, relative } from "node:path";
import { quoted, valueType } from "@sparkify/cql";
import type { ModelFile } from "../file/model-file.js";
import { type Asked, askedOf, isKeyType } from "../propose/asked.js";
import { boundColumns, createCql, selectCql } from "../propose/cql.js";
import { columnsAsked, neededColumns, soundRows } from "../propose/facts.js";
import type { Proposal, Table } from "../propose/proposal.js";
import { sqlName } from "../source/duckdb.js";
import { Source, type SourceColumn, shownAs } from "../source/source.js";
import { answerColumns, mustMerge } from "./answer.js";

export interface WrittenQuestion {
  /** From 1. */
  number: number;
  proposal: Proposal;
  asked: Asked;
  table: Table;
  /** With its keyspace, as CQL writes it. */
  fullName: string;
  create: string;
  select: string;
  /** Columns that are compared with =, in the order of the markers. */
  bound: string[];
  /** Of an answer, by their names in CQL. */
  answer: SourceColumn[];
  mustMerge: boolean;
  /** Values of what is given, as a cell writes them. */
  given: Record<string, unknown>;
  range?: [unknown, unknown];
  csv: CsvFile;
}

/** A file that tables are loaded from. */
export interface CsvFile {
  /** From 1. */
  number: number;
  name: string;
  columns: SourceColumn[];
  buckets: { question: number; column: string }[];
  /** Rows without a value of one of these are left out. */
  needed: SourceColumn[];
  tables: string[];
}

export interface Context {
  file: ModelFile;
  source: Source;
  /** As a cell of the notebooks opens it. */
  modelPath: string;
  questions: WrittenQuestion[];
  /** Questions without a table. */
  failed: Proposal[];
  csvs: CsvFile[];
  /** The names of the five notebooks, without their ending. */
  names: Names;
}

export interface Names {
  files: string;
  csv: string;
  tables: string;
  rows: string;
  queries: string;
}

export async function contextOf(
  file: ModelFile,
  source: Source,
  proposals: Proposal[],
  out: string,
): Promise<Context> {
  const allAsked = askedOf(file, source);
  const csvs: CsvFile[] = [];
  const questions: WrittenQuestion[] = [];
  for (const proposal of proposals) {
    const asked = allAsked.find(({ name }) => name === proposal.question);
    const { table } = proposal;
    if (!asked || !table || proposal.verdict !== "pass") continue;
    const number = questions.length + 1;
    const bound = boundColumns(table, asked);
    const answer = answerColumns(asked, table.bucket);
    const { given, range } = await exampleFor(source, asked);
    questions.push({
      number,
      proposal,
      asked,
      table,
      fullName: `${file.keyspace}.${quoted(table.name)}`,
      create: createCql(file.keyspace, table),
      select: selectCql(file.keyspace, table, { ...asked, answer }),
      bound,
      answer,
      mustMerge: mustMerge(asked, table.bucket),
      given: Object.fromEntries(bound.filter((name) => name in given).map((name) => [name, given[name]])),
      ...(range && { range }),
      csv: csvFor(csvs, asked, table, number),
    });
  }
  const fromOut = relative(out, file.path).replaceAll("\\", "/");
  // A model of another place is named by its whole path.
  const isNear = !isAbsolute(fromOut) && (fromOut.match(/\.\.\//g) ?? []).length <= 4;
  const [files, csv, tables, rows, queries] = ["files", "csv", "tables", "rows", "queries"].map(
    (name, index) => `${index + 1}-${name}`,
  ) as [string, string, string, string, string];
  return {
    file,
    source,
    modelPath: isNear ? fromOut : file.path,
    questions,
    failed: proposals.filter(({ question }) => !questions.some(({ asked }) => asked.name === question)),
    csvs,
    names: { files, csv, tables, rows, queries },
  };
}

/** The file that a question's table is loaded from: one for all whose keys can be made of the same rows. */
function csvFor(csvs: CsvFile[], asked: Asked, table: Table, question: number): CsvFile {
  const needed = neededColumns(asked).filter(({ nulls }) => nulls > 0);
  const bucket = table.bucket?.column;
  const found = csvs.find(
    (csv) =>
      csv.needed.length === needed.length &&
      csv.needed.every((column) => needed.includes(column)) &&
      !csv.buckets.some(
        ({ column }) => column === bucket || asked.answer.some((one) => one.cqlName === column),
      ) &&
      !csv.columns.some(({ cqlName }) => cqlName === bucket),
  );
  const csv = found ?? {
    number: csvs.length + 1,
    name: csvs.length === 0 ? "streamlined.csv" : `streamlined-${csvs.length + 1}.csv`,
    columns: [],
    buckets: [],
    needed,
    tables: [],
  };
  if (!found) csvs.push(csv);
  for (const column of columnsAsked(asked)) if (!csv.columns.includes(column)) csv.columns.push(column);
  if (bucket !== undefined) csv.buckets.push({ question, column: bucket });
  csv.tables.push(table.name);
  return csv;
}

/** Values to ask for: the example's, or those of the first row. */
async function exampleFor(
  source: Source,
  asked: Asked,
): Promise<{ given: Record<string, unknown>; range?: [unknown, unknown] }> {
  const { example, between } = asked;
  const texts: Record<string, unknown> = {};
  const bounds: unknown[] = [];
  if (example) {
    Object.assign(texts, example.given);
    bounds.push(example.from, example.upTo);
  } else {
    const selected = asked.given.map(
      ({ name, type }, index) => `${Source.textOf(sqlName(name), type)} AS "${index}"`,
    );
    const [row = {}] = await source.all(`SELECT ${selected.join(", ")} FROM ${soundRows(asked)} LIMIT 1`);
    for (const [index, { name }] of asked.given.entries()) texts[name] = row[String(index)];
    if (between) bounds.push(...(await firstRange(source, asked, between)));
  }
  const given = asked.given.map(({ name, cqlName, type }) => [cqlName, written(type, texts[name])]);
  return {
    given: Object.fromEntries(given),
    ...(between && { range: [written(between.type, bounds[0]), written(between.type, bounds[1])] }),
  };
}

/** A range that holds some rows of those that the first row belongs to. */
async function firstRange(source: Source, asked: Asked, between: SourceColumn): Promise<unknown[]> {
  const rows = soundRows(asked);
  const given = asked.given.map(({ name }) => sqlName(name));
  const column = sqlName(between.name);
  const first = `(SELECT ${given.join(", ")} FROM ${rows} LIMIT 1)`;
  const some = `SELECT ${column} AS value FROM ${rows} WHERE (${given.join(", ")}) IN ${first} ORDER BY value LIMIT 20`;
  const { from, upto } = await source.database.one<{ from: unknown; upto: unknown }>(
    `SELECT ${Source.textOf("min(value)", between.type)} AS "from", ${Source.textOf("max(value)", between.type)} AS upto FROM (${some})`,
  );
  return [from, upto];
}

/** A value as a cell writes it, and as the driver takes it. */
function written(type: string, text: unknown): unknown {
  if (/^(decimal|varint|bigint)$/i.test(type)) return String(valueType(type).parse(String(text)) ?? text);
  return shownAs(type)(text) ?? text;
}

/** Columns of a table that are in no key, and that a condition could name. */
export const outsideKey = ({ table, asked }: WrittenQuestion): SourceColumn[] =>
  asked.answer.filter(
    ({ cqlName, type }) =>
      !table.partitionKey.includes(cqlName) &&
      !table.clustering.some(([column]) => column === cqlName) &&
      isKeyType(type),
  );
