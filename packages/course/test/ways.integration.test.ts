import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@sparkify/lib";
import { plotSvg } from "@sparkify/lib/show";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createKeyspace, fails, insertAll } from "../../../test/support.js";
import { labRows } from "../src/labs/generated-events.js";
import { askSteadily } from "../src/labs/steady-rate.js";
import { type Execute, observeWay, showWays, type Way, waysPlot } from "../src/labs/ways.js";

let client: Client;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_ways");
  await client.execute("CREATE TABLE test_ways.plays (id int PRIMARY KEY, song text)");
  const rows = Array.from({ length: 300 }, (_, id) => [id, `song ${id % 100}`]);
  await insertAll(client, "INSERT INTO test_ways.plays (id, song) VALUES (?, ?)", rows);
});
afterAll(() => client.shutdown());

const plain = "SELECT id FROM test_ways.plays WHERE song = ?";
const filtering: Way = {
  name: "filtering",
  ask: (execute, song) => execute(`${plain} ALLOW FILTERING`, [song]),
};
const indexed = (kind: string): Way => ({
  name: `index ${kind}`,
  create: `CREATE INDEX plays_song ON test_ways.plays (song) ${kind}`,
  drop: "DROP INDEX test_ways.plays_song",
  ask: (execute, song) => execute(plain, [song]),
});

test("a way is observed: how Cassandra reads, the rows it reads, the answer, the time", async () => {
  const seen = await observeWay(client, filtering, ["song 7", "song 8"]);
  assert.deepEqual(
    [seen.way, seen.requests, seen.read, seen.rowsRead],
    ["filtering", 1, "all partitions", 300],
  );
  assert.deepEqual(
    seen.answer?.map((row) => row.id as number).sort((a, b) => a - b),
    [7, 107, 207],
  );
  assert.deepEqual([seen.timed, seen.late], [20, 0]);
  assert.ok((seen.milliseconds as number) > 0);
});

test("an index or a view is waited for, used, and dropped", async () => {
  const view: Way = {
    name: "view",
    create:
      "CREATE MATERIALIZED VIEW test_ways.by_song AS SELECT song, id FROM test_ways.plays WHERE song IS NOT NULL AND id IS NOT NULL PRIMARY KEY (song, id)",
    drop: "DROP MATERIALIZED VIEW test_ways.by_song",
    ask: (execute, song) => execute("SELECT id FROM test_ways.by_song WHERE song = ?", [song]),
  };
  for (const [way, read] of [
    [indexed(""), "an index"],
    [indexed("USING 'sai'"), "an index"],
    [view, "one partition"],
  ] as const) {
    const seen = await observeWay(client, way, ["song 7"], { most: 3 });
    assert.deepEqual([seen.read, seen.rowsRead, seen.answer?.length, seen.timed], [read, 3, 3, 3], way.name);
    assert.ok((seen.buildSeconds as number) > 0);
  }
  const left = await client.execute("SELECT * FROM system_schema.indexes WHERE keyspace_name = 'test_ways'");
  assert.equal(left.rowLength, 0);
});

test("each request of a way counts", async () => {
  const join = async (execute: Execute, song: string) => {
    const ids = await execute(`${plain} ALLOW FILTERING`, [song]);
    const found = await Promise.all(
      ids.map(({ id }) => execute("SELECT id, song FROM test_ways.plays WHERE id = ?", [id])),
    );
    return found.flat();
  };
  const seen = await observeWay(client, { name: "join", ask: join }, ["song 7"], { most: 1 });
  assert.deepEqual([seen.requests, seen.rowsRead, seen.answer?.length], [4, 303, 3]);
});

test("what the cluster refuses is told, what is wrong in a query is thrown", async () => {
  const refused = await observeWay(client, indexed("USING 'no such index'"), ["song 7"]);
  assert.match(refused.missing ?? "", /^refused: .*no such index/i);
  assert.equal(refused.read, undefined);
  const wrong: Way = { name: "wrong", ask: (execute) => execute("SELECT nothing FROM test_ways.plays", []) };
  await assert.rejects(observeWay(client, wrong, ["song 7"]), /nothing/);
  await fails(() => observeWay(client, filtering, []), "There is no value to ask for: filtering");
});

test("a query that takes too long is late, and the others are not asked for ever", async () => {
  const slow: Way = {
    name: "slow",
    ask: async (execute, song) => {
      const rows = await execute(plain.replace("?", "? ALLOW FILTERING"), [song]);
      await sleep(200);
      return rows;
    },
  };
  const seen = await observeWay(client, slow, ["song 7"], { patience: 0.1, seconds: 0.15 });
  assert.equal(seen.milliseconds, undefined);
  assert.deepEqual([seen.timed, seen.late], [2, 2]);
});

test("at a steady rate a question's time counts from when it was due", async () => {
  const values = ["song 7", "song 8"];
  const steady = await askSteadily(client, filtering, values, { clients: 4, rate: 50, seconds: 1 });
  assert.deepEqual([steady.way, steady.questions, steady.unanswered], ["filtering", 50, 0]);
  assert.ok((steady["50 %"] ?? 0) > 0 && (steady["50 %"] ?? 0) <= (steady["99.9 %"] ?? 0));

  // One client, 20 questions a second, each of which takes a fifth of a second: the later ones wait for the earlier ones.
  const slow: Way = {
    name: "slow",
    ask: async () => {
      await sleep(200);
      return [];
    },
  };
  const late = await askSteadily(client, slow, values, { clients: 1, rate: 20, seconds: 1 });
  assert.equal(late.questions, 20);
  assert.ok((late.unanswered ?? 0) >= 9 && (late.unanswered ?? 0) <= 12, `${late.unanswered} unanswered`);
  assert.ok((late["50 %"] ?? 0) > 700, `${late["50 %"]} ms, while an answer takes 200`);
  const missing = await askSteadily(client, indexed("USING 'no such index'"), values);
  assert.match(missing.missing ?? "", /^refused: /);
});

test("ways side by side: the times are marked, because they differ from run to run", async () => {
  const shown = captureDisplays();
  showWays([
    {
      way: "filtering",
      requests: 1,
      read: "all partitions",
      rowsRead: 6820,
      answer: [],
      milliseconds: 12.34,
      timed: 20,
    },
    { way: "view", missing: "refused: Materialized views are disabled." },
    { way: "slow", read: "no answer in time", timed: 1, late: 1 },
  ]);
  const html = shown[0]?.html ?? "";
  assert.match(html, /<span class="volatile">12<\/span>/);
  assert.match(html, />6,820</);
  assert.match(html, /refused: Materialized views are disabled\./);
  assert.match(html, /no answer in time \(1 of 1 without answer\)/);
});

test("the plot of two sizes has a dot for each, labelled, and leaves out what is not known", async () => {
  const at = (rows: number, milliseconds: number) => ({
    rows,
    observed: [
      { way: "filtering", rowsRead: rows, milliseconds },
      { way: "table", rowsRead: 3, milliseconds: 1 },
      { way: "view", missing: "refused: off" },
      { way: "slow", timed: 1, late: 1 },
    ],
  });
  const sizes = [at(6820, 12), at(1_000_000, 2345)];
  const textOf = async (measure: "rows read" | "milliseconds") =>
    [...(await plotSvg(waysPlot(sizes, measure))).matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(
      ([, text]) => text,
    );
  const rowsRead = await textOf("rows read");
  for (const text of ["6,820", "1,000,000", "filtering", "table", "6,820 rows", "1,000,000 rows"])
    assert.ok(rowsRead.includes(text), `${text} in ${rowsRead}`);
  assert.ok(rowsRead.includes("no answer"));
  assert.ok(!rowsRead.includes("view"));
  const times = await textOf("milliseconds");
  for (const text of ["12 ms", "2,300 ms", "&gt; 10 s"])
    assert.ok(times.includes(text), `${text} in ${times}`);
});

test("LAB_ROWS says how many rows a lab generates", async () => {
  assert.equal(labRows(), 1_000_000);
  assert.equal(labRows("50_000"), 50_000);
  for (const wrong of ["many", "9999", "1e99", "20000.5"])
    await fails(() => labRows(wrong), "LAB_ROWS is a number of rows from 10,000", wrong);
});
