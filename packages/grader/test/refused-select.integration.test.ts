// A table is judged whatever became of its SELECT: what its key loses is lost, too, where Cassandra refuses the question.

import assert from "node:assert/strict";
import { connect, type RawPlay } from "@sparkify/lib";
import { insertRaw } from "@sparkify/model";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { createKeyspace } from "../../../test/support.js";
import type { Statement } from "../src/audit.js";
import { examine } from "../src/items/answered.js";
import { judgeKeys } from "../src/items/keys.js";
import { matchQuestions } from "../src/match.js";
import type { GradingNode } from "../src/node.js";
import { Tables } from "../src/tables.js";

const play = (sessionId: number, itemInSession: number): RawPlay => ({
  date: "2018-11-08",
  artist: "Faithless",
  song: `Song ${itemInSession}`,
  length: 200.5,
  sessionId,
  itemInSession,
  userId: sessionId,
  firstName: "Ava",
  lastName: "Robinson",
  gender: "F",
  level: "free",
  location: "New York, NY",
});
/** Two sessions of three and of two plays: of these a key of the session alone keeps two. */
const plays = [play(1, 0), play(1, 1), play(1, 2), play(2, 0), play(2, 1)];
const keyspace = "test_refused_select";
const table = "song_by_session_item";
const create = `CREATE TABLE ${keyspace}.${table} (session_id int, item_in_session int, artist text, song text, length double, PRIMARY KEY (session_id))`;
let client: Client;

beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, keyspace);
  await client.execute(create);
  await insertRaw(client, `${keyspace}.${table}`, plays);
});
afterAll(() => client.shutdown());

const select = `SELECT artist, song, length FROM ${table} WHERE session_id = 1 AND item_in_session = 2`;
const asked: [what: string, statement: Pick<Statement, "cql" | "refused">][] = [
  ["refuses", { cql: select, refused: "Cannot execute this query as it might involve data filtering" }],
  ["filters for", { cql: `${select} ALLOW FILTERING` }],
];
for (const [what, statement] of asked)
  test(`the rows that a key loses are told where Cassandra ${what} the SELECT`, async () => {
    const statements: Statement[] = [
      { time: 1, type: "CREATE_TABLE", keyspace, cql: create },
      { time: 2, type: "SELECT", keyspace, ...statement },
    ];
    const node = { client, tables: async () => [{ keyspace, table }], snapshots: () => [] };
    const tables = await Tables.find(node as unknown as GradingNode, plays, statements, 0);
    const [match] = await matchQuestions(statements, tables);
    assert.ok(match?.asking);
    const answered = await examine(node as unknown as GradingNode, match, plays, plays);
    assert.equal(answered.replay, undefined);
    assert.equal(answered.replaced.length, 3);
    const keys = judgeKeys([answered]);
    assert.equal(keys.verdict, "fail");
    assert.match(keys.evidence, /^song_by_session_item: .*session_id 1, item_in_session 0,/s);
  });
