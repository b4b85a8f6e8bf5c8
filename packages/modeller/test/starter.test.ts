// The model that a profile writes can be used as soon as its question is no comment.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, test } from "vitest";
import { readModelFile } from "../src/file/model-file.js";
import { schemaPath } from "../src/file/shape.js";
import { nameOf } from "../src/profile/command.js";
import { profilePage } from "../src/profile/page.js";
import type { ColumnProfile, Profile } from "../src/profile/profile.js";
import { keyspaceOf, questionMarks, starterModel } from "../src/profile/starter.js";
import { profileLines } from "../src/profile/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "sparkify starter-"));
afterAll(() => rmSync(folder, { recursive: true }));

const column = (name: string, type: string, more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  cqlName: name.toLowerCase(),
  type,
  empty: 0,
  distinct: 3,
  isEstimate: false,
  least: "a",
  greatest: "z",
  frequent: [
    { value: "s-17", rows: 90 },
    { value: "s-18", rows: 10 },
  ],
  isWhole: false,
  example: "s-17",
  ...more,
});

const sensors: Profile = {
  name: "sensors",
  rows: 100,
  duplicates: 0,
  columns: [
    column("sensor", "text"),
    column("ts", "timestamp", { distinct: 100, example: "2026-01-01T00:00:00.000Z" }),
    column("value", "double", { example: 1.5, empty: 7 }),
  ],
  determines: [{ column: "sensor", others: ["room"], repeated: 3, isSample: false }],
  isBounded: false,
  keys: { sets: [["sensor", "ts"], ["value"]], isBounded: false },
  files: [{ path: "/data/a.csv", format: "CSV", delimiter: "\t", rows: 100, notes: ["A note."] }],
  rejected: { rows: 2, byReason: { "value: is no int": 2 }, path: "/out/rejected.csv" },
};

const odd: Profile = {
  ...sensors,
  name: "odd",
  columns: [
    column("true", "text"),
    column("a: b, [c] #d", "text", { example: "yes: {no}, 'x' \"y\"\n- # z" }),
    column("2018", "int", { example: 7, distinct: 50 }),
    column("column_4", "text", { empty: 100, frequent: [], example: null, distinct: 0 }),
    column("naïve größe", "decimal", { example: "0.1000000000000000000001" }),
    column("<script>alert(1)</script>", "text", { frequent: [{ value: "<img src=x>\u0007", rows: 5 }] }),
  ],
  keys: { sets: [["a: b, [c] #d", "2018"]], isBounded: true },
};

/** The model with its question, as its author uncomments it. */
function uncommented(text: string): string {
  const lines = text.split("\n");
  const [begin, end] = [lines.indexOf(questionMarks.begin), lines.indexOf(questionMarks.end)];
  assert.ok(begin > 0 && end > begin, text);
  return lines
    .map((line, index) => (index > begin && index < end ? line.replace(/^ {2}# /, "  ") : line))
    .join("\n");
}

for (const profile of [sensors, odd])
  test(`the model of ${profile.name} is accepted once its question is no comment`, () => {
    const data = join(folder, "my data", "a b.csv");
    const text = starterModel(profile, folder, [data], schemaPath);
    const path = join(folder, `${profile.name}.model.yaml`);
    writeFileSync(path, text);
    assert.throws(
      () => readModelFile(path),
      /there is no question yet\. Write the first one, or take away the #/,
    );
    writeFileSync(path, uncommented(text));
    const file = readModelFile(path);
    assert.deepEqual(file.source, { files: ["my data/a b.csv"] });
    assert.deepEqual(file.event, profile.keys.sets[0]);
    assert.equal(file.questions.length, 1);
    const [question] = file.questions;
    const known = profile.columns.map(({ name }) => name);
    for (const name of [...(question?.given ?? []), ...(question?.answer ?? [])])
      assert.ok(known.includes(name), name);
    const [given = ""] = question?.given ?? [];
    assert.equal(
      String(question?.example?.[given]),
      String(profile.columns.find(({ name }) => name === given)?.example),
    );
    // Types as comments: without the #, they are types too.
    writeFileSync(
      path,
      uncommented(text)
        .replace("# columns:", "columns:")
        .replace(/^# {3}(?=.*: \w+ {3}#)/gm, "   "),
    );
    assert.deepEqual(Object.keys(readModelFile(path).columns).sort(), [...known].sort());
  });

test("a type that is known for sure stands in the model at once, and the question is asked by a column with many rows each", () => {
  const once = [{ value: "9.5", rows: 2 }];
  const profile: Profile = {
    ...sensors,
    columns: [
      column("At", "text", {
        distinct: 50,
        frequent: [{ value: "31.01.2026", rows: 1 }],
        otherForm: { type: "date", written: "day.month.year", example: "31.01.2026" },
      }),
      column("Customer", "text"),
      column("Price", "double", { distinct: 90, frequent: once, example: 9.5 }),
    ],
    keys: { sets: [], isBounded: false },
  };
  const text = starterModel(profile, folder, [join(folder, "a.csv")], schemaPath);
  const path = join(folder, "sure.model.yaml");
  writeFileSync(path, uncommented(text));
  const { columns, questions } = readModelFile(path);
  assert.deepEqual([columns, questions[0]?.given], [{ At: "date" }, ["Customer"]]);
  assert.match(profileLines(profile).join("\n"), /At: written as day\.month\.year: name it date in columns/);
});

test("the first line names the schema, by a path that leads there from the file", () => {
  const place = join(folder, "deep", "er");
  mkdirSync(place, { recursive: true });
  const [first = ""] = starterModel(sensors, place, ["/data/a.csv"], schemaPath).split("\n");
  const link = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1] ?? assert.fail(first);
  assert.equal(resolve(place, decodeURI(link)), schemaPath);
  const beside = starterModel(sensors, dirname(schemaPath), ["/data/a.csv"], schemaPath).split("\n")[0];
  assert.equal(beside, "# yaml-language-server: $schema=./model.schema.json");
});

test("a profile gets its name from its path, and a keyspace that Cassandra takes", () => {
  const cases = {
    "readings/": "readings",
    "data/readings.csv.gz": "readings",
    "readings/**/*.csv.gz": "readings",
    "data/2026/My Readings.jsonl": "my_readings",
    "data.v2.csv": "data_v2",
  };
  for (const [path, name] of Object.entries(cases)) assert.equal(nameOf(path), name, path);
  assert.equal(keyspaceOf("sensors"), "sensors");
  assert.equal(keyspaceOf("2018_sales"), "sales");
  assert.equal(keyspaceOf("größe"), "gro_e");
  assert.equal(keyspaceOf("система"), "my_data");
  assert.equal(keyspaceOf("system"), "my_system");
});

test("the page escapes what comes from the data, loads nothing, and has one main landmark and heads", () => {
  const html = profilePage(odd);
  assert.ok(!html.includes("<script"), html);
  assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
  assert.ok(html.includes("&lt;img src=x&gt;\ufffd"));
  assert.equal(html.match(/<main>/g)?.length, 1);
  assert.equal(html.match(/<table>/g)?.length, html.match(/<thead>/g)?.length);
  assert.doesNotMatch(html, /(src|href)=["']/);
  assert.match(html, /prefers-color-scheme: dark/);
  assert.match(html, /name="viewport" content="width=device-width, initial-scale=1"/);
  assert.match(html, /The search has a bound/);
});

test("the terminal gets a table, what determines what, and what was rejected", () => {
  assert.deepEqual(
    profileLines(sensors),
    [
      "column  type       empty  different  most frequent",
      "------  ---------  -----  ---------  -----------------------",
      "sensor  text              3          s-17 (90 %), s-18 (10 %)",
      "ts      timestamp         100        s-17 (90 %), s-18 (10 %)",
      "value   double     7.0 %  3          s-17 (90 %), s-18 (10 %)",
      "",
      "determines:",
      "  sensor: room",
      "",
      "tells rows apart: sensor + ts; value",
      "/data/a.csv: A note.",
      "2 rows rejected: value: is no int",
    ].map((line) => line.replace("-----------------------", "-".repeat("s-17 (90 %), s-18 (10 %)".length))),
  );
  for (const line of profileLines(odd, 60)) assert.ok(line.length < 100, line);
});
