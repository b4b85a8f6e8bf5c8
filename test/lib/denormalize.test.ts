import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { denormalize, eventDataDirectory, findEventFiles, SparkifyError } from "@sparkify/lib";
import { logRow, python, pythonPlays, temporaryFolder, write, writeLog } from "./support.js";

const header =
  '"artist","firstName","gender","itemInSession","lastName","length","level","location","sessionId","song","userId"';

test("the CSV has eleven columns, all quoted, and the rows in the order of the files given", async (t) => {
  const folder = temporaryFolder(t);
  const second = writeLog(join(folder, "2.csv"), [logRow({ artist: 'The "X", Y', song: "a\nb" })]);
  const first = writeLog(join(folder, "1.csv"), [
    logRow({ sessionId: "7", itemInSession: "11", userId: "0" }),
    logRow({ firstName: "Zoë 🎸", level: "paid", sessionId: "2147483647", length: "3" }),
  ]);
  const target = join(folder, "all.csv");
  const progress: number[][] = [];
  const report = await denormalize({
    files: [second, first],
    target,
    onProgress: (...counts) => progress.push(counts),
  });
  assert.equal(
    readFileSync(target, "utf8"),
    [
      header,
      '"The ""X"", Y","Ava","F","0","Robinson","200.5","free","New York, NY","1","a\nb","50"',
      '"Faithless","Ava","F","11","Robinson","200.5","free","New York, NY","7","Insomnia","0"',
      '"Faithless","Zoë 🎸","F","0","Robinson","3","paid","New York, NY","2147483647","Insomnia","50"',
      "",
    ].join("\n"),
  );
  assert.deepEqual(report, {
    files: 2,
    rows: 3,
    kept: 3,
    droppedByPage: {},
    rejected: [],
    encodedTooOften: { rows: 0, examples: [] },
  });
  assert.deepEqual(progress, [
    [1, 2],
    [2, 2],
  ]);
  assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "2.csv", "all.csv"]);
});

test("every row is kept, dropped or rejected, with the page or the reason", async (t) => {
  const folder = temporaryFolder(t);
  const file = writeLog(join(folder, "1.csv"), [
    logRow(),
    logRow({ artist: "", page: "Home" }),
    logRow({ sessionId: "abc" }),
    logRow({ artist: "", page: "Login", userId: "" }),
    logRow({ song: "" }),
    logRow({ length: "long" }),
    logRow({ length: "" }),
    logRow({ userId: "2147483648" }),
    logRow({ itemInSession: "-1" }),
    logRow({ itemInSession: "1.5" }),
    `${logRow()},more`,
    "Faithless,Logged In",
    logRow({ artist: "", page: "Home" }),
    logRow({ song: "Kept too" }),
  ]);
  const report = await denormalize({ files: [file], target: join(folder, "all.csv") });
  assert.deepEqual([report.rows, report.kept], [14, 2]);
  assert.deepEqual(report.droppedByPage, { Home: 2, Login: 1 });
  assert.deepEqual(
    report.rejected.map(({ file: path, row, reason }) => [basename(path), row, reason]),
    [
      ["1.csv", 4, 'sessionId is "abc", not a whole number'],
      ["1.csv", 6, "an artist without a song title"],
      ["1.csv", 7, 'length is "long", not a number of seconds'],
      ["1.csv", 8, 'length is "", not a number of seconds'],
      ["1.csv", 9, 'userId is "2147483648", not a whole number'],
      ["1.csv", 10, 'itemInSession is "-1", not a whole number'],
      ["1.csv", 11, 'itemInSession is "1.5", not a whole number'],
      ["1.csv", 12, "18 fields where the header has 17"],
      ["1.csv", 13, "2 fields where the header has 17"],
    ],
  );
  const lines = readFileSync(join(folder, "all.csv"), "utf8").split("\n");
  assert.equal(lines.length, 4);
  assert.match(lines[2] ?? "", /"Kept too"/);
});

test("text encoded too often is counted by rows, and repaired only when asked", async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const file = writeLog(join(folder, "1.csv"), [
    logRow({ artist: "Björk", song: "Jóga" }),
    logRow({ artist: "BjÃ¶rk", song: "JÃ³ga" }),
    logRow({ artist: "Bj\u00c3\u0083\u00c2\u00b6rk", song: "Hyperballad" }),
  ]);
  const asItCame = await denormalize({ files: [file], target });
  assert.match(readFileSync(target, "utf8"), /\n"BjÃ¶rk",.*"JÃ³ga",.*\n"Bj\u00c3\u0083\u00c2\u00b6rk",/);
  assert.equal(asItCame.encodedTooOften.rows, 2);
  assert.deepEqual(asItCame.encodedTooOften.examples, [
    { file: file.path, row: 3, text: "BjÃ¶rk", meant: "Björk" },
    { file: file.path, row: 3, text: "JÃ³ga", meant: "Jóga" },
    { file: file.path, row: 4, text: "Bj\u00c3\u0083\u00c2\u00b6rk", meant: "Björk" },
  ]);
  const repaired = await denormalize({ files: [file], target, repair: true });
  assert.match(readFileSync(target, "utf8"), /\n"Björk",.*"Jóga",.*\n"Björk",.*"Jóga",.*\n"Björk",.*\n$/);
  assert.deepEqual(repaired, asItCame);
});

test("an aborted run leaves neither target nor partial file, and an earlier target alone", async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const files = findEventFiles(eventDataDirectory).files;
  const aborted = (reason?: unknown) => {
    const controller = new AbortController();
    const onProgress = (done: number) => done === 2 && controller.abort(reason);
    return denormalize({ files, target, signal: controller.signal, onProgress });
  };
  await assert.rejects(aborted(), { name: "AbortError" });
  assert.deepEqual(readdirSync(folder), []);
  await assert.rejects(denormalize({ files: [], target, signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(target, "earlier");
  const timeout = new DOMException("It takes too long.", "TimeoutError");
  await assert.rejects(aborted(timeout), (error) => error === timeout);
  assert.deepEqual(readdirSync(folder), ["all.csv"]);
  assert.equal(readFileSync(target, "utf8"), "earlier");
});

// A device that is always full, where the system has one.
if (existsSync("/dev/full")) {
  test("a full disk is an error that says so, and leaves an earlier target alone", async (t) => {
    const folder = temporaryFolder(t);
    const target = write(join(folder, "all.csv"), "earlier");
    const all = findEventFiles(eventDataDirectory).files;
    for (const files of [all.slice(0, 1), all]) {
      symlinkSync("/dev/full", `${target}.partial`);
      await assert.rejects(denormalize({ files, target }), (error: Error) => {
        assert.ok(error instanceof SparkifyError);
        assert.ok(error.message.includes(target));
        assert.match(error.message, /disk is full/);
        return true;
      });
      assert.equal(readFileSync(target, "utf8"), "earlier");
      assert.deepEqual(readdirSync(folder), ["all.csv"]);
    }
  });
}

test("a target that cannot be written is named", async (t) => {
  const target = join(temporaryFolder(t), "missing", "all.csv");
  await assert.rejects(denormalize({ files: [], target }), (error: Error) => {
    assert.ok(error instanceof SparkifyError);
    assert.ok(error.message.includes(`The file ${target} cannot be written`));
    return true;
  });
});

test("a file with other columns is named with them, and nothing is written", async (t) => {
  const folder = temporaryFolder(t);
  const good = writeLog(join(folder, "1.csv"), [logRow()]);
  const path = write(join(folder, "2.csv"), "artist,song\nx,y\n");
  await assert.rejects(
    denormalize({ files: [good, { ...good, path }], target: join(folder, "all.csv") }),
    (error: Error) => {
      assert.ok(error instanceof SparkifyError);
      assert.ok(error.message.includes(path));
      assert.match(error.message, /missing: .*sessionId.*\n.*found: +artist, song/);
      return true;
    },
  );
  assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "2.csv"]);
});

test("for the project's logs, Python reads from the CSV what it reads from the logs", async (t) => {
  const target = join(temporaryFolder(t), "all.csv");
  const report = await denormalize({ files: findEventFiles(eventDataDirectory).files, target });
  const { columns, written, raw } = python(
    `${pythonPlays}
columns = "artist firstName gender itemInSession lastName length level location sessionId song userId".split()
with open(sys.argv[2], encoding="utf-8", newline="") as file:
    header, *written = csv.reader(file, strict=True)
raw = [[row[column] for column in columns] for row in plays(sys.argv[1])]
print(json.dumps({"columns": header == columns, "written": written, "raw": raw}))`,
    eventDataDirectory,
    target,
  ) as { columns: boolean; written: string[][]; raw: string[][] };
  assert.equal(columns, true);
  assert.equal(raw.length, 6820);
  assert.deepEqual(written, raw);
  assert.deepEqual([report.files, report.rows, report.kept, report.rejected.length], [30, 8056, 6820, 0]);
});
