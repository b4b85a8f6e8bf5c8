// The judge of models before a table of models with known verdicts. The rows are inserted here by other means than the
// library's own, and what each model must fail is said here: nothing is judged by its own words.

import assert from "node:assert/strict";
import { connect, dropKeyspace, type RawPlay, readRawPlays } from "@sparkify/lib";
import { type Client, types } from "cassandra-driver";
import { afterAll, beforeAll, describe, test } from "vitest";
import { captureDisplays, createKeyspace, fails } from "../../../test/support.js";
import { type Finding, type Point, showFindings } from "../src/findings.js";
import { insertRaw } from "../src/insert-raw.js";
import { checkModel, judgeModel, type Model } from "../src/judge.js";
import { type Question, questions } from "../src/question.js";

const shown = captureDisplays();
const plays = readRawPlays();
let client: Client;

beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_model");
});
afterAll(async () => {
  await dropKeyspace(client, "test_model");
  await client.shutdown();
});

const { songBySessionItem, songsByUserSession, usersBySong } = questions;
/** A question that the walkthrough does not ask. */
const songsByUserArtist: Question = {
  text: "what a user played of an artist, the latest first",
  given: ["userId", "artist"],
  each: ["date", "sessionId", "itemInSession"],
  order: ["date desc", "sessionId desc", "itemInSession desc"],
  answer: ["song"],
};

const access = "answers the query without filtering";
const content = "right rows in right columns";
const naming = "key order and naming";

interface Table {
  /** Columns, key and options, as in CREATE TABLE. */
  definition: string;
  index?: string;
  /** What is done to the rows before they are inserted. */
  spoilt?: (plays: RawPlay[]) => RawPlay[];
}

const playColumns = "artist text, song text, length double";
const visitColumns = "artist text, song text, first_name text, last_name text";
const byItem = "PRIMARY KEY ((user_id, session_id), item_in_session)";
const twice = (one: RawPlay): RawPlay => ({ ...one, artist: one.song, song: one.artist });

const tables: Record<string, Table> = {
  // Question 1
  song_by_session_item: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY ((session_id), item_in_session))`,
  },
  song_by_session_and_item: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY ((session_id, item_in_session)))`,
  },
  songbysessionitem: {
    definition: `(sessionid bigint, iteminsession smallint, ${playColumns}, PRIMARY KEY (sessionid, iteminsession))`,
  },
  song_by_quoted_session: {
    definition: `("sessionId" int, "itemInSession" int, ${playColumns}, PRIMARY KEY ("sessionId", "itemInSession"))`,
  },
  song_by_session_decimal: {
    definition:
      "(session_id int, item_in_session int, artist text, song text, length decimal, PRIMARY KEY (session_id, item_in_session))",
  },
  song_by_session_float: {
    definition:
      "(session_id int, item_in_session int, artist text, song text, length float, PRIMARY KEY (session_id, item_in_session))",
  },
  song_by_session_text_item: {
    definition: `(session_id int, item_in_session text, ${playColumns}, PRIMARY KEY (session_id, item_in_session))`,
  },
  song_by_double_session: {
    definition: `(session_id double, item_in_session int, ${playColumns}, PRIMARY KEY (session_id, item_in_session))`,
  },
  song_by_session: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY (session_id))`,
  },
  song_by_item: {
    definition: `(item_in_session int, session_id int, ${playColumns}, PRIMARY KEY (item_in_session))`,
  },
  song_by_item_session: {
    definition: `(item_in_session int, session_id int, ${playColumns}, PRIMARY KEY ((item_in_session), session_id))`,
  },
  table_one: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY (session_id, item_in_session))`,
  },
  song_by_session_missing: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY (session_id, item_in_session))`,
    spoilt: (all) => all.filter((_, index) => index !== 5001 && index !== 6002),
  },
  song_by_session_extra: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY (session_id, item_in_session))`,
    spoilt: (all) => [...all, { ...(all[0] as RawPlay), sessionId: 99_999 }],
  },
  song_by_session_one_wrong: {
    definition: `(session_id int, item_in_session int, ${playColumns}, PRIMARY KEY (session_id, item_in_session))`,
    spoilt: (all) => all.map((play, index) => (index === 5001 ? twice(play) : play)),
  },
  // Question 2
  songs_by_user_session: {
    definition: `(user_id int, session_id int, item_in_session int, ${visitColumns}, ${byItem})`,
  },
  songs_by_user_session_many: {
    definition: `(user_id int, session_id int, item_in_session int, ${visitColumns}, date date, gender ascii, level text,
      location text, length double, ${byItem})`,
  },
  songs_of_user_by_session: {
    definition: `(user_id int, session_id int, item_in_session int, ${visitColumns}, PRIMARY KEY (user_id, session_id, item_in_session))`,
  },
  songs_by_session_user: {
    definition: `(session_id int, user_id int, item_in_session int, ${visitColumns}, PRIMARY KEY (session_id, user_id, item_in_session))`,
  },
  songs_by_user_session_static: {
    definition: `(user_id int, session_id int, item_in_session int, first_name text STATIC, last_name text STATIC,
      artist text, song text, ${byItem})`,
  },
  songs_by_user_session_name: {
    definition: `(user_id int, session_id int, item_in_session int, artist text, song text, user_name text, ${byItem})`,
  },
  songs_by_user_session_desc: {
    definition: `(user_id int, session_id int, item_in_session int, ${visitColumns}, ${byItem})
      WITH CLUSTERING ORDER BY (item_in_session DESC)`,
  },
  songs_by_user_session_text: {
    definition: `(user_id int, session_id int, item_in_session text, ${visitColumns}, ${byItem})`,
  },
  song_by_user_session: {
    definition: `(user_id int, session_id int, item_in_session int, ${visitColumns}, PRIMARY KEY ((user_id, session_id)))`,
  },
  songs_by_user_session_song: {
    definition: `(user_id int, session_id int, song text, item_in_session int, artist text, first_name text,
      last_name text, PRIMARY KEY ((user_id, session_id), song))`,
  },
  songs_by_session: {
    definition: `(session_id int, item_in_session int, user_id int, ${visitColumns}, PRIMARY KEY (session_id, item_in_session))`,
  },
  songs_by_user_session_swapped: {
    definition: `(user_id int, session_id int, item_in_session int, ${visitColumns}, ${byItem})`,
    spoilt: (all) => all.map((play) => ({ ...play, firstName: play.lastName, lastName: play.firstName })),
  },
  // Question 3
  users_by_song: {
    definition: "(song text, user_id int, first_name text, last_name text, PRIMARY KEY (song, user_id))",
  },
  users_by_song_big: {
    definition: `(song text, user_id bigint, first_name text, last_name text, gender text, PRIMARY KEY (song, user_id))
      WITH CLUSTERING ORDER BY (user_id DESC)`,
  },
  users_by_song_name: {
    definition:
      "(song text, first_name text, last_name text, user_id int, PRIMARY KEY (song, first_name, last_name))",
  },
  user_by_song: {
    definition: "(song text, user_id int, first_name text, last_name text, PRIMARY KEY (song))",
  },
  users_by_song_user: {
    definition: "(song text, user_id int, first_name text, last_name text, PRIMARY KEY ((song, user_id)))",
  },
  users_by_song_play: {
    definition: `(song text, user_id int, session_id int, item_in_session int, first_name text, last_name text,
      PRIMARY KEY (song, user_id, session_id, item_in_session))`,
  },
  songs_by_user: {
    definition: "(user_id int, song text, first_name text, last_name text, PRIMARY KEY (user_id, song))",
  },
  songs_by_user_indexed: {
    definition: "(user_id int, song text, first_name text, last_name text, PRIMARY KEY (user_id, song))",
    index: "CREATE INDEX ON test_model.songs_by_user_indexed (song)",
  },
  songs_by_user_sai: {
    definition: "(user_id int, song text, first_name text, last_name text, PRIMARY KEY (user_id, song))",
    index: "CREATE INDEX ON test_model.songs_by_user_sai (song) USING 'sai'",
  },
  users_by_song_static: {
    definition:
      "(song text, user_id int, first_name text STATIC, last_name text, PRIMARY KEY (song, user_id))",
  },
  users_by_song_text: {
    definition: "(song text, user_id text, first_name text, last_name text, PRIMARY KEY (song, user_id))",
  },
  users_by_song_float: {
    definition: "(song text, user_id float, first_name text, last_name text, PRIMARY KEY (song, user_id))",
  },
  // A question of our own
  songs_by_user_artist: {
    definition: `(user_id int, artist text, date date, session_id int, item_in_session int, song text,
      PRIMARY KEY ((user_id, artist), date, session_id, item_in_session))
      WITH CLUSTERING ORDER BY (date DESC, session_id DESC, item_in_session DESC)`,
  },
  songs_by_user_artist_first: {
    definition: `(user_id int, artist text, date date, session_id int, item_in_session int, song text,
      PRIMARY KEY ((user_id, artist), date, session_id, item_in_session))`,
  },
  songs_by_user_artist_day: {
    definition: `(user_id int, artist text, date date, session_id int, item_in_session int, song text,
      PRIMARY KEY ((user_id, artist), date)) WITH CLUSTERING ORDER BY (date DESC)`,
  },
};

/** What belongs into a column, by its name without _ and capitals. */
const values: Record<string, (play: RawPlay) => string | number> = {
  sessionid: (play) => play.sessionId,
  iteminsession: (play) => play.itemInSession,
  userid: (play) => play.userId,
  firstname: (play) => play.firstName,
  lastname: (play) => play.lastName,
  username: (play) => `${play.firstName} ${play.lastName}`,
  artist: (play) => play.artist,
  song: (play) => play.song,
  length: (play) => play.length,
  gender: (play) => play.gender,
  level: (play) => play.level,
  location: (play) => play.location,
  date: (play) => play.date,
};

const casts: Record<string, (value: string | number) => unknown> = {
  text: String,
  ascii: String,
  bigint: (value) => types.Long.fromNumber(Number(value)),
  decimal: (value) => types.BigDecimal.fromString(String(value)),
  date: (value) => types.LocalDate.fromString(String(value)),
};

const filled = new Map<string, Promise<string>>();

/** A table, created and filled the first time. */
function filledTable(name: string): Promise<string> {
  const table = filled.get(name) ?? fill(name);
  filled.set(name, table);
  return table;
}

/** Of two rows with one key the later one wins. */
async function fill(name: string): Promise<string> {
  const table = `test_model.${name}`;
  const { definition, index, spoilt = (all) => all } = tables[name] as Table;
  await client.execute(`CREATE TABLE ${table} ${definition}`);
  if (index) await client.execute(index);
  const { rows: columns } = await client.execute(
    "SELECT column_name, type FROM system_schema.columns WHERE keyspace_name = 'test_model' AND table_name = ?",
    [name],
    { prepare: true },
  );
  const names = columns.map(({ column_name }) => `"${column_name}"`).join(", ");
  const makers = columns.map(({ column_name, type }) => {
    const value = values[column_name.replaceAll("_", "").toLowerCase()] ?? assert.fail(column_name);
    const cast = casts[type] ?? ((plain) => plain);
    return (play: RawPlay) => cast(value(play));
  });
  const query = `INSERT INTO ${table} (${names}) VALUES (${makers.map(() => "?").join(", ")}) USING TIMESTAMP ?`;
  const statements = spoilt(plays).map((play, line) => ({
    query,
    params: [...makers.map((make) => make(play)), line + 1],
  }));
  while (statements.length > 0) {
    const batches = Array.from({ length: 8 }, () => statements.splice(0, 30));
    await Promise.all(batches.filter((batch) => batch.length > 0).map((batch) => insertBatch(batch)));
  }
  return table;
}

/** Once more where the machine is too busy: every row has its timestamp. */
async function insertBatch(batch: { query: string; params: unknown[] }[], attempt = 1): Promise<void> {
  try {
    await client.batch(batch, { prepare: true, logged: false });
  } catch (error) {
    if (attempt === 5) throw error;
    await insertBatch(batch, attempt + 1);
  }
}

interface Scheme extends Omit<Model, "table" | "query"> {
  title: string;
  name: string;
  /** The query; `T` stands for the table. */
  query: string;
  /** The points that it must fail. All others must not fail. */
  fails: Point[];
  growth?: number;
}

const q1 = "SELECT artist, song, length FROM T WHERE session_id = ? AND item_in_session = ?";
const q2 = "SELECT artist, song, first_name, last_name FROM T WHERE user_id = ? AND session_id = ?";
const q3 = "SELECT user_id, first_name, last_name FROM T WHERE song = ?";
const q4 = "SELECT song FROM T WHERE user_id = ? AND artist = ?";

const rightOnes: Omit<Scheme, "fails">[] = [
  { title: "the walkthrough's key", question: songBySessionItem, name: "song_by_session_item", query: q1 },
  {
    title: "the walkthrough's key, with its statements, at a hundred times the rows",
    question: songBySessionItem,
    name: "song_by_session_item",
    query: q1,
    growth: 100,
    create:
      "CREATE TABLE T (session_id int, item_in_session int, artist text, PRIMARY KEY ((session_id), item_in_session))",
    insert: "INSERT INTO T (session_id, item_in_session, artist, song, length) VALUES (?, ?, ?, ?, ?)",
  },
  {
    title: "both that are given as the partition key",
    question: songBySessionItem,
    name: "song_by_session_and_item",
    query: q1,
  },
  {
    title: "names without an underscore, other types of whole numbers",
    question: songBySessionItem,
    name: "songbysessionitem",
    query: "SELECT artist, song, length FROM T WHERE sessionid = ? AND iteminsession = ?",
  },
  {
    title: "quoted names with capitals",
    question: songBySessionItem,
    name: "song_by_quoted_session",
    query: 'SELECT artist, song, length FROM T WHERE "sessionId" = ? AND "itemInSession" = ?',
  },
  {
    title: "a length that is a decimal",
    question: songBySessionItem,
    name: "song_by_session_decimal",
    query: q1,
  },
  { title: "the walkthrough's key", question: songsByUserSession, name: "songs_by_user_session", query: q2 },
  {
    title: "more columns than asked for",
    question: songsByUserSession,
    name: "songs_by_user_session_many",
    query: q2,
  },
  {
    title: "all sessions of a user in one partition",
    question: songsByUserSession,
    name: "songs_of_user_by_session",
    query: q2,
  },
  {
    title: "all users of a session in one partition, told apart",
    question: songsByUserSession,
    name: "songs_by_session_user",
    query: "SELECT artist, song, first_name, last_name FROM T WHERE session_id = ? AND user_id = ?",
  },
  {
    title: "the user's name as static columns",
    question: songsByUserSession,
    name: "songs_by_user_session_static",
    query: q2,
  },
  {
    title: "a computed column",
    question: songsByUserSession,
    name: "songs_by_user_session_name",
    query: "SELECT artist, song, user_name FROM T WHERE user_id = ? AND session_id = ?",
    columns: { user_name: ({ firstName, lastName }: RawPlay) => `${firstName} ${lastName}` },
  },
  {
    title: "descending, and turned around by the query",
    question: songsByUserSession,
    name: "songs_by_user_session_desc",
    query: `${q2} ORDER BY item_in_session ASC`,
  },
  {
    title: "descending, for a question that wants the last song first",
    question: { ...songsByUserSession, order: ["itemInSession desc"] },
    name: "songs_by_user_session_desc",
    query: q2,
  },
  {
    title: "the walkthrough's key, at a hundred times the rows",
    question: usersBySong,
    name: "users_by_song",
    query: q3,
    growth: 100,
  },
  {
    title: "another type, another order, one column more",
    question: usersBySong,
    name: "users_by_song_big",
    query: q3,
  },
  {
    title: "three columns that keep the order",
    question: songsByUserArtist,
    name: "songs_by_user_artist",
    query: q4,
  },
];

const right: Scheme[] = rightOnes.map((scheme) => ({ ...scheme, fails: [] }));

const wrong: Scheme[] = [
  // Question 1
  {
    title: "one row for each session",
    question: songBySessionItem,
    name: "song_by_session",
    query: "SELECT artist, song, length FROM T WHERE session_id = ?",
    fails: [access, "loses nothing"],
  },
  {
    title: "one row for each session, asked for a position too",
    question: songBySessionItem,
    name: "song_by_session",
    query: q1,
    fails: [access, "loses nothing"],
  },
  {
    title: "one row for each position",
    question: songBySessionItem,
    name: "song_by_item",
    query: "SELECT artist, song, length FROM T WHERE item_in_session = ?",
    fails: [access, "loses nothing"],
  },
  {
    title: "the position as partition key, at a hundred times the rows",
    question: songBySessionItem,
    name: "song_by_item_session",
    growth: 100,
    query: "SELECT artist, song, length FROM T WHERE item_in_session = ? AND session_id = ?",
    fails: ["partition size"],
  },
  {
    title: "a length that is a float",
    question: songBySessionItem,
    name: "song_by_session_float",
    query: q1,
    fails: ["right types"],
  },
  {
    title: "a position that is text",
    question: songBySessionItem,
    name: "song_by_session_text_item",
    query: q1,
    fails: ["right types"],
  },
  {
    title: "a session id that is a double",
    question: songBySessionItem,
    name: "song_by_double_session",
    query: q1,
    fails: ["right types"],
  },
  {
    title: "an INSERT whose columns do not follow the key",
    question: songBySessionItem,
    name: "song_by_session_item",
    query: q1,
    fails: [naming],
    insert: "INSERT INTO T (artist, song, length, session_id, item_in_session) VALUES (?, ?, ?, ?, ?)",
  },
  {
    title: "a CREATE TABLE whose columns do not follow the key",
    question: songBySessionItem,
    name: "song_by_session_item",
    query: q1,
    fails: [naming],
    create:
      "CREATE TABLE T (item_in_session int, session_id int, artist text, PRIMARY KEY ((session_id), item_in_session))",
  },
  {
    title: "a SELECT whose conditions do not follow the key",
    question: songBySessionItem,
    name: "song_by_session_item",
    fails: [naming],
    query: "SELECT artist, song, length FROM T WHERE item_in_session = ? AND session_id = ?",
  },
  {
    title: "a name that says nothing",
    question: songBySessionItem,
    name: "table_one",
    query: q1,
    fails: [naming],
  },
  {
    title: "an answer without the length",
    question: songBySessionItem,
    name: "song_by_session_item",
    fails: ["right answers"],
    query: "SELECT artist, song FROM T WHERE session_id = ? AND item_in_session = ?",
  },
  {
    title: "rows that were not loaded",
    question: songBySessionItem,
    name: "song_by_session_missing",
    query: q1,
    fails: [content],
  },
  {
    title: "a row too many",
    question: songBySessionItem,
    name: "song_by_session_extra",
    query: q1,
    fails: [content],
  },
  {
    title: "one row with artist and song in each other's place",
    question: songBySessionItem,
    name: "song_by_session_one_wrong",
    query: q1,
    fails: [content],
  },
  // Question 2
  {
    title: "no position in the key",
    question: songsByUserSession,
    name: "song_by_user_session",
    query: q2,
    fails: ["loses nothing", "right answers"],
  },
  {
    title: "the song in the place of the position",
    question: songsByUserSession,
    name: "songs_by_user_session_song",
    query: q2,
    fails: ["loses nothing", "right order", "right answers"],
  },
  {
    title: "the session only, asked for a user too",
    question: songsByUserSession,
    name: "songs_by_session",
    query: q2,
    fails: [access, "loses nothing"],
  },
  {
    title: "the session only",
    question: songsByUserSession,
    name: "songs_by_session",
    query: "SELECT artist, song, first_name, last_name FROM T WHERE session_id = ?",
    fails: [access, "loses nothing"],
  },
  {
    title: "descending",
    question: songsByUserSession,
    name: "songs_by_user_session_desc",
    query: q2,
    fails: ["right order", "right answers"],
  },
  {
    title: "ascending, and turned around by the query",
    question: songsByUserSession,
    name: "songs_by_user_session",
    query: `${q2} ORDER BY item_in_session DESC`,
    fails: ["right order", "right answers"],
  },
  {
    title: "a position that is text",
    question: songsByUserSession,
    name: "songs_by_user_session_text",
    query: q2,
    fails: ["right order", "right types", "right answers"],
  },
  {
    title: "first and last name in each other's place",
    question: songsByUserSession,
    name: "songs_by_user_session_swapped",
    query: q2,
    fails: [content, "right answers"],
  },
  // Question 3
  {
    title: "the name in the place of the id",
    question: usersBySong,
    name: "users_by_song_name",
    query: q3,
    fails: ["loses nothing", "right answers"],
  },
  {
    title: "one row for each song",
    question: usersBySong,
    name: "user_by_song",
    query: q3,
    fails: ["loses nothing", "right answers"],
  },
  {
    title: "the user in the partition key",
    question: usersBySong,
    name: "users_by_song_user",
    query: q3,
    fails: [access],
  },
  {
    title: "needless clustering columns",
    question: usersBySong,
    name: "users_by_song_play",
    query: q3,
    fails: ["no needless duplicates", "right answers"],
  },
  {
    title: "ALLOW FILTERING",
    question: usersBySong,
    name: "songs_by_user",
    query: `${q3} ALLOW FILTERING`,
    fails: [access],
  },
  {
    title: "a secondary index",
    question: usersBySong,
    name: "songs_by_user_indexed",
    query: q3,
    fails: [access],
  },
  {
    title: "a storage-attached index",
    question: usersBySong,
    name: "songs_by_user_sai",
    query: q3,
    fails: [access],
  },
  {
    title: "one first name for all listeners of a song",
    question: usersBySong,
    name: "users_by_song_static",
    query: q3,
    fails: [content, "right answers"],
  },
  {
    title: "a user id that is text",
    question: usersBySong,
    name: "users_by_song_text",
    query: q3,
    fails: ["right types"],
  },
  {
    title: "a user id that is a float",
    question: usersBySong,
    name: "users_by_song_float",
    query: q3,
    fails: ["right types"],
  },
  {
    title: "an answer without the last name",
    question: usersBySong,
    name: "users_by_song",
    fails: ["right answers"],
    query: "SELECT user_id, first_name FROM T WHERE song = ?",
  },
  // A question of our own
  {
    title: "the earliest first",
    question: songsByUserArtist,
    name: "songs_by_user_artist_first",
    query: q4,
    fails: ["right order", "right answers"],
  },
  {
    title: "one row for each day",
    question: songsByUserArtist,
    name: "songs_by_user_artist_day",
    query: q4,
    fails: ["loses nothing", "right answers"],
  },
];

async function modelOf({
  name,
  query,
  create,
  insert,
  question,
  columns,
}: Omit<Scheme, "fails">): Promise<Model> {
  const table = await filledTable(name);
  const here = (cql: string) => cql.replace(/\bT\b/, table);
  return {
    question,
    table,
    query: here(query),
    ...(create && { create: here(create) }),
    ...(insert && { insert: here(insert) }),
    ...(columns && { columns }),
  };
}

const found = new Map<Scheme, Finding[]>();

/** Judged once, with all rows loaded. */
async function findingsOf(scheme: Scheme): Promise<Finding[]> {
  const { growth = 1 } = scheme;
  const findings = found.get(scheme) ?? (await judgeModel(client, await modelOf(scheme), plays, { growth }));
  found.set(scheme, findings);
  return findings;
}

const failed = (findings: Finding[]) =>
  findings.filter(({ verdict }) => verdict === "fail").map(({ point }) => point);
const inWords = (findings: Finding[]) =>
  findings.map(({ point, verdict, evidence }) => `${verdict} ${point}: ${evidence}`).join("\n");

/** Most of the time of a judgement is waiting: for Cassandra to create tables, to drop them, to write a trace. */
describe.concurrent("a right model passes every point", () => {
  for (const scheme of right) {
    test(`${scheme.question.text}: ${scheme.title}`, async () => {
      const findings = await findingsOf(scheme);
      assert.equal(findings.length, 9);
      assert.ok(
        findings.every(({ verdict }) => verdict === "pass"),
        inWords(findings),
      );
    });
  }
});

describe.concurrent("a wrong model fails the points that it must fail, and no other", () => {
  for (const scheme of wrong) {
    test(`${scheme.question.text}: ${scheme.title}`, async () => {
      const findings = await findingsOf(scheme);
      assert.deepEqual(failed(findings).sort(), [...scheme.fails].sort(), inWords(findings));
      for (const { verdict, hint } of findings) assert.ok(verdict !== "fail" || hint);
    });
  }
});

test("at least twenty models were judged, right ones and wrong ones", () => {
  assert.ok(right.length >= 10 && wrong.length >= 20);
});

/** A short session: its order is right as text, nobody shares a name, an id or a song. */
const innocent = plays.filter(({ sessionId, userId }) => sessionId === 182 && userId === 10);

test("data that hold no telling case: rows of our own tell right from wrong, before anything is loaded", async () => {
  const points: Point[] = ["loses nothing", "no needless duplicates", "right order"];
  const telling = wrong.filter((scheme) => scheme.fails.some((point) => points.includes(point)));
  assert.ok(telling.length >= 10);
  const judge = async (scheme: Scheme) =>
    judgeModel(client, await modelOf(scheme), innocent, { loaded: false });
  const expectNoPass = async (scheme: Scheme) => {
    const findings = await judge(scheme);
    const expected = points.filter((point) => scheme.fails.includes(point));
    const ownRows = findings.filter(({ evidence }) => evidence.includes("rows of our own"));
    for (const point of expected) {
      const { verdict } = findings.find((finding) => finding.point === point) as Finding;
      // What no row could tell is said to be undecided; it never passes.
      assert.ok(verdict !== "pass", `${scheme.title}: ${inWords(findings)}`);
    }
    assert.ok(ownRows.length > 0 || scheme.name.startsWith("song_by"), inWords(findings));
  };
  await Promise.all(telling.map(expectNoPass));
  const names = [
    "song_by_session_item",
    "songs_by_user_session_static",
    "users_by_song",
    "songs_by_user_artist",
  ];
  const rightToo = right.filter(({ name }) => names.includes(name));
  for (const findings of await Promise.all(rightToo.map(judge))) {
    assert.deepEqual(failed(findings), [], inWords(findings));
    assert.ok(
      findings.every(({ verdict }) => verdict === "pass"),
      inWords(findings),
    );
  }
});

const judged = async (name: string, query?: string) => {
  const scheme = wrong.find((one) => one.name === name && (!query || one.query === query)) as Scheme;
  const findings = await findingsOf(scheme);
  return (point: Point) => findings.find((finding) => finding.point === point) as Finding;
};

test("the evidence is what Cassandra said and what the rows show", async () => {
  const composite = await judged("users_by_song_user");
  assert.match(composite(access).evidence, /^Cassandra refuses the query: .*might involve data filtering/);
  assert.equal(composite("loses nothing").verdict, "pass");
  assert.equal(composite("right answers").verdict, "undecided");

  const named = (await judged("users_by_song_name"))("loses nothing");
  assert.match(named.evidence, /6,624 different facts .* become 6,623 rows: 1 is lost/);
  assert.deepEqual(named.rows?.map((row) => [row.userId, row.firstName, row.lastName]).sort(), [
    [13, "Ava", "Robinson"],
    [50, "Ava", "Robinson"],
  ]);

  const text = await judged("songs_by_user_session_text");
  assert.match(
    text("right order").evidence,
    /answers are not in the order of itemInSession\. One comes as .*\b10\b/,
  );
  assert.match(text("right types").evidence, /item_in_session text: \d+ comes back as "\d+"/);

  const float = (await judged("song_by_session_float"))("right types").evidence;
  assert.match(float, /^length float: \d+\.\d+ comes back as \d+\.\d{6,}$/);

  const size = (await judged("song_by_item_session"))("partition size").evidence;
  assert.match(
    size,
    /567 rows, 1,701 values.*\(item_in_session 1\).*100 times the rows: 56,700 rows, 170,100 values/,
  );

  assert.match((await judged("songs_by_user_indexed"))(access).evidence, /reads an index/);
  assert.match((await judged("songs_by_user_sai"))(access).evidence, /reads an index/);
  assert.match((await judged("songs_by_session", q2))(access).evidence, /might involve data filtering/);
  assert.match(
    (await judged("song_by_session_missing"))(content).evidence,
    /6,818 rows; 2 missing, 0 .*, 0 not/,
  );
  assert.match(
    (await judged("song_by_session_extra"))(content).evidence,
    /6,821 rows; 0 missing, 0 .*, 1 not/,
  );
  assert.match(
    (await judged("song_by_session_one_wrong"))(content).evidence,
    /0 missing, 1 with another value/,
  );
  assert.match(
    (await judged("users_by_song_play"))("no needless duplicates").evidence,
    /6,624 .* become 6,820/,
  );
});

test("the reader's table is as it was, and no scratch keyspace is left", async () => {
  const [scheme] = right;
  const model = await modelOf(scheme as Scheme);
  await judgeModel(client, model, plays);
  const held = (await client.execute(`SELECT count(*) FROM ${model.table}`)).first().get(0);
  assert.equal(Number(held), plays.length);
  const { rows } = await client.execute("SELECT keyspace_name FROM system_schema.keyspaces");
  assert.deepEqual(
    rows.map(({ keyspace_name }) => keyspace_name).filter((name) => name.startsWith("sparkify_scratch")),
    [],
  );
});

test("a check of a model shows its findings, and fails the cell where one is a fail", async () => {
  shown.length = 0;
  await checkModel(client, await modelOf(right[0] as Scheme), plays);
  assert.match(shown.at(-1)?.html ?? "", /✔.*loses nothing.*6,820 rows/s);
  const verdict = shown.at(-1)?.verdict;
  const name = "the model of test_model.song_by_session_item";
  assert.deepEqual(verdict, { kind: "check", name, ok: true, evidence: "9 points" });

  const bad = await modelOf(wrong.find((one) => one.name === "user_by_song") as Scheme);
  await fails(() => checkModel(client, bad, plays), "test_model.user_by_song does not stand: loses nothing");
  assert.match(shown.at(-1)?.html ?? "", /✘.*loses nothing/s);

  shown.length = 0;
  showFindings(await judgeModel(client, bad, plays), "<b>");
  assert.match(shown[0]?.html ?? "", /&lt;b&gt;.*✘/s);
  assert.equal(shown[0]?.verdict, undefined);
  shown.length = 0;
});

test("a model that cannot be judged is said to be none", async () => {
  const model = await modelOf(right[0] as Scheme);
  await fails(() => judgeModel(client, { ...model, table: "test_model.none" }, plays), "does not exist");
  await fails(() => judgeModel(client, { ...model, query: "SELECT 1" }, plays), "was expected to be SELECT");
  await fails(
    () => judgeModel(client, { ...model, query: model.query.replace("session_id", "visit") }, plays),
    "has no column visit",
  );
  await fails(() => judgeModel(client, model, []), "no raw rows");
  const question = { ...songBySessionItem, given: ["session"] };
  await fails(() => judgeModel(client, { ...model, question }, plays), "have no column session");
});

test("raw rows are inserted by the names of their columns, and the later one wins", async () => {
  const table = "test_model.names_by_song";
  await client.execute(
    `CREATE TABLE ${table} (song text PRIMARY KEY, user_id int, whole_name text, note text)`,
  );
  const two = [1, 2].map((userId) => ({ ...(plays[0] as RawPlay), userId, song: "same" }));
  await insertRaw(client, table, two, { whole_name: (play: RawPlay) => `${play.firstName}!` });
  const { rows } = await client.execute(`SELECT song, user_id, whole_name, note FROM ${table}`);
  assert.deepEqual(
    rows.map((row) => Object.values({ ...row })),
    [["same", 2, `${plays[0]?.firstName}!`, null]],
  );
  await client.execute("CREATE TABLE test_model.notes_by_song (note text PRIMARY KEY, song text)");
  await fails(() => insertRaw(client, "test_model.notes_by_song", two), "No raw column is called note");
  await fails(() => insertRaw(client, "test_model.none", two), "does not exist");
});
