// The verdict of a run: a check that is not there must not count as passed.

import assert from "node:assert/strict";
import type { Verdict } from "@sparkify/lib/show";
import { test } from "vitest";
import { makeReport, rowsOfExpected } from "../src/run/report.js";

const table = (name: string, ok = true): Verdict => ({ kind: "table", name, rows: 1, expectedRows: 1, ok });
const query = (question: string, ok = true): Verdict => ({
  kind: "query",
  question,
  cql: "",
  parameters: [],
  rows: 1,
  expectedRows: 1,
  ok,
  answer: [],
  expectedAnswer: [],
});
const facts = {
  seconds: 1,
  cassandra: null,
  notebooks: [{ name: "first", ok: true, seconds: 1 }],
  eventDirectory: "event_data",
};
const model = { name: "sensors", tables: ["by_sensor", "latest"] };
const okOf = (verdicts: Verdict[], changed: object = {}) =>
  makeReport({ ...facts, model, ...changed }, verdicts).ok;

test("a model's run is right where each of its tables was compared and each question asked", () => {
  const whole = [table("by_sensor"), table("latest"), query("by_sensor"), query("latest")];
  assert.equal(okOf(whole), true);
  for (const index of whole.keys())
    assert.equal(okOf(whole.filter((_, at) => at !== index)), false, `without ${index}`);
  assert.equal(okOf([...whole, { kind: "check", name: "one", ok: false, evidence: "" }]), false);
  assert.equal(okOf([table("by_sensor", false), ...whole.slice(1)]), false);
  assert.equal(okOf(whole, { notebooks: [{ name: "first", ok: false, seconds: 1 }] }), false);
  assert.equal(okOf(whole, { model: { name: "empty", tables: [] } }), false);
});

test("the walkthrough's run still needs its event data and three of each", () => {
  const three = ["a", "b", "c"].flatMap((name) => [table(name), query(name)]);
  const eventData: Verdict = {
    kind: "eventData",
    directory: "",
    files: 1,
    rows: 1,
    kept: 1,
    dropped: 0,
    droppedByPage: {},
    rejected: 0,
    rejectedByReason: {},
    notPlain: [],
  };
  assert.equal(okOf([...three, eventData], { model: null }), true);
  assert.equal(okOf(three, { model: null }), false);
  assert.equal(okOf([...three.slice(1), eventData], { model: null }), false);
});

test("one row is a row", () => {
  const of = (rows: number, expectedRows: number) => rowsOfExpected({ rows, expectedRows });
  assert.deepEqual(
    [of(1, 1), of(0, 1), of(4, 4)],
    ["1 row of 1 expected", "0 rows of 1 expected", "4 rows of 4 expected"],
  );
});
