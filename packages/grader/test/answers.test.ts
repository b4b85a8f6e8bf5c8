// Answers that everybody knows are told from those that were read: the logs that submissions are run with have others.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, type RawPlay } from "@sparkify/lib";
import { describe, type TestContext, test } from "vitest";
import { temporaryFolder } from "../../../test/support.js";
import { type LogsOfBatch, logsIn, writeLogs } from "../src/events.js";
import { type Answered, unexamined } from "../src/items/answered.js";
import { comparesWithPublished, judgeResults } from "../src/items/results.js";
import { asked } from "../src/questions.js";
import type { CellResult } from "../src/run.js";

/** The days with the exercise's answers, and the last one. */
const days = ["05", "06", "10", "15", "22", "30"].map((day) => `2018-11-${day}-events.csv`);

function write(t: TestContext): { folder: string; logs: LogsOfBatch } {
  const [eventData, folder] = [temporaryFolder(t), temporaryFolder(t)];
  for (const day of days) copyFileSync(join(projectRoot, "event_data", day), join(eventData, day));
  writeLogs(eventData, folder);
  return { folder, logs: logsIn(folder) };
}

/** The plays that a question of the exercise asks for. */
const asksFor = (plays: RawPlay[], id: string) => {
  const [one] = asked.filter((question) => question.id === id);
  return plays.filter((play) =>
    Object.entries(one?.example ?? {}).every(([raw, value]) => play[raw as keyof RawPlay] === value),
  );
};

describe("the logs of a batch", () => {
  test("have other answers than those that everybody knows, and nothing else is another", (t) => {
    const { logs } = write(t);
    const { drawn, published } = logs;
    assert.deepEqual(
      asksFor(published.plays, "q3").map(({ firstName, lastName }) => `${firstName} ${lastName}`),
      ["Sara Johnson", "Jacqueline Lynch", "Tegan Levine"],
    );
    assert.deepEqual(
      asksFor(published.plays, "q1").map(({ artist, song, length }) => [artist, song, length]),
      [["Faithless", "Music Matters (Mark Knight Dub)", 495.3073]],
    );
    const columns = { q1: ["artist", "song"], q2: ["artist", "song", "firstName", "lastName"] } as const;
    for (const [id, names] of Object.entries(columns)) {
      const [before, after] = [published, drawn].map(({ plays }) => asksFor(plays, id));
      assert.ok(before && after && before.length > 0);
      assert.equal(after.length, before.length);
      for (const [at, play] of before.entries())
        for (const name of names)
          assert.notEqual(after[at]?.[name as keyof RawPlay], play[name as keyof RawPlay]);
    }
    assert.equal(asksFor(drawn.plays, "q3").length, 3);
    const known = /^(Sara|Johnson|Jacqueline|Lynch|Tegan|Levine)$/;
    for (const { firstName, lastName } of asksFor(drawn.plays, "q3"))
      assert.ok(!known.test(firstName) && !known.test(lastName));

    assert.equal(drawn.plays.length, published.plays.length);
    const users = new Set([10, 29, 80, 95]);
    for (const [at, play] of published.plays.entries()) {
      const { artist, song, firstName, lastName, ...rest } = play;
      const other = drawn.plays[at] as RawPlay;
      const isAnswer = (play.sessionId === 338 && play.itemInSession === 4) || play.sessionId === 182;
      const isNamed = users.has(play.userId);
      assert.deepEqual(other, {
        ...rest,
        artist: isAnswer ? other.artist : artist,
        song: isAnswer ? other.song : song,
        firstName: isNamed ? other.firstName : firstName,
        lastName: isNamed ? other.lastName : lastName,
      });
    }
    const names = new Set(
      drawn.plays.filter(({ userId }) => userId === 10).map(({ firstName }) => firstName),
    );
    assert.equal(names.size, 1, "a user has one name everywhere");
  });

  test("are drawn anew each time, and what is not drawn stays as it is written", (t) => {
    const [one, two] = [write(t), write(t)];
    const first = (logs: LogsOfBatch) => asksFor(logs.drawn.plays, "q1")[0]?.artist;
    assert.notEqual(first(one.logs), first(two.logs));
    const linesOf = (kind: string) =>
      days.flatMap((name) => readFileSync(join(one.folder, kind, name), "utf8").split("\n"));
    const [published, drawn] = [linesOf("published"), linesOf("drawn")];
    assert.equal(drawn.length, published.length);
    const changed = published.filter((line, at) => drawn[at] !== line);
    // All lines of the four users, and one of another.
    assert.ok(changed.every((line) => /,(10|29|80|95)\r$/.test(line) || /Faithless/.test(line)));
    for (const name of days.slice(0, -1))
      assert.equal(
        readFileSync(join(one.folder, "published", name), "utf8"),
        readFileSync(join(projectRoot, "event_data", name), "utf8"),
      );
  });
});

describe("answers", () => {
  const [question] = asked;
  assert.ok(question);
  const play = (artist: string, song: string) =>
    ({ artist, song, sessionId: 338, itemInSession: 4 }) as RawPlay;
  const published = [play("Faithless", "Music Matters (Mark Knight Dub)")];
  const plays = [play("Kovanel Pidrus", "Tamolir Gesunax")];
  const answered: Answered = {
    asked: question,
    asking: undefined,
    tried: undefined,
    table: undefined,
    contents: undefined,
    ...unexamined,
  };
  const cell = (shown: string, error?: string): CellResult => ({
    notebook: 0,
    number: 1,
    ended: 1,
    seconds: 0,
    problem: null,
    error: error === undefined ? null : { name: "AssertionError", message: error, trace: "" },
    output: shown,
    shown,
    cut: 0,
  });
  const shown = (...cells: CellResult[]) => ({ run: { cells, seconds: 1 }, plays, published });
  const known = cell("Faithless | Music Matters (Mark Knight Dub) | 495.3073");

  test("that everybody knows are no answers, however they were written down", () => {
    const { verdict, evidence } = judgeResults([answered], shown(known));
    assert.equal(verdict, "fail");
    assert.match(evidence, /the published "Faithless".*"Kovanel Pidrus"/);
  });

  test("beside which the right one is shown are no fault", () => {
    const { verdict } = judgeResults([answered], shown(known, cell("Kovanel Pidrus Tamolir Gesunax")));
    assert.equal(verdict, "pass");
  });

  test("are not believed to a cell that fails with the published logs, too", () => {
    const failing = cell("Faithless | Music Matters (Mark Knight Dub)", "on purpose");
    const judged = (one: CellResult) =>
      judgeResults([answered], { run: { cells: [one], seconds: 1 }, plays: published, published }).verdict;
    assert.equal(judged(failing), "fail");
    assert.equal(judged(known), "pass");
  });

  test("with which a cell compares, and fails, are looked for in the published logs", () => {
    const source = 'assert row.artist == "Faithless"';
    assert.ok(comparesWithPublished([answered], shown(cell("", "not Faithless")), source));
    assert.ok(!comparesWithPublished([answered], shown(cell("")), source), "no cell fails");
    assert.ok(
      !comparesWithPublished([answered], shown(cell("", "no table")), "print(row)"),
      "nothing is compared",
    );
    assert.ok(
      !comparesWithPublished([answered], shown(known, cell("", "a fault")), source),
      "they are printed by a cell that does not fail",
    );
  });
});
