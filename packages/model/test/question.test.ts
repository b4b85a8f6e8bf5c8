// Questions asked of raw rows in memory: in which order values come, of types that are known and of others.

import assert from "node:assert/strict";
import { valueType } from "@sparkify/cql";
import { test } from "vitest";
import { answerOf, compareBy, orderOf, type Question, type RawTypes } from "../src/question.js";

const types = (some: Record<string, string>): RawTypes =>
  new Map(Object.entries(some).map(([column, type]) => [column, valueType(type)]));
const question: Question = { text: "", given: ["k"], each: ["v"], order: ["v"], answer: ["v"] };
const sorted = (values: unknown[], type?: string, order = "v") =>
  answerOf(
    { ...question, order: [order] },
    values.map((v) => ({ k: 1, v })),
    { k: 1 },
    undefined,
    type === undefined ? undefined : types({ v: type }),
  ).map((row) => (row as { v: unknown }).v);

test("an order names any column, and a direction", () => {
  const order = ["item desc", "First Name", "First Name DESC", "desc", "a  asc", "desc desc"];
  assert.deepEqual(
    orderOf({ ...question, order }).map(({ column, sign }) => [column, sign]),
    [
      ["item", -1],
      ["First Name", 1],
      ["First Name", -1],
      ["desc", 1],
      ["a", 1],
      ["desc", -1],
    ],
  );
});

test("values come in the order of their type", () => {
  assert.deepEqual(sorted(["10", "9", "9007199254740993"], "bigint"), ["9", "10", "9007199254740993"]);
  assert.deepEqual(sorted(["10.5", 9, "-0.1"], "decimal"), ["-0.1", 9, "10.5"]);
  assert.deepEqual(sorted(["10.0.0.1", "9.0.0.1"], "inet"), ["9.0.0.1", "10.0.0.1"]);
  assert.deepEqual(sorted(["🎸", "ﬁ", "a"], "text"), ["a", "ﬁ", "🎸"]);
  assert.deepEqual(sorted([true, null, false], "boolean", "v desc"), [true, false, null]);
  const times = ["00000002-0000-1000-8000-000000000000", "00000001-0001-1000-8000-000000000000"];
  assert.deepEqual(sorted(times, "timeuuid"), times);
});

test("without a type, numbers come as numbers, large ones among them, and others as text", () => {
  assert.deepEqual(sorted([10, 9, -1]), [-1, 9, 10]);
  assert.deepEqual(sorted(["9007199254740993", 10]), [10, "9007199254740993"]);
  assert.deepEqual(sorted(["🎸", "ﬁ", null]), [null, "ﬁ", "🎸"]);
  assert.equal(compareBy(orderOf(question), { v: "a" }, { v: "a" }), 0);
});

test("a range and a limit are of the order asked for", () => {
  const rows = ["2018-01-05", "2018-01-01", "2018-01-03", "2018-01-04"].map((v) => ({ k: 1, v }));
  const latest: Question = { ...question, between: "v", order: ["v desc"], limit: 2 };
  const [from, upTo] = [
    { k: 1, v: "2018-01-01" },
    { k: 1, v: "2018-01-04" },
  ];
  for (const known of [undefined, types({ v: "date" })])
    assert.deepEqual(answerOf(latest, rows, from, upTo, known), [rows[3], rows[2]]);
});
