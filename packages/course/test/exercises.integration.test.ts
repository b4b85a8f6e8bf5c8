// The exercises both ways: what is right passes, what is wrong fails where it should, what is not written is told.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, readRawPlays, workDirectory } from "@sparkify/lib";
import { findingText } from "@sparkify/model";
import { notebooksIn, readNotebook, solutionsOf, textsIn } from "@sparkify/notebook-runner";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, describe, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { keepScratch } from "../../../test/keep-scratch.js";
import { captureDisplays, fails } from "../../../test/support.js";
import { walkthrough } from "../../../tools/walkthrough.js";
import {
  type Attempt,
  checkExercise,
  type JudgedExercise,
  judgeExercise,
  showPoints,
  showRawRows,
} from "../src/exercises/check-exercise.js";
import { exercises, type Sources } from "../src/exercises/exercises.js";
import { readReadings } from "../src/exercises/readings.js";
import { wrongSolutions } from "./wrong-solutions.js";

const shown = captureDisplays();
const texts = new Map(
  notebooksIn(walkthrough.solutions)
    .flatMap((name) => solutionsOf(readNotebook(join(walkthrough.solutions, name))))
    .flatMap((cell) => [...textsIn(cell)]),
);
function solution(number: number): Attempt {
  const { tableOf = number } = exercises[number - 1] ?? {};
  return { create: texts.get(`create${tableOf}`) ?? "", query: texts.get(`query${number}`) ?? "" };
}
const all: Sources = { plays: readRawPlays(), readings: readReadings() };
/** Enough for what is wrong to show, and sooner loaded. */
const some: Sources = {
  plays: all.plays.filter(({ date }) => date <= "2018-11-09"),
  // All weeks of three sensors, each with a unit of its own; the first one reads every half hour.
  readings: all.readings.filter(({ sensor }) => ["s-01", "s-04", "s-06"].includes(sensor)),
};
const sources = isSoak ? all : some;
const numbers = exercises.map((_, index) => index + 1);

let client: Client;
beforeAll(async () => {
  client = await connect();
  keepScratch(client);
});
afterAll(() => client.shutdown());

let judgements = 0;
/** Judges an attempt with a table of its own: to drop the one before takes Cassandra longer than the rest. */
function judge(number: number, { create, query }: Attempt, from: Sources = some) {
  const ending = `_${judgements++}`;
  const renamed = (cql: string) => cql.replace(/\bexercises\.\w+/gi, (name) => name + ending);
  return judgeExercise(client, number, { create: renamed(create), query: renamed(query) }, from);
}

const failed = ({ findings }: JudgedExercise) =>
  findings
    .filter(({ verdict }) => verdict === "fail")
    .map((finding) => `${finding.point}: ${findingText(finding)}`);

describe.concurrent("the exercises", () => {
  for (const number of numbers) {
    test(`exercise ${number}: the reference solution passes, wrong ones fail where they should`, async () => {
      const right = await judge(number, solution(number), sources);
      assert.deepEqual([right.message, failed(right), right.solved], [undefined, [], true]);
      const undecided = right.findings.filter(({ verdict }) => verdict === "undecided");
      assert.deepEqual(undecided, []);

      const wrong = wrongSolutions.filter(({ exercise }) => exercise === number);
      assert.ok(wrong.length >= 3);
      if (!isSoak) wrong.length = number % 2;
      for (const attempt of wrong) {
        const judged = await judge(number, attempt);
        assert.equal(judged.solved, false, attempt.why);
        const points = judged.findings.filter(({ verdict }) => verdict === "fail").map(({ point }) => point);
        assert.ok(
          points.includes(attempt.fails),
          `${attempt.why}: ${judged.message ?? failed(judged).join("\n")}`,
        );
      }
    });
  }
});

test("no hint says a piece of a solution in CQL", () => {
  const solutionWords = /PRIMARY KEY|CLUSTERING ORDER|_id\b|\(\(/;
  for (const { hints = {} } of exercises)
    for (const hint of Object.values(hints)) assert.doesNotMatch(hint, solutionWords);
});

test("other right solutions pass: another type, ORDER BY, a partition key that is shorter", async () => {
  const others: [number, Attempt][] = [
    [1, replaced(1, "user_id    int", "user_id    bigint")],
    [4, replaced(4, "((artist), song, user_id)", "((artist, song), user_id)")],
    [6, replaced(6, "date text", "date date")],
    [7, replaced(7, "date text", "date date")],
    [
      8,
      {
        create: replaced(8, /WITH .*/, "").create,
        query: replaced(8, "LIMIT", "ORDER BY session_id DESC, item_in_session DESC LIMIT").query,
      },
    ],
    [13, partedBy("date")],
  ];
  await allPass(others);
});

test("other right solutions over readings pass: a list, ORDER BY, a day", async () => {
  const { create, query } = replaced(15, / WITH .*/, "");
  await allPass([
    [15, replaced(15, "set<text>", "list<text>")],
    [15, { create, query: `${query} ORDER BY ts DESC` }],
    [16, { create, query: solution(16).query.replace("LIMIT", "ORDER BY ts DESC LIMIT") }],
    [17, replaced(17, /\bweek\b/g, "day")],
  ]);
});

async function allPass(attempts: [number, Attempt][]): Promise<void> {
  for (const [number, attempt] of attempts) {
    const judged = await judge(number, attempt, sources);
    assert.deepEqual([judged.message, failed(judged)], [undefined, []], `exercise ${number}`);
  }
}

/** Exercise 13 with another part than the month. */
function partedBy(column: "date"): Attempt {
  const { create, query } = replaced(13, "month text, ", "");
  return {
    create: create.replace("(artist, month), date", `(artist, ${column})`),
    query: query.replace("month = ?", `${column} = ?`),
  };
}

function replaced(number: number, from: string | RegExp, to: string): Attempt {
  const { create, query } = solution(number);
  const changed = { create: create.replace(from, to), query: query.replace(from, to) };
  assert.notDeepEqual(changed, { create, query });
  return changed;
}

test("however a right solution is written, it passes", async () => {
  const create = `-- who lives where
    CREATE TABLE exercises.Users_By_Location ( // one partition a place
      LOCATION text, -- as in "New York, NY"
      USER_ID int, First_Name text, last_name text, /* PRIMARY KEY (user_id) would lose some */
      PRIMARY KEY ((location), user_id)
    ) WITH comment = 'one row a user -- never two; see http://wiki/x';`;
  const columns = "user_id, first_name, last_name";
  const from = "FROM exercises.users_by_location";
  const queries = [
    `/* no ALLOW FILTERING */ SELECT ${columns} -- TODO is in a comment only
     ${from} WHERE location = ? ; -- key first`,
    `SELECT\n  ${columns}\n${from.toUpperCase()}\n\tWHERE LOCATION=:place`,
    `SELECT ${columns} ${from} WHERE location IN (?)`,
    `SELECT user_id, first_name AS first, last_name "Last" ${from} WHERE location = ?`.replace(
      '"Last"',
      'AS "Last"',
    ),
  ];
  for (const query of queries) {
    const judged = await judge(3, { create, query });
    assert.deepEqual([judged.message, failed(judged), judged.solved], [undefined, [], true], query);
  }
  for (const [query, message] of [
    [`SELECT ${columns} ${from} WHERE location = ? LIMIT ?`, /^Each marker .* compared with a column/],
    [`SELECT ${columns} ${from} WHERE token(location) = token(?)`, /^Each marker .* compared with a column/],
    [`SELECT ${columns} ${from} WHERE location = ?; SELECT 1`, /^not solved yet\. Expected one statement/],
  ] as const) {
    const judged = await judge(3, { create, query });
    assert.equal(judged.solved, false, query);
    assert.match(judged.message ?? "", message);
  }
  for (const condition of ["location IN ?", "location IN (?, ?)"]) {
    const judged = await judge(3, { create, query: `SELECT ${columns} ${from} WHERE ${condition}` });
    assert.match(failed(judged).join(), /not given location, so it answers for more/, condition);
  }
});

test("a table that comes again with another type is filled and judged in the new type", async () => {
  const wrong = await judgeExercise(client, 3, replaced(3, "user_id    int", "user_id    text"), some);
  assert.match(failed(wrong).join(), /right types/);
  const right = await judgeExercise(client, 3, solution(3), some);
  assert.deepEqual([right.message, failed(right)], [undefined, []]);
});

test("what is not written yet, or is no such statement, is told and not thrown", async () => {
  const { create, query } = solution(1);
  const cases: [Attempt, RegExp][] = [
    [{ create: "", query: "" }, /^not solved yet\. Write the CREATE TABLE and the SELECT/],
    [{ create: "\n  \n", query: "\n" }, /^not solved yet\. Write/],
    [{ create: "-- here", query: "/* and\n here */" }, /^not solved yet\. Write/],
    [{ create, query: "" }, /^not solved yet\. Write/],
    [{ create, query: "TODO" }, /^not solved yet\. Write/],
    [{ create: "CREATE TABLE exercises.users_by_id ( ... )", query }, /^not solved yet\. Write/],
    [{ create: "CREATE TABLE exercises.users_by_id (user_id int,", query }, /does not take .*line \d.*EOF/],
    [{ create: create.replace("int", "number"), query }, /does not take .*[Uu]nknown type/],
    [
      { create: create.replaceAll("exercises.", "sparkify."), query },
      /CREATE TABLE exercises\..*, got: CREATE/,
    ],
    [
      { create: create.replaceAll("exercises.", ""), query },
      /Expected one statement, CREATE TABLE exercises/,
    ],
    [{ create: "DROP TABLE exercises.users_by_id", query }, /Expected one statement.*got: DROP TABLE/],
    [{ create: `${create}; DROP KEYSPACE sparkify`, query }, /Expected one statement, CREATE TABLE/],
    [{ create, query: "TRUNCATE exercises.users_by_id" }, /Expected one statement, SELECT.*got: TRUNCATE/],
    [{ create, query: `${query}; DROP KEYSPACE sparkify` }, /Expected one statement, SELECT/],
    [{ create, query: query.replace("users_by_id", "users") }, /SELECT .* FROM exercises\.users_by_id/],
    [{ create, query: query.replace("user_id", "nobody") }, /has no column nobody/],
    [{ create: create.replace("first_name", "name"), query }, /No raw column is called name/],
    [{ create: create.replace("gender     text", "gender int"), query }, /raw rows do not fit .* is no int/],
    [{ create: create.replace("gender     text", "gender uuid"), query }, /raw rows do not fit the table/],
  ];
  for (const [attempt, message] of cases) {
    const judged = await judge(1, attempt);
    assert.deepEqual([judged.solved, judged.findings], [false, []], JSON.stringify(attempt));
    assert.match(judged.message ?? "", message);
  }
  const noDate = await judge(13, replaced(13, "month text", "month date"));
  assert.match(noDate.message ?? "", /raw rows do not fit .*2018-11/);
  const unsaid = await judge(1, { create, query: query.replace("WHERE", "WHEN") });
  assert.match(failed(unsaid).join(), /Cassandra refuses the query: line/);
  await fails(
    () => judgeExercise(client, 99, { create, query }),
    "There is no exercise 99: they are numbered 1 to",
  );
});

test("a check shows findings and points; the points outlast the kernel, and a damaged file", async () => {
  const file = join(workDirectory, "out", "exercises.json");
  rmSync(file, { force: true });
  const show = async (work: () => unknown) => {
    shown.length = 0;
    await work();
    return shown.map(({ html }) => html).join("\n");
  };
  assert.match(await show(() => showPoints()), /<b>0 of 38 points<\/b>/);
  const solved = await show(() => checkExercise(client, 2, solution(2)));
  assert.match(solved, /✔ Exercise 2\. The songs of an artist: solved \(1 of 1 point\).*loses nothing/s);
  assert.match(
    await show(() => checkExercise(client, 11, { create: "", query: "" })),
    /✘ .*\(0 of 3 points\)/,
  );
  assert.match(await show(() => showPoints()), /<b>1 of 38 points<\/b>/);
  const [wrong] = wrongSolutions.filter(({ exercise }) => exercise === 2);
  const refused = await show(() => checkExercise(client, 2, wrong as Attempt));
  assert.match(refused, /✘ Exercise 2\..*not solved yet \(0 of 1 point\).*<i>The two rows below have/s);
  assert.match(await show(() => showPoints()), /<b>0 of 38 points<\/b>/);
  writeFileSync(file, '{"2":');
  assert.match(await show(() => showPoints()), /<b>0 of 38 points<\/b>/);
  assert.match(await show(() => showRawRows(10)), /raw rows, the first of them.*artist.*song.*length/s);
});
