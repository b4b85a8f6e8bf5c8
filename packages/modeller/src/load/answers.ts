// The answers to a model's examples: from Cassandra, and by SQL from the source.

import { quoted, type Shown, valueType } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import type { Asked, Example } from "../propose/asked.js";
import { exampleSql } from "../propose/examples.js";
import { factColumns, rowNumber, soundRows } from "../propose/facts.js";
import type { Bucket } from "../propose/proposal.js";
import { bucketSql } from "../propose/sizes.js";
import { sqlName } from "../source/duckdb.js";
import { Source, type SourceColumn, shownAs } from "../source/source.js";

/** A row by the names of CQL. */
export type AnswerRow = Record<string, Shown>;

/** The columns of an answer, with those that it is ordered by. */
const answerColumns = ({ answer, order, each }: Asked): SourceColumn[] => [
  ...new Set([...answer, ...order.map(({ column }) => column), ...each]),
];

/** In the order of the question; what it leaves open goes by what tells the rows apart, as in the table. */
export const orderOf = ({
  order,
  between,
  each,
}: Asked): { column: SourceColumn; order: "asc" | "desc" }[] => [
  ...(between && !order.some(({ column }) => column === between)
    ? [{ column: between, order: "asc" as const }]
    : []),
  ...order,
  ...each
    .filter((column) => column !== between && !order.some((one) => one.column === column))
    .map((column) => ({ column, order: "asc" as const })),
];

/** What the answer must be: computed from the source's rows, of which the later one counts where two say the same fact. */
export async function expectedAnswer(source: Source, asked: Asked, example: Example): Promise<AnswerRow[]> {
  const columns = answerColumns(asked);
  const facts = factColumns(asked)
    .map(({ name }) => sqlName(name))
    .join(", ");
  const from = `(SELECT * FROM ${soundRows(asked)} WHERE ${exampleSql(asked, example)} QUALIFY row_number() OVER (PARTITION BY ${facts} ORDER BY ${rowNumber} DESC) = 1)`;
  const by = orderOf(asked).map(({ column, order }) => `${sqlName(column.name)} ${order}`);
  const selected = columns.map(
    ({ name, type }, index) => `${Source.textOf(sqlName(name), type)} AS "${index}"`,
  );
  const query = `SELECT ${selected.join(", ")} FROM ${from}${by.length > 0 ? ` ORDER BY ${by.join(", ")}` : ""}${asked.limit === undefined ? "" : ` LIMIT ${asked.limit}`}`;
  const shown = columns.map(({ cqlName, type }, index) => ({
    cqlName,
    place: String(index),
    of: shownAs(type),
  }));
  const rows = await source.all(query);
  return rows.map((row) =>
    Object.fromEntries(shown.map(({ cqlName, place, of }) => [cqlName, of(row[place])])),
  );
}

/** What Cassandra answers; of a bucketed table bucket by bucket, in the order of the question. */
export async function storedAnswer(
  client: Client,
  source: Source,
  table: string,
  asked: Asked,
  example: Example,
  bucket: Bucket | undefined,
): Promise<AnswerRow[]> {
  const columns = answerColumns(asked);
  const { given, between, limit } = asked;
  const conditions = given.map(({ cqlName }) => `${quoted(cqlName)} = ?`);
  if (bucket) conditions.push(`${quoted(bucket.column)} = ?`);
  if (between) conditions.push(`${quoted(between.cqlName)} >= ?`, `${quoted(between.cqlName)} <= ?`);
  const names = columns.map(({ cqlName }) => quoted(cqlName)).join(", ");
  const query = `SELECT ${names} FROM ${table} WHERE ${conditions.join(" AND ")}${limit === undefined ? "" : ` LIMIT ${limit}`}`;
  const taken = ({ type }: SourceColumn, text: string) => valueType(type).parse(text);
  const before = given.map((column) => taken(column, example.given[column.name] as string));
  const range = between ? [example.from, example.upTo].map((text) => taken(between, text as string)) : [];
  const rows: AnswerRow[] = [];
  for (const value of bucket ? await bucketsOf(source, asked, example, bucket) : [undefined]) {
    const parameters = [...before, ...(value === undefined ? [] : [value]), ...range];
    const result = await client.execute(query, parameters, { prepare: true });
    for await (const row of result)
      rows.push(
        Object.fromEntries(
          columns.map(({ cqlName, type }) => [cqlName, valueType(type).shown(row.get(cqlName))]),
        ),
      );
  }
  return bucket ? sorted(rows, asked).slice(0, limit) : rows;
}

/** Rows of an answer that the question orders alike, in an order of their own: they may come one way or the other. */
export function settled(rows: AnswerRow[], { order, between }: Asked): AnswerRow[] {
  const by = [...order.map(({ column }) => column), ...(between ? [between] : [])];
  const rankOf = (row: AnswerRow | undefined) => JSON.stringify(by.map(({ cqlName }) => row?.[cqlName]));
  const ranks: AnswerRow[][] = [];
  for (const row of rows) {
    const last = ranks.at(-1);
    if (last && rankOf(last[0]) === rankOf(row)) last.push(row);
    else ranks.push([row]);
  }
  const text = (row: AnswerRow) => JSON.stringify(row);
  return ranks.flatMap((rank) => rank.sort((a, b) => (text(a) < text(b) ? -1 : 1)));
}

/** The buckets to ask, as the driver takes them. */
async function bucketsOf(source: Source, asked: Asked, example: Example, bucket: Bucket): Promise<unknown[]> {
  if (bucket.by === "hash") return Array.from({ length: bucket.count ?? 1 }, (_, number) => number);
  const of = source.column(bucket.of) as SourceColumn;
  const value = Source.textOf(bucketSql(bucket, of), bucket.type);
  const found = await source.all<{ bucket: string }>(
    `SELECT DISTINCT ${value} AS bucket FROM ${soundRows(asked)} WHERE ${exampleSql(asked, example)} ORDER BY bucket`,
  );
  return found.map((row) => valueType(bucket.type).parse(row.bucket));
}

function sorted(rows: AnswerRow[], asked: Asked): AnswerRow[] {
  const by = orderOf(asked).map(({ column, order }) => ({
    name: column.cqlName,
    sign: order === "desc" ? -1 : 1,
    isNumber: /^(tinyint|smallint|int|bigint|varint|float|double|decimal)$/.test(column.type),
  }));
  const compare = (a: Shown, b: Shown, isNumber: boolean) => {
    if (isNumber) return Number(a) - Number(b);
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  };
  return rows.sort((one, other) => {
    for (const { name, sign, isNumber } of by) {
      const difference = compare(one[name] ?? null, other[name] ?? null, isNumber);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
}
