import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, shortPath } from "@sparkify/lib";
import { test } from "vitest";
import { embedded, newFolder, runCommand, runProgram } from "../../../test/command.js";
import { logHeader, logRow, writeLog } from "../../../test/support.js";
import { walkthroughTables } from "../../../tools/walkthrough.js";

/** Runs `npm run load` with a work folder of its own. */
async function load(args: string[], logs?: string, work = newFolder("load")) {
  const env = {
    SPARKIFY_WORK_DIR: work,
    CASSANDRA_CONTACT_POINTS: embedded(),
    ...(logs ? { EVENT_DATA_DIR: logs } : {}),
  };
  const ended = await runCommand(["load", ...args], env);
  const file = join(work, "out", "load.json");
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  return { ...ended, report, work };
}

async function dropTables(): Promise<void> {
  const client = await connect();
  for (const { name } of walkthroughTables()) await client.execute(`DROP TABLE IF EXISTS ${name}`);
  await client.shutdown();
}

async function countOf(table: string): Promise<number | undefined> {
  const client = await connect();
  try {
    return Number((await client.execute(`SELECT count(*) FROM sparkify.${table}`)).first().get(0));
  } catch {
    return undefined; // it does not exist
  } finally {
    await client.shutdown();
  }
}

test("the tables of notebook 03 are found, with their keyspace", () => {
  assert.deepEqual(
    walkthroughTables().map(({ name }) => name),
    ["sparkify.song_by_session_item", "sparkify.songs_by_user_session", "sparkify.users_by_song"],
  );
  for (const { createCql, name } of walkthroughTables())
    assert.ok(createCql.startsWith(`CREATE TABLE ${name} (`));
});

test("the shipped logs are joined and loaded into tables that are created first, and out/load.json says so", async () => {
  await dropTables();
  const { code, output, report } = await load([]);
  assert.equal(code, 0, output);
  const { seconds, tables, ...counts } = report;
  assert.ok(seconds > 0);
  assert.deepEqual(
    [
      counts.ok,
      counts.files,
      counts.rows,
      counts.kept,
      counts.dropped,
      counts.rejected,
      counts.rejectedByReason,
    ],
    [true, 30, 8056, 6820, 1236, 0, {}],
  );
  assert.deepEqual(
    tables.map(({ name, rowsWritten }: { name: string; rowsWritten: number }) => [name, rowsWritten]),
    walkthroughTables().map(({ name }) => [name, 6820]),
  );
  assert.equal(await countOf("song_by_session_item"), 6820);
  assert.ok(
    !output.includes("\u001b") && !output.includes("rows/s"),
    "no moving progress where nobody watches",
  );
});

test("a dry run judges the rows and writes no table and no CSV", async () => {
  await dropTables();
  const { code, output, report, work } = await load(["--dry-run"]);
  assert.equal(code, 0, output);
  assert.deepEqual([report.ok, report.kept, report.tables], [true, 6820, []]);
  assert.ok(!existsSync(join(work, "event_datafile_new.csv")));
  assert.equal(await countOf("users_by_song"), undefined);
});

test("a dry run that npm has kept to itself is one too", async () => {
  await dropTables();
  const npm = process.env.npm_execpath;
  assert.ok(npm, "the tests are started by npm");
  const work = newFolder("load");
  const env = { SPARKIFY_WORK_DIR: work, CASSANDRA_CONTACT_POINTS: embedded() };
  const { code, output } = await runProgram(process.execPath, [npm, "run", "load", "--dry-run"], env);
  assert.equal(code, 0, output);
  assert.match(output, /A dry run: nothing was written/);
  assert.equal(JSON.parse(readFileSync(join(work, "out", "load.json"), "utf8")).kept, 6820);
  assert.equal(await countOf("users_by_song"), undefined);
});

test("only some days and some tables", async () => {
  await dropTables();
  const { code, output, report, work } = await load([
    "--from",
    "2018-11-02",
    "--to",
    "2018-11-03",
    "--tables",
    "users_by_song",
  ]);
  assert.equal(code, 0, output);
  assert.equal(report.files, 2);
  assert.deepEqual(
    report.tables.map(({ name }: { name: string }) => name),
    ["sparkify.users_by_song"],
  );
  assert.ok(((await countOf("users_by_song")) ?? 0) > 0);
  assert.equal(await countOf("song_by_session_item"), undefined);
  assert.ok(!existsSync(join(work, "event_datafile_new.csv")), "the CSV of all days is left alone");
});

test("bad rows are kept with their reasons; over the limit the run fails and says so", async () => {
  const logs = newFolder("logs");
  const bad = Array.from({ length: 5 }, (_, n) => logRow({ userId: "x", itemInSession: String(n) }));
  writeLog(join(logs, "2018-11-01-events.csv"), [logRow(), ...bad, logRow({ song: "", itemInSession: "9" })]);
  await dropTables();
  const kept = await load([], logs);
  assert.equal(kept.code, 0, kept.output);
  const reasons = {
    "userId: not a whole number from 0 to 2147483647": 5,
    "song: empty, though there is an artist": 1,
  };
  assert.deepEqual([kept.report.ok, kept.report.rejected, kept.report.rejectedByReason], [true, 6, reasons]);
  assert.match(kept.output, /rejected\.csv/);
  assert.equal(
    readFileSync(join(kept.work, "out", "rejected.csv"), "utf8")
      .trim()
      .split("\n").length,
    7,
  );

  const stopped = await load(["--max-errors", "3"], logs);
  assert.equal(stopped.code, 1);
  assert.match(
    stopped.output,
    /More than 3 rows had to be rejected; .*line 6 of .*2018-11-01-events\.csv: userId/,
  );
  const { ok, files, rows, kept: plays, dropped, rejected, rejectedByReason, tables } = stopped.report;
  assert.deepEqual([ok, files, rows, plays, dropped, rejected, tables], [false, 1, 5, 1, 0, 4, []]);
  assert.deepEqual(rejectedByReason, { "userId: not a whole number from 0 to 2147483647": 4 });
});

test("a log that cannot be read fails the run before anything is written, unless it is left out", async () => {
  const logs = newFolder("logs");
  const bad = join(logs, "2018-11-02-events.csv");
  writeLog(join(logs, "2018-11-01-events.csv"), [logRow(), logRow({ artist: "" })]);
  writeFileSync(bad, `${logRow()}\n`);
  await dropTables();
  const work = newFolder("load");
  const csv = join(work, "event_datafile_new.csv");
  writeFileSync(csv, "earlier");
  const failed = await load([], logs, work);
  assert.equal(failed.code, 1, failed.output);
  assert.ok(
    failed.output.includes(`The log ${shortPath(bad)} cannot be read: it has no header line`),
    failed.output,
  );
  assert.match(failed.output, /Its first line: "Faithless","Logged In"/);
  assert.doesNotMatch(failed.output, /rejected\.csv/);
  const { ok, rows, rejected, unreadable } = failed.report;
  assert.deepEqual([ok, rows, rejected, unreadable.length], [false, 0, 0, 1]);
  assert.deepEqual([unreadable[0].file, unreadable[0].fault.reason], [bad, "it has no header line"]);
  assert.equal(readFileSync(csv, "utf8"), "earlier");
  assert.equal(await countOf("users_by_song"), undefined);

  const left = await load(["--skip-files"], logs, work);
  assert.equal(left.code, 0, left.output);
  assert.ok(left.output.includes(`Left out: The log ${shortPath(bad)}`), left.output);
  assert.deepEqual([left.report.ok, left.report.kept, left.report.unreadable.length], [true, 1, 1]);
  assert.equal(await countOf("users_by_song"), 1);
});

test("a log in another form is loaded, and how it was read is said; where no row is kept, nothing is", async () => {
  const logs = newFolder("logs");
  const semicolons = (row: string) => row.replaceAll('","', '";"').replace('"200.5"', '"200,5"');
  const header = logHeader.replaceAll(",", ";");
  const path = join(logs, "2018-11-01-events.csv");
  writeFileSync(path, [header, logRow(), logRow({ userId: "x" }), ""].map(semicolons).join("\r\n"));
  const work = newFolder("load");
  const { code, output, report } = await load([], logs, work);
  assert.equal(code, 0, output);
  assert.ok(output.includes(`${shortPath(path)} was read as: semicolons, decimal comma`), output);
  assert.match(output, /Rejected: 1 × userId: not a whole number/);
  assert.deepEqual([report.read[0].delimiter, report.read[0].decimalComma], [";", 1]);
  const before = readFileSync(join(work, "event_datafile_new.csv"), "utf8");
  assert.match(before, /"200\.5"/);

  writeLog(path, [logRow({ artist: "" })]);
  for (const args of [[], ["--dry-run"]]) {
    const nothing = await load(args, logs, work);
    assert.equal(nothing.code, 1, nothing.output);
    assert.match(nothing.output, /No row.* is a song play/);
    assert.deepEqual([nothing.report.ok, nothing.report.rows, nothing.report.dropped], [false, 1, 1]);
    assert.equal(readFileSync(join(work, "event_datafile_new.csv"), "utf8"), before);
  }
});

test("wrong options are named, with the right ones", async () => {
  for (const [expected, args, message] of [
    [2, ["--from", "2018-02-30"], 'as 2018-11-01, got "2018-02-30". See: npm run load -- --help'],
    [1, ["--tables", "songs"], "There is no table songs. The tables are: sparkify.song_by_session_item"],
    [
      1,
      ["--from", "2019-01-01"],
      "None of the 30 logs is from these days; they go from 2018-11-01 to 2018-11-30",
    ],
  ] as const) {
    const { code, output, report } = await load([...args]);
    assert.equal(code, expected, output);
    assert.ok(output.includes(message), `${message} in: ${output}`);
    assert.equal(report, undefined);
  }
});
