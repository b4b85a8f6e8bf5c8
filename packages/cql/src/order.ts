// The order of values as Cassandra's types have it: of clustering columns, of a set's elements and a map's keys.

import type { types } from "cassandra-driver";

/** Negative, 0 or positive, as for Array.sort. */
export type Compare<Value> = (one: Value, other: Value) => number;

const inOrder = <Value extends number | bigint | boolean | string>(one: Value, other: Value) =>
  one < other ? -1 : one > other ? 1 : 0;

export const compareBooleans: Compare<boolean> = inOrder;
export const compareBigints: Compare<bigint> = inOrder;

/** Of Java: -0 before 0, and NaN, which is equal to itself, last. */
export function compareNumbers(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return inOrder(Number.isNaN(one), Number.isNaN(other));
  if (one === 0 && other === 0) return inOrder(Object.is(other, -0), Object.is(one, -0));
  return inOrder(one, other);
}

export const compareBytes: Compare<Uint8Array> = Buffer.compare;

/** JavaScript compares UTF-16 units, in which 🎸 comes before ﬁ; in the bytes of UTF-8, as in code points, it comes after. */
export function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [unit, another] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (unit !== another) return inPlaneOrder(unit) - inPlaneOrder(another);
  }
  return one.length - other.length;
}

/** Halves of code points over U+FFFF (D800 to DFFF) after all units that are code points themselves. */
const inPlaneOrder = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** Numbers of any length and exponent, without writing out their zeros. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.sign !== other.sign || one.sign === 0) return one.sign - other.sign;
  const larger = inOrder(one.exponent, other.exponent) || inOrder(one.digits, other.digits);
  return one.sign * larger;
}

/** 0.digits x 10^exponent: no zero at either end of the digits. */
export interface Decimal {
  sign: -1 | 0 | 1;
  digits: string;
  exponent: number;
}

/** By version; those made of a time by it; then by all bytes. */
export function compareUuids(one: types.Uuid, other: types.Uuid): number {
  const [a, b] = [one.getBuffer(), other.getBuffer()];
  const versionOf = (bytes: Buffer) => (bytes[6] as number) >> 4;
  const byVersion = versionOf(a) - versionOf(b);
  if (byVersion !== 0) return byVersion;
  const byTime = versionOf(a) === 1 ? inOrder(timeOf(a), timeOf(b)) : 0;
  return byTime || compareBytes(a, b);
}

/** By time; then by the other bytes, each of them with a sign. */
export function compareTimeUuids(one: types.Uuid, other: types.Uuid): number {
  const [a, b] = [one.getBuffer(), other.getBuffer()];
  const byTime = inOrder(timeOf(a), timeOf(b));
  if (byTime !== 0) return byTime;
  const at = [8, 9, 10, 11, 12, 13, 14, 15].find((place) => a[place] !== b[place]);
  return at === undefined ? 0 : a.readInt8(at) - b.readInt8(at);
}

/** The 60 bits of the time in a UUID of version 1: its highest bits come last. */
const timeOf = (bytes: Buffer): bigint =>
  (BigInt(bytes.readUInt16BE(6) & 0x0fff) << 48n) |
  (BigInt(bytes.readUInt16BE(4)) << 32n) |
  BigInt(bytes.readUInt32BE(0));

/** @param compareAt compares the elements at a place */
export function compareLists(
  one: unknown[],
  other: unknown[],
  compareAt: (place: number) => Compare<unknown>,
): number {
  const length = Math.min(one.length, other.length);
  for (let place = 0; place < length; place++) {
    const found = orNull(compareAt(place))(one[place], other[place]);
    if (found !== 0) return found;
  }
  return one.length - other.length;
}

/** Null before any value. */
export const orNull =
  (compare: Compare<unknown>): Compare<unknown> =>
  (one, other) =>
    isNull(one) || isNull(other) ? inOrder(isNull(other), isNull(one)) : compare(one, other);

const isNull = (value: unknown) => value === null || value === undefined;
