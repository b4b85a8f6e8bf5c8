import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type TestContext, test } from "vitest";
import { logRow, quotedCsv, temporaryFolder, writeLog } from "../../../test/support.js";
import { denormalize } from "../src/csv/denormalize.js";
import type { EventFile } from "../src/files/event-files.js";
import { compareRepeats, SeenItems } from "../src/plays/repeats.js";
import { dialectOf } from "../src/rows/dialect.js";

/** Denormalizes the files: what is said of repeated rows, and the songs of the rows that are kept. */
async function repeatsIn(t: TestContext, files: EventFile[]) {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const { repeated } = await denormalize({ files, target, rejected: join(folder, "rejected.csv") });
  return {
    repeated,
    songs: quotedCsv(target)
      .slice(1)
      .map((row) => row[9]),
  };
}

test("the same event twice is kept twice and counted, whatever its quoting and other columns", async (t) => {
  const folder = temporaryFolder(t);
  const row = logRow({ location: "Here" });
  const files = [
    writeLog(join(folder, "1.csv"), [row, row.replaceAll('"', ""), logRow({ itemInSession: "1" })]),
    writeLog(join(folder, "2.csv"), [logRow({ location: "Here", ts: "another", sessionId: "1" })]),
  ];
  const { repeated, songs } = await repeatsIn(t, files);
  assert.deepEqual(repeated, { sameEvent: 2, differentContent: 0, examples: [] });
  assert.equal(songs.length, 4);
});

test("the same position with other content is kept twice, counted, and named with both places", async (t) => {
  const folder = temporaryFolder(t);
  const first = writeLog(join(folder, "1.csv"), [
    logRow({ song: "A" }),
    logRow({ song: "B", sessionId: "2" }),
  ]);
  const second = writeLog(join(folder, "2.csv"), [
    logRow({ song: "C", sessionId: "3" }),
    logRow({ song: "D" }),
  ]);
  const third = writeLog(join(folder, "3.csv"), [logRow({ song: "D" }), logRow({ song: "A" })]);
  const { repeated, songs } = await repeatsIn(t, [first, second, third]);
  assert.deepEqual(songs, ["A", "B", "C", "D", "D", "A"]);
  const place = { sessionId: 1, itemInSession: 0 };
  assert.deepEqual(repeated, {
    sameEvent: 1,
    differentContent: 2,
    examples: [
      { ...place, earlier: `${first.path}:2`, later: `${second.path}:3` },
      { ...place, earlier: `${third.path}:2`, later: `${third.path}:3` },
    ],
  });
});

test("rows that are dropped or rejected repeat nothing, and five examples are enough", async (t) => {
  const none = [logRow(), logRow({ artist: "" }), logRow({ userId: "x" }), `${logRow()},more`];
  const many = Array.from({ length: 9 }, (_, song) => logRow({ sessionId: "5", song: `${song}` }));
  const folder = temporaryFolder(t);
  const quiet = await repeatsIn(t, [writeLog(join(folder, "1.csv"), none)]);
  assert.deepEqual(quiet.repeated, { sameEvent: 0, differentContent: 0, examples: [] });
  const { repeated } = await repeatsIn(t, [writeLog(join(folder, "2.csv"), many)]);
  assert.deepEqual([repeated.differentContent, repeated.examples.length], [8, 5]);
});

test("a file that has vanished is passed over, and an abort ends the comparison", async (t) => {
  const folder = temporaryFolder(t);
  const [one, gone, two] = ["1.csv", "2.csv", "3.csv"].map((name) =>
    writeLog(join(folder, name), [logRow()]),
  );
  const files = await Promise.all(
    [one, gone, two].map(async (file) => ({
      ...(file as EventFile),
      dialect: await dialectOf((file as EventFile).path),
    })),
  );
  rmSync((gone as EventFile).path);
  assert.equal((await compareRepeats(files, new Set(["1 0"]))).sameEvent, 1);
  await assert.rejects(compareRepeats(files, new Set(["1 0"]), AbortSignal.abort()), { name: "AbortError" });
});

test("just the positions that come again are remembered, in any order and number", () => {
  const id = fc.oneof(fc.nat(70), fc.nat(2 ** 31 - 1), fc.constantFrom(2 ** 31 - 1, 2 ** 31 - 32, 0));
  const found = fc.property(fc.array(fc.tuple(id, id), { maxLength: 300 }), (pairs) => {
    const seen = new SeenItems();
    const [once, again] = [new Set<string>(), new Set<string>()];
    for (const [session, item] of pairs) {
      seen.add(session, item);
      const position = `${session} ${item}`;
      if (once.has(position)) again.add(position);
      once.add(position);
    }
    assert.deepEqual(seen.repeated, again);
  });
  fc.assert(found, { numRuns: 100 });
});

test("positions over the limit are counted, those that are remembered are not", () => {
  const seen = new SeenItems(2);
  for (let round = 0; round < 3; round++) for (let item = 0; item < 5; item++) seen.add(7, item);
  assert.deepEqual([...seen.repeated], ["7 0", "7 1"]);
  assert.equal(seen.left, 6);
});

test("nothing is forgotten when the table grows", () => {
  const seen = new SeenItems();
  for (let session = 0; session < 150_000; session++) seen.add(session * 7919, session % 1000);
  assert.equal(seen.repeated.size, 0);
  for (let session = 0; session < 150_000; session += 1000) seen.add(session * 7919, session % 1000);
  assert.equal(seen.repeated.size, 150);
});
