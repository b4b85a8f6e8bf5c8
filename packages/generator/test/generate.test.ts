import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { denormalize, findEventFiles } from "@sparkify/loader";
import { parse } from "csv-parse/sync";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { generate } from "../src/command.js";
import { generateEventFiles } from "../src/generate.js";

const header =
  "artist,auth,firstName,gender,itemInSession,lastName,length,level,location,method,page,registration," +
  "sessionId,song,status,ts,userId";

interface Row {
  artist: string;
  auth: string;
  firstName: string;
  gender: string;
  itemInSession: string;
  lastName: string;
  length: string;
  level: string;
  location: string;
  method: string;
  page: string;
  registration: string;
  sessionId: string;
  song: string;
  status: string;
  ts: string;
  userId: string;
}

const folder = new URL("../../../event_data/", import.meta.url);
const committed = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => [name, readFileSync(new URL(name, folder))]),
);
const rowsByFile = [...committed.values()].map(
  (bytes) => parse(bytes, { columns: true }) as unknown as Row[],
);
const rows = rowsByFile.flat();
const plays = rows.filter((row) => row.artist !== "");

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

const distinct = <T>(items: readonly T[], key: (item: T) => string) => countBy(items, key).size;

function between(actual: number, low: number, high: number): void {
  assert.ok(low <= actual && actual <= high, `${actual} is not from ${low} to ${high}`);
}

const playsOf = (song: string) => plays.filter((play) => play.song === song);
const playsIn = (session: number) => plays.filter((play) => play.sessionId === String(session));
const users = (list: readonly Row[]) =>
  [...new Set(list.map((row) => Number(row.userId)))].sort((a, b) => a - b);
const items = (list: readonly Row[]) => list.map((row) => Number(row.itemInSession));

test("the committed files are what the generator makes", { tags: ["slow"] }, async () => {
  const files = generateEventFiles();
  assert.deepEqual([...committed.keys()], [...files.keys()].sort());
  for (const [name, bytes] of files)
    assert.ok(bytes.equals(committed.get(name) as Buffer), `${name} differs`);
  assert.equal(await generate({ check: true, plays: undefined, to: undefined }), 0);
});

test("the same seed gives the same bytes, another seed others", { tags: "slow" }, () => {
  assert.deepEqual(generateEventFiles(7), generateEventFiles(7));
  const other = generateEventFiles(8);
  assert.equal(other.size, 30);
  for (const [name, bytes] of generateEventFiles(7))
    assert.ok(!bytes.equals(other.get(name) as Buffer), name);
});

test("there is a file for each day of November 2018, some quiet and some busy", () => {
  const names = Array.from(
    { length: 30 },
    (_, day) => `2018-11-${String(day + 1).padStart(2, "0")}-events.csv`,
  );
  assert.deepEqual([...committed.keys()], names);
  const sizes = rowsByFile.map((file) => file.length);
  assert.ok(Math.min(...sizes) >= 5);
  assert.ok(Math.min(...sizes) < 40);
  assert.ok(Math.max(...sizes) > 500);
});

test("the files are UTF-8 with the known columns, CRLF line ends and no needless quotes", () => {
  for (const [name, bytes] of committed) {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    assert.ok(text.startsWith(`${header}\r\n`), name);
    assert.ok(text.endsWith("\r\n"), name);
    assert.doesNotMatch(text.replaceAll("\r\n", ""), /[\r\n]/);
    const file = parse(bytes) as string[][];
    const minimal = file.map((line) =>
      line.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(","),
    );
    assert.equal(`${minimal.join("\r\n")}\r\n`, text, name);
  }
});

test("there are 8056 rows, 6820 of them with an artist, in 776 sessions of 96 users", () => {
  assert.equal(rows.length, 8056);
  assert.equal(plays.length, 6820);
  for (const list of [rows, plays]) {
    assert.equal(
      distinct(list, (row) => row.sessionId),
      776,
    );
    assert.equal(users(list).filter((id) => id !== 0).length, 96);
  }
  for (const id of users(plays)) between(id, 2, 101);
  for (const row of rows) between(Number(row.sessionId), 1, 1114);
});

test("each page is seen as often as it should, with its method, status and login", () => {
  const kinds = countBy(rows, (row) => [row.page, row.method, row.status, row.auth].join(" "));
  assert.deepEqual(
    Object.fromEntries([...kinds].sort(([, a], [, b]) => b - a)),
    Object.fromEntries([
      ["NextSong PUT 200 Logged In", 6820],
      ["Home GET 200 Logged In", 635],
      ["Home GET 200 Logged Out", 171],
      ["Login PUT 307 Logged Out", 92],
      ["Logout PUT 307 Logged In", 90],
      ["Downgrade GET 200 Logged In", 60],
      ["Settings GET 200 Logged In", 56],
      ["Help GET 200 Logged In", 38],
      ["About GET 200 Logged In", 22],
      ["Upgrade GET 200 Logged In", 21],
      ["About GET 200 Logged Out", 14],
      ["Save Settings PUT 307 Logged In", 10],
      ["Error GET 404 Logged In", 9],
      ["Help GET 200 Logged Out", 9],
      ["Submit Upgrade PUT 307 Logged In", 8],
      ["Submit Downgrade PUT 307 Logged In", 1],
    ]),
  );
});

test("a row has an artist, a song and a length exactly when it is a play", () => {
  for (const row of rows) {
    const isPlay = row.page === "NextSong";
    for (const field of [row.artist, row.song, row.length]) assert.equal(field !== "", isPlay);
    if (isPlay) assert.match(row.length, /^\d+(\.\d{1,5})?$/);
  }
});

test("rows of somebody logged out name nobody, the others name a user in full", () => {
  for (const row of rows) {
    const named = row.auth === "Logged In";
    for (const field of [
      row.firstName,
      row.lastName,
      row.gender,
      row.location,
      row.registration,
      row.userId,
    ]) {
      assert.equal(field !== "", named);
    }
    assert.match(row.level, /^(free|paid)$/);
  }
});

test("a user has one name, gender, place and registration, and changes level once at most", () => {
  for (const id of users(plays)) {
    const own = rows.filter((row) => row.userId === String(id));
    const person = (row: Row) =>
      [row.firstName, row.lastName, row.gender, row.location, row.registration].join();
    assert.equal(distinct(own, person), 1);
    const changes = own.filter((row, index) => index > 0 && row.level !== own[index - 1]?.level);
    between(changes.length, 0, 1);
  }
  const levels = countBy(plays, (play) => play.level);
  between((levels.get("paid") ?? 0) / plays.length, 0.7, 0.9);
});

test("times and registrations are spoiled as in 1.54164E+12, and rows are in the order of time", () => {
  for (const file of rowsByFile) {
    for (const [index, row] of file.entries()) {
      assert.match(row.ts, /^1\.\d{1,5}E\+12$/);
      assert.match(row.registration, /^(1\.\d{1,5}E\+12)?$/);
      if (index > 0) assert.ok(Number(file[index - 1]?.ts) <= Number(row.ts));
    }
  }
});

test("the items of a session count from 0 in the order of its rows, also over midnight", () => {
  const next = new Map<string, number>();
  for (const row of rows) {
    assert.equal(Number(row.itemInSession), next.get(row.sessionId) ?? 0);
    next.set(row.sessionId, Number(row.itemInSession) + 1);
  }
  between(Math.max(...next.values()), 110, 130);
});

test("session and item name one play in the whole set", () => {
  assert.equal(
    distinct(plays, (play) => `${play.sessionId} ${play.itemInSession}`),
    plays.length,
  );
});

test("listening is skewed: a few songs are popular, thousands are heard once, few are heard again", () => {
  const bySong = [...countBy(plays, (play) => play.song).values()].sort((a, b) => b - a);
  between(bySong[0] ?? 0, 25, 60);
  between(bySong.length, 4900, 5400);
  between(bySong.filter((count) => count === 1).length, 4000, 4700);
  const pairs = [...countBy(plays, (play) => `${play.song}\n${play.userId}`).values()];
  between(pairs.length, 6550, 6680);
  between(pairs.filter((count) => count > 1).length, 120, 190);
});

test("titles hold quotes of both kinds and commas, places hold commas", () => {
  between(plays.filter((play) => play.song.includes("'")).length, 550, 680);
  between(plays.filter((play) => play.song.includes('"')).length, 8, 16);
  assert.ok(plays.some((play) => play.song.includes("'") && play.song.includes('"')));
  assert.ok(plays.filter((play) => play.song.includes(",")).length > 100);
  assert.ok(plays.some((play) => play.artist.includes(",")));
  assert.ok(plays.some((play) => play.artist.includes('"')));
  assert.ok(plays.every((play) => play.location.includes(", ")));
});

test("question 1: item 4 of session 338 is user 50's", () => {
  const found = playsIn(338).filter((play) => play.itemInSession === "4");
  assert.deepEqual(
    found.map((play) => [play.artist, play.song, play.length, play.userId]),
    [["Faithless", "Music Matters (Mark Knight Dub)", "495.3073", "50"]],
  );
  assert.deepEqual(users(playsIn(338)), [50]);
});

test("question 2: user 10 hears four songs in session 182", () => {
  assert.deepEqual(
    playsIn(182).map((play) => [
      play.userId,
      play.firstName,
      play.lastName,
      play.itemInSession,
      play.artist,
      play.song,
    ]),
    [
      ["10", "Sylvie", "Cruz", "0", "Down To The Bone", "Keep On Keepin' On"],
      ["10", "Sylvie", "Cruz", "1", "Three Drives", "Greece 2000"],
      ["10", "Sylvie", "Cruz", "2", "Sebastien Tellier", "Kilometer"],
      ["10", "Sylvie", "Cruz", "3", "Lonnie Gordon", "Catch You Baby (Steve Pitron & Max Sanna Radio Edit)"],
    ],
  );
});

test("question 3: three users hear 'All Hands Against His Own'", () => {
  const found = playsOf("All Hands Against His Own");
  assert.deepEqual(
    found.map((play) => `${play.artist}: ${play.firstName} ${play.lastName} ${play.userId}`).sort(),
    [
      "The Black Keys: Jacqueline Lynch 29",
      "The Black Keys: Sara Johnson 95",
      "The Black Keys: Tegan Levine 80",
    ],
  );
});

test("two users are called Ava Robinson, nobody else shares a name, and both hear one song", () => {
  const avas = plays.filter((play) => play.firstName === "Ava" && play.lastName === "Robinson");
  assert.deepEqual(users(avas), [13, 50]);
  assert.equal(
    distinct(plays, (play) => `${play.firstName} ${play.lastName}`),
    95,
  );
  const both = playsOf("Window Seat, Westbound");
  assert.deepEqual(users(both), [13, 50, 80]);
  assert.equal(both.length, 3);
});

test("user 24 hears one song twice in session 562 and again in session 871", () => {
  const found = playsOf("Twice Through the Revolving Door");
  assert.deepEqual(
    found.map((play) => [play.userId, play.sessionId, play.itemInSession]),
    [
      ["24", "562", "2"],
      ["24", "562", "6"],
      ["24", "871", "1"],
    ],
  );
});

test("the items of many sessions pass 10, with songs on both sides", () => {
  assert.deepEqual(
    items(playsIn(803)),
    Array.from({ length: 14 }, (_, item) => item),
  );
  const long = [...countBy(plays, (play) => play.sessionId).keys()].filter((id) => {
    const numbers = items(playsIn(Number(id)));
    return numbers.some((item) => item > 0 && item < 10) && numbers.some((item) => item >= 10);
  });
  assert.ok(long.length > 100);
});

test("two users share session 601, at different items, and nobody else shares one", () => {
  const shared = [...countBy(plays, (play) => play.sessionId).keys()].filter(
    (id) => users(playsIn(Number(id))).length > 1,
  );
  assert.deepEqual(shared, ["601"]);
  const session = playsIn(601);
  assert.deepEqual(items(session.filter((play) => play.userId === "37")), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(items(session.filter((play) => play.userId === "71")), [6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual(users(session.filter((play) => play.song === "Pass the Headphones")), [37, 71]);
});

test("two artists have a song called 'Lanterns at Low Water', and user 58 hears both", () => {
  const found = playsOf("Lanterns at Low Water").map((play) => `${play.artist} ${play.userId}`);
  assert.deepEqual(found.sort(), [
    "Talorn Ekdal 44",
    "Talorn Ekdal 58",
    "The Pellerworth Sisters 58",
    "The Pellerworth Sisters 62",
  ]);
});

test("artists and titles are also in Greek, Cyrillic, Japanese and Arabic script and in emoji", () => {
  const scripts = [
    /\p{sc=Greek}/u,
    /\p{sc=Cyrillic}/u,
    /\p{sc=Han}/u,
    /\p{sc=Arabic}/u,
    /\p{Emoji_Presentation}/u,
  ];
  for (const script of scripts) {
    assert.ok(plays.some((play) => script.test(play.artist)));
    assert.ok(plays.some((play) => script.test(play.song)));
  }
});

/** One round of a repair: the text read as UTF-8, or undefined where it was not garbled. */
function mendOnce(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: garbled text holds control characters
  if (/[^\u0000-\u00ff]/.test(text) || !/[\u0080-\u00ff]/.test(text)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "latin1"));
  } catch {
    return undefined;
  }
}

test("some three hundred plays hold garbled text that two rounds of repair mend, and no third one", () => {
  const isGarbled = (text: string) => mendOnce(text) !== undefined;
  const garbled = plays.filter((play) => isGarbled(play.artist) || isGarbled(play.song));
  between(garbled.length, 270, 330);
  for (const text of garbled.flatMap((play) => [play.artist, play.song]).filter(isGarbled)) {
    const twice = mendOnce(mendOnce(text) as string) as string;
    assert.match(twice, /^[ -~À-ÿ]+$/);
    assert.match(twice, /[À-ÿ]/);
    assert.equal(mendOnce(twice), undefined);
  }
  const [planted] = playsIn(1046).slice(1);
  assert.equal(mendOnce(mendOnce(planted?.artist ?? "") ?? ""), "Jörunda Sävkvist");
  assert.equal(mendOnce(mendOnce(planted?.song ?? "") ?? ""), "Hösträv på läktaren");
});

test("other accented text is right, and a repair leaves it alone", () => {
  const right = plays.filter((play) =>
    [play.artist, play.song].some((text) => /[À-ÿ]/.test(text) && mendOnce(text) === undefined),
  );
  between(right.length, 10, 100);
  const [planted] = playsIn(1046);
  assert.equal(planted?.artist, "Théa Marquoval");
  assert.equal(planted?.song, "Forêt déjà vue");
});

test("as many plays as asked for in a folder of their own, whole or not at all", async () => {
  const folder = join(newFolder("generate"), "deep", "logs");
  assert.equal(await generate({ check: false, plays: 12_000, to: folder }), 0);
  const { files } = findEventFiles(folder);
  assert.equal(files.length, 30);
  const { kept } = await denormalize({ files, target: null });
  assert.equal(kept, 12_000);
  await assert.rejects(generate({ check: false, plays: 10, to: folder }), /is there already: delete it/);
  assert.deepEqual(readdirSync(join(folder, "..")), ["logs"]);
});
