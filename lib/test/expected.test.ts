import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { denormalize, findEventFiles } from "@sparkify/loader";
import fc from "fast-check";
import { test } from "vitest";
import { logHeader, logOf, logRow, quotedCsv, temporaryFolder, write, writeLog } from "../../test/support.js";
import { eventDataDirectory } from "../src/connect/settings.js";
import { distinct, type RawPlay, readRawPlays, tellingCases } from "../src/raw-plays.js";

const songs = (plays: { song: string }[]) => plays.map((play) => play.song);

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
    logRow({ song: "First" }),
    logRow({ sessionId: "abc" }),
    logRow({ userId: "" }),
    logRow({ song: "" }),
    logRow({ sessionId: "2147483648" }),
    logRow({ itemInSession: "-1" }),
    logRow({ userId: "1.5" }),
    logRow({ length: "" }),
    logRow({ length: "12abc" }),
    logRow({ length: "-4" }),
    logRow({ length: "1E2" }),
    `${logRow()},more`,
    "Faithless,Logged In",
    "",
    logRow({ sessionId: "2147483647", song: "Last" }),
    logRow({ song: "SONG" }).replace('"SONG"', '7" Single'),
  ]);
  assert.deepEqual(songs(readRawPlays(folder)), ["First", "Last", '7" Single']);
  const { files } = findEventFiles(folder);
  const report = await denormalize({ files, target: null, rejected: join(folder, "rejected.csv") });
  assert.deepEqual([report.kept, report.rejected], [3, 12]);
});

test("a byte order mark, another order of columns and damaged text are understood", (t) => {
  const folder = temporaryFolder(t);
  write(
    join(folder, "2018-11-01-events.csv"),
    "\uFEFFuserId,song,extra,artist,length,sessionId,itemInSession,lastName,firstName,gender,level,location\n" +
      "5,Jóga,,Bj\u00c3\u0083\u00c2\u00b6rk,1.25,7,11,RÃ©aux,Zoë,F,free,\n",
  );
  const play = {
    song: "Jóga",
    length: 1.25,
    sessionId: 7,
    itemInSession: 11,
    userId: 5,
    firstName: "Zoë",
    gender: "F",
    level: "free",
    location: "",
    date: "2018-11-01",
  };
  const asItCame = { ...play, artist: "Bj\u00c3\u0083\u00c2\u00b6rk", lastName: "RÃ©aux" };
  assert.deepEqual(readRawPlays(folder), [asItCame]);
  assert.deepEqual(readRawPlays(folder, true), [{ ...play, artist: "Björk", lastName: "Réaux" }]);
});

/** What is expected of a folder's logs, and what denormalize keeps of them. */
async function both(folder: string) {
  const target = join(folder, "all.csv");
  const rejected = join(folder, "rejected.csv");
  const { files } = findEventFiles(folder);
  const options = { files, rejected, maxErrors: Number.POSITIVE_INFINITY, skipFiles: true };
  const { unreadable, kept: count } = await denormalize({ ...options, target: null });
  if (unreadable.some(({ fault }) => fault)) {
    assert.throws(() => readRawPlays(folder), /The independent count finds no header in/);
    return { expected: [], kept: [] };
  }
  if (count === 0) return { expected: readRawPlays(folder), kept: [] };
  await denormalize({ ...options, target });
  const [header = [], ...rows] = quotedCsv(target);
  const kept = rows.map((row): Omit<RawPlay, "date"> => {
    const text = (name: string) => Buffer.from(row[header.indexOf(name)] ?? "", "latin1").toString();
    const number = (name: string) => Number(text(name));
    return {
      artist: text("artist"),
      song: text("song"),
      length: number("length"),
      sessionId: number("sessionId"),
      itemInSession: number("itemInSession"),
      userId: number("userId"),
      firstName: text("firstName"),
      lastName: text("lastName"),
      gender: text("gender"),
      level: text("level"),
      location: text("location"),
    };
  });
  const expected = readRawPlays(folder).map(({ date: _, ...play }) => play); // the CSV has no date
  return { expected, kept };
}

const usualRows = ["One", "日本語 🎸", 'Th"ree', "Fo\nur"].map((song, item) =>
  logRow({ song, itemInSession: `${item}` }),
);

test("all line ends, encodings and zipped files are understood as denormalize understands them", async (t) => {
  const ends = (...all: string[]) =>
    [logHeader, ...usualRows].map((row, index) => row + all[index % all.length]).join("");
  const utf16 = Buffer.from(`\uFEFF${ends("\r\n")}`, "utf16le");
  const zipped = gzipSync(ends("\n"));
  for (const [content, name, count] of [
    ...["\n", "\r\n", "\r", "\n\n\r\n"].map((end) => [ends(end), "2018-11-01.csv", 4] as const),
    [ends("\n", "\r", "\r\n"), "2018-11-01.csv", 4],
    [`\uFEFF${ends("\n")}`, "2018-11-01.csv", 4],
    [utf16, "2018-11-01.csv", 4],
    [Buffer.from(utf16).swap16(), "2018-11-01.csv", 4],
    [Buffer.from(ends("\n").replace("日本語 🎸", "Björk"), "latin1"), "2018-11-01.csv", 3],
    [zipped, "2018-11-01.csv.gz", 4],
    [gzipSync(utf16), "2018-11-01.CSV.GZ", 4],
    [zipped.subarray(0, -8), "2018-11-01.csv.gz", 4],
    [zipped.subarray(0, -20), "2018-11-01.csv.gz", undefined],
  ] as const) {
    const folder = temporaryFolder(t);
    logOf(join(folder, name), content);
    const { expected, kept } = await both(folder);
    assert.deepEqual(expected, kept);
    if (count !== undefined) assert.equal(kept.length, count);
  }
});

test("the same log twice through a link is expected once", async (t) => {
  const folder = temporaryFolder(t);
  writeLog(join(folder, "b", "2018-11-02-events.csv"), [logRow({ song: "Two" })]);
  writeLog(join(folder, "2018-11-03-events.csv"), [logRow({ song: "Three" })]);
  symlinkSync(join("b", "2018-11-02-events.csv"), join(folder, "2018-11-04-events.csv"));
  symlinkSync("2018-11-05-events.csv", join(folder, "2018-11-05-events.csv"));
  symlinkSync(".", join(folder, "b", "here"));
  const { expected, kept } = await both(folder);
  assert.deepEqual(expected, kept);
  assert.deepEqual(songs(expected), ["Three", "Two"]);
});

test("the same position twice is expected twice, the later one last", async (t) => {
  const folder = temporaryFolder(t);
  writeLog(join(folder, "2018-11-02-events.csv"), [logRow({ song: "Later" })]);
  writeLog(join(folder, "2018-11-01-events.csv"), [logRow({ song: "Earlier" }), logRow({ song: "Earlier" })]);
  const { expected, kept } = await both(folder);
  assert.deepEqual(expected, kept);
  assert.deepEqual(songs(expected), ["Earlier", "Earlier", "Later"]);
});

test("a damaged line costs only itself, as with denormalize", async (t) => {
  const good = logRow({ song: "Good", location: "here" }).replaceAll('"', "");
  const joined = good.replace("Faithless", '"Faithless');
  const long = logRow({ song: "a".repeat(1024 * 1024) });
  for (const [bad, count] of [
    [joined, 2],
    [good.replace(/,50$/, ',"50'), 2],
    [good.replace("Ava", '"A"va'), 2],
    [`${good},more`, 2],
    [good.replace("Ava", "A\0va"), 2],
    [`${joined}\n${good.replace(",Logged In", '",Logged In')}`, 3],
    [`${good}\n,"two\nlines"`, 3],
    [logRow({ location: "two\nlines", userId: "x" }), 2],
    [logRow({ artist: "", location: "two\nlines", userId: "" }), 2],
    [logHeader, 2],
    [long, 2],
  ] as const) {
    const folder = temporaryFolder(t);
    logOf(join(folder, "2018-11-01.csv"), [logHeader, good, bad, good].join("\n"));
    const { expected, kept } = await both(folder);
    assert.deepEqual(expected, kept);
    assert.equal(kept.filter(({ song }) => song === "Good").length, count, bad.slice(0, 300));
  }
});

test("of logs with any damage, just the rows are expected that denormalize keeps", {
  tags: "slow",
}, async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "2018-11-01.csv");
  const words = fc.constantFrom("a", "é", "日", "🎸", ",", '"', '""', "\n", "\r\n", " ", "12");
  const text = fc.array(words, { maxLength: 4 }).map((pieces) => pieces.join(""));
  const row = fc
    .record({ artist: text, song: text, location: text, isSparing: fc.boolean() })
    .map((fields) => {
      const { isSparing, ...texts } = fields;
      const line = logRow(texts);
      return isSparing ? line.replace(/"([^",\r\n]*)"(?=,|$)/g, "$1") : line;
    });
  const damage = fc.record({
    kind: fc.constantFrom("flip", "remove", "insert", "line twice", "cut"),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
    byte: fc.constantFrom(...Buffer.from('",,""\n\r\0\xff1x;; .', "latin1")),
    count: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 300 })),
  });
  const agree = fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 6 }),
    fc.constantFrom("\n", "\r\n", "\r"),
    fc.array(damage, { maxLength: 6 }),
    // With other delimiters, and spaces around them.
    fc.constantFrom(",", ",", ", ", " , ", ";", "; ", "\t", "|"),
    async (rows, end, all, delimiter) => {
      const other = (line: string) =>
        line.replace(/("(?:[^"]|"")*"(?=,|$))|,/g, (_, quoted) => quoted ?? delimiter);
      let bytes = Buffer.from([logHeader, ...rows].map(other).join(end));
      for (const { kind, place, byte, count } of all) {
        // The header is spared mostly: without it there is nothing to compare.
        const start = Math.min(logHeader.length - 20, bytes.length);
        const at = start + Math.floor(place * (bytes.length - start));
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
        if (kind === "flip") bytes = Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
        if (kind === "remove") bytes = Buffer.concat([before, after.subarray(count)]);
        if (kind === "insert") bytes = Buffer.concat([before, Buffer.alloc(Math.min(count, 3), byte), after]);
        if (kind === "cut" && count > 3) bytes = Buffer.from(before);
        if (kind === "line twice") {
          const next = after.indexOf(end) + 1;
          bytes = Buffer.concat([before, after.subarray(0, next), after]);
        }
      }
      if (bytes.length === 0) return;
      logOf(path, bytes);
      const { expected, kept } = await both(folder);
      assert.deepEqual(expected, kept, bytes.toString("latin1"));
    },
  );
  await fc.assert(agree, { numRuns: 600 });
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
  artist: "A",
  song: JSON.stringify(fields),
  length: 1,
  sessionId: 1,
  itemInSession: 0,
  userId: 1,
  firstName: "Ava",
  lastName: "Robinson",
  gender: "F",
  level: "free",
  location: "New York, NY",
  date: "2018-11-01",
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
