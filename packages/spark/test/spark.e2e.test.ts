import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { eventDataDirectory } from "@sparkify/lib";
import { denormalize, findEventFiles } from "@sparkify/loader";
import { test } from "vitest";
import { isSoak, longForm, newFolder } from "../../../test/command.js";
import { logHeader, logRow, quotedCsv, write, writeLog } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { writeDamagedLogs } from "./damaged-logs.js";
import { emptyTables, expectTables, spark } from "./run-spark.js";

test("of the shipped logs and of damaged ones, Spark keeps and rejects the same rows with the same reasons, byte for byte", async () => {
  await emptyTables();
  const logs = newFolder("logs");
  // In the short form the first nine days, of which the eighth is one.
  const filter = (path: string) => isSoak || !/2018-11-[123]\d/.test(path);
  cpSync(eventDataDirectory, logs, { recursive: true, filter });
  const damaged = writeDamagedLogs(logs, isSoak ? 600 : 10);
  const { code, output, report, csv, rejected, work } = await spark(["--max-errors", "100000"], {
    EVENT_DATA_DIR: logs,
  });
  const expected = await denormalize({
    files: findEventFiles(logs).files,
    target: join(work, "expected.csv"),
    rejected: join(work, "expected-rejected.csv"),
    maxErrors: 100_000,
  });
  assert.equal(existsSync(rejected), true, output);
  assert.deepEqual(
    quotedCsv(rejected).map((row) => row.slice(0, 4).join(" | ")),
    quotedCsv(expected.rejectedIn).map((row) => row.slice(0, 4).join(" | ")),
  );
  assert.ok(
    readFileSync(rejected).equals(readFileSync(expected.rejectedIn)),
    "rejected.csv is the same file",
  );
  assert.ok(readFileSync(csv).equals(readFileSync(join(work, "expected.csv"))), "the CSV is the same file");
  assert.equal(code, 0, output);
  const { rows, kept, dropped, rejected: count, rejectedByReason } = report;
  assert.deepEqual(
    { rows, kept, dropped, rejected: count, rejectedByReason },
    {
      rows: expected.rows,
      kept: expected.kept,
      dropped: expected.dropped,
      rejected: expected.rejected,
      rejectedByReason: expected.rejectedByReason,
    },
  );
  assert.ok(kept > (isSoak ? 6820 : 1000) && count > damaged, `${kept} kept, ${count} rejected`);
  await expectTables(csv);
  const days = readdirSync(join(work, "out", "spark", "plays")).filter((name) => name.startsWith("date="));
  assert.ok(days.includes("date=2018-11-08"));
  assert.deepEqual(
    readdirSync(join(work, "out", "spark")).filter((name) => !name.startsWith(".")),
    ["plays"],
  );
});

testUnless(longForm)(
  "one day that is run again replaces that day's plays, in the files and in the tables",
  async () => {
    await emptyTables();
    const logs = newFolder("logs");
    const row = (item: number, fields: Record<string, string> = {}) =>
      logRow({ itemInSession: `${item}`, song: `Song ${item}`, ...fields });
    writeLog(join(logs, "2018-11-01-events.csv"), [row(1), row(2), row(3)]);
    writeLog(join(logs, "2018-11-02-events.csv"), [row(4), row(5, { song: "Song 1" })]);
    const work = newFolder("spark");
    assert.equal((await spark([], { EVENT_DATA_DIR: logs }, work)).code, 0);
    writeLog(join(logs, "2018-11-01-events.csv"), [row(1, { song: "Another" }), row(7)]);
    const again = await spark(["--date", "2018-11-01"], { EVENT_DATA_DIR: logs }, work);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual([again.report.files, again.report.kept], [1, 2]);
    const csv = join(work, "whole.csv");
    await denormalize({ files: findEventFiles(logs).files, target: csv, rejected: join(work, "none.csv") });
    await expectTables(csv);
  },
);

testUnless(longForm)("over the limit of rejected rows nothing is loaded, and the rows are kept", async () => {
  await emptyTables();
  const logs = newFolder("logs");
  writeLog(join(logs, "2018-11-01-events.csv"), [logRow(), logRow({ userId: "x" }), logRow({ song: "" })]);
  const { code, output, report, rejected } = await spark(["--max-errors", "1"], { EVENT_DATA_DIR: logs });
  assert.equal(code, 1);
  assert.match(output, /More than 1 rows had to be rejected, so nothing was loaded.*rejected\.csv/);
  assert.deepEqual([report.ok, report.tables], [false, []]);
  assert.equal(quotedCsv(rejected).length, 3);
});

test("a log that only the single machine reads, or nobody, is named before Spark starts, and can be left out", async () => {
  const logs = newFolder("logs");
  const bad = {
    "2018-11-02-events.csv": [`${logHeader.replaceAll(",", ";")}\n`, "semicolons. npm run load reads it."],
    "2018-11-03-events.csv": [gzipSync(logHeader), "gzip, despite its name. npm run load reads it."],
    "2018-11-04-events.csv.gz": [`${logHeader}\n`, "not gzip, despite its name. npm run load reads it."],
    "2018-11-05-events.csv": [`${logRow()}\n`, "it has no header line. Its first line:"],
  };
  for (const [name, [content = ""]] of Object.entries(bad)) write(join(logs, name), content);
  writeLog(join(logs, "2018-11-01-events.csv"), [
    logRow(),
    `\uFEFF${logRow({ userId: "65.0", song: "B" })},`,
  ]);
  const { code, output, report, csv } = await spark([], { EVENT_DATA_DIR: logs });
  assert.equal(code, 1, output);
  for (const [name, [, words]] of Object.entries(bad)) {
    assert.match(output, new RegExp(`${name} cannot be read[^\n]*: ${words}`));
  }
  assert.match(output, /4 of 5 logs cannot be read, so nothing was written/);
  assert.doesNotMatch(output, /Start Spark/);
  assert.deepEqual([report.ok, report.unreadable.length, report.rows], [false, 4, 0]);
  assert.ok(!existsSync(csv));
  if (!isSoak) return;
  await emptyTables();
  const left = await spark(["--skip-files"], { EVENT_DATA_DIR: logs });
  assert.equal(left.code, 0, left.output);
  assert.deepEqual([left.report.files, left.report.kept, left.report.unreadable.length], [1, 2, 4]);
  await expectTables(left.csv);
});

testUnless(longForm)(
  "what the job itself cannot read, as in a store, is named with its first line before anything is loaded",
  async () => {
    await emptyTables();
    const logs = newFolder("logs");
    const work = newFolder("spark");
    const path = join(logs, "2018-11-02-events.csv");
    writeLog(join(logs, "2018-11-01-events.csv"), [logRow()]);
    writeLog(path, [logRow()]);
    const running = spark([], { EVENT_DATA_DIR: logs }, work);
    // The command has looked at the logs when Spark is started, and Spark has not.
    while (!existsSync(join(work, "out", "spark.log"))) await setTimeout(20);
    write(path, `${logHeader.replaceAll(",", ";")}\n`);
    const { code, output, report, csv } = await running;
    assert.equal(code, 1, output);
    assert.match(output, /1 of 2 logs cannot be read, so nothing was written/);
    assert.match(
      output,
      /2018-11-02-events.csv cannot be read by Spark: .*Its first line: artist;auth;firstName/,
    );
    assert.deepEqual([report.ok, report.unreadable.length, report.tables], [false, 1, []]);
    assert.ok(!existsSync(csv));
  },
);

testUnless(longForm)(
  "a log all of whose rows are rejected, or logs without a play, fail the job before anything is loaded",
  async () => {
    await emptyTables();
    const logs = newFolder("logs");
    writeLog(join(logs, "2018-11-01-events.csv"), [logRow()]);
    writeLog(join(logs, "2018-11-02-events.csv"), Array(10).fill(logRow({ userId: "x" })));
    const useless = await spark([], { EVENT_DATA_DIR: logs });
    assert.equal(useless.code, 1, useless.output);
    assert.match(useless.output, /1 of 2 logs cannot be read/);
    assert.match(
      useless.output,
      /2018-11-02-events.csv cannot be used: all of its 10 rows were rejected, .*: userId: not a/,
    );
    const { rows, kept, rejected, tables } = useless.report;
    assert.deepEqual([rows, kept, rejected, tables], [11, 1, 10, []]);
    const left = await spark(["--skip-files"], { EVENT_DATA_DIR: logs });
    assert.deepEqual([left.code, left.report.kept, left.report.rejected], [0, 1, 10], left.output);

    writeLog(join(logs, "2018-11-02-events.csv"), [logRow({ artist: "" })]);
    const nothing = await spark(["--date", "2018-11-02"], { EVENT_DATA_DIR: logs });
    assert.equal(nothing.code, 1, nothing.output);
    assert.match(
      nothing.output,
      /No row of the 1 logs is a song play, so nothing was written: of 1 rows, 1 have no artist/,
    );
    assert.ok(!existsSync(nothing.csv));
  },
);

test("bad surroundings are named, with what to do", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { port: number };
  await new Promise((resolve) => silent.close(resolve));
  const other = newFolder("spark-home");
  mkdirSync(join(other, "jars"));
  writeFileSync(join(other, "jars", "spark-core_2.13-4.0.1.jar"), "");
  const shared = "file:///shared";
  const tries: [NodeJS.ProcessEnv, string[], string, number?][] = [
    [
      { SPARK_MASTER: `spark://127.0.0.1:${port}`, SPARK_OUTPUT_URI: shared },
      [],
      "No Spark master at 127.0.0.1",
    ],
    [{ SPARK_MASTER: "spark://127.0.0.1:7077" }, [], "set SPARK_OUTPUT_URI too"],
    [
      { SPARK_MASTER: "my-cluster", SPARK_OUTPUT_URI: shared },
      [],
      "SPARK_MASTER was expected to be spark://host:7077",
    ],
    [
      { SPARK_HOME: other },
      [],
      "Spark 3.5 for Scala 2.12 was expected, because the connector is made for it",
    ],
    [
      { EVENT_DATA_URI: "https://user:secret@host/logs" },
      [],
      "EVENT_DATA_URI takes a file:, hdfs: or s3a: address",
    ],
    [
      {},
      ["--date", "8.11.2018"],
      '--date takes a day of the calendar as 2018-11-08, got "8.11.2018". See: npm run spark -- --help',
      2,
    ],
    [
      {},
      ["--date", "2019-11-08"],
      "None of the 30 logs is from 2019-11-08; they go from 2018-11-01 to 2018-11-30",
    ],
    [{}, ["--fast"], "npm run spark has no option --fast. See: npm run spark -- --help", 2],
  ];
  for (const [env, args, message, expected = 1] of tries) {
    const { code, output, report } = await spark(args, env);
    assert.equal(code, expected, output);
    assert.ok(output.includes(message), `${message} in: ${output}`);
    assert.ok(!output.includes("secret"), output);
    assert.equal(report, undefined);
  }
});
