// Other values than those at hand, as raw rows would have them.

import { type ValueType, valueType } from "@sparkify/cql";
import { types } from "cassandra-driver";

const steps = Array.from({ length: 20 }, (_, index) => index + 1);
const bothWays = [...steps, ...steps.map((step) => -step)];
const day = 86_400_000;

/** What texts may mean, whatever column keeps them. */
const meant = ["date", "timestamp", "time"].map((name) => valueType(name));

/**
 * Values of a type that are not the given one, and all different: some near it, then any. At least one.
 * @param type of the column that keeps the value. A text that is a date gets other dates.
 */
export function otherValues(type: ValueType, value: unknown): unknown[] {
  const known = isText(type) ? (meant.find(({ shown }) => shown(value) === value) ?? type) : type;
  const met = new Set([known.key(value)]);
  return [...near(known, value), ...known.examples()].flatMap((candidate) => {
    const shown = known.shown(candidate);
    const key = known.key(candidate);
    if (shown === null || met.has(key)) return [];
    met.add(key);
    // Milliseconds stay the number that they are in the raw rows.
    return [typeof candidate === "number" && Number.isSafeInteger(candidate) ? candidate : shown];
  });
}

const isText = ({ name }: ValueType) => ["text", "varchar", "ascii"].includes(name);

function near(type: ValueType, value: unknown): unknown[] {
  if (typeof value === "number") return bothWays.map((step) => value + step);
  if (type.shown(value) === null) return [];
  const taken = type.take(value);
  if (typeof taken === "number") return bothWays.map((step) => taken + step);
  if (typeof taken === "string") return steps.map((step) => `${taken} (${step})`);
  if (taken instanceof Date) return bothWays.map((step) => new Date(taken.getTime() + step));
  if (taken instanceof types.Long || taken instanceof types.Integer)
    return bothWays.map((step) => String(BigInt(taken.toString()) + BigInt(step)));
  if (taken instanceof types.LocalDate)
    return bothWays.map((step) => isoDay(Date.parse(String(taken)) + step * day));
  if (taken instanceof types.LocalTime)
    return bothWays.map((step) => clock(taken.getTotalNanoseconds().toNumber() + step * 1e9));
  return [];
}

/** A text that is no date where JavaScript knows none. */
const isoDay = (milliseconds: number) =>
  Math.abs(milliseconds) <= 8.64e15 ? (new Date(milliseconds).toISOString().split("T")[0] as string) : "";

const clock = (nanoseconds: number) =>
  nanoseconds >= 0 && nanoseconds < day * 1e6
    ? String(new types.LocalTime(types.Long.fromNumber(nanoseconds)))
    : "";
