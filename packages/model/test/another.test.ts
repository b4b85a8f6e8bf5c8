// Values that are made for probes are of the type of those they are made of, and differ from them.

import assert from "node:assert/strict";
import { valueType } from "@sparkify/cql";
import { test } from "vitest";
import { another } from "../src/another.js";

const values: [type: string, value: unknown][] = [
  ["int", 7],
  ["double", 0.25],
  ["boolean", true],
  ["text", "s-17"],
  ["text", "007"],
  ["date", "2026-02-28"],
  ["timestamp", "2026-02-28T23:59:59.999Z"],
  ["time", "23:59:59.123456789"],
  ["uuid", "123e4567-e89b-42d3-a456-ffffffffffff"],
  ["inet", "10.0.255.255"],
  ["inet", "::1"],
  ["inet", "fe80::1:2"],
  ["bigint", "9223372036854770000"],
  ["varint", "-170141183460469231731687303715884105000"],
  ["decimal", "12345678901234567.005"],
  ["decimal", "-0.5"],
  ["frozen<list<int>>", [1, 2]],
];

test("another value is of the same type, and differs", () => {
  for (const [type, value] of values)
    for (const step of [1, 2, 1000, 5000]) {
      const { take, equal } = valueType(type);
      const other = another(value, step);
      assert.doesNotThrow(() => take(other), `${type}: ${value}, ${step}`);
      assert.ok(!equal(value, other), `${type}: ${value}, ${step} gives ${other}`);
    }
});

test("different steps give different values, but of a boolean", () => {
  for (const [type, value] of values.filter(([type]) => type !== "boolean")) {
    const { key } = valueType(type);
    const keys = [1, 2, 3, 1000, 2000, 3000].map((step) => key(another(value, step)));
    assert.equal(new Set(keys).size, keys.length, `${type}: ${value}`);
  }
});

test("a number of text goes on where the next one has more digits, and a fraction stays", () => {
  assert.equal(another("99999999999999999999"), "100000000000000000000");
  assert.equal(another("2026-02-28"), "2026-03-01");
  assert.equal(another("1.50", 2), "3.50");
  assert.equal(another("-0.5"), "-1.5");
});
