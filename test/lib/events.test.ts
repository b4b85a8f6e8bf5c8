import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { findEventFiles, projectRoot, readCsv, readEvents } from "@sparkify/lib";
import fc from "fast-check";
import { fails, logRow, temporaryFolder, write, writeLog } from "./support.js";

test("logs are found in nested folders and come by date, whatever their folder", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "z", "2018-11-01-events.csv"), "1");
  write(join(folder, "a", "b", "2018-11-03-events.csv"), "333");
  write(join(folder, "a", "2018-11-02-more.csv"), "4444");
  write(join(folder, "2018-11-02-events.CSV"), "22");
  const { files, skipped } = findEventFiles(folder);
  const found = files.map(({ path, date, bytes }) => [relative(folder, path), date, bytes]);
  assert.deepEqual(found, [
    [join("z", "2018-11-01-events.csv"), "2018-11-01", 1],
    ["2018-11-02-events.CSV", "2018-11-02", 2],
    [join("a", "2018-11-02-more.csv"), "2018-11-02", 4],
    [join("a", "b", "2018-11-03-events.csv"), "2018-11-03", 3],
  ]);
  assert.deepEqual(skipped, []);
});

test("what is no daily log is passed over and listed with the reason", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "logs", "2018-11-01-events.csv"), "the only one");
  write(join(folder, ".2018-11-02-events.csv"), "hidden");
  write(join(folder, ".ipynb_checkpoints", "2018-11-03-events.csv"), "in a hidden folder");
  write(join(folder, "2018-11-04-notes.txt"), "no CSV");
  write(join(folder, "2018-11-05-events.csv"), "");
  symlinkSync("missing", join(folder, "2018-11-06-events.csv"));
  symlinkSync("/dev/null", join(folder, "2018-11-07-events.csv"));
  write(join(folder, "events.csv"), "no date");
  symlinkSync("..", join(folder, "logs", "up"));
  symlinkSync("logs", join(folder, "logs again"));
  const { files, skipped } = findEventFiles(folder);
  assert.equal(files.map(({ path }) => relative(folder, path)).join(), join("logs", "2018-11-01-events.csv"));
  const reasons = Object.fromEntries(skipped.map(({ path, reason }) => [relative(folder, path), reason]));
  assert.deepEqual(reasons, {
    ".2018-11-02-events.csv": "hidden",
    ".ipynb_checkpoints": "hidden",
    "2018-11-04-notes.txt": "not a .csv file",
    "2018-11-05-events.csv": "empty",
    "2018-11-06-events.csv": "a link that leads nowhere",
    "2018-11-07-events.csv": "not a file",
    "events.csv": "no date in its name (expected 2018-11-01-events.csv)",
    [join("logs", "up")]: "a folder that was read already",
    "logs again": "a folder that was read already",
  });
});

test("a missing directory, a file in its place and one without logs are named, with what to do", async (t) => {
  const folder = temporaryFolder(t);
  const missing = join(folder, "missing");
  const empty = join(folder, "empty");
  const readme = write(join(empty, "readme.txt"), "1");
  const cases = [
    [missing, "does not exist"],
    [readme, "not a directory"],
    [empty, "holds no daily CSV log.\n", "readme.txt: not a .csv file"],
  ];
  for (const [directory = "", ...texts] of cases) {
    const help = "EVENT_DATA_DIR=path npm start";
    await fails(() => findEventFiles(directory), `The event directory ${directory} `, ...texts, help);
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
  const options = { cwd: projectRoot, encoding: "utf8" } as const;
  const { stdout } = spawnSync(process.execPath, ["-e", program, folder], options);
  assert.ok(
    stdout.startsWith(`SparkifyError: The event directory ${join(folder, "locked")} may not be read`),
  );
  assert.match(stdout, /EVENT_DATA_DIR=path npm start/);
});

/** All that readCsv makes of a file. */
async function read(path: string, columns = ["a", "b"]) {
  const records = [];
  for await (const record of readCsv(path, columns)) records.push(record);
  return records;
}

test("columns may stand in another order with others between, after a byte order mark, quoted or not", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  for (const header of ["b,new,a", '"b","new","a"', "\uFEFFb,new,a", '\uFEFF"b","new","a"']) {
    write(path, `${header}\n1,x,2\n3,y,4\n`);
    assert.deepEqual(await read(path), [
      { number: 2, row: { a: "2", b: "1" } },
      { number: 3, row: { a: "4", b: "3" } },
    ]);
  }
});

test("commas, quotes and line ends inside quotes belong to the value, with CRLF and with LF", async (t) => {
  for (const end of ["\n", "\r\n"]) {
    const lines = ["a,b", '"x, y","say ""hi"""', `"1${end}2","line\nline"`, "", 'plain,""', '"last",5"'];
    const path = write(join(temporaryFolder(t), "a.csv"), lines.join(end));
    assert.deepEqual(await read(path), [
      { number: 2, row: { a: "x, y", b: 'say "hi"' } },
      { number: 3, row: { a: `1${end}2`, b: "line\nline" } },
      { number: 4, row: { a: "plain", b: "" } },
      { number: 5, row: { a: "last", b: '5"' } },
    ]);
  }
});

test("a missing column is an error that names the file and the columns; only commas separate", async (t) => {
  const path = write(join(temporaryFolder(t), "a.csv"), "artist,title\nx,y\n");
  const missing = () => read(path, ["artist", "song", "length"]);
  await fails(missing, path, /missing: song, length\n/, /found: +artist, title\n/);
  write(path, "a;b\n1;2\n3;4\n");
  await fails(() => read(path), path, /missing: a, b\n/);
});

test("a row with too few or too many fields is a problem of that row only", async (t) => {
  const path = write(join(temporaryFolder(t), "a.csv"), "a,b\n1,2\n3\n4,5,6\n7,8\n");
  assert.deepEqual(await read(path), [
    { number: 2, row: { a: "1", b: "2" } },
    { number: 3, problem: "1 fields where the header has 2" },
    { number: 4, problem: "3 fields where the header has 2" },
    { number: 5, row: { a: "7", b: "8" } },
  ]);
});

test("a file of a header has no rows; an empty or missing file is an error", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  await fails(() => read(path), `The file ${path} cannot be read`);
  await fails(() => read(write(path, "")), `The file ${path} is empty`);
  assert.deepEqual(await read(write(path, "a,b")), []);
  assert.deepEqual(await read(write(path, "a,b\r\n")), []);
});

test("no character, quote or line end is damaged at the border of two chunks", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const line = '"é€😀""",\r\n'; // characters of 2, 3 and 4 bytes
  const size = Buffer.byteLength(line);
  assert.equal(size, 16); // divides 64 KiB, so each shift moves every border by one byte of the line
  for (let shift = 0; shift < size; shift++) {
    writeFileSync(path, `a,${"b".repeat(shift + 1)}\r\n${line.repeat(13_000)}`); // more than three chunks
    const records = await read(path, ["a"]);
    assert.equal(records.length, 13_000);
    const isRight = (row?: { a: string }) => row?.a === 'é€😀"';
    const damaged = records.find((record) => !("row" in record && isRight(record.row as { a: string })));
    assert.equal(damaged, undefined, `shift ${shift}`);
  }
});

test("rows written with full quoting come back the same", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const tricky = fc.string({ unit: fc.constantFrom(...'",\r\n;\t|é😀a') });
  const value = fc.oneof(fc.string({ unit: "binary" }), tricky);
  const rows = fc.array(fc.tuple(value, value), { maxLength: 20 });
  const comeBack = fc.asyncProperty(rows, fc.constantFrom("\n", "\r\n"), async (pairs, end) => {
    const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;
    writeFileSync(path, [["a", "b"], ...pairs].map((pair) => pair.map(quote).join(",") + end).join(""));
    const expected = pairs.map(([a, b], index) => ({ number: index + 2, row: { a, b } }));
    assert.deepEqual(await read(path), expected);
  });
  await fc.assert(comeBack, { numRuns: 300 });
});

test("readEvents gives each row its file and day, and leaves out rows that do not fit", async (t) => {
  const folder = temporaryFolder(t);
  const first = writeLog(join(folder, "1.csv"), [logRow({ song: "One" }), "too,short"]);
  const second = { ...writeLog(join(folder, "2.csv"), [logRow({ song: "Two" })]), date: "2018-11-02" };
  const events = await readEvents([second, first]);
  const found = events.map(({ song, file, date, location }) => [song, file, date, location]);
  assert.deepEqual(found, [
    ["Two", second.path, "2018-11-02", "New York, NY"],
    ["One", first.path, "2018-11-01", "New York, NY"],
  ]);
});
