// Wrong models tried in a lab, and what a node counts.

import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import { questions } from "@sparkify/model";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createKeyspace, fails } from "../../../test/support.js";
import { writesDuring } from "../src/labs/in-turns.js";
import { checkFails, createTable, tryModel } from "../src/labs/trying.js";

let client: Client;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_trying");
});
afterAll(() => client.shutdown());

const listener = (song: string, userId: number) => ({
  song,
  userId,
  firstName: "Ava",
  lastName: "Robinson",
  sessionId: userId,
  itemInSession: 0,
});
const plays = [listener("Insomnia", 1), listener("Insomnia", 2), listener("Kilometer", 1)];
const create = (key: string) =>
  `CREATE TABLE test_trying.users_by_song (song text, user_id int, first_name text, last_name text, PRIMARY KEY (${key}))`;
const query = "SELECT user_id, first_name, last_name FROM test_trying.users_by_song WHERE song = ?";

test("a table is made in place of an older one, and drawn; a model is filled, judged and shown", async () => {
  const shown = captureDisplays();
  await createTable(client, create("song"));
  const wrong = await tryModel(client, plays, { question: questions.usersBySong, query });
  checkFails(wrong, "loses nothing", "facts");
  await fails(() => checkFails(wrong, "right types"), 'Check failed: "right types" fails');
  await fails(() => checkFails(wrong, "loses nothing", "probe"), 'Check failed: "loses nothing" fails');

  await createTable(client, create("song, user_id"));
  const { rowLength } = await client.execute("SELECT * FROM test_trying.users_by_song");
  assert.equal(rowLength, 0, "the older table is gone");
  const right = await tryModel(client, plays, { question: questions.usersBySong, query, growth: 10 });
  assert.ok(
    right.every(({ verdict }) => verdict === "pass"),
    JSON.stringify(right),
  );
  assert.equal(shown.filter(({ svg }) => svg).length, 2);
  assert.match(shown.map(({ html }) => html).join(), /3 different|3 rows for 3/);
});

test("what is no CREATE TABLE, or no SELECT, is told", async () => {
  await fails(() => createTable(client, "DROP TABLE test_trying.users_by_song"), "Expected CREATE TABLE");
  await fails(
    () => tryModel(client, plays, { question: questions.usersBySong, query: "DELETE" }),
    "Expected SELECT",
  );
});

test("the writes to a table are counted by the node: a batch on one partition is one", async () => {
  await client.execute("CREATE TABLE test_trying.plays (id int, n int, PRIMARY KEY (id, n))");
  const insert = "INSERT INTO test_trying.plays (id, n) VALUES (?, ?)";
  const rows = (id: (n: number) => number) =>
    Array.from({ length: 5 }, (_, n) => ({ query: insert, params: [id(n), n] }));
  const tables = ["test_trying.plays", "system.batches"];
  const send = (some: ReturnType<typeof rows>) => () => client.batch(some, { prepare: true, logged: true });
  const one = await writesDuring(client, tables, send(rows(() => 1)));
  assert.deepEqual(one, [1, 0]);
  const [toTable, toLog = 0] = await writesDuring(client, tables, send(rows((n) => n)));
  assert.equal(toTable, 5);
  assert.ok(toLog >= 1, `${toLog} writes to the log`);
  await fails(
    () => writesDuring(client, ["test_trying.nothing"], async () => {}),
    "Cassandra counts no writes",
  );
});
