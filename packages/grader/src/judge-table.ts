// The judge of models on a submission's table.

import { quoted } from "@sparkify/cql";
import {
  type Finding,
  judgeModel,
  type ModelQuery,
  type ModelTable,
  type Point,
  readModelTable,
  readQuery,
  unknownIn,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";
import type { Renamed } from "./renamed.js";
import type { Table } from "./tables.js";

/** What the judge says of a table. */
export interface JudgedTable {
  findings: Finding[];
  table: ModelTable;
  query: ModelQuery | undefined;
  /** Why the SELECT could not be judged. */
  problem: string | undefined;
  /** A column that it is given, and of which the logs do not say what is in it. */
  unknown: string | undefined;
}

/** The finding on a point. */
export const findingOn = (judged: JudgedTable | undefined, point: Point) =>
  judged?.findings.find((one) => one.point === point);

/** The finding on a point where that fails. */
export function failureOn(judged: JudgedTable | undefined, point: Point): Finding | undefined {
  const finding = findingOn(judged, point);
  return finding?.verdict === "fail" ? finding : undefined;
}

/** Judges the table with the SELECT; where that is none the judge can read, with one that is given the partition key. */
export async function judgeTable(
  client: Client,
  { full, create, insert }: Table,
  cql: string | undefined,
  { question, rows }: Renamed,
): Promise<JudgedTable> {
  const table = await readModelTable(client, full, rows[0] ?? {});
  const statements = { ...(create !== undefined && { create }), ...(insert !== undefined && { insert }) };
  const findingsWith = (query: string) =>
    judgeModel(client, { question, table: full, query, ...statements }, rows);
  let problem: string | undefined;
  let unknown: string | undefined;
  if (cql !== undefined) {
    try {
      const query = readQuery(cql, table);
      [unknown] = unknownIn(query);
      return { findings: await findingsWith(cql), table, query, problem, unknown };
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  if (problem === undefined) unknown = table.partitionKey.find(({ from }) => !from)?.name;
  const keys = table.partitionKey.map(({ name }) => `${quoted(name)} = ?`).join(" AND ");
  const findings = await findingsWith(`SELECT * FROM ${full} WHERE ${keys}`).catch((error: Error) => {
    problem ??= error.message;
    return [];
  });
  return { findings, table, query: undefined, problem, unknown };
}
