// Findings as a cell shows them.

import assert from "node:assert/strict";
import { connect, readRawPlays } from "@sparkify/lib";
import { insertRaw, judgeModel, questions } from "@sparkify/model";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createKeyspace, fails } from "../../../test/support.js";
import { checkKey, checkModel, showFindings } from "../src/judged.js";
import { checkCase } from "../src/walkthrough/telling-case.js";

const shown = captureDisplays();
const plays = readRawPlays();
let client: Client;
const columns = "song text, user_id int, first_name text, last_name text";
const modelOf = (name: string) => ({
  question: questions.usersBySong,
  table: `test_judged.${name}`,
  query: `SELECT user_id, first_name, last_name FROM test_judged.${name} WHERE song = ?`,
});
const [good, bad] = [modelOf("users_by_song"), modelOf("user_by_song")];

beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_judged");
  await client.execute(`CREATE TABLE ${good.table} (${columns}, PRIMARY KEY (song, user_id))`);
  await client.execute(`CREATE TABLE ${bad.table} (${columns}, PRIMARY KEY (song))`);
  await insertRaw(client, good.table, plays);
  await insertRaw(client, bad.table, plays);
});
afterAll(() => client.shutdown());

test("a check of a right model shows its findings and keeps one verdict", async () => {
  shown.length = 0;
  await checkModel(client, good, plays);
  const { html = "", verdict } = shown.at(-1) ?? {};
  assert.match(html, /✔.*loses nothing.*6,624 rows/s);
  const name = `the model of ${good.table}`;
  assert.deepEqual(verdict, { kind: "check", name, ok: true, evidence: "9 points" });
});

test("a check of a wrong model fails the cell, with its findings shown", async () => {
  await fails(() => checkModel(client, bad, plays), `${bad.table} does not stand: loses nothing`);
  assert.match(shown.at(-1)?.html ?? "", /✘.*loses nothing/s);
});

test("findings that are wanted to fail are shown without a verdict, with the hint that is chosen", async () => {
  shown.length = 0;
  const findings = await judgeModel(client, bad, plays);
  showFindings(findings, "<b>");
  assert.match(shown[0]?.html ?? "", /&lt;b&gt;.*✘.*<i>Two rows became one\. Which of song, userId differs/s);
  assert.equal(shown[0]?.verdict, undefined);
  showFindings(findings, "again", ({ verdict }) => (verdict === "fail" ? "Think <again>." : undefined));
  assert.match(shown[1]?.html ?? "", /<i>Think &lt;again&gt;\.<\/i>/);
  shown.length = 0;
});

test("a key is judged by the query, which names its table, before rows are loaded", async () => {
  shown.length = 0;
  await checkKey(client, good.question, good.query, plays, { growth: 10 });
  const { html = "", verdict } = shown.at(-1) ?? {};
  const name = `the model of ${good.table}`;
  assert.deepEqual(verdict, { kind: "check", name, ok: true, evidence: "7 points" });
  assert.match(html, /With 10 times the rows/);
  await fails(
    () => checkKey(client, bad.question, bad.query, plays),
    `${bad.table} does not stand: loses nothing`,
  );
  for (const query of ["SELECT song FROM users_by_song WHERE song = ?", "DROP TABLE a.b"])
    await fails(
      () => checkKey(client, good.question, query, plays),
      "A SELECT on one table with its keyspace",
    );
});

test("a telling case is asked for and compared; one that the logs do not hold is told", async () => {
  const [play] = plays;
  const asked = { question: good.question, cql: good.query };
  await checkCase(client, "the first song", { found: "a song", play }, asked, plays);
  assert.match(shown.at(-1)?.html ?? "", /✔.*the first song.*a song: \d+ rows?, the same as computed/s);
  const spoilt = plays.map((one) => ({ ...one, lastName: "Nobody" }));
  await fails(
    () => checkCase(client, "spoilt", { found: "a song", play }, asked, spoilt),
    "Check failed: spoilt",
  );
  await checkCase(client, "two <users>", { found: "not in these logs" }, asked, plays);
  assert.match(shown.at(-1)?.html ?? "", /two &lt;users&gt;: not in these logs, so there is nothing to ask/);
});
