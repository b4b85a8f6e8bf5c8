import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  denormalize,
  distinct,
  eventDataDirectory,
  findEventFiles,
  type RawPlay,
  readRawPlays,
  tellingCases,
} from "@sparkify/lib";
import { logRow, python, temporaryFolder, write, writeLog } from "./support.js";

const songs = (plays: RawPlay[]) => plays.map((play) => play.song);

test("the raw plays of the project's logs are what Python reads", () => {
  const program = `
kinds = {"artist": str, "song": str, "length": float, "sessionId": int, "itemInSession": int, "userId": int,
         "firstName": str, "lastName": str}
print(json.dumps([{name: kind(row[name]) for name, kind in kinds.items()} for row in plays(sys.argv[1])]))`;
  const plays = readRawPlays(eventDataDirectory);
  assert.equal(plays.length, 6820);
  assert.deepEqual(plays, python(program, eventDataDirectory));
});

test("the plays come by date from all folders, each folder once, and hidden ones are left out", (t) => {
  const folder = temporaryFolder(t);
  writeLog(join(folder, "z", "2018-11-01-events.csv"), [logRow({ song: "One" })]);
  writeLog(join(folder, "a", "b", "2018-11-03-events.csv"), [logRow({ song: "Three" })]);
  writeLog(join(folder, "2018-11-02-events.csv"), [logRow({ song: "Two" }), logRow({ artist: "" })]);
  writeLog(join(folder, ".ipynb_checkpoints", "2018-11-02-events.csv"), [logRow({ song: "Hidden" })]);
  write(join(folder, "2018-11-04-events.csv"), "");
  write(join(folder, "notes.csv"), "no log");
  symlinkSync("..", join(folder, "a", "up"));
  symlinkSync("../z", join(folder, "a", "beside"));
  symlinkSync("missing", join(folder, "2018-11-05-events.csv"));
  assert.deepEqual(songs(readRawPlays(folder)), ["One", "Two", "Three"]);
  assert.equal(findEventFiles(folder).files.length, 3);
});

test("just the rows that notebook 02 keeps are expected", async (t) => {
  const folder = temporaryFolder(t);
  writeLog(join(folder, "2018-11-01-events.csv"), [
    ...[
      logRow({ song: "First" }),
      logRow({ sessionId: "abc" }),
      logRow({ userId: "" }),
      logRow({ song: "" }),
    ],
    ...[logRow({ sessionId: "2147483648" }), logRow({ itemInSession: "-1" }), logRow({ userId: "1.5" })],
    ...[
      logRow({ length: "" }),
      logRow({ length: "12abc" }),
      logRow({ length: "-4" }),
      logRow({ length: "1E2" }),
    ],
    ...[`${logRow()},more`, "Faithless,Logged In", "", logRow({ sessionId: "2147483647", song: "Last" })],
    logRow({ song: "SONG" }).replace('"SONG"', '7" Single'),
  ]);
  assert.deepEqual(songs(readRawPlays(folder)), ["First", "Last", '7" Single']);
  const { files } = findEventFiles(folder);
  const report = await denormalize({ files, target: join(folder, "all.csv") });
  assert.deepEqual([report.kept, report.rejected.length], [3, 12]);
});

test("a byte order mark, another order of columns and damaged text are understood", (t) => {
  const folder = temporaryFolder(t);
  write(
    join(folder, "2018-11-01-events.csv"),
    "\uFEFFuserId,song,extra,artist,length,sessionId,itemInSession,lastName,firstName\n" +
      "5,Jóga,,Bj\u00c3\u0083\u00c2\u00b6rk,1.25,7,11,RÃ©aux,Zoë\n",
  );
  const play = { song: "Jóga", length: 1.25, sessionId: 7, itemInSession: 11, userId: 5, firstName: "Zoë" };
  const asItCame = { ...play, artist: "Bj\u00c3\u0083\u00c2\u00b6rk", lastName: "RÃ©aux" };
  assert.deepEqual(readRawPlays(folder), [asItCame]);
  assert.deepEqual(readRawPlays(folder, true), [{ ...play, artist: "Björk", lastName: "Réaux" }]);
});

test("distinct leaves out the rows that say the same again, and keeps the order", () => {
  const [one, two, three] = [
    { a: 1, b: "x" },
    { a: 2, b: "x" },
    { a: 1, b: "y" },
  ] as const;
  assert.deepEqual(distinct<object>([one, two, { ...one }, three, two]), [one, two, three]);
  assert.deepEqual(distinct([]), []);
});

const play = (fields: Partial<RawPlay>): RawPlay => ({
  ...{ artist: "A", song: JSON.stringify(fields), length: 1, sessionId: 1, itemInSession: 0, userId: 1 },
  ...{ firstName: "Ava", lastName: "Robinson" },
  ...fields,
});

test("each telling case is found in plays that hold only it, and none in plays that hold none", () => {
  const cases: [RawPlay[], string][] = [
    [
      [
        play({ sessionId: 5, userId: 8, itemInSession: 2 }),
        play({ sessionId: 5, userId: 8, itemInSession: 10 }),
      ],
      "session 5 of user 8",
    ],
    [[play({ sessionId: 6, userId: 1 }), play({ sessionId: 6, userId: 2, firstName: "Bo" })], "session 6"],
    [[play({ song: "S", userId: 1 }), play({ song: "S", userId: 2, sessionId: 2 })], "S"],
    [[play({ song: "T" }), play({ song: "T", itemInSession: 1 })], "T"],
    [
      [play({ itemInSession: 9 }), ...[10, 11].map((itemInSession) => play({ itemInSession, sessionId: 2 }))],
      "",
    ],
    [[], ""],
  ];
  for (const [index, [plays, found]] of cases.entries()) {
    const telling = tellingCases([play({ sessionId: 99, userId: 99, firstName: "Other" }), ...plays]);
    assert.equal(telling.length, 4);
    for (const [other, one] of telling.entries()) {
      assert.equal(one.found, other === index ? found : "not in these logs", one.name);
      assert.equal(one.play, other === index ? plays[0] : undefined, one.name);
    }
  }
});

test("the project's logs hold every telling case", () => {
  const found = tellingCases(readRawPlays(eventDataDirectory)).map((one) => one.found);
  assert.equal(found[1], "session 601");
  assert.ok(!found.includes("not in these logs"), found.join());
});
