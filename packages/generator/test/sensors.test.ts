import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "vitest";
import { sensorFiles } from "../src/sensors.js";

interface Reading {
  sensor: string;
  kind: string;
  unit: string;
  place: string;
  ts: string;
  value: number | null;
  flags: string[];
}

const folder = new URL("../../../models/sensors/readings/", import.meta.url);
const committed = new Map(
  readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(new URL(name, folder))]),
);
const readings = [...committed.values()].flatMap((bytes) =>
  gunzipSync(bytes)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Reading),
);

const valuesBy = (one: keyof Reading, other: keyof Reading) => {
  const found = new Map<unknown, Set<unknown>>();
  for (const reading of readings)
    found.set(reading[one], (found.get(reading[one]) ?? new Set()).add(reading[other]));
  return [...found.values()].map(({ size }) => size);
};

test("the committed readings are what the generator makes, another seed makes others", () => {
  const files = sensorFiles();
  assert.deepEqual([...committed.keys()], Array.from(files.keys(), (name) => `${name}.gz`).sort());
  for (const [name, text] of files)
    assert.equal(gunzipSync(committed.get(`${name}.gz`) as Buffer).toString("utf8"), text, name);
  assert.notDeepEqual(sensorFiles(1), files);
  const bytes = [...committed.values()].reduce((sum, { length }) => sum + length, 0);
  assert.ok(bytes < 300_000, `${bytes}`);
});

test("sensor and time name one reading; the sensor has one unit and place, a place and a kind have several units", () => {
  assert.equal(readings.length, 9576);
  assert.equal(new Set(readings.map(({ sensor, ts }) => `${sensor} ${ts}`)).size, readings.length);
  assert.deepEqual(valuesBy("sensor", "unit"), Array(10).fill(1));
  assert.deepEqual(valuesBy("sensor", "place"), Array(10).fill(1));
  assert.ok(Math.min(...valuesBy("place", "unit")) > 1);
  assert.ok(Math.max(...valuesBy("kind", "unit")) > 1);
});

test("a week of the busiest sensor, 60 times as often, is below 100,000 values, a month is not", () => {
  const rows = new Map<string, number>();
  const count = (bucket: string) => rows.set(bucket, (rows.get(bucket) ?? 0) + 1);
  for (const [name, bytes] of committed)
    for (const line of gunzipSync(bytes).toString("utf8").trimEnd().split("\n")) {
      const { sensor, ts } = JSON.parse(line) as Reading;
      count(`week ${name} ${sensor}`);
      count(`month ${ts.slice(0, 7)} ${sensor}`);
    }
  // Two values in each row: what was read, and its flags.
  const largest = (unit: string) =>
    Math.max(...[...rows].filter(([name]) => name.startsWith(unit)).map(([, number]) => 60 * 2 * number));
  assert.ok(largest("week") < 100_000, `${largest("week")}`);
  assert.ok(largest("month") > 100_000, `${largest("month")}`);
});

test("readings hold what is hard: missing values, sets that are empty, flags in any order", () => {
  assert.ok(readings.some(({ value }) => value === null));
  assert.ok(readings.some(({ flags }) => flags.length === 0));
  const pairs = new Set(readings.filter(({ flags }) => flags.length > 1).map(({ flags }) => flags.join()));
  assert.ok([...pairs].some((pair) => pairs.has(pair.split(",").reverse().join())));
});
