import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { findEventFiles, projectRoot, readCsv, readEvents, SparkifyError } from "@sparkify/lib";
import fc from "fast-check";
import { logRow, temporaryFolder, write, writeLog } from "./support.js";

test("logs are found in nested folders and come by date, whatever their folder", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "z", "2018-11-01-events.csv"), "1");
  write(join(folder, "a", "b", "2018-11-03-events.csv"), "333");
  write(join(folder, "2018-11-02-events.CSV"), "22");
  write(join(folder, "a", "2018-11-02-more.csv"), "4444");
  const { files, skipped } = findEventFiles(folder);
  assert.deepEqual(
    files.map(({ path, date, bytes }) => [relative(folder, path), date, bytes]),
    [
      [join("z", "2018-11-01-events.csv"), "2018-11-01", 1],
      ["2018-11-02-events.CSV", "2018-11-02", 2],
      [join("a", "2018-11-02-more.csv"), "2018-11-02", 4],
      [join("a", "b", "2018-11-03-events.csv"), "2018-11-03", 3],
    ],
  );
  assert.deepEqual(skipped, []);
});

test("what is no daily log is passed over and listed with the reason", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "logs", "2018-11-01-events.csv"), "1");
  write(join(folder, ".2018-11-02-events.csv"), "hidden");
  write(join(folder, ".ipynb_checkpoints", "2018-11-03-events.csv"), "hidden folder");
  write(join(folder, "2018-11-04-notes.txt"), "no CSV");
  write(join(folder, "events.csv"), "no date");
  write(join(folder, "2018-11-05-events.csv"), "");
  symlinkSync("..", join(folder, "logs", "up"));
  symlinkSync("missing", join(folder, "2018-11-06-events.csv"));
  symlinkSync("/dev/null", join(folder, "2018-11-07-events.csv"));
  const { files, skipped } = findEventFiles(folder);
  assert.deepEqual(
    files.map(({ date }) => date),
    ["2018-11-01"],
  );
  const reasons = Object.fromEntries(skipped.map(({ path, reason }) => [relative(folder, path), reason]));
  assert.deepEqual(Object.keys(reasons).sort(), [
    ".2018-11-02-events.csv",
    ".ipynb_checkpoints",
    "2018-11-04-notes.txt",
    "2018-11-05-events.csv",
    "2018-11-06-events.csv",
    "2018-11-07-events.csv",
    "events.csv",
    join("logs", "up"),
  ]);
  assert.match(reasons[".2018-11-02-events.csv"] ?? "", /hidden/);
  assert.match(reasons[".ipynb_checkpoints"] ?? "", /hidden/);
  assert.match(reasons["2018-11-04-notes.txt"] ?? "", /not a \.csv/);
  assert.match(reasons["2018-11-05-events.csv"] ?? "", /empty/);
  assert.match(reasons["2018-11-06-events.csv"] ?? "", /leads nowhere/);
  assert.match(reasons["2018-11-07-events.csv"] ?? "", /not a file/);
  assert.match(reasons["events.csv"] ?? "", /no date/);
  assert.match(reasons[join("logs", "up")] ?? "", /already/);
});

test("a folder that is there twice, once by a link, is read once", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "logs", "2018-11-01-events.csv"), "1");
  symlinkSync("logs", join(folder, "also"));
  const { files, skipped } = findEventFiles(folder);
  assert.equal(files.length, 1);
  assert.equal(skipped.length, 1);
});

test("a missing directory, a file in its place and one without logs are named, with what to do", (t) => {
  const folder = temporaryFolder(t);
  const missing = join(folder, "missing");
  const file = write(join(folder, "some.csv"), "1");
  const empty = join(folder, "empty");
  mkdirSync(empty);
  write(join(empty, "readme.txt"), "1");
  for (const [directory, reason] of [
    [missing, /does not exist/],
    [file, /not a directory/],
    [empty, /no daily CSV log[^]*readme\.txt: not a \.csv file/],
  ] as const) {
    assert.throws(
      () => findEventFiles(directory),
      (error: Error) => {
        assert.ok(error instanceof SparkifyError);
        assert.ok(error.message.includes(`The event directory ${directory} `), error.message);
        assert.match(error.message, reason);
        assert.match(error.message, /EVENT_DATA_DIR=path npm start/);
        return true;
      },
    );
  }
});

test("a folder that may not be read is named", (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  write(join(folder, "2018-11-01-events.csv"), "1");
  mkdirSync(join(folder, "locked"), { mode: 0 });
  // Root may read everything, so the child becomes somebody else.
  const program = `
    const { findEventFiles } = require("@sparkify/lib");
    if (process.getuid() === 0) process.setuid(65534);
    try { findEventFiles(process.argv[1]); } catch (error) { console.log(error.name + ": " + error.message); }`;
  const { stdout } = spawnSync(process.execPath, ["-e", program, folder], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  assert.ok(stdout.startsWith(`SparkifyError: The event directory ${join(folder, "locked")} may not be read`));
  assert.match(stdout, /EVENT_DATA_DIR=path npm start/);
});

/** All that readCsv makes of a file. */
async function read(path: string, columns: string[]) {
  const records = [];
  for await (const record of readCsv(path, columns)) records.push(record);
  return records;
}

test("columns may stand in another order, and others between them", async (t) => {
  const path = write(join(temporaryFolder(t), "a.csv"), "new,b,a\nx,1,2\ny,3,4\n");
  assert.deepEqual(await read(path, ["a", "b"]), [
    { number: 2, row: { a: "2", b: "1" } },
    { number: 3, row: { a: "4", b: "3" } },
  ]);
});

test("a byte order mark is no part of the first column's name, quoted or not", async (t) => {
  for (const header of ["a,b", '"a","b"']) {
    const path = write(join(temporaryFolder(t), "a.csv"), `\uFEFF${header}\r\n1,2\r\n`);
    assert.deepEqual(await read(path, ["a", "b"]), [{ number: 2, row: { a: "1", b: "2" } }]);
  }
});

test("commas, quotes and line ends inside quotes belong to the value, with CRLF and with LF", async (t) => {
  for (const end of ["\n", "\r\n"]) {
    const lines = ["a,b", '"x, y","say ""hi"""', `"1${end}2","line\nline"`, "", 'plain,""', '"last",5"'];
    const path = write(join(temporaryFolder(t), "a.csv"), lines.join(end));
    assert.deepEqual(await read(path, ["a", "b"]), [
      { number: 2, row: { a: "x, y", b: 'say "hi"' } },
      { number: 3, row: { a: `1${end}2`, b: "line\nline" } },
      { number: 4, row: { a: "plain", b: "" } },
      { number: 5, row: { a: "last", b: '5"' } },
    ]);
  }
});

test("a missing column is an error that names the file and the columns", async (t) => {
  const path = write(join(temporaryFolder(t), "a.csv"), "artist,title\nx,y\n");
  await assert.rejects(read(path, ["artist", "song", "length"]), (error: Error) => {
    assert.ok(error instanceof SparkifyError);
    assert.ok(error.message.includes(path));
    assert.match(error.message, /missing: song, length\n/);
    assert.match(error.message, /found: +artist, title\n/);
    return true;
  });
});

test("only commas separate columns", async (t) => {
  const path = write(join(temporaryFolder(t), "a.csv"), "a;b\n1;2\n3;4\n");
  await assert.rejects(read(path, ["a", "b"]), /missing: a, b\n/);
});

test("a row with too few or too many fields is a problem of that row only", async (t) => {
  const path = write(join(temporaryFolder(t), "a.csv"), "a,b\n1,2\n3\n4,5,6\n7,8\n");
  assert.deepEqual(await read(path, ["a", "b"]), [
    { number: 2, row: { a: "1", b: "2" } },
    { number: 3, problem: "1 fields where the header has 2" },
    { number: 4, problem: "3 fields where the header has 2" },
    { number: 5, row: { a: "7", b: "8" } },
  ]);
});

test("a file of a header has no rows; an empty or missing file is an error", async (t) => {
  const folder = temporaryFolder(t);
  assert.deepEqual(await read(write(join(folder, "header.csv"), "a,b"), ["a", "b"]), []);
  assert.deepEqual(await read(write(join(folder, "header.csv"), "a,b\r\n"), ["a", "b"]), []);
  const empty = write(join(folder, "empty.csv"), "");
  await assert.rejects(read(empty, ["a"]), { name: "SparkifyError", message: /empty\.csv is empty/ });
  await assert.rejects(read(join(folder, "no.csv"), ["a"]), {
    name: "SparkifyError",
    message: /no\.csv cannot be read/,
  });
});

test("no character, quote or line end is damaged at the border of two chunks", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const line = '"é€😀""",\r\n'; // 2 + 3 + 4 bytes of characters in a line of 16
  const size = Buffer.byteLength(line);
  assert.equal(size, 16);
  for (let shift = 0; shift < size; shift++) {
    const header = `a,${"b".repeat(shift + 1)}\r\n`;
    const count = 14_000; // more than three chunks of 64 KiB
    writeFileSync(path, header + line.repeat(count));
    const records = await read(path, ["a"]);
    assert.equal(records.length, count);
    for (const [index, record] of records.entries()) {
      // Not deepEqual: it would take seconds for so many.
      if (record.number !== index + 2 || !("row" in record) || record.row.a !== 'é€😀"')
        assert.fail(`shift ${shift}, row ${index + 2}: ${JSON.stringify(record)}`);
    }
  }
});

test("rows written with full quoting come back the same", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."\",\r\n;\t|é😀a") }));
  const file = fc.record({
    rows: fc.array(fc.tuple(value, value, value), { maxLength: 20 }),
    end: fc.constantFrom("\n", "\r\n"),
  });
  await fc.assert(
    fc.asyncProperty(file, async ({ rows, end }) => {
      const lines = [["a", "b", "c"], ...rows].map((fields) =>
        fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(","),
      );
      writeFileSync(path, lines.join(end) + end);
      const records = await read(path, ["a", "b", "c"]);
      assert.deepEqual(
        records,
        rows.map(([a, b, c], index) => ({ number: index + 2, row: { a, b, c } })),
      );
    }),
    { numRuns: 300 },
  );
});

test("readEvents gives each row its file and day, and leaves out rows that do not fit", async (t) => {
  const folder = temporaryFolder(t);
  const first = writeLog(join(folder, "2018-11-01.csv"), [logRow({ song: "One" }), "too,short"]);
  const second = writeLog(join(folder, "2018-11-02.csv"), [logRow({ song: "Two" })]);
  const events = await readEvents([{ ...second, date: "2018-11-02" }, first]);
  assert.deepEqual(
    events.map(({ song, file, date, location }) => [song, file, date, location]),
    [
      ["Two", second.path, "2018-11-02", "New York, NY"],
      ["One", first.path, "2018-11-01", "New York, NY"],
    ],
  );
});
