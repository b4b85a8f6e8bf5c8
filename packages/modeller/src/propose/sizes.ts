// How large the partitions of a table are, and become; and the bucket that keeps them small.

import { bytesOfType, mostBytes, mostValues, partitionSize } from "@sparkify/model";
import { sqlName, sqlText } from "../source/duckdb.js";
import { Source, type SourceColumn } from "../source/source.js";
import type { Asked } from "./asked.js";
import { listOf, neededColumns, rowNumber, soundRows } from "./facts.js";
import type { Bucket, Size } from "./proposal.js";

const bytesOf = (columns: SourceColumn[]) =>
  columns
    .map(({ name, type }) => {
      const bytes = bytesOfType[type] ?? `strlen(${Source.textOf(sqlName(name), type)})`;
      return `CASE WHEN ${sqlName(name)} IS NULL THEN 0 ELSE ${bytes} END`;
    })
    .join(" + ") || "0";

/** The value of a bucket, in DuckDB. */
export function bucketSql({ of, by, count = 1 }: Bucket, { type }: SourceColumn): string {
  const column = sqlName(of);
  if (by === "hash")
    return `(CAST('0x' || left(md5(${Source.textOf(column, type)}), 7) AS INTEGER) % ${count})`;
  const start = `date_trunc(${sqlText(by)}, ${column})`;
  return by === "hour" ? `CAST(${start} AS TIMESTAMP)` : `CAST(${start} AS DATE)`;
}

/** What decides over a table's size. */
export interface Shape {
  partitionKey: SourceColumn[];
  clustering: SourceColumn[];
  statics: SourceColumn[];
  regular: SourceColumn[];
  bucket?: Bucket;
}

/** The rows of a table: of those with one key the last one. */
export function tableRows(asked: Asked, { partitionKey, clustering }: Shape, isUnique: boolean): string {
  const rows = soundRows(asked);
  if (isUnique) return rows;
  return `(SELECT * FROM ${rows} WHERE ${rowNumber} IN (SELECT max(${rowNumber}) FROM ${rows} GROUP BY ${listOf([...partitionKey, ...clustering])}))`;
}

/** The largest partition: the one that comes nearest to a limit, and of several the one of the most bytes. */
export async function largestPartition(
  source: Source,
  asked: Asked,
  shape: Shape,
  isUnique: boolean,
): Promise<{ size: Size; later: Size }> {
  const { partitionKey, clustering, statics, regular, bucket } = shape;
  const parts = [listOf(partitionKey)];
  if (bucket) parts.push(bucketSql(bucket, source.column(bucket.of) as SourceColumn));
  const query = `SELECT n, row_bytes, key_bytes FROM (
      SELECT count(*) AS n, sum(${bytesOf([...clustering, ...regular])}) AS row_bytes, max(${bytesOf([...partitionKey, ...statics])}) AS key_bytes
      FROM ${tableRows(asked, shape, isUnique)} GROUP BY ${parts.join(", ")}
    ) ORDER BY greatest(n * ${Math.max(1, regular.length)} / ${mostValues}, (row_bytes + key_bytes + 8 * n * ${regular.length}) / ${mostBytes}) DESC, row_bytes + key_bytes DESC, key_bytes LIMIT 1`;
  const [largest] = await source.all(query);
  const rows = Number(largest?.n ?? 0);
  const rowBytes = Number(largest?.row_bytes ?? 0);
  const keyBytes = Number(largest?.key_bytes ?? 0);
  const kinds = [
    ...partitionKey.map(() => ({ kind: "partition_key" as const })),
    ...(bucket ? [{ kind: "partition_key" as const }] : []),
    ...clustering.map(() => ({ kind: "clustering" as const })),
    ...statics.map(() => ({ kind: "static" as const })),
    ...regular.map(() => ({ kind: "regular" as const })),
  ];
  const primaryKey = kinds.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
  const sizeOf = (factor: number) =>
    partitionSize(
      { columns: kinds, primaryKey },
      { rows: rows * factor, keyBytes, rowBytes: rowBytes * factor },
    );
  const factor = asked.growth.by === "rows" && clustering.length > 0 ? asked.growth.factor : 1;
  return { size: sizeOf(1), later: sizeOf(factor) };
}

export const isSmall = ({ values, bytes, rows }: Size) =>
  Math.max(values, rows) <= mostValues && bytes <= mostBytes;

const stretches = ["year", "month", "week", "day", "hour"] as const;
const mostHashes = 4096;

/**
 * The coarsest bucket that keeps every partition small: of the time that the rows are ordered by, or else of a hash.
 * @returns undefined where none does
 */
export async function findBucket(
  source: Source,
  asked: Asked,
  shape: Shape,
  isUnique: boolean,
): Promise<Bucket | undefined> {
  // Buckets of time keep the order of a time; where rows are ordered by something else, they would be no better than a hash.
  const isTime = ({ type }: SourceColumn) => type === "timestamp" || type === "date";
  const ordered = asked.between ?? asked.order[0]?.column;
  const time = ordered ? (isTime(ordered) ? ordered : undefined) : shape.clustering.find(isTime);
  const fits = async (bucket: Bucket) =>
    isSmall((await largestPartition(source, asked, { ...shape, bucket }, isUnique)).later);
  if (time)
    for (const by of stretches) {
      if (by === "hour" && time.type === "date") continue;
      const bucket: Bucket = {
        column: freeName(asked, `${time.cqlName}_${by}`),
        of: time.name,
        by,
        type: by === "hour" ? "timestamp" : "date",
      };
      if (await fits(bucket)) return bucket;
    }
  const spread = await mostDistinct(source, asked, shape);
  for (let count = 2; spread && count <= mostHashes; count *= 2) {
    const bucket: Bucket = {
      column: freeName(asked, `${spread.cqlName}_bucket`),
      of: spread.name,
      by: "hash",
      count,
      type: "int",
    };
    if (await fits(bucket)) return bucket;
  }
  return undefined;
}

/** The column of the key's rest that has the most values: it spreads the rows most evenly. */
async function mostDistinct(
  source: Source,
  asked: Asked,
  { clustering }: Shape,
): Promise<SourceColumn | undefined> {
  const own = clustering.filter((column) => neededColumns(asked).includes(column));
  if (own.length < 2) return own[0];
  const counts = own.map(({ name }, index) => `approx_count_distinct(${sqlName(name)}) AS "${index}"`);
  const [found] = await source.all(`SELECT ${counts.join(", ")} FROM ${soundRows(asked)}`);
  return own.reduce((best, column, index) =>
    Number(found?.[index]) > Number(found?.[own.indexOf(best)]) ? column : best,
  );
}

function freeName({ answer, each, given }: Asked, name: string): string {
  const taken = new Set([...answer, ...each, ...given].map(({ cqlName }) => cqlName));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  return free;
}

/** How many buckets an answer reads: of the example's range, or else the most there are. */
export async function bucketsRead(source: Source, asked: Asked, bucket: Bucket): Promise<number> {
  if (bucket.by === "hash") return bucket.count ?? 1;
  const column = source.column(bucket.of) as SourceColumn;
  const value = bucketSql(bucket, column);
  const { example, between, limit, order } = asked;
  if (between === column && example?.from !== undefined && example.upTo !== undefined) {
    const [from, upTo] = [example.from, example.upTo].map(
      (text) => `date_trunc(${sqlText(bucket.by)}, CAST(${sqlText(text)} AS TIMESTAMP))`,
    );
    const { n } = await source.database.one(
      `SELECT date_diff(${sqlText(bucket.by)}, ${from}, ${upTo}) + 1 AS n`,
    );
    return Math.max(1, Number(n));
  }
  const groups = `SELECT ${listOf(asked.given)}, ${value} AS bucket, count(*) AS n FROM ${soundRows(asked)} GROUP BY ALL`;
  if (limit !== undefined && order[0]?.column === column) {
    // The first buckets in the order of the answer, until they hold enough.
    const running = `SELECT *, sum(n) OVER (PARTITION BY ${listOf(asked.given)} ORDER BY bucket ${order[0].order}) - n AS before FROM (${groups})`;
    const { n } = await source.database.one(
      `SELECT max(n) AS n FROM (SELECT count(*) AS n FROM (${running}) WHERE before < ${limit} GROUP BY ${listOf(asked.given)})`,
    );
    return Number(n);
  }
  const { n } = await source.database.one(
    `SELECT max(n) AS n FROM (SELECT count(*) AS n FROM (${groups}) GROUP BY ${listOf(asked.given)})`,
  );
  return Number(n);
}
