// The raw rows of the exercises on sensors.

import assert from "node:assert/strict";
import { test } from "vitest";
import { exercises } from "../src/exercises/exercises.js";
import { flagByFlag, inSpans, type RawReading, readReadings } from "../src/exercises/readings.js";

const reading = (ts: string, flags: string[] = []): RawReading => ({
  sensor: "s-01",
  kind: "temperature",
  unit: "°C",
  place: "Palm house",
  ts,
  value: 18.5,
  flags,
});

test("the readings come in the order of their times: ten sensors, six weeks", () => {
  const readings = readReadings();
  // Six weeks: 3 sensors every half hour, 7 every two hours.
  assert.equal(readings.length, 42 * (3 * 48 + 7 * 12));
  const times = readings.map(({ ts }) => ts);
  assert.deepEqual(times, [...times].sort());
  assert.equal(new Set(readings.map(({ sensor }) => sensor)).size, 10);
});

test("a week begins on Monday at midnight, in UTC, and has that day's name", () => {
  const times = ["2026-03-01T23:59:59.999Z", "2026-03-02T00:00:00.000Z", "2026-03-08T12:00:00.000Z"];
  const spans = inSpans(times.map((ts) => reading(ts))).map(({ day, week, month }) => [day, week, month]);
  assert.deepEqual(spans, [
    ["2026-03-01", "2026-02-23", "2026-03"],
    ["2026-03-02", "2026-03-02", "2026-03"],
    ["2026-03-08", "2026-03-02", "2026-03"],
  ]);
});

test("a reading is there once for each of its flags, with all of them", () => {
  const ts = "2026-03-02T00:00:00.000Z";
  const rows = flagByFlag([reading(ts), reading(ts, ["low battery", "door open"])]);
  assert.deepEqual(
    rows.map(({ flag, flags }) => [flag, flags.length]),
    [
      ["low battery", 2],
      ["door open", 2],
    ],
  );
});

test("the exercises on sensors need no logs", () => {
  const sources = {
    readings: readReadings(),
    get plays(): never {
      throw new Error("the logs were read");
    },
  };
  const onSensors = exercises.filter(({ question }) => question.given.includes("sensor"));
  assert.equal(onSensors.length, 5);
  for (const { rows, growth } of onSensors) {
    assert.ok((rows?.(sources).length ?? 0) > 1000);
    growth?.(sources);
  }
});
