// Does Cassandra answer the query from one partition?

import type { Client } from "cassandra-driver";
import type { Evidence, Finding } from "../findings.js";
import { type ModelQuery, parametersOf, traceQuery } from "../query.js";
import { boundBy, type Question, type RawRow } from "../question.js";

export async function judgeAccess(
  client: Client,
  query: ModelQuery,
  question: Question,
  sample: RawRow,
): Promise<Finding> {
  const found = (verdict: Finding["verdict"], evidence: Evidence): Finding => ({
    point: "answers the query without filtering",
    verdict,
    evidence,
    question,
  });
  if (query.allowFiltering) return found("fail", { kind: "filtering" });
  const parameters = parametersOf(query, sample);
  try {
    await client.execute(query.cql, parameters, { prepare: true });
  } catch (error) {
    const { message, code } = error as Error & { code?: number };
    if (code === undefined) throw error;
    return found("fail", { kind: "refused", message });
  }
  const evidence = await howRead(client, query, parameters);
  if (evidence.kind === "no trace") return found("undecided", evidence);
  if (evidence.kind === "read" && evidence.read !== "one partition") return found("fail", evidence);
  const bound = columnsGiven(query).map(({ raw, name }) => raw ?? name);
  const missing = boundBy(question).filter((column) => !bound.includes(column));
  const { between } = question;
  if (between !== undefined && !isRange(query, between)) missing.push(`${between}, from and to`);
  // A value may be bound within one that is computed.
  const isComputed = columnsGiven(query).some(
    ({ raw, name, from }) => from && raw === undefined && !boundBy(question).includes(name),
  );
  return missing.length > 0 && !isComputed
    ? found("fail", { kind: "not given", columns: missing })
    : found("pass", evidence);
}

const columnsGiven = ({ conditions }: ModelQuery) =>
  conditions.filter(({ operator }) => operator === "=").map(({ column }) => column);

/** Whether a query has both ends of a range of the column. */
const isRange = ({ conditions }: ModelQuery, raw: string) =>
  ["<", ">"].every((sign) =>
    conditions.some(({ column, operator }) => column.raw === raw && operator.startsWith(sign)),
  );

/** What the trace shows; without a trace what the key says. */
async function howRead(client: Client, query: ModelQuery, parameters: unknown[]): Promise<Evidence> {
  let problem = "it does not say what Cassandra read";
  try {
    const { read } = await traceQuery(client, query.cql, parameters);
    if (read !== "unknown") return { kind: "read", read };
  } catch (error) {
    problem = (error as Error).message;
  }
  const given = columnsGiven(query);
  const { partitionKey } = query.table;
  return partitionKey.every((column) => given.includes(column))
    ? { kind: "whole key given", columns: partitionKey.map(({ name }) => name) }
    : { kind: "no trace", problem };
}
