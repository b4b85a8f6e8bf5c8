// From a model's source into its tables: created, loaded, compared row by row, and asked.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { compareTables } from "@sparkify/compare";
import {
  readTableName,
  type SchemaColumn,
  schemaColumns,
  statementsIn,
  tableOf,
  typedColumns,
  writtenTable,
} from "@sparkify/cql";
import { createKeyspaceIfMissing } from "@sparkify/lib";
import { insertCql, load } from "@sparkify/loader";
import type { Client } from "cassandra-driver";
import type { ModelFile } from "../file/model-file.js";
import { type Asked, askedOf } from "../propose/asked.js";
import { Court } from "../propose/court.js";
import { checkExamples } from "../propose/examples.js";
import type { Bucket, Proposal } from "../propose/proposal.js";
import type { Source } from "../source/source.js";
import { expectedAnswer, settled, storedAnswer } from "./answers.js";
import { type LoadedTable, type StreamlinedCsv, writeStreamlinedCsvs } from "./streamlined-csv.js";

export interface LoadModelOptions {
  /** The folder of the model's results: `schema.cql` and `proposal.json` are read there, CSV and checkpoint written. */
  out: string;
  /** The tables' CREATE TABLE statements. @default `schema.cql` in `out` */
  schema?: string;
  resume?: boolean;
  maxErrors?: number;
  onNews?: (text: string) => void;
  signal?: AbortSignal;
  /** How to go on with a load that stopped, in words. */
  goOn: string;
}

export interface ModelLoad {
  ok: boolean;
  /** Rows read of the source. */
  rows: number;
  /** Rows that are in no table or not in all of them: those that could not be read, and those that Cassandra refused. */
  rejected: number;
  tables: {
    name: string;
    rows: number;
    expectedRows: number;
    ok: boolean;
    missing: number;
    altered: number;
    extra: number;
    /** Rows that cannot be in it, since a column of its key has no value: by column. */
    leftOut: Record<string, number>;
  }[];
  questions: { name: string; ok: boolean; rows: number; expectedRows: number }[];
}

/**
 * Creates the tables that are not there, loads them, compares every row, and asks each example.
 * @throws SparkifyError where there is no schema, or the load has to stop: with how to go on
 */
export async function loadModel(
  file: ModelFile,
  source: Source,
  client: Client,
  options: LoadModelOptions,
): Promise<ModelLoad> {
  const { out, onNews = () => {}, signal } = options;
  const questions = askedOf(file, source);
  await checkExamples(file, source, questions);
  const creates = readSchema(file, options);
  const buckets = readBuckets(file, out);
  const tables = await createTables(client, creates, onNews);
  onNews("write the CSV");
  const pathOf = (index: number) => join(out, index === 0 ? "rows.csv" : `rows-${index + 1}.csv`);
  const { csvs, nullText } = await writeStreamlinedCsvs(source, tables, buckets, pathOf);
  let refused = 0;
  for (const csv of csvs) refused += await loadCsv(client, csv, nullText, options);
  const compared: ModelLoad["tables"] = [];
  for (const { path, tables: some, leftOut, rows } of csvs) {
    if (rows === 0) throw nothingToLoad(some, leftOut);
    const { tables: found } = await compareTables(client, {
      csv: path,
      tables: some.map(({ name }) => name),
      nullText,
      onProgress: ({ tableRows }) => onNews(`compare: ${tableRows.toLocaleString("en")} rows of the tables`),
      ...(signal && { signal }),
    });
    for (const { name, rows: held, expectedRows, missing, altered, extra } of found)
      compared.push({
        name,
        rows: held,
        expectedRows,
        ok: missing + altered + extra === 0,
        missing,
        altered,
        extra,
        leftOut,
      });
  }
  onNews("ask the examples");
  const asked = await askExamples(questions, source, client, tables, buckets);
  const ok = refused === 0 && [...compared, ...asked].every((one) => one.ok);
  return { ok, rows: source.rows, rejected: refused, tables: compared, questions: asked };
}

const nothingToLoad = (tables: LoadedTable[], leftOut: Record<string, number>) =>
  new SparkifyError(
    `No row can be in ${tables.map(({ name }) => name).join(", ")}: ${Object.keys(leftOut).join(" or ")}, which is in the key, has no value in any. Ask by another column.`,
  );

function readSchema(file: ModelFile, { schema, out }: LoadModelOptions): string[] {
  const path = schema ?? join(out, "schema.cql");
  if (!existsSync(path))
    throw new SparkifyError(
      schema
        ? `${shortPath(path)} is not there: --schema names the file with the CREATE TABLE statements.`
        : `${shortPath(path)} is not there: propose the tables first, with npm run model -- propose ${shortPath(file.path)}, or name statements of your own with --schema FILE.`,
      { where: { file: path } },
    );
  const text = readFileSync(path, "utf8");
  const creates = statementsIn(text.trimEnd().endsWith(";") ? text : `${text};`).filter(
    (cql) => tableOf("CREATE TABLE", cql) !== undefined,
  );
  if (creates.length > 0) return creates;
  throw new SparkifyError(`There is no CREATE TABLE in ${shortPath(path)}.`, { where: { file: path } });
}

/** Which columns of the tables are buckets, and of what: as it was proposed. By the tables' names. */
function readBuckets({ keyspace }: ModelFile, out: string): Map<string, Bucket> {
  const path = join(out, "proposal.json");
  if (!existsSync(path)) return new Map();
  const proposals = JSON.parse(readFileSync(path, "utf8")) as Proposal[];
  return new Map(
    proposals.flatMap(({ table }) =>
      table?.bucket ? [[writtenTable({ keyspace, table: table.name }), table.bucket] as const] : [],
    ),
  );
}

async function createTables(
  client: Client,
  creates: string[],
  onNews: (text: string) => void,
): Promise<LoadedTable[]> {
  const there: TableThere[] = [];
  const missing: string[] = [];
  const names: string[] = [];
  for (const create of creates) {
    const found = tableOf("CREATE TABLE", create);
    if (!found?.keyspace)
      throw new SparkifyError(
        `A table was expected to have its keyspace, as sensors.readings_by_sensor: ${create}`,
      );
    const name = writtenTable(found);
    names.push(name);
    onNews(`create ${name}`);
    await createKeyspaceIfMissing(client, found.keyspace);
    if (await client.metadata.getTable(found.keyspace, found.table)) there.push({ name, create });
    else missing.push(create);
  }
  if (there.length > 0) await checkAlike(client, there);
  for (const create of missing) await client.execute(create, [], { readTimeout: 60_000 });
  return Promise.all(names.map(async (name) => ({ name, columns: await typedColumns(client, name) })));
}

/** A table that is there, and the statement that it should have been made by. */
interface TableThere {
  name: string;
  create: string;
}

/** @throws SparkifyError where a table that is there is another one than its statement would make */
async function checkAlike(client: Client, tables: TableThere[]): Promise<void> {
  const inWords = (columns: SchemaColumn[]) =>
    columns.map(({ name: column, type, kind, order }) =>
      [column, type, kind === "regular" ? "" : kind.replace("_", " "), order === "none" ? "" : order]
        .filter((word) => word !== "")
        .join(" "),
    );
  await Court.during(client, undefined, async (court) => {
    for (const { name, create } of tables)
      expectAlike(
        name,
        inWords(await schemaColumns(client, name)),
        inWords(await court.columnsOf({ create, select: "" })),
      );
  });
}

function expectAlike(name: string, there: string[], wanted: string[]): void {
  if (isDeepStrictEqual(there, wanted)) return;
  const differs = there.filter((column) => !wanted.includes(column));
  const lacks = wanted.filter((column) => !there.includes(column));
  throw new SparkifyError(
    `The table ${name} is there already, and is another one than the schema says: ${differs.length + lacks.length === 0 ? "the columns of its key come in another order" : `it has ${differs.join(", ") || "nothing more"}, and lacks ${lacks.join(", ") || "nothing"}`}. ` +
      `Drop it if nobody needs it (DROP TABLE ${name}), or give the question another name.`,
    { where: { table: name } },
  );
}

/** @returns how many rows were rejected */
async function loadCsv(
  client: Client,
  { path, tables, rows }: StreamlinedCsv,
  nullText: string,
  { out, resume = false, maxErrors, onNews = () => {}, signal, goOn }: LoadModelOptions,
): Promise<number> {
  if (rows === 0) return 0;
  const inserts = await Promise.all(tables.map(({ name }) => insertCql(client, name)));
  const report = await load(client, inserts, {
    csv: path,
    checkpoint: `${path}.checkpoint.json`,
    rejected: join(out, "rejected-by-cassandra.csv"),
    nullText,
    resume,
    goOn,
    ...(maxErrors !== undefined && { maxErrors }),
    ...(signal && { signal }),
    onProgress: ({ rows: done, share, retries }) =>
      onNews(
        `load: ${done.toLocaleString("en")} rows, ${Math.floor(100 * share)} %${retries > 0 ? `, ${retries} requests sent again` : ""}`,
      ),
  });
  return report.rejected;
}

/** Each question that has an example and a table of its name. */
async function askExamples(
  questions: Asked[],
  source: Source,
  client: Client,
  tables: LoadedTable[],
  buckets: Map<string, Bucket>,
): Promise<ModelLoad["questions"]> {
  const results: ModelLoad["questions"] = [];
  for (const asked of questions) {
    const table = tables.find(({ name }) => readTableName(name)?.table === asked.name);
    if (!asked.example || !table) continue;
    const bucket = buckets.get(table.name);
    const expected = await expectedAnswer(source, asked, asked.example);
    const stored = await storedAnswer(client, source, table.name, asked, asked.example, bucket);
    results.push({
      name: asked.name,
      ok: isDeepStrictEqual(settled(stored, asked), settled(expected, asked)),
      rows: stored.length,
      expectedRows: expected.length,
    });
  }
  return results;
}
