import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "vitest";
import { fails, logHeader, logOf, logRow, temporaryFolder, write, writeLog } from "../../../test/support.js";
import { findEventFiles } from "../src/files/event-files.js";
import { readEvents } from "../src/plays/read-events.js";

test("logs are found in nested folders and come by date, whatever their folder", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "z", "2018-11-01-events.csv"), "1");
  write(join(folder, "a", "b", "2018-11-03-events.csv"), "333");
  write(join(folder, "a", "2018-11-02-more.csv"), "4444");
  write(join(folder, "2018-11-02-events.CSV"), "22");
  const { files, skipped } = findEventFiles(folder);
  const found = files.map(({ path, date, bytes }) => [relative(folder, path), date, bytes]);
  assert.deepEqual(found, [
    [join("z", "2018-11-01-events.csv"), "2018-11-01", 1],
    ["2018-11-02-events.CSV", "2018-11-02", 2],
    [join("a", "2018-11-02-more.csv"), "2018-11-02", 4],
    [join("a", "b", "2018-11-03-events.csv"), "2018-11-03", 3],
  ]);
  assert.deepEqual(skipped, []);
});

test("what is no daily log is passed over and listed with the reason", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "logs", "2018-11-01-events.csv"), "the only one");
  write(join(folder, ".2018-11-02-events.csv"), "hidden");
  write(join(folder, ".ipynb_checkpoints", "2018-11-03-events.csv"), "in a hidden folder");
  write(join(folder, "2018-11-04-notes.txt"), "no CSV");
  write(join(folder, "2018-11-05-events.csv"), "");
  symlinkSync("missing", join(folder, "2018-11-06-events.csv"));
  symlinkSync("/dev/null", join(folder, "2018-11-07-events.csv"));
  write(join(folder, "events.csv"), "no date");
  symlinkSync("..", join(folder, "logs", "up"));
  symlinkSync("logs", join(folder, "logs again"));
  const { files, skipped } = findEventFiles(folder);
  assert.equal(files.map(({ path }) => relative(folder, path)).join(), join("logs", "2018-11-01-events.csv"));
  const reasons = Object.fromEntries(skipped.map(({ path, reason }) => [relative(folder, path), reason]));
  assert.deepEqual(reasons, {
    ".2018-11-02-events.csv": "hidden",
    ".ipynb_checkpoints": "hidden",
    "2018-11-04-notes.txt": "not a .csv file",
    "2018-11-05-events.csv": "empty",
    "2018-11-06-events.csv": "a link that leads nowhere",
    "2018-11-07-events.csv": "not a file",
    "events.csv": "no date in its name (expected 2018-11-01-events.csv)",
    [join("logs", "up")]: "a folder that was read already",
    "logs again": "a folder that was read already",
  });
});

test("a log that several links lead to is there once, and links in a circle lead nowhere", (t) => {
  const folder = temporaryFolder(t);
  write(join(folder, "b", "2018-11-02-events.csv"), "1");
  symlinkSync(join("b", "2018-11-02-events.csv"), join(folder, "a-2018-11-01.csv"));
  symlinkSync("2018-11-02-events.csv", join(folder, "b", "c-2018-11-03.csv"));
  symlinkSync("2018-11-04.csv", join(folder, "2018-11-04.csv"));
  symlinkSync("2018-11-06.csv", join(folder, "2018-11-05.csv"));
  symlinkSync("2018-11-05.csv", join(folder, "2018-11-06.csv"));
  symlinkSync(".", join(folder, "b", "here"));
  const { files, skipped } = findEventFiles(folder);
  assert.deepEqual(
    files.map(({ path, date }) => [relative(folder, path), date]),
    [["a-2018-11-01.csv", "2018-11-01"]],
  );
  const reasons = Object.fromEntries(skipped.map(({ path, reason }) => [relative(folder, path), reason]));
  assert.deepEqual(reasons, {
    "2018-11-04.csv": "a link that leads nowhere",
    "2018-11-05.csv": "a link that leads nowhere",
    "2018-11-06.csv": "a link that leads nowhere",
    [join("b", "2018-11-02-events.csv")]: "a file that is in the list already",
    [join("b", "c-2018-11-03.csv")]: "a file that is in the list already",
    [join("b", "here")]: "a folder that was read already",
  });
});

test("a missing directory, a file in its place and one without logs are named, with what to do", async (t) => {
  const folder = temporaryFolder(t);
  const missing = join(folder, "missing");
  const empty = join(folder, "empty");
  const readme = write(join(empty, "readme.txt"), "1");
  const cases = [
    [missing, "does not exist"],
    [readme, "not a directory"],
    [empty, "holds no daily CSV log.\n", "readme.txt: not a .csv file"],
  ];
  for (const [directory = "", ...texts] of cases) {
    const help = "EVENT_DATA_DIR=path npm start";
    await fails(() => findEventFiles(directory), `The event directory ${directory} `, ...texts, help);
  }
});

test("readEvents gives each row its file and day, and leaves out rows that do not fit", async (t) => {
  const folder = temporaryFolder(t);
  const first = writeLog(join(folder, "1.csv"), [logRow({ song: "One" }), "too,short"]);
  const second = { ...writeLog(join(folder, "2.csv"), [logRow({ song: "Two" })]), date: "2018-11-02" };
  const events = await readEvents([second, first]);
  const found = events.map(({ song, file, date, location }) => [song, file, date, location]);
  assert.deepEqual(found, [
    ["Two", second.path, "2018-11-02", "New York, NY"],
    ["One", first.path, "2018-11-01", "New York, NY"],
  ]);
});

test("readEvents reads zipped logs, other orders of columns and what is left of a damaged file", async (t) => {
  const folder = temporaryFolder(t);
  const others = "artist,firstName,gender,itemInSession,lastName,length,level,location,sessionId,userId";
  const values = "a,b,c,0,d,1.5,e,f,7,8";
  const cut = gzipSync(`${[logHeader, logRow({ song: "One" }), logRow({ song: "Two" })].join("\n")}\n`);
  const files = [
    logOf(join(folder, "1.csv.gz"), cut.subarray(0, -8)),
    logOf(
      join(folder, "2.csv"),
      `\uFEFFsong, page ,new,${others}\n"Th""ree",Home,1,${values}\n"open,Home,2,${values}\nFour,Help,3,${values}`,
    ),
    logOf(join(folder, "3.CSV.GZ"), gzipSync(`song,page,${others}\nFive,Home,${values}\n`)),
    { ...logOf(join(folder, "4.csv"), "song\nSix"), path: join(folder, "missing.csv") },
    logOf(join(folder, "5.csv"), ""),
  ];
  const events = await readEvents(files);
  assert.deepEqual(
    events.map(({ song, page }) => [song, page]),
    [
      ["One", "NextSong"],
      ["Two", "NextSong"],
      ['Th"ree', "Home"],
      ["Four", "Help"],
      ["Five", "Home"],
    ],
  );
});
