// The check of a cell: a table beside rows in memory.

import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import { type Client, types } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createPlays, fails, insertAll, plays, type Shown } from "../../../test/support.js";
import { checkTable, compareRows } from "../src/compare-rows.js";

const shown = captureDisplays();
let client: Client;
const table = "test_rows.plays";
const [first, second, third] = plays;

beforeAll(async () => {
  client = await connect();
  await createPlays(client, "test_rows");
});
afterAll(() => client.shutdown());

/** What was shown since the last call: one output. */
function output() {
  assert.equal(shown.length, 1);
  const { html, verdict } = shown.pop() as Shown;
  assert.doesNotMatch(html, /<b>"God|<i>|<song>/);
  return { html, verdict };
}

test("a table that holds just the expected rows passes, whatever their order", async () => {
  await checkTable(client, table, [...plays].reverse());
  const { verdict, html } = output();
  assert.deepEqual(verdict, { kind: "table", name: "plays", rows: 3, expectedRows: 3, ok: true });
  assert.match(html, /✔<\/span> <b>plays<\/b>: 3 rows/);
});

test("a missing row, an extra row and a changed value each fail, and are shown", async () => {
  const cases: [Record<string, unknown>[], RegExp, RegExp][] = [
    [
      [...plays, { ...first, session: 9 }],
      /3 rows, 4 expected; 1 missing or different, 0 not/,
      /not found.*>9</s,
    ],
    [
      [first, third],
      /3 rows, 2 expected; 0 missing or different, 1 not/,
      /not expected.*&lt;b&gt;&quot;God/s,
    ],
    [[first, { ...second, song: "<i>" }, third], /3 rows, 3 expected; 1 .*, 1 not/, /not found.*&lt;i&gt;/s],
    [[{ ...first, length: 200.4 }, second, third], /1 missing or different, 1 not/, /200\.4.*200\.5/s],
  ];
  for (const [expected, evidence, details] of cases) {
    const message = "The table test_rows.plays is not what the raw logs say";
    await fails(() => checkTable(client, table, expected), message, evidence);
    const { verdict, html } = output();
    const expectedRows = expected.length;
    assert.deepEqual(verdict, { kind: "table", name: "plays", rows: 3, expectedRows, ok: false });
    assert.match(html, details);
  }
});

test("a table of more rows than a page is compared to the last one", async () => {
  const many = Array.from({ length: 6000 }, (_, id) => ({ id, word: `w${id}` }));
  const insert = "INSERT INTO test_rows.words (id, word) VALUES (?, ?)";
  await insertAll(
    client,
    insert,
    many.map((row) => [row.id, row.word]),
  );
  await checkTable(client, "test_rows.words", many);
  assert.deepEqual(output().verdict, {
    kind: "table",
    name: "words",
    rows: 6000,
    expectedRows: 6000,
    ok: true,
  });
  await client.execute("TRUNCATE test_rows.words");
});

test("a table or column name that is none is refused before it reaches the database", async () => {
  const message = "is not a table or column name";
  await fails(() => checkTable(client, `${table}; DROP`, [{ song: 1 }]), message);
  await fails(() => checkTable(client, table, [{ "song FROM x": 1 }]), message);
});

test("values are compared as their types have them, wherever they come from", async () => {
  const typed = "test_rows.typed";
  await client.execute(
    `CREATE TABLE ${typed} (id bigint PRIMARY KEY, real float, day date, "Tags" set<text>, whole varint)`,
  );
  const tags = "{'b', 'a'}";
  await client.execute(
    `INSERT INTO ${typed} (id, real, day, "Tags", whole) VALUES (7, 0.1, '2018-11-01', ${tags}, 12)`,
  );
  const id = types.Long.fromNumber(7);
  const equal = [
    { id: 7, real: 0.1, day: "2018-11-01", Tags: ["b", "a"], whole: 12 },
    {
      id,
      real: Math.fround(0.1),
      day: types.LocalDate.fromString("2018-11-01"),
      Tags: new Set(["a", "b"]),
      whole: "12",
    },
  ];
  for (const row of equal) assert.deepEqual((await compareRows(client, typed, [row])).missing, []);
  const [row] = equal as [object, object];
  for (const other of [
    { id: 8 },
    { real: 0.2 },
    { day: "2018-11-02" },
    { Tags: ["a"] },
    { whole: null },
    { real: "x" },
  ]) {
    const expected = { ...row, ...other };
    const { missing, extra } = await compareRows(client, typed, [expected]);
    assert.deepEqual(missing, [expected]);
    assert.deepEqual(extra, [
      { id: 7, real: Math.fround(0.1), day: "2018-11-01", Tags: ["a", "b"], whole: 12 },
    ]);
  }
});
