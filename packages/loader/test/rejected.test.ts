import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { fails, quotedCsv, temporaryFolder, write } from "../../../test/support.js";
import { RejectedRows } from "../src/csv/rejected.js";

const place = { file: "a.csv", line: 7, column: "song", reason: "empty" };

test("rejected rows are kept byte for byte with their places, and are in the file at once", (t) => {
  const path = join(temporaryFolder(t), "new", "rejected.csv");
  const rejected = new RejectedRows(path);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const rows = [bytes, Buffer.from('"open, ""x\r\n'), Buffer.alloc(0), Buffer.from("日本 🎸")];
  for (const [index, row] of rows.entries()) {
    rejected.add({ ...place, file: 'the "first", é.csv', line: index + 2 }, row);
    assert.equal(quotedCsv(path).length, index + 2);
  }
  rejected.close();
  const [header, ...kept] = quotedCsv(path);
  assert.deepEqual(header, ["file", "line", "column", "reason", "row"]);
  const file = Buffer.from('the "first", é.csv').toString("latin1");
  assert.deepEqual(
    kept,
    rows.map((row, index) => [file, `${index + 2}`, "song", "empty", row.toString("latin1")]),
  );
});

test("the further pieces of a row become one field with the first", (t) => {
  const path = join(temporaryFolder(t), "rejected.csv");
  const rejected = new RejectedRows(path);
  rejected.add(place, Buffer.from('one"'));
  for (const piece of ['"two', "", "\xff"]) rejected.append(Buffer.from(piece, "latin1"));
  rejected.add(place, Buffer.from("next"));
  rejected.append(Buffer.from("!"));
  rejected.close();
  assert.deepEqual(
    quotedCsv(path).map((row) => row[4]),
    ["row", 'one""two\xff', "next!"],
  );
});

test("rows are counted by reason and column, and the first hundred are named", (t) => {
  const rejected = new RejectedRows(join(temporaryFolder(t), "rejected.csv"), 1000);
  for (let line = 2; line < 152; line++) {
    rejected.add({ ...place, line, column: line % 3 === 0 ? "" : "song" }, Buffer.from("x"));
  }
  rejected.close();
  assert.equal(rejected.count, 150);
  assert.deepEqual(rejected.byReason, { "song: empty": 100, empty: 50 });
  assert.deepEqual([rejected.first.length, rejected.first[99]?.line], [100, 101]);
});

test("one row over the limit is kept, and then it is an error that says what to do", async (t) => {
  const path = join(temporaryFolder(t), "rejected.csv");
  const rejected = new RejectedRows(path, 2);
  const add = () => rejected.add(place, Buffer.from("x"));
  add();
  add();
  await fails(add, "More than 2 rows", "line 7 of a.csv: song: empty", path, "maxErrors", "--max-errors");
  rejected.close();
  assert.equal(quotedCsv(path).length, 4);
});

test("each run begins the file anew", (t) => {
  const path = write(join(temporaryFolder(t), "rejected.csv"), "of an earlier run\n".repeat(99));
  new RejectedRows(path).close();
  assert.equal(readFileSync(path, "utf8"), '"file","line","column","reason","row"\n');
});

test("a file that cannot be written is named with the cause", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "taken"));
  const file = write(join(folder, "file"), "");
  for (const path of [join(folder, "taken"), join(file, "rejected.csv")]) {
    await fails(() => new RejectedRows(path), `The rejected rows cannot be kept in ${path}: `);
  }
  if (existsSync("/dev/full"))
    await fails(() => new RejectedRows("/dev/full"), "/dev/full", "The disk is full");
});
