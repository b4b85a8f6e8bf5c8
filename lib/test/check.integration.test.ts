import assert from "node:assert/strict";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createPlays, fails, plays, type Shown } from "../../test/support.js";
import { check, checkAnswer, needRows, needTables } from "../src/check.js";
import { connect } from "../src/connect/connect.js";

const shown = captureDisplays();
let client: Client;
const table = "test_check.plays";
const [first, second] = plays;

beforeAll(async () => {
  client = await connect();
  await createPlays(client, "test_check");
});
afterAll(() => client.shutdown());

/** What was shown since the last call: one output. */
function output() {
  assert.equal(shown.length, 1);
  const { html, verdict } = shown.pop() as Shown;
  assert.doesNotMatch(html, /<b>"God|<i>|<song>/);
  return { html, verdict };
}

test("a check that holds is shown with its verdict, one that does not fails the cell as well", async () => {
  check("all <i>there</i>", true, 'a "b" & c');
  const { html, verdict } = output();
  assert.deepEqual(verdict, { kind: "check", name: "all <i>there</i>", ok: true, evidence: 'a "b" & c' });
  assert.match(html, /✔.*<b>all &lt;i&gt;there&lt;\/i&gt;<\/b>: a &quot;b&quot; &amp; c/);
  await fails(() => check("all there", false, "1 of 2"), /^Check failed: all there\. 1 of 2$/);
  const failed = output();
  assert.deepEqual(failed.verdict, { kind: "check", name: "all there", ok: false, evidence: "1 of 2" });
  assert.match(failed.html, /✘/);
});

const cql = `SELECT item, song FROM ${table} WHERE session = ?`;
const expected = [first, second].map(({ item, song }) => ({ item, song }));
const query = { kind: "query", question: "What <song>?", cql, parameters: [1] };
const answer = (answered: Iterable<object>) =>
  checkAnswer({ question: "What <song>?", cql, parameters: [1], rows: answered, expected });

test("the right answer passes, and its verdict holds the query, the answer and what was expected", async () => {
  answer((await client.execute(cql, [1], { prepare: true })).rows);
  const { html, verdict } = output();
  const counts = { rows: 2, expectedRows: 2, ok: true };
  assert.deepEqual(verdict, { ...query, ...counts, answer: expected, expectedAnswer: expected });
  assert.match(html, /✔.*What &lt;song&gt;\?/);
  checkAnswer({ question: "Nothing?", cql, parameters: [9], rows: [], expected: [] });
  assert.match(output().html, /✔/);
});

test("an answer in the wrong order, with a lost, doubled or changed row fails and shows both sides", async () => {
  const [one, two] = expected as [object, object];
  const changed = [
    { ...two, song: "other" },
    { ...two, item: "1" },
  ].map((row) => [one, row]);
  for (const answered of [[two, one], [one], [], [one, two, two], ...changed]) {
    await fails(() => answer(answered), `${answered.length} rows, 2 expected. Question: What <song>?`);
    const { html, verdict } = output();
    const counts = { rows: answered.length, expectedRows: 2, ok: false };
    assert.deepEqual(verdict, { ...query, ...counts, answer: answered, expectedAnswer: expected });
    assert.match(html, /✘.*Got.*Expected.*&lt;b&gt;/s);
  }
});

test("an answer that lost one of two namesakes fails", async () => {
  const both = [13, 50].map((user_id) => ({ user_id, first_name: "Ava", last_name: "Robinson" }));
  const ask = (answered: object[]) =>
    checkAnswer({ question: "Who?", cql, parameters: [], rows: answered, expected: both });
  ask(both);
  await fails(() => ask(both.slice(1)), "1 rows, 2 expected");
  shown.length = 0;
});

test("missing tables lead to the notebook that creates them, empty ones to the one that fills them", async () => {
  const notebooks = { createdIn: "03-create-tables", filledIn: "04-insert-rows" };
  await needTables(client, [table, "test_check.words"], "03-create-tables");
  await needRows(client, [table], notebooks);
  for (const missing of ["test_check.none", "no_such_keyspace.plays"]) {
    const message = `The table ${missing} does not exist. Run the notebook 03-create-tables first.`;
    await fails(() => needTables(client, [table, missing], "03-create-tables"), message);
    await fails(() => needRows(client, [table, missing], notebooks), message);
  }
  const message = "The table test_check.words is empty. Run the notebook 04-insert-rows first.";
  await fails(() => needRows(client, [table, "test_check.words"], notebooks), message);
  assert.deepEqual(shown, []);
});
