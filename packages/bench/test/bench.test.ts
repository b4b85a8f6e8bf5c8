// The parts of the benchmark that are not a measurement: its data, its arithmetic, its judgement of lost rows.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "@sparkify/base/command-line/read";
import { type LogFacts, RowHash, songAt, writeDailyLogs } from "@sparkify/generator";
import { denormalize, eventColumns, findEventFiles } from "@sparkify/loader";
import { parse } from "csv-parse/sync";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { faultOfCsv } from "../src/denormalize/verify-csv.js";
import { benchTables, keepTables } from "../src/load/schema.js";
import { planOf, turn } from "../src/plan.js";
import { median, type Run, ratio, summarize, targets } from "../src/report/results.js";

const plays = 2000;

async function made(seed?: number): Promise<{ folder: string; facts: LogFacts; digest: string }> {
  const folder = newFolder("bench");
  const facts = await writeDailyLogs(folder, plays, seed === undefined ? {} : { seed });
  const digest = createHash("sha256");
  for (const name of readdirSync(folder).sort()) digest.update(name).update(readFileSync(join(folder, name)));
  return { folder, facts, digest: digest.digest("hex") };
}

const first = await made();
const files = readdirSync(first.folder).sort();
type Row = Record<(typeof eventColumns)[number], string>;
const rows = files.flatMap(
  (name) => parse(readFileSync(join(first.folder, name)), { columns: true, bom: true }) as Row[],
);
const played = rows.filter((row) => row.artist !== "");

function countBy(key: (row: Row) => string): number[] {
  const counts = new Map<string, number>();
  for (const row of played) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a);
}

test("one seed gives the same bytes, another seed others", async () => {
  const again = await made();
  assert.equal(again.digest, first.digest);
  assert.deepEqual(again.facts, first.facts);
  assert.notEqual((await made(5)).digest, first.digest);
});

test("thirty files hold exactly as many plays as asked for, and about 15% other rows", () => {
  assert.equal(files.length, 30);
  assert.equal(files[0], "2018-11-01-events.csv");
  assert.equal(files[29], "2018-11-30-events.csv");
  assert.equal(played.length, plays);
  assert.equal(first.facts.rows, rows.length);
  const others = (rows.length - plays) / rows.length;
  assert.ok(others > 0.12 && others < 0.18, `${others}`);
});

test("the text form is that of the shipped logs: columns, line ends, quotes where needed", () => {
  const field = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (fields: readonly string[]) => `${fields.map(field).join(",")}\r\n`;
  const written = files.map((name) => readFileSync(join(first.folder, name), "utf8")).join("");
  const header = line(eventColumns);
  assert.equal(written.split(header).length, 31);
  assert.equal(written.replaceAll(header, ""), rows.map((row) => line(Object.values(row))).join(""));
  for (const row of rows) {
    assert.match(row.ts, /^1\.\d{1,5}E\+12$/);
    for (const field of [row.song, row.length]) assert.equal(field !== "", row.artist !== "");
  }
  assert.ok(played.some((row) => row.song.includes('"')));
  assert.ok(played.some((row) => row.song.includes(",")));
  assert.ok(played.some((row) => /[^\p{ASCII}\p{sc=Latin}]/u.test(row.song)));
});

test("session and item name one row, a session has one user, rows are in the order of time", () => {
  assert.equal(new Set(rows.map((row) => `${row.sessionId} ${row.itemInSession}`)).size, rows.length);
  const users = new Map<string, Set<string>>();
  for (const { sessionId, userId } of played)
    users.set(sessionId, (users.get(sessionId) ?? new Set()).add(userId));
  assert.ok([...users.values()].every((own) => own.size === 1));
  assert.equal(users.size, first.facts.sessions);
  const times = rows.map((row) => Number(row.ts));
  assert.ok(times.every((time, index) => index === 0 || time >= (times[index - 1] as number)));
});

test("listening is skewed: long and short sessions, hits and songs heard once", () => {
  const sessions = countBy((row) => row.sessionId);
  assert.ok((sessions[0] as number) > 50 && (sessions[0] as number) <= 110);
  const average = plays / sessions.length;
  assert.ok(average > 6 && average < 13, `${average}`);
  const songs = countBy((row) => row.song);
  assert.ok((songs[0] as number) >= 10);
  assert.ok(songs.filter((count) => count === 1).length > plays / 8);
  assert.ok(songs.length > 600 && songs.length < 1400, `${songs.length}`);
});

test("no two places of the charts have one title", { tags: ["slow"] }, () => {
  const titles = new Set<string>();
  for (let place = 0; place < 200_000; place++) titles.add(songAt(place).title);
  assert.equal(titles.size, 200_000);
});

test("a CSV that lost, doubled or changed a row is found out, another order is not a fault", async () => {
  const target = join(newFolder("bench"), "streamlined.csv");
  await denormalize({ files: findEventFiles(first.folder).files, target });
  assert.equal(await faultOfCsv(target, first.facts), undefined);
  const [header = "", ...lines] = readFileSync(target, "utf8").trimEnd().split("\n");
  const faultOf = async (changed: string[]) => {
    writeFileSync(target, [header, ...changed, ""].join("\n"));
    return faultOfCsv(target, first.facts);
  };
  assert.equal(await faultOf([...lines].reverse()), undefined);
  assert.match((await faultOf(lines.slice(1))) ?? "", /1999 rows instead of 2000/);
  assert.match((await faultOf([...lines.slice(1), lines[1] as string])) ?? "", /other values/);
  assert.match(
    (await faultOf([...lines.slice(1), (lines[0] as string).replace(/.",/, '",')])) ?? "",
    /other/,
  );
});

test("the hash of rows tells where a field ends", () => {
  const hash = (row: string[]) => {
    const one = new RowHash();
    one.add(row);
    return one.toString();
  };
  assert.notEqual(hash(["ab", "c"]), hash(["a", "bc"]));
});

test("a contender gets each table's columns, with their types and the CSV's columns, and its INSERT", () => {
  const createCql = `CREATE TABLE one.plays_by_song (song text, user_id int, length double, -- int
    PRIMARY KEY ((song), user_id))`;
  keepTables([{ name: "one.plays_by_song", createCql }]);
  const [table] = benchTables("other");
  assert.deepEqual(table?.columns, [
    { name: "song", type: "text", csv: "song" },
    { name: "user_id", type: "int", csv: "userId" },
    { name: "length", type: "double", csv: "length" },
  ]);
  assert.equal(table.insertCql, "INSERT INTO other.plays_by_song (song, user_id, length) VALUES (?, ?, ?)");
  assert.equal(table.createCql, createCql.replace("one.", "other."));
});

const run = (round: number, seconds: number, ok = true): Run => ({
  round,
  seconds,
  ok,
  cpuSeconds: 2 * seconds,
  cassandraCpuSeconds: seconds,
  peakRssMb: 100 + round,
});
const result = (job: string, contender: string, rowCount: number, times: number[], ok = true) =>
  summarize(
    job,
    contender,
    rowCount,
    times.map((seconds, round) => run(round, seconds, ok)),
  );

test("a result has the median and the least time, and is void where one run lost a row", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  const { runs: _, ...facts } = result("load", "dsbulk", 1000, [10, 30, 20]);
  assert.deepEqual(facts, {
    job: "load",
    contender: "dsbulk",
    rows: 1000,
    ok: true,
    secondsMin: 10,
    secondsMedian: 20,
    rowsPerSecond: 50,
    cpuSeconds: 40,
    cassandraCpuSeconds: 20,
    peakRssMb: 102,
  });
  assert.equal(summarize("load", "dsbulk", 1000, [run(0, 1), run(1, 1, false)]).ok, false);
});

test("ratios are of one round each, against the best of the peers; void ones do not count", () => {
  const million = 1_000_000;
  const results = [
    result("load", "sparkify", million, [10, 40, 12]),
    result("load", "dsbulk", million, [50, 160, 60]),
    result("load", "dsbulk-replica-set", million, [20, 60, 24]),
    result("load", "cqlsh-copy", million, [15, 100, 30]),
    result("load", "floor", million, [1, 1, 1], false),
  ];
  assert.equal(ratio(results, ["dsbulk"]), 1 / 5);
  assert.equal(ratio(results, ["dsbulk-replica-set", "cqlsh-copy"]), 2 / 3);
  assert.equal(ratio(results, ["floor"]), undefined);
  assert.deepEqual(
    targets(results).map(({ text, ok }) => [text, ok]),
    [
      ["time against DSBulk", true],
      ["time against the best tuned peer", false],
      ["time against the floor", undefined],
      ["peak memory in MB", true],
    ],
  );
});

test("each round begins with another contender", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((round) => turn(["a", "b", "c"], round).join("")),
    ["abc", "bca", "cab", "abc"],
  );
});

test("the quick plan has the denormalizers and three loads; the Python driver is left to few rows", () => {
  const plan = (...args: string[]) => {
    return planOf(readCommandLine("bench", args).options).map(({ job, rows: size, contenders }) => [
      job,
      size,
      contenders.length,
    ]);
  };
  assert.deepEqual(plan("--quick"), [
    ["denormalize", 1_000_000, 4],
    ["load", 1_000_000, 3],
  ]);
  assert.deepEqual(plan("--job", "load"), [
    ["load", "own", 7],
    ["load", 1_000_000, 5],
    ["load", 10_000_000, 1],
  ]);
  // Spark is a large download: only where it is asked for.
  assert.deepEqual(plan("--job", "spark"), [
    ["spark", 1_000_000, 2],
    ["spark", 10_000_000, 2],
  ]);
  assert.deepEqual(plan("--job", "spark", "--quick"), [["spark", 1_000_000, 2]]);
  assert.deepEqual(plan("--contenders", "duckdb", "--rows", "5000"), [["denormalize", 5000, 1]]);
  assert.throws(() => plan("--contenders", "nobody"), /No contender is named "nobody"/);
});
