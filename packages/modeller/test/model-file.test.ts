// What is wrong in a model is told with file, line, what was expected and what came.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { afterAll, describe, test } from "vitest";
import { readModelFile, readOrder } from "../src/file/model-file.js";

const folder = mkdtempSync(join(tmpdir(), "sparkify-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "sensors.model.yaml");

function read(text: string) {
  writeFileSync(path, text);
  return readModelFile(path);
}

/** What is told of a text, without the file's name. */
function told(text: string): string {
  try {
    read(text);
  } catch (error) {
    assert.ok(error instanceof SparkifyError, String(error));
    assert.equal(error.where.file, path);
    return error.message.replaceAll(`${path}, `, "");
  }
  return assert.fail("Nothing was told");
}

const head = `keyspace: sensors
source:
  files: readings/*.csv
event: [sensor, ts]
`;
const question = `questions:
  - text: readings of a sensor
    given: [sensor]
    answer: [value]
`;

test("a model is read, with its defaults", () => {
  const file = read(`${head}columns:
  sensor: text
questions:
  - name: readings_by_sensor
    text: readings of a sensor between two times, the newest first
    given: [sensor]
    between: ts
    each: [ts]
    order: [ts desc]
    answer: [ts, value]
    limit: 100
    growth: {factor: 100}
    example: {sensor: s-17, ts: [2026-01-01, 2026-01-08]}
`);
  assert.equal(file.name, "sensors");
  assert.equal(file.folder, folder);
  assert.deepEqual(file.source, { files: ["readings/*.csv"] });
  assert.deepEqual(file.columns, { sensor: "text" });
  const [only] = file.questions;
  assert.deepEqual(only?.growth, { factor: 100, by: "rows" });
  assert.deepEqual(only?.example, { sensor: "s-17", ts: ["2026-01-01", "2026-01-08"] });
  assert.equal(file.lineOf(["questions", 0, "given"]), 10);
  assert.equal(file.lineOf(["questions", 0, "nothing"]), 8);
});

test("a number that would change stays the text that it is", () => {
  const file = read(
    `${head}questions:\n  - text: x\n    given: [a, b, c, d, e]\n    answer: [v]\n    example: {a: 007, b: 12345678901234567890, c: 1.50, d: 42, e: -1.5}\n`,
  );
  assert.deepEqual(file.questions[0]?.example, {
    a: "007",
    b: "12345678901234567890",
    c: "1.50",
    d: 42,
    e: -1.5,
  });
});

test("a direction is read", () => {
  assert.deepEqual(readOrder("ts desc"), { column: "ts", direction: "desc" });
  assert.deepEqual(readOrder("First Name"), { column: "First Name", direction: "asc" });
  assert.deepEqual(readOrder("First Name  ASC"), { column: "First Name", direction: "asc" });
  assert.deepEqual(readOrder("desc"), { column: "desc", direction: "asc" });
});

describe("a file that is none", () => {
  test("is told to be missing, or a folder", () => {
    const missing = join(folder, "none.model.yaml");
    assert.throws(
      () => readModelFile(missing),
      new SparkifyError(
        `${missing} is not there. A model is a file as NAME.model.yaml; npm run model -- profile PATH writes one to begin with.`,
        { where: { file: missing } },
      ),
    );
    mkdirSync(join(folder, "sub"), { recursive: true });
    assert.throws(() => readModelFile(join(folder, "sub")), /sub is a folder\. A model is a file/);
  });

  const cases: [name: string, text: string, message: string][] = [
    [
      "empty",
      "",
      "line 1: the file is empty. Expected keyspace, source, event and questions; see docs/model.md.",
    ],
    [
      "of comments only",
      "# nothing\n",
      "line 1: the file is empty. Expected keyspace, source, event and questions; see docs/model.md.",
    ],
    [
      "a text",
      "keyspace\n",
      'line 1: the file was expected to be keys with values, a line each; it is "keyspace".',
    ],
    [
      "with a tab",
      "keyspace: a\nsource:\n\tfiles: x\n",
      "line 3: a tab stands at the beginning of the line. YAML expects spaces there: put two in its place.",
    ],
    [
      "with a key twice",
      "keyspace: a\nevent: [x]\nkeyspace: b\n",
      "line 3: keyspace stands here for the second time. Each key was expected once: delete one of the two.",
    ],
    [
      "with two models",
      `${head}${question}---\na: 1\n`,
      "line 9: a second model begins here, after ---. One was expected: put the other one into a file of its own.",
    ],
    [
      "with an open bracket",
      `${head.replace("ts]", "ts")}${question}`,
      "line 5: this is no YAML, here or just before: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
    [
      "with a pattern that begins with *",
      "keyspace: a\nsource: {files: *.csv}\n",
      "line 1: this is no YAML: Unresolved alias (the anchor must be set before the alias): .csv. A text that begins with * or & takes quotes.",
    ],
  ];
  test.each(cases)("%s", (_, text, message) => assert.equal(told(text), message));
});

describe("a file of another shape", () => {
  const cases: [name: string, text: string, message: string][] = [
    ["a missing key", `${head}`, "line 1: the file lacks questions."],
    [
      "no question yet",
      `${head}questions:\n`,
      "line 5: there is no question yet. Write the first one, or take away the # before it.",
    ],
    ["an empty list of questions", `${head}questions: []\n`, "line 5: questions is empty."],
    [
      "an unknown key",
      `${head}${question}    growht:\n      factor: 3\n`,
      "line 9: question 1 has growht, which nothing is called here. Expected: name, text, given, between, each, order, answer, limit, growth, example.",
    ],
    [
      "two mistakes",
      `keyspace: Sensors\n${head.split("\n").slice(1).join("\n")}${question.replace("given", "givn")}`,
      'line 1: keyspace was expected to be a name of lower-case letters, digits and _ that begins with a letter, at most 48; it is "Sensors".\n' +
        "line 6: question 1 lacks given.\n" +
        "line 7: question 1 has givn, which nothing is called here. Expected: name, text, given, between, each, order, answer, limit, growth, example.",
    ],
    [
      "a text for a list",
      `${head}${question.replace("[sensor]", "sensor")}`,
      'line 7: given of question 1 was expected to be a list, as [sensor, ts]; it is "sensor".',
    ],
    [
      "a number as a column's name",
      `${head}${question.replace("[sensor]", "[2018]")}`,
      'line 7: given.0 of question 1 was expected to be a text; it is 2018. Put it in quotes: "2018".',
    ],
    [
      "an empty list",
      `${head}${question.replace("[sensor]", "[]")}`,
      "line 7: given of question 1 is empty.",
    ],
    [
      "a column twice",
      `${head}${question.replace("[sensor]", "[sensor, sensor]")}`,
      'line 7: given of question 1 names a column twice: ["sensor","sensor"].',
    ],
    [
      "growth without factor",
      `${head}${question}    growth: {by: keys}\n`,
      "line 9: growth of question 1 lacks factor.",
    ],
    [
      "growth by something else",
      `${head}${question}    growth: {factor: 2, by: years}\n`,
      'line 9: growth.by of question 1 was expected to be one of rows, keys; it is "years".',
    ],
    [
      "limit 0",
      `${head}${question}    limit: 0\n`,
      "line 9: limit of question 1 was expected to be at least 1; it is 0.",
    ],
    [
      "a limit of words",
      `${head}${question}    limit: ten\n`,
      'line 9: limit of question 1 was expected to be a whole number; it is "ten".',
    ],
    [
      "a name with capitals",
      `${head}${question}    name: ReadingsBySensor\n`,
      'line 9: name of question 1 was expected to be a name of lower-case letters, digits and _ that begins with a letter, at most 48; it is "ReadingsBySensor".',
    ],
    [
      "files and sql",
      `${head.replace("event", "  sql: SELECT 1\nevent")}${question}`,
      'line 2: source was expected to have one of files and sql; it is {"files":"readings/*.csv","sql":"SELECT 1"}.',
    ],
    [
      "neither files nor sql",
      `${head.replace("\n  files: readings/*.csv", " {}")}${question}`,
      "line 2: source was expected to have one of files and sql; it is {}.",
    ],
    [
      "a number for files",
      `${head.replace("readings/*.csv", "7")}${question}`,
      'line 3: source.files was expected to be a text; it is 7. Put it in quotes: "7".',
    ],
    [
      "a type that is a number",
      `${head}columns: {a: 1}\n${question}`,
      'line 5: columns.a was expected to be a text; it is 1. Put it in quotes: "1".',
    ],
  ];
  test.each(cases)("%s", (_, text, message) => assert.equal(told(text), message));
});

describe("a file that contradicts itself", () => {
  const example = (text: string) => `${head}${question}    between: ts\n    example: ${text}\n`;
  const cases: [name: string, text: string, message: string][] = [
    [
      "a keyspace of Cassandra's",
      `${head.replace("sensors", "system_auth")}${question}`,
      "line 1: keyspace was expected to be one of your own; system_auth belongs to Cassandra.",
    ],
    [
      "a type that is none",
      `${head}columns:\n  value: number\n${question}`,
      'line 6: columns.value was expected to be a type of CQL, as text, int, timestamp or set<text>; it is "number".',
    ],
    [
      "a type that no file can fill",
      `${head}columns:\n  value: counter\n${question}`,
      'line 6: columns.value was expected to be a type of CQL, as text, int, timestamp or set<text>; it is "counter".',
    ],
    [
      "two questions of one name",
      `${head}${question}    name: readings\n  - name: readings\n    text: x\n    given: [a]\n    answer: [b]\n`,
      "line 10: two questions are called readings; the other one is in line 9. Each is a table: give one of them another name.",
    ],
    [
      "between in given",
      `${head}${question}    between: sensor\n`,
      "line 9: sensor stands in between and in given of question 1. Expected in one of them: given is compared with =, between has two bounds.",
    ],
    [
      "a column in given and each",
      `${head}${question}    each: [ts, sensor]\n`,
      "line 9: sensor stands in given and in each of question 1. In one answer it is the same in every row: leave it out of each.",
    ],
    [
      "a direction in other words",
      `${head}${question}    order: [ts descending]\n`,
      'line 9: order of question 1 was expected to name a column with asc or desc, as ts desc; it is "ts descending".',
    ],
    [
      "an order with a column twice",
      `${head}${question}    order: [ts desc, ts]\n`,
      "line 9: order of question 1 names ts twice. Expected once.",
    ],
    [
      "an example without a column",
      example("{sensor: s-1}"),
      "line 10: example of question 1 was expected to have a value for each of sensor, ts; it has none for ts.",
    ],
    [
      "an example with another column",
      example("{sensor: s-1, ts: [1, 2], room: 3}"),
      "line 10: example of question 1 has a value for room, which is not asked for. Expected: sensor, ts.",
    ],
    [
      "an example with no value",
      example("{sensor: , ts: [1, 2]}"),
      "line 10: example of question 1 has no value for sensor.",
    ],
    [
      "bounds that are no pair",
      example("{sensor: s-1, ts: 2026-01-01}"),
      'line 10: example.ts of question 1 was expected to be two bounds, as [from, to]; it is "2026-01-01".',
    ],
    [
      "three bounds",
      example("{sensor: s-1, ts: [1, 2, 3]}"),
      "line 10: example.ts of question 1 was expected to be two bounds, as [from, to]; it is [1,2,3].",
    ],
    [
      "bounds in the wrong order",
      example("{sensor: s-1, ts: [2026-01-08, 2026-01-01]}"),
      "line 10: example.ts of question 1 was expected to be [from, to]; 2026-01-08 is after 2026-01-01.",
    ],
    [
      "times in the wrong order, by their zones",
      example('{sensor: s-1, ts: ["2026-01-01 10:00-02:00", "2026-01-01 11:00"]}'),
      "line 10: example.ts of question 1 was expected to be [from, to]; 2026-01-01 10:00-02:00 is after 2026-01-01 11:00.",
    ],
    [
      "numbers in the wrong order",
      example("{sensor: s-1, ts: [10, 9]}"),
      "line 10: example.ts of question 1 was expected to be [from, to]; 10 is after 9.",
    ],
  ];
  test.each(cases)("%s", (_, text, message) => assert.equal(told(text), message));

  test("what is right is not told", () => {
    read(example('{sensor: s-1, ts: ["10", "9"]}')); // texts, or numbers: the file does not tell
    read(example("{SENSOR: s-1, TS: [2026-01-01, 2026-01-01]}"));
    read(`${head}${question}    order: [sensor, ts desc]\n`);
    read(`${head}columns: {speed descending: int}\n${question}    order: [speed descending]\n`);
    for (const type of ["set<text>", "frozen<list<int>>", "map<text, int>", "list<frozen<set<text>>>", "INT"])
      read(`${head}columns: {a: "${type}"}\n${question}`);
  });
});
