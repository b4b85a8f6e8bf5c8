// The rows of an answer: which columns, in which order.

import { orderOf } from "../load/answers.js";
import type { Asked } from "../propose/asked.js";
import type { Bucket } from "../propose/proposal.js";
import type { SourceColumn } from "../source/source.js";

/** Whether the answers of several buckets, one after the other, are not yet the answer: they must be put in order. */
export function mustMerge(asked: Asked, bucket: Bucket | undefined): boolean {
  if (!bucket) return false;
  const isByTime = bucket.by !== "hash" && orderOf(asked)[0]?.column.name === bucket.of;
  return !isByTime && (asked.order.length > 0 || asked.limit !== undefined);
}

/** The columns of an answer; of one that must be put in order those of the order too. */
export function answerColumns(asked: Asked, bucket: Bucket | undefined): SourceColumn[] {
  const order = mustMerge(asked, bucket) ? orderOf(asked).map(({ column }) => column) : [];
  return [...new Set([...asked.answer, ...order])];
}

/** Types that Cassandra sorts in another way than text or numbers. */
const otherOrder = /^(uuid|timeuuid|inet|blob|duration|frozen<)/i;

/** Whether the order of rows that the question leaves open is known all the same. */
export const isOrderKnown = (asked: Asked) =>
  orderOf(asked).every(({ column }) => !otherOrder.test(column.type));

const whole = /^(bigint|varint|counter)$/i;

/** Two values of the driver's, as Cassandra sorts them. */
export function compareShown(type: string, one: unknown, other: unknown): number {
  const [a, b] = [one, other].map((value) => comparable(type, value)) as [never, never];
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparable(type: string, value: unknown): string | number | bigint {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return Number(value);
  const text = String(value);
  if (whole.test(type)) return BigInt(text);
  return /^decimal$/i.test(type) ? Number(text) : text;
}
