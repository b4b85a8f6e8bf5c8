// Wrong models, tried: the table is made and drawn, filled and judged, and what fails is what the lab wants to see.

import { SparkifyError } from "@sparkify/base/errors";
import { readSelect, tableOf, writtenTable } from "@sparkify/cql";
import { check } from "@sparkify/lib";
import {
  type Evidence,
  type Finding,
  findingText,
  insertRaw,
  judgeModel,
  type Point,
  type Question,
  type RawRow,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";
import { showTableDiagram } from "../diagrams/table-diagram.js";
import { showFindings } from "../judged.js";

/**
 * Makes a table in place of an older one, and draws it.
 * @param create a CREATE TABLE with the table's keyspace
 * @throws SparkifyError where it is none; Cassandra's error where it does not take it
 * @example await createTable(client, "CREATE TABLE lab_keys.users_by_song (song text PRIMARY KEY, user_id int)");
 */
export async function createTable(client: Client, create: string): Promise<void> {
  const name = tableOf("CREATE TABLE", create);
  if (!name) throw new SparkifyError(`Expected CREATE TABLE keyspace.name ( ... ), got: ${create}`);
  const table = writtenTable(name);
  await client.execute(`DROP TABLE IF EXISTS ${table}`);
  await client.execute(create);
  await showTableDiagram(client, table);
}

export interface Trial {
  question: Question;
  /** A SELECT on the table, with a marker for each value that is given. */
  query: string;
  /** How many times today's rows a partition will hold one day. @default 1 */
  growth?: number;
}

/**
 * Inserts raw rows into the table that a query asks, each column from the raw column of its name; judges the table by its
 * question, and shows what was found. A fail is told, not thrown.
 * @throws SparkifyError where the query is no SELECT, or the table does not exist
 * @example const findings = await tryModel(client, plays, { question: questions.usersBySong, query });
 */
export async function tryModel(
  client: Client,
  rows: RawRow[],
  { question, query, growth = 1 }: Trial,
): Promise<Finding[]> {
  const asked = readSelect(query);
  if (!asked) throw new SparkifyError(`Expected SELECT ... FROM keyspace.name WHERE ..., got: ${query}`);
  const table = writtenTable({ keyspace: asked.keyspace, table: asked.table });
  await insertRaw(client, table, rows);
  const findings = await judgeModel(client, { question, table, query }, rows, { growth });
  showFindings(findings, table);
  return findings;
}

/**
 * Checks that a point fails.
 * @param kind of the evidence. @default any
 * @throws SparkifyError where it does not fail, or for another reason
 * @example checkFails(findings, "loses nothing");
 */
export function checkFails(findings: Finding[], point: Point, kind?: Evidence["kind"]): void {
  const found = findings.find((finding) => finding.point === point);
  if (!found) throw new SparkifyError(`There is no finding of the point "${point}".`);
  const isExpected = kind === undefined || found.evidence.kind === kind;
  check(`"${point}" fails`, found.verdict === "fail" && isExpected, findingText(found));
}
