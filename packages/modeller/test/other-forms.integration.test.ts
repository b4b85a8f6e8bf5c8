// Dates, times and numbers that a CSV has in another form than CQL: told, and read where the model says what they are.

import assert from "node:assert/strict";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { afterAll, describe, test } from "vitest";
import { readModelFile } from "../src/file/model-file.js";
import { askedOf } from "../src/propose/asked.js";
import { candidateFor } from "../src/propose/candidate.js";
import { Sources, typesOf } from "./sources.js";

const sources = new Sources();
afterAll(() => sources.remove());

const oneColumn = (values: string[]) => ({
  "a.csv": `v\n${values.map((value) => `"${value}"`).join("\n")}\n`,
});

describe("what is read of", () => {
  const noon = "2026-01-31T12:05:00.000Z";
  test.each<[string, string[], string, unknown[]]>([
    ["day.month.year", ["31.01.2026", "1.2.2026"], "date", ["2026-01-31", "2026-02-01"]],
    ["day/month/year hour:minute", ["31/01/2026 12:05"], "timestamp", [noon]],
    ["month/day/year hour:minute:second", ["01/31/2026 12:05:07"], "timestamp", ["2026-01-31T12:05:07.000Z"]],
    [
      "month/day/year hour:minute AM or PM",
      ["1/31/2026 12:05 PM", "2/1/2026 12:05 AM"],
      "timestamp",
      [noon, "2026-02-01T00:05:00.000Z"],
    ],
    ["day-month-year", ["31-Jan-2026"], "date", ["2026-01-31"]],
    ["month/day/year", ["01/31/26"], "date", ["2026-01-31"]],
    ["a number with a decimal comma", ["1.234,5", "-0,25", "7"], "double", [1234.5, -0.25, 7]],
    [
      "a number with commas between thousands",
      ["1,234.5", "12", "1,234,567"],
      "double",
      [1234.5, 12, 1_234_567],
    ],
  ])("%s", async (written, values, type, expected) => {
    const plain = await sources.read(oneColumn(values));
    const [column] = plain.source.columns;
    assert.deepEqual(
      [column?.type, column?.otherForm?.written, column?.otherForm?.type],
      ["text", written, type],
    );
    assert.equal(column?.otherForm?.orElse, undefined);
    const named = await sources.read(oneColumn(values), { columns: { v: type } });
    assert.deepEqual([typesOf(named), named.rejected], [{ v: type }, []]);
    assert.deepEqual(
      named.rows.map(({ v }) => v),
      expected,
    );
  });
});

test.each([
  ["ISO dates, which are no texts", ["2026-01-31"]],
  ["versions", ["1.2.3", "10.11.12"]],
  ["a date among other texts", ["31.01.2026", "soon"]],
  ["dates in two forms", ["31.01.2026", "01/31/2026"]],
  ["a day that is not in the calendar", ["30.02.2026"]],
  ["whole numbers with zeros in front", ["007", "010"]],
  ["telephone numbers", ["030 1234", "040 99"]],
])("nothing is told of %s", async (_, values) => {
  const { source } = await sources.read(oneColumn(values));
  assert.equal(source.columns[0]?.otherForm, undefined);
});

test("where two readings are possible, that is said, and neither is taken", async () => {
  const values = ["01/02/2026", "03/04/2026"];
  const { source } = await sources.read(oneColumn(values));
  assert.deepEqual(source.columns[0]?.otherForm, {
    type: "date",
    written: "day/month/year",
    orElse: "month/day/year",
    example: "01/02/2026",
  });
  await assert.rejects(
    () => sources.read(oneColumn(values), { columns: { v: "date" } }),
    (error) =>
      error instanceof SparkifyError &&
      /day\/month\/year and as month\/day\/year.*source\.sql/.test(error.message),
  );
  const thousands = await sources.read(oneColumn(["1,234", "5,678"]));
  assert.match(thousands.source.columns[0]?.otherForm?.orElse ?? "", /commas between thousands/);
});

test("an order by such a text is refused, until the model says what it is", async () => {
  const files = { "a.csv": "id;who;at\n1;Ann;31.01.2026\n2;Ann;01.02.2026\n3;Bob;01.02.2026\n" };
  const notesWith = async (columns: Record<string, string>) => {
    const { source } = await sources.read(files, { columns });
    const model =
      "keyspace: k\nsource: {files: a.csv}\nevent: [id]\nquestions:\n  - {name: t, text: the newest, given: [who], order: [at desc], answer: [at, id]}\n";
    const file = readModelFile(join(sources.write({ "k.model.yaml": model }), "k.model.yaml"));
    const [asked] = askedOf(file, source);
    assert.ok(asked);
    return (await candidateFor(source, asked)).notes.map(({ kind, text }) => `${kind}: ${text}`);
  };
  const [fail = "", change = ""] = await notesWith({});
  assert.match(fail, /^fail: at is a text, .*day\.month\.year: 01\.02\.2026/);
  assert.match(change, /^change: Say in `columns` that at is a date/);
  assert.deepEqual(await notesWith({ at: "date" }), []);
  assert.deepEqual(await notesWith({ at: "text" }), []);
});
