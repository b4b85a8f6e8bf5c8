// Values of CQL's types without a database; packages/compare/test shows that Cassandra sees them alike.

import assert from "node:assert/strict";
import { types } from "cassandra-driver";
import { test } from "vitest";
import { csvColumnOf } from "../src/statements.js";
import { valueType } from "../src/value-types.js";

const ownTypes = new Map<string, [string, string][]>([
  [
    "place",
    [
      ["street", "text"],
      ["nr", "int"],
    ],
  ],
]);

test.each([
  ["int", "007", 7],
  ["int", "-0", 0],
  ["bigint", "9007199254740993", "9007199254740993"],
  ["varint", "-5", -5],
  ["decimal", "-1.5e3", -1500],
  ["decimal", "1e-7", 1e-7],
  ["decimal", "0.1234567890123456789", "0.1234567890123456789"],
  ["float", "495.3073", 495.30731201171875],
  ["double", "-0", "-0"],
  ["double", "-Infinity", "-Infinity"],
  ["boolean", "TRUE", true],
  ["timestamp", "2018-11-01 12:00+02:00", "2018-11-01T10:00:00.000Z"],
  ["timestamp", "2018-11-01", "2018-11-01T00:00:00.000Z"],
  ["timestamp", "+111372-03-11T22:47:09.500Z", "+111372-03-11T22:47:09.500Z"],
  ["text", "", ""],
  ["int", "", null],
  ["map<int, frozen<set<text>>>", "{1: {'b', 'a', 'b'}}", { 1: ["a", "b"] }],
  ["list<int>", "[]", null],
  ["frozen<list<int>>", "[]", []],
  ["frozen<tuple<int, text>>", "(1, NULL)", [1, null]],
  ["frozen<place>", "{nr: 1}", { street: null, nr: 1 }],
] as const)("%s: the field %j is %j", (name, field, shown) => {
  const type = valueType(name, ownTypes);
  assert.deepEqual(type.shown(type.parse(field)), shown);
  if (Array.isArray(shown) && shown.length === 0) return; // bytes, see order.integration.test.ts
  assert.ok(type.equal(type.parse(field), field === "" ? type.parse(field) : type.take(field)));
});

test.each([
  ["ascii", "é"],
  ["tinyint", "128"],
  ["int", "2147483648"],
  ["int", "1.5"],
  ["int", "0x10"],
  ["bigint", "9223372036854775808"],
  ["double", "1e"],
  ["decimal", "x"],
  ["boolean", "1"],
  ["blob", "ff"],
  ["date", "2018-02-30"],
  ["time", "25:00:00"],
  ["timestamp", "yesterday"],
  ["uuid", "550e8400"],
  ["inet", "1.2.3"],
  ["duration", "1.5h"],
  ["list<int>", "[1, x]"],
  ["list<int>", "1, 2"],
  ["tuple<int>", "(1"],
  ["tuple<int>", "(1, 2)"],
  ["list<int>", "[1] [2]"],
  ["set<int>", "{1]"],
  ["frozen<place>", "{street: 'a', town: 'b'}"],
])("%s has no value %j", (name, field) => {
  const type = valueType(name, ownTypes);
  assert.equal(type.parse(field), undefined);
  assert.throws(() => type.take(field), TypeError);
  assert.ok(!type.equal(field, null));
  assert.equal(type.shown(field), null);
});

test("values are one wherever they come from, and differ where a bit does", () => {
  const { Long, Integer, BigDecimal, Tuple, Vector } = types;
  const alike: [string, unknown, unknown][] = [
    ["bigint", 7, Long.fromNumber(7)],
    ["bigint", 7n, "7"],
    ["varint", 7, Integer.fromNumber(7)],
    ["decimal", 1.5, BigDecimal.fromString("1.50")],
    ["float", 0.1, Math.fround(0.1)],
    ["double", Number.NaN, Number.NaN],
    ["date", new Date("2018-11-01T00:00:00Z"), "2018-11-01"],
    ["timestamp", new Date(0), 0],
    ["blob", Buffer.from([255]), "0xff"],
    ["text", 10, "10"],
    ["set<int>", new Set([2, 1]), [1, 2]],
    ["map<text, int>", new Map([["a", 1]]), { a: 1 }],
    ["list<int>", [], null],
    ["tuple<int, text>", Tuple.fromArray([1, "a"]), [1, "a"]],
    ["vector<float, 2>", new Vector([1, 2], "float"), [1, 2]],
  ];
  for (const [name, one, other] of alike) assert.ok(valueType(name).equal(one, other), name);
  const different: [string, unknown, unknown][] = [
    ["double", 0, -0],
    ["double", 0.1, 0.10000000000000002],
    ["bigint", "9007199254740993", "9007199254740992"],
    ["text", "", null],
    ["text", "é", "e\u0301"],
    ["list<int>", [1, 2], [2, 1]],
    ["list<text>", ["a,b"], ["a", "b"]],
    ["list<double>", [Number.NaN], [null]],
    ["frozen<list<int>>", [], null],
    ["duration", "1d", "24h"],
  ];
  for (const [name, one, other] of different) assert.ok(!valueType(name).equal(one, other), name);
});

test("a type that there is not is said to be none; a name in quotes is never one of CQL's own", () => {
  assert.throws(() => valueType("inte"), /There is no type inte/);
  assert.throws(() => valueType('"int"'), /There is no type "int"/);
  assert.throws(() => valueType("list<inte>"), /There is no type inte/);
});

test("a column of a table is a column of a CSV in camel case", () => {
  const names = ["session_id", "item_in_session", "song", "v_2", "a_B"];
  assert.deepEqual(names.map(csvColumnOf), ["sessionId", "itemInSession", "song", "v2", "a_B"]);
});
