// The judge before data of every type, with nulls, in parts, by names that need quotes: what each model must fail is said here.

import assert from "node:assert/strict";
import { readOwnTypes, valueType } from "@sparkify/cql";
import { connect } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { isSoak, longForm } from "../../../test/command.js";
import { keepScratch } from "../../../test/keep-scratch.js";
import { createKeyspace } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { placeType, randomValues } from "../../cql/test/random-values.js";
import { findingText } from "../src/finding-text.js";
import type { Finding, Point } from "../src/findings.js";
import { insertRaw } from "../src/insert-raw.js";
import { judgeModel, type Model } from "../src/judge.js";
import type { Question } from "../src/question.js";

const keyspace = "test_any_data";
/** With a type of its own, so that the others need not be described. */
const withPlace = "test_any_place";
type Row = Record<string, unknown>;
let client: Client;
beforeAll(async () => {
  client = await connect();
  keepScratch(client);
  await createKeyspace(client, keyspace);
  await createKeyspace(client, withPlace);
  await client.execute(`CREATE TYPE ${withPlace}.${placeType}`);
});
afterAll(() => client.shutdown());

const failed = (findings: Finding[]) =>
  findings.filter(({ verdict }) => verdict !== "pass").map(({ point }) => point);
const inWords = (findings: Finding[]) =>
  findings.map((one) => `${one.verdict} ${one.point}: ${findingText(one)}`).join("\n");

/** Expects that the points, and no others, fail: none is undecided. */
async function expectFails(model: Model, rows: Row[], points: Point[], options = {}): Promise<Finding[]> {
  const findings = await judgeModel(client, model, rows, options);
  assert.deepEqual(failed(findings).sort(), [...points].sort(), inWords(findings));
  assert.ok(findings.every(({ verdict }) => verdict !== "undecided") || points.length > 0, inWords(findings));
  return findings;
}

let tables = 0;
/** @param definition as in CREATE TABLE @param word that its name must have */
async function createTable(definition: string, word: string): Promise<string> {
  const name = `${definition.includes("<place>") ? withPlace : keyspace}.${word}_${tables++}`;
  await client.execute(`CREATE TABLE ${name} ${definition}`);
  return name;
}

/** Inserts rows by the driver's means: a value for each column, of its type. */
async function insert(name: string, types: Record<string, string>, rows: Row[]): Promise<void> {
  const own = await readOwnTypes(client, withPlace);
  const columns = Object.keys(types);
  const known = Object.values(types).map((type) => valueType(type, own));
  const cql = `INSERT INTO ${name} (${columns.map((column) => `"${column}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
  const inserts = rows.map((row) => ({
    query: cql,
    params: Object.values(row).map((value, at) => known[at]?.take(value)),
  }));
  while (inserts.length > 0) await client.batch(inserts.splice(0, 10), { prepare: true, logged: false });
}

const order = "right order";
const answers = "right answers";
const content = "right rows in right columns";

/** Types that are handled as one that is tried: the order of each is tried by itself, in packages/cql. */
const alike = [
  "tinyint",
  "smallint",
  "bigint",
  "float",
  "ascii",
  "frozen<set<int>>",
  "frozen<map<text, int>>",
];

describe.concurrent("a type as partition key and as clustering column, with a range, the greatest first", () => {
  for (const [type, arbitrary] of Object.entries(randomValues)) {
    testUnless(alike.includes(type) && longForm)(type, async () => {
      const known = valueType(type, await readOwnTypes(client, withPlace));
      const all = fc.sample(arbitrary, isSoak ? 500 : 30).map(known.shown);
      const values = [...new Map(all.map((value) => [known.key(value), value])).values()];
      const rows = known
        .examples()
        .slice(0, 2)
        .flatMap((k) => values.map((v, x) => ({ k, v, x: x === 0 ? null : x })));
      const definition = `(k ${type}, v ${type}, x int, PRIMARY KEY (k, v)) WITH CLUSTERING ORDER BY (v DESC)`;
      const table = await createTable(definition, "k");
      await insert(table, { k: type, v: type, x: "int" }, rows);
      const question: Question = {
        text: type,
        given: ["k"],
        between: "v",
        each: ["v"],
        order: ["v desc"],
        answer: ["x"],
        event: ["k", "v"],
      };
      const query = `SELECT v, x FROM ${table} WHERE k = ? AND v >= ? AND v <= ?`;
      await expectFails({ question, table, query }, rows, []);
      // Turned around, rows of our own tell it.
      const turned = { question, table, query: `${query} ORDER BY v ASC` };
      await expectFails(turned, rows.slice(0, 1), [order], { loaded: false });
    });
  }
});

/** Columns whose names need quotes, or are not those of the raw rows. */
const names = {
  first_name: "First Name",
  Имя: "Имя",
  select: "select",
  "last name": "last-name",
  a_b: "A B",
};

test("values of every type in an answer, nulls among them, static columns, names that need quotes", async () => {
  const columns: Record<string, string> = { k: "int", order: "int", region: "text" };
  const raws: string[] = ["k", "order", "region"];
  for (const [column, raw] of Object.entries(names)) {
    columns[column] = "text";
    raws.push(raw);
  }
  const types = [...Object.keys(randomValues), "list<text>", "set<int>", "map<text, int>", "duration"];
  for (const [at, type] of types.entries()) {
    columns[`c${at}`] = type;
    raws.push(`c${at}`);
  }
  const own = await readOwnTypes(client, withPlace);
  const madeFor = (column: string, row: number): unknown => {
    const type = columns[column] as string;
    if (column === "k") return row % 3;
    if (column === "order") return row;
    if (column === "region") return row % 3 === 0 ? null : `region ${row % 3}`;
    if ((row + column.length) % 3 === 0) return null;
    const arbitrary = randomValues[type] ?? randomValues[`frozen<${type}>`] ?? fc.constantFrom("1h", "2mo");
    const [value] = fc.sample(arbitrary, 1);
    return valueType(type, own).shown(value);
  };
  const stored = Array.from({ length: 60 }, (_, row) =>
    Object.fromEntries(Object.keys(columns).map((column) => [column, madeFor(column, row)])),
  );
  const rows = stored.map((row) =>
    Object.fromEntries(Object.values(row).map((value, at) => [raws[at] ?? "", value])),
  );
  const written = Object.entries(columns).map(
    ([column, type]) => `"${column}" ${type}${column === "region" ? " STATIC" : ""}`,
  );
  const table = await createTable(`(${written.join(", ")}, PRIMARY KEY (k, "order"))`, "k");
  await insert(table, columns, stored);
  const answer = raws.slice(2);
  const question: Question = {
    text: "all",
    given: ["k"],
    each: ["order"],
    order: ["order"],
    answer,
    event: ["order"],
  };
  const model = { question, table, query: `SELECT * FROM ${table} WHERE k = ?` };
  await expectFails(model, rows, []);

  // The same by insertRaw, in a table whose rows are all of one partition and known.
  const copy = await createTable(`(${written.join(", ")}, PRIMARY KEY (k, "order"))`, "k");
  await insertRaw(client, copy, rows);
  await expectFails({ question, table: copy, query: `SELECT * FROM ${copy} WHERE k = ?` }, rows, []);

  // An empty text is no null.
  const row = stored.findIndex((one) => one.first_name === null);
  const where = `WHERE k = ${row % 3} AND "order" = ${row}`;
  await client.execute(`UPDATE ${table} SET first_name = '' ${where}`);
  await expectFails(model, rows, [content, answers]);
});

test.each([
  ["boolean", [true, false]],
  ["tinyint", [127, -128]],
  ["boolean", [true]],
] as const)("of a %s, the probes see nothing of one another: %j", async (type, givens) => {
  const rows = givens.flatMap((flag) => [1, 2, 10].map((id) => ({ flag, id, note: null, at: "2018-11-01" })));
  const table = await createTable(`(flag ${type}, id int, note text, PRIMARY KEY (flag, id))`, "flag");
  await insertRaw(client, table, rows);
  const question: Question = {
    text: "by flag",
    given: ["flag"],
    each: ["id"],
    order: ["id"],
    answer: ["note"],
    event: ["at"],
  };
  await expectFails({ question, table, query: `SELECT note FROM ${table} WHERE flag = ?` }, rows, []);
});

/** Readings of two sensors, every seven hours through three months. Of each third there is no value. */
const readings = [1, 2].flatMap((sensor) =>
  Array.from({ length: 300 }, (_, at) => {
    const time = new Date(Date.UTC(2018, 9, 3) + at * 7 * 3_600_000).toISOString();
    return { sensor, at: time, month: time.slice(0, 7), value: at % 3 === 0 ? null : at / 4 };
  }),
);
const latest: Question = {
  text: "the latest readings of a sensor between two times",
  given: ["sensor"],
  parts: ["month"],
  between: "at",
  each: ["at"],
  order: ["at desc"],
  limit: 5,
  answer: ["value"],
  event: ["sensor", "at"],
};
const inMonth = "SELECT value FROM T WHERE sensor = ? AND month = ? AND at >= ? AND at <= ?";
const inBucket = "SELECT value FROM T WHERE sensor = ? AND bucket = ? AND at >= ? AND at <= ?";
type Reading = (typeof readings)[number];
const bucket = (make: (row: Reading) => unknown) => ({ bucket: make });
const hour = ({ at }: Reading) => Math.floor(Date.parse(at) / 3_600_000);
const bucketed: Question = { ...latest, parts: ["bucket"] };
const byMonth = "(sensor int, month text, at timestamp, value double, PRIMARY KEY ((sensor, month), at))";
const byBucket = (type: string) =>
  `(sensor int, bucket ${type}, at timestamp, value double, PRIMARY KEY ((sensor, bucket), at))`;
const descending = "WITH CLUSTERING ORDER BY (at DESC)";

const inParts: [string, Question, string, string, Point[], Model["columns"]?][] = [
  ["right", latest, `${byMonth} ${descending}`, `${inMonth} LIMIT 5`, []],
  ["a limit for each partition", latest, `${byMonth} ${descending}`, `${inMonth} PER PARTITION LIMIT 5`, []],
  ["turned around by the query", latest, byMonth, `${inMonth} ORDER BY at DESC LIMIT 5`, []],
  ["no limit", latest, `${byMonth} ${descending}`, inMonth, [answers]],
  ["the earliest first", latest, byMonth, `${inMonth} LIMIT 5`, [order, answers]],
  [
    "a month that is computed",
    bucketed,
    `${byBucket("text")} ${descending}`,
    `${inBucket} LIMIT 5`,
    [],
    bucket(({ month }) => month),
  ],
  [
    "the same, the earliest first",
    bucketed,
    byBucket("text"),
    `${inBucket} LIMIT 5`,
    [order, answers],
    bucket(({ at }) => at.slice(0, 7)),
  ],
  [
    "an hour that is computed",
    bucketed,
    `${byBucket("bigint")} ${descending}`,
    `${inBucket} LIMIT 5`,
    [],
    bucket(hour),
  ],
  [
    "a hash of the hour",
    bucketed,
    `${byBucket("int")} ${descending}`,
    `${inBucket} LIMIT 5`,
    [],
    bucket((row) => (hour(row) * 7919) % 4),
  ],
  [
    "a hash, the earliest first",
    bucketed,
    byBucket("int"),
    `${inBucket} LIMIT 5`,
    [order, answers],
    bucket((row) => (hour(row) * 7919) % 4),
  ],
];

describe.concurrent("an answer in parts, with a range, an order and a limit", () => {
  for (const [title, question, definition, query, points, columns] of inParts) {
    test(title, async () => {
      const table = await createTable(definition, "sensor");
      await insertRaw(client, table, readings, columns);
      const model = { question, table, query: query.replace(/\bT\b/, table), ...(columns && { columns }) };
      const findings = await expectFails(model, readings, points);
      const size = findings.find(({ evidence }) => evidence.kind === "size")?.evidence;
      if (title !== "right" || size?.kind !== "size") return;
      // Counted by hand: 103 or 104 times seven hours in a month of 30 or 31 days, the first one begins on its third day.
      assert.deepEqual(size.partition, { sensor: 1, month: "2018-11" });
      assert.equal(size.largest.rows, 103);
    });
  }
});

test("a fact that comes again at another time is in another part: seen with rows of our own", async () => {
  const rows = [1, 2, 3].map((user) => ({ page: "a", user, at: `2018-11-0${user}T00:00:00.000Z` }));
  const definition = "(page text, bucket text, user int, at timestamp, PRIMARY KEY ((page, bucket), user))";
  const table = await createTable(definition, "page");
  const columns = { bucket: ({ at }: { at: string }) => at.slice(0, 7) };
  await insertRaw(client, table, rows, columns);
  const question: Question = {
    text: "visitors",
    given: ["page"],
    parts: ["bucket"],
    each: ["user"],
    answer: ["user"],
    event: ["at"],
  };
  const query = `SELECT user FROM ${table} WHERE page = ? AND bucket = ?`;
  await expectFails({ question, table, query, columns }, rows, ["no needless duplicates"]);
});

/** Twelve users of two games, each with one score in each; some share a score. */
const scores = ["chess", "go"].flatMap((game) =>
  Array.from({ length: 12 }, (_, user) => ({ game, user, score: (user * 7) % 11, match: `${game} ${user}` })),
);
const leaders: Question = {
  text: "the leaders of a game",
  given: ["game"],
  each: ["user"],
  order: ["score desc"],
  answer: ["user", "score"],
  event: ["game", "user", "score"],
  limit: 10,
};
const byScore = "PRIMARY KEY (game, score, user)) WITH CLUSTERING ORDER BY (score DESC, user ASC)";
/** The two users that share a score are the last: the first ten hide it. */
const boards: [string, string, Point[], Row[]?][] = [
  ["right", byScore, []],
  ["by user", "PRIMARY KEY (game, user))", [order, answers]],
  ["the last first", "PRIMARY KEY (game, score, user))", [order, answers]],
  ["one user a score", "PRIMARY KEY (game, score)) WITH CLUSTERING ORDER BY (score DESC)", ["loses nothing"]],
  [
    "a user with two scores",
    byScore,
    ["no needless duplicates", answers],
    [...scores, { game: "go", user: 3, score: 99, match: "x" }],
  ],
];

describe.concurrent("an order by what does not tell facts apart: a leaderboard", () => {
  for (const [title, key, points, rows = scores] of boards) {
    test(title, async () => {
      const table = await createTable(`(game text, score int, user int, ${key}`, "game");
      await insertRaw(client, table, rows);
      const query = `SELECT user, score FROM ${table} WHERE game = ? LIMIT 10`;
      await expectFails({ question: leaders, table, query }, rows, points);
      // A single row tells nothing of the order, rows of our own do.
      const telling = points.filter((point) => point === order || point === "loses nothing");
      if (rows === scores)
        await expectFails({ question: leaders, table, query }, scores.slice(0, 1), telling, {
          loaded: false,
        });
    });
  }
});

test("only an id, as a word of its name, that holds whole numbers is a floating-point number by mistake", async () => {
  const rows = [1, 2].map((room) => ({
    room,
    "user id": room,
    humid: 40,
    paid: 3,
    bid: 2,
    itemCount: 5,
    gridId: room / 2,
  }));
  const definition =
    "(room int PRIMARY KEY, user_id double, humid double, paid decimal, bid float, item_count double, grid_id double)";
  const table = await createTable(definition, "room");
  await insertRaw(client, table, rows);
  const question: Question = {
    text: "a room",
    given: ["room"],
    each: [],
    answer: ["humid", "user id"],
    event: ["room"],
  };
  const query = `SELECT humid, user_id FROM ${table} WHERE room = ?`;
  const findings = await expectFails({ question, table, query }, rows, ["right types"]);
  const { evidence } = findings.find(({ point }) => point === "right types") as Finding;
  assert.deepEqual(evidence.kind === "types" && evidence.altered.map(({ column }) => column), ["user_id"]);
});
