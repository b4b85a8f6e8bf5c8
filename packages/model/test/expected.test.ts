// What a question's answer and its table must hold, from the raw rows.

import assert from "node:assert/strict";
import { test } from "vitest";
import { expectedAnswer, expectedTable } from "../src/expected.js";
import { questions } from "../src/question.js";

const play = (userId: number, sessionId: number, itemInSession: number, song: string, firstName = "Ava") => ({
  userId,
  sessionId,
  itemInSession,
  song,
  firstName,
  lastName: "Robinson",
  artist: "Faithless",
  length: 200.5,
});
const plays = [
  play(50, 7, 10, "Insomnia"),
  play(13, 7, 2, "Kilometer"),
  play(50, 7, 9, "Kilometer", "Sara"),
  play(50, 8, 0, "Kilometer", "Zoe"),
];
const { songBySessionItem, songsByUserSession, usersBySong } = questions;

test("an answer has what is asked for, by the columns' names in a table", () => {
  assert.deepEqual(expectedAnswer(songBySessionItem, plays, { sessionId: 7, itemInSession: 10 }), [
    { artist: "Faithless", song: "Insomnia", length: 200.5 },
  ]);
  assert.deepEqual(expectedAnswer(songBySessionItem, plays, { sessionId: 7, itemInSession: 11 }), []);
});

test("its rows come in the order asked for, as numbers, and the order itself is not shown", () => {
  const answer = expectedAnswer(songsByUserSession, plays, { userId: 50, sessionId: 7 });
  assert.deepEqual(
    answer.map(({ song }) => song),
    ["Kilometer", "Insomnia"],
  );
  assert.deepEqual(Object.keys(answer[0] ?? {}), ["artist", "song", "first_name", "last_name"]);
});

test("without an order they come by what tells them apart, which is shown; of the same fact the last one counts", () => {
  assert.deepEqual(expectedAnswer(usersBySong, plays, { song: "Kilometer" }), [
    { user_id: 13, first_name: "Ava", last_name: "Robinson" },
    { user_id: 50, first_name: "Zoe", last_name: "Robinson" },
  ]);
  // A whole raw row gives what is given, too.
  assert.equal(expectedAnswer(usersBySong, plays, play(1, 1, 1, "Insomnia")).length, 1);
});

test("a table has a row for each fact, with what is given, what tells it apart and what is asked for", () => {
  const rows = expectedTable(usersBySong, plays);
  assert.deepEqual(
    rows.map(({ song, user_id: user, first_name: name }) => [song, user, name]),
    [
      ["Insomnia", 50, "Ava"],
      ["Kilometer", 13, "Ava"],
      ["Kilometer", 50, "Zoe"],
    ],
  );
  assert.deepEqual(Object.keys(expectedTable(songBySessionItem, plays)[0] ?? {}), [
    "session_id",
    "item_in_session",
    "artist",
    "song",
    "length",
  ]);
  assert.equal(expectedTable(songsByUserSession, [...plays, ...plays]).length, plays.length);
});
