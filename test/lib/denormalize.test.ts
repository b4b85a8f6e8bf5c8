import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { denormalize, eventDataDirectory, findEventFiles } from "@sparkify/lib";
import { fails, logRow, python, temporaryFolder, write, writeLog } from "./support.js";

const header =
  '"artist","firstName","gender","itemInSession","lastName","length","level","location","sessionId","song","userId"';
const projectLogs = findEventFiles(eventDataDirectory).files;

test("the CSV has eleven columns, all quoted, and the rows in the order of the files given", async (t) => {
  const folder = temporaryFolder(t);
  const second = writeLog(join(folder, "2.csv"), [logRow({ artist: 'The "X", Y', song: "a\nb" })]);
  const first = writeLog(join(folder, "1.csv"), [
    logRow({ sessionId: "7", itemInSession: "11", userId: "0" }),
    logRow({ firstName: "Zoë 🎸", level: "paid", sessionId: "2147483647", length: "3" }),
  ]);
  const target = join(folder, "all.csv");
  const progress: string[] = [];
  const onProgress = (done: number, all: number) => progress.push(`${done} of ${all}`);
  const report = await denormalize({ files: [second, first], target, onProgress });
  const expected = [
    header,
    '"The ""X"", Y","Ava","F","0","Robinson","200.5","free","New York, NY","1","a\nb","50"',
    '"Faithless","Ava","F","11","Robinson","200.5","free","New York, NY","7","Insomnia","0"',
    '"Faithless","Zoë 🎸","F","0","Robinson","3","paid","New York, NY","2147483647","Insomnia","50"\n',
  ];
  assert.equal(readFileSync(target, "utf8"), expected.join("\n"));
  const encodedTooOften = { rows: 0, examples: [] };
  assert.deepEqual(report, { files: 2, rows: 3, kept: 3, droppedByPage: {}, rejected: [], encodedTooOften });
  assert.deepEqual(progress, ["1 of 2", "2 of 2"]);
  assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "2.csv", "all.csv"]);
});

test("every row is kept, dropped or rejected, with the page or the reason", async (t) => {
  const folder = temporaryFolder(t);
  const file = writeLog(join(folder, "1.csv"), [
    ...[logRow(), logRow({ artist: "", page: "Home" }), logRow({ artist: "", page: "Login", userId: "" })],
    ...[
      logRow({ sessionId: "abc" }),
      logRow({ song: "" }),
      logRow({ length: "long" }),
      logRow({ length: "" }),
    ],
    ...[logRow({ userId: "2147483648" }), logRow({ itemInSession: "-1" }), logRow({ itemInSession: "1.5" })],
    ...[
      `${logRow()},more`,
      "Faithless,Logged In",
      logRow({ artist: "", page: "Home" }),
      logRow({ song: "X" }),
    ],
  ]);
  const report = await denormalize({ files: [file], target: join(folder, "all.csv") });
  assert.deepEqual([report.rows, report.kept], [14, 2]);
  assert.deepEqual(report.droppedByPage, { Home: 2, Login: 1 });
  const rejected = report.rejected.map(({ file, row, reason }) => `${basename(file)} ${row}: ${reason}`);
  assert.deepEqual(rejected, [
    '1.csv 5: sessionId is "abc", not a whole number',
    "1.csv 6: an artist without a song title",
    '1.csv 7: length is "long", not a number of seconds',
    '1.csv 8: length is "", not a number of seconds',
    '1.csv 9: userId is "2147483648", not a whole number',
    '1.csv 10: itemInSession is "-1", not a whole number',
    '1.csv 11: itemInSession is "1.5", not a whole number',
    "1.csv 12: 18 fields where the header has 17",
    "1.csv 13: 2 fields where the header has 17",
  ]);
  assert.match(readFileSync(join(folder, "all.csv"), "utf8"), /^.*\n.*"Insomnia".*\n.*"X".*\n$/);
});

test("text encoded too often is counted by rows, and repaired only when asked", async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const twice = "Bj\u00c3\u0083\u00c2\u00b6rk";
  const file = writeLog(join(folder, "1.csv"), [
    logRow({ artist: "Björk", song: "Jóga" }),
    logRow({ artist: "BjÃ¶rk", song: "JÃ³ga" }),
    logRow({ artist: twice }),
  ]);
  const asItCame = await denormalize({ files: [file], target });
  const text = readFileSync(target, "utf8");
  assert.match(text, new RegExp(`\n"Björk",.*"Jóga",.*\n"BjÃ¶rk",.*"JÃ³ga",.*\n"${twice}",.*\n$`));
  assert.deepEqual(asItCame.encodedTooOften, {
    rows: 2,
    examples: [
      { file: file.path, row: 3, text: "BjÃ¶rk", meant: "Björk" },
      { file: file.path, row: 3, text: "JÃ³ga", meant: "Jóga" },
      { file: file.path, row: 4, text: twice, meant: "Björk" },
    ],
  });
  assert.deepEqual(await denormalize({ files: [file], target, repair: true }), asItCame);
  assert.match(readFileSync(target, "utf8"), /\n("Björk",.*"Jóga",.*\n){2}"Björk",.*\n$/);
});

test("an aborted run leaves neither target nor partial file, and an earlier target alone", async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const timeout = new DOMException("It takes too long.", "TimeoutError");
  const abortAfter = (files: number, reason?: Error) => {
    const controller = new AbortController();
    const onProgress = (done: number) => done === files && controller.abort(reason);
    return denormalize({ files: projectLogs, target, signal: controller.signal, onProgress });
  };
  // Often, because a write may or may not be under way at that moment.
  for (let run = 0; run < 30; run++) {
    await assert.rejects(abortAfter((run % 5) + 1), { name: "AbortError" });
    assert.deepEqual(readdirSync(folder), []);
  }
  const early = { files: [], target, signal: AbortSignal.abort() };
  await assert.rejects(denormalize(early), { name: "AbortError" });
  assert.deepEqual(readdirSync(folder), []);
  write(target, "earlier");
  await assert.rejects(abortAfter(2, timeout), (error) => error === timeout);
  assert.deepEqual(readdirSync(folder), ["all.csv"]);
  assert.equal(readFileSync(target, "utf8"), "earlier");
});

// A device that is always full, where the system has one.
if (existsSync("/dev/full")) {
  test("a full disk is an error that says so, and leaves an earlier target alone", async (t) => {
    const folder = temporaryFolder(t);
    const target = write(join(folder, "all.csv"), "earlier");
    for (const files of [projectLogs.slice(0, 1), projectLogs]) {
      symlinkSync("/dev/full", `${target}.partial`);
      await fails(() => denormalize({ files, target }), target, "The disk is full");
      assert.equal(readFileSync(target, "utf8"), "earlier");
      assert.deepEqual(readdirSync(folder), ["all.csv"]);
    }
  });
}

test("a target that cannot be written and a file with other columns are named", async (t) => {
  const folder = temporaryFolder(t);
  const good = writeLog(join(folder, "1.csv"), [logRow()]);
  const nowhere = join(folder, "missing", "all.csv");
  await fails(() => denormalize({ files: [good], target: nowhere }), `The file ${nowhere} cannot be written`);
  const path = write(join(folder, "2.csv"), "artist,song\nx,y\n");
  const work = () => denormalize({ files: [good, { ...good, path }], target: join(folder, "all.csv") });
  await fails(work, path, /missing: .*sessionId.*\n.*found: +artist, song/);
  assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "2.csv"]);
});

test("for the project's logs, Python reads from the CSV what it reads from the logs", async (t) => {
  const target = join(temporaryFolder(t), "all.csv");
  const report = await denormalize({ files: projectLogs, target });
  const program = `
with open(sys.argv[2], encoding="utf-8", newline="") as file:
    header, *written = csv.reader(file, strict=True)
raw = [[row[column] for column in header] for row in plays(sys.argv[1])]
print(json.dumps([header, written, raw]))`;
  const [columns, written, raw] = python(program, eventDataDirectory, target) as [
    string[],
    string[][],
    string[][],
  ];
  assert.equal(columns.map((column) => `"${column}"`).join(), header);
  assert.equal(raw.length, 6820);
  assert.deepEqual(written, raw);
  assert.deepEqual([report.files, report.rows, report.kept, report.rejected.length], [30, 8056, 6820, 0]);
});
