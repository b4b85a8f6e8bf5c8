// Values that probes put in the place of others.

import assert from "node:assert/strict";
import { valueType } from "@sparkify/cql";
import fc from "fast-check";
import { test } from "vitest";
import { otherValues } from "../src/other-values.js";

const others = (type: string, value: unknown) => otherValues(valueType(type), value);

test.each<[type: string, value: unknown, first: unknown]>([
  ["int", 5, 6],
  ["int", 2_147_483_647, 2_147_483_646],
  ["tinyint", 127, 126],
  ["bigint", "9223372036854775807", "9223372036854775806"],
  ["bigint", 9_007_199_254_740_991, "9007199254740992"],
  ["varint", "123456789012345678901234567890", "123456789012345678901234567891"],
  ["decimal", "0.1234567890123456789", 2],
  ["double", 0.5, 1.5],
  ["double", 1e300, 2],
  ["double", "NaN", 2],
  ["float", 16_777_216, 16_777_218],
  ["boolean", true, false],
  ["boolean", false, true],
  ["text", "a", "a (1)"],
  ["text", "2018-12-31", "2019-01-01"],
  ["date", "2018-12-31", "2019-01-01"],
  ["time", "23:59:59.5", "23:59:58.5"],
  ["timestamp", "2018-12-31T23:59:59.999Z", "2019-01-01T00:00:00.000Z"],
  ["timestamp", 1_541_121_934_796, 1_541_121_934_797],
  ["inet", "9.0.0.1", "10.0.0.1"],
  ["frozen<set<boolean>>", [false], [true]],
  ["int", null, 2],
  ["date", "not a date", "2001-01-01"],
])("%s %j becomes %j", (type, value, first) => {
  assert.deepEqual(others(type, value)[0], first);
});

test("others are values of the type, none is the given one, and none comes twice", () => {
  const whole = (bits: bigint) =>
    fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }).map(String);
  const values: [string, fc.Arbitrary<unknown>][] = [
    ["tinyint", whole(8n).map(Number)],
    ["int", whole(32n).map(Number)],
    ["bigint", whole(64n)],
    ["float", fc.float().map(valueType("float").shown)],
    ["double", fc.double().map(valueType("double").shown)],
    ["text", fc.string()],
    ["timestamp", fc.date({ noInvalidDate: true }).map((one) => one.toISOString())],
    ["uuid", fc.uuid()],
    ["frozen<list<int>>", fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 })],
  ];
  for (const [name, arbitrary] of values) {
    const type = valueType(name);
    fc.assert(
      fc.property(arbitrary, (value) => {
        const found = otherValues(type, value);
        assert.ok(found.length >= 3, name);
        assert.equal(new Set([value, ...found].map(type.key)).size, found.length + 1);
        for (const one of found) assert.ok(type.equal(type.take(one), one));
      }),
      { numRuns: 10 },
    );
  }
});
