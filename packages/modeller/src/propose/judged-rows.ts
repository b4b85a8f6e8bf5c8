// A question and its rows as the judge takes them: in the names of CQL.

import type { Question, RawRow } from "@sparkify/model";
import { sqlName } from "../source/duckdb.js";
import { Source, type SourceColumn, shownAs } from "../source/source.js";
import type { Asked } from "./asked.js";
import { columnsAsked, listOf, rowNumber, soundRows } from "./facts.js";
import type { Bucket } from "./proposal.js";
import { bucketSql } from "./sizes.js";

export function judgedQuestion(asked: Asked, bucket?: Bucket): Question {
  const cql = (columns: SourceColumn[]) => columns.map(({ cqlName }) => cqlName);
  const { between, limit, order } = asked;
  return {
    text: asked.text,
    given: cql(asked.given),
    ...(between && { between: between.cqlName }),
    ...(bucket && { parts: [bucket.column] }),
    each: cql(asked.each),
    ...(order.length > 0 && {
      order: order.map(({ column, order: direction }) => `${column.cqlName} ${direction}`),
    }),
    answer: cql(asked.answer),
    event: cql(asked.event),
    ...(limit !== undefined && { limit }),
  };
}

/** The most rows that are tried on Cassandra. */
const most = 20_000;

/**
 * The rows that a table is judged by: all of them, or else whole answers of some that are given, taken at random, and a part
 * of the largest one.
 */
export async function judgedRows(source: Source, asked: Asked, bucket?: Bucket): Promise<RawRow[]> {
  const columns = [...new Set([...columnsAsked(asked), ...asked.event])];
  const fields = columns.map(({ name, cqlName, type }) => ({ key: cqlName, sql: sqlName(name), type }));
  if (bucket) {
    const of = source.column(bucket.of) as SourceColumn;
    fields.push({ key: bucket.column, sql: bucketSql(bucket, of), type: bucket.type });
  }
  const rows = soundRows(asked);
  const { n } = await source.database.one(`SELECT count(*) AS n FROM ${rows}`);
  const from = Number(n) <= most ? rows : sampleOf(asked, rows);
  const shown = fields.map(({ key, type }, index) => ({ key, place: String(index), of: shownAs(type) }));
  const selected = fields.map(({ sql, type }, index) => `${Source.textOf(sql, type)} AS "${index}"`);
  const query = `SELECT ${selected.join(", ")} FROM ${from} ORDER BY ${rowNumber}`;
  const found: RawRow[] = [];
  for await (const some of source.database.stream(query))
    for (const row of some)
      found.push(Object.fromEntries(shown.map(({ key, place, of }) => [key, of(row[place])])));
  return found;
}

function sampleOf(asked: Asked, rows: string): string {
  const given = listOf(asked.given);
  const half = most / 2;
  const sizes = `SELECT ${given}, count(*) AS n FROM ${rows} GROUP BY ${given}`;
  const running = `SELECT *, sum(n) OVER (ORDER BY hash(${given}), ${given} ROWS UNBOUNDED PRECEDING) AS total FROM (${sizes})`;
  const some = `SELECT ${given} FROM (${running}) WHERE total <= ${half}`;
  const largest = `SELECT ${given} FROM (${sizes}) ORDER BY n DESC, ${given} LIMIT 1`;
  const of = (condition: string) => `SELECT * FROM ${rows} WHERE ${condition}`;
  return `((${of(`(${given}) IN (${some})`)}) UNION ALL (${of(`(${given}) IN (${largest}) AND (${given}) NOT IN (${some}) ORDER BY ${rowNumber} LIMIT ${half}`)}))`;
}
