import assert from "node:assert/strict";
import { test } from "vitest";
import { CsvCursor } from "../src/rows/csv-cursor.js";
import { batchCql, batches, orderByPartition } from "../src/tables/batches.js";
import type { Insert, Value } from "../src/tables/insert.js";
import { Window } from "../src/tables/window.js";

const value = (column: string, type: string): Value => ({
  column,
  type,
  inKey: false,
  encode: () => undefined,
});
const values = [value("session", "int"), value("item", "int"), value("song", "text")];
const insert: Insert = {
  table: "k.t",
  cql: "INSERT INTO k.t (session, item, song) VALUES (?, ?, ?)",
  tableId: "",
  markers: [0, 1, 2],
  partitionKey: [0],
  primaryKey: [0, 1],
};

type Row = [session: number, item: number, song: string];

function windowOf(rows: Row[]): Window {
  const window = new Window(rows.length, values);
  const cursor = new CsvCursor();
  cursor.feed(Buffer.from(rows.map((row) => `${row.join(",")}\n`).join("")), true);
  while (cursor.next()) assert.equal(window.add(cursor, [0, 1, 2]), -1);
  return window;
}

/** The rows of each batch, read back from the window's bytes. */
function batchesOf(rows: Row[], nodes: (session: number) => string = () => "") {
  const window = windowOf(rows);
  const ordered = orderByPartition(window, insert, (row) => nodes(window.value(row, 0).readInt32BE()));
  const found = [...batches(window, insert, ordered)].map((batch) =>
    batch.map(
      (row): Row => [
        window.value(row, 0).readInt32BE(),
        window.value(row, 1).readInt32BE(),
        window.value(row, 2).toString(),
      ],
    ),
  );
  return { found, replaced: ordered.replaced };
}

const sessions = (count: number, items: number, song = "x"): Row[] =>
  Array.from({ length: count * items }, (_, n) => [n % count, Math.floor(n / count), song]);
const partitionsIn = (batch: Row[]) => new Set(batch.map(([session]) => session)).size;

test("every row is in one batch, and the rows of a partition stand together", () => {
  for (const [count, items] of [
    [1, 1],
    [1, 1000],
    [1000, 1],
    [97, 9],
    [5, 100],
  ] as const) {
    const rows = sessions(count, items);
    const { found, replaced } = batchesOf(rows);
    assert.equal(replaced, 0);
    const all = found.flat();
    assert.deepEqual(new Set(all.map(String)), new Set(rows.map(String)));
    assert.equal(all.length, rows.length);
    const changes = all.filter(([session], index) => session !== all[index - 1]?.[0]).length;
    assert.equal(changes, count);
  }
});

test("a batch has at most 30 rows of ten partitions, and several partitions less than 5 KiB", () => {
  for (const song of ["x", "a title of thirty characters..", "y".repeat(500), "z".repeat(5000)]) {
    for (const batch of batchesOf([...sessions(40, 3, song), ...sessions(1, 90, song)]).found) {
      assert.ok(batch.length <= 30);
      assert.ok(partitionsIn(batch) <= 10);
      const bytes = batch.reduce((sum, row) => sum + 36 + 8 + row[2].length, 0);
      assert.ok(
        partitionsIn(batch) === 1 || bytes < 5000,
        `${partitionsIn(batch)} partitions, ${bytes} bytes`,
      );
    }
  }
});

test("a large partition gets full batches", () => {
  const sizes = batchesOf(sessions(1, 100)).found.map((batch) => batch.length);
  assert.deepEqual(sizes, [30, 30, 30, 8, 2]);
});

test("a batch never joins partitions on different nodes", () => {
  const nodes = (session: number) => `node ${session % 3}`;
  for (const batch of batchesOf(sessions(300, 2), nodes).found) {
    assert.equal(new Set(batch.map(([session]) => nodes(session))).size, 1);
  }
});

test("of rows with one primary key only the last is sent", () => {
  const rows: Row[] = [
    [1, 0, "first"],
    [2, 0, "other"],
    [1, 0, "second"],
    [1, 1, "item 1"],
    [1, 0, "third"],
  ];
  const { found, replaced } = batchesOf(rows);
  assert.equal(replaced, 2);
  assert.deepEqual(new Set(found.flat().map(String)), new Set(["1,0,third", "1,1,item 1", "2,0,other"]));
});

test("keys of several values differ where their joined texts are alike", () => {
  const window = new Window(3, [value("artist", "text"), value("song", "text")]);
  const cursor = new CsvCursor();
  cursor.feed(Buffer.from("ab,c\na,bc\nab,c\n"), true);
  while (cursor.next()) window.add(cursor, [0, 1]);
  assert.equal(window.hash(0, [0, 1]), window.hash(1, [0, 1]), "one place in the table, two keys");
  const key = [0, 1];
  const ordered = orderByPartition(window, { ...insert, partitionKey: key, primaryKey: key }, () => "");
  assert.deepEqual([...ordered.rows].sort(), [1, 2]);
  assert.notEqual(ordered.partitions[0], ordered.partitions[1]);
  assert.equal(ordered.replaced, 1);
});

test("values are framed as the protocol wants them, in a statement's order; one without a value is unset", () => {
  const window = new Window(2, values, "\\N");
  const cursor = new CsvCursor();
  cursor.feed(Buffer.from("1,258,é\n2,3,\\N\n"), true);
  while (cursor.next()) assert.equal(window.add(cursor, [0, 1, 2]), -1);
  const int = [0, 0, 0, 4];
  assert.deepEqual([...window.framed([0], [2, 1])], [0, 0, 0, 2, 0xc3, 0xa9, ...int, 0, 0, 1, 2]);
  assert.deepEqual(
    [...window.framed([1, 0], [2, 0])],
    [255, 255, 255, 254, ...int, 0, 0, 0, 2, 0, 0, 0, 2, 0xc3, 0xa9, ...int, 0, 0, 0, 1],
  );
});

test("a value that is larger than all before it is framed whole", () => {
  const long = "x".repeat(100_000);
  const window = windowOf([
    [1, 2, "y"],
    [3, 4, long],
  ]);
  assert.deepEqual(window.framed([0, 1], [2]), Buffer.from(`\0\0\0\x01y\0\x01\x86\xa0${long}`, "latin1"));
});

test("the statement of a batch has one INSERT for each row", () => {
  assert.equal(batchCql(insert, 1), insert.cql);
  assert.equal(batchCql(insert, 2), `BEGIN UNLOGGED BATCH\n${insert.cql};\n${insert.cql};\nAPPLY BATCH`);
});
