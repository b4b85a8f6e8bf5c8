// What the cells of the walkthrough call beside the library.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RawPlay } from "@sparkify/lib";
import { denormalize } from "@sparkify/loader";
import { beforeEach, test } from "vitest";
import { captureDisplays, fails, logRow, temporaryFolder, write, writeLog } from "../../../test/support.js";
import { checkOwnCsv } from "../src/walkthrough/own-csv.js";
import { rawPlaysAsIn } from "../src/walkthrough/raw-plays.js";

const shown = captureDisplays();
beforeEach(() => {
  shown.length = 0;
});

const garbled = "Bj\u00c3\u00b6rk";
const header =
  '"artist","firstName","gender","itemInSession","lastName","length","level","location","sessionId","song","userId"\n';

const verdictOf = (csv: string) => ({
  kind: "check",
  name: "the loader writes the same file, byte for byte",
  evidence: `${readFileSync(csv).length} bytes`,
});

test("a CSV of one's own that is the loader's is told so, byte for byte", async (t) => {
  const folder = temporaryFolder(t);
  const csv = join(folder, "all.csv");
  const report = await denormalize({
    files: [writeLog(join(folder, "2018-11-01.csv"), [logRow()])],
    target: csv,
  });
  checkOwnCsv(readFileSync(csv), report, { csv });
  assert.deepEqual(shown.at(-1)?.verdict, { ...verdictOf(csv), ok: true });
  const own = Buffer.from(`${header}"another row"\n`);
  await fails(() => checkOwnCsv(own, report, { csv }), "is not the one that the loader wrote");
  assert.match(
    shown.at(-1)?.html ?? "",
    /✘.*Only in the file of the cells above.*another row.*Only in the loader/s,
  );
});

test("where the loader did more it is said, with lines that differ, and nothing fails", async (t) => {
  const folder = temporaryFolder(t);
  const csv = join(folder, "all.csv");
  const rows = [logRow(), logRow({ artist: garbled }), logRow({ sessionId: "none" })];
  const files = [writeLog(join(folder, "2018-11-01.csv"), rows)];
  const report = await denormalize({ files, target: csv, repair: true });
  const own = Buffer.concat([readFileSync(csv), Buffer.from('"a damaged row"\n')]);
  checkOwnCsv(own, report, { csv, repair: true, complaints: 2 });
  const { html = "", verdict } = shown.at(-1) ?? {};
  assert.equal(verdict, undefined);
  assert.match(
    html,
    /did more: it rejected 1 row; it repaired the text of 1 row; the parser of the cells above complained 2 times\..*a damaged row/s,
  );
  checkOwnCsv(readFileSync(csv), report, { csv, repair: true });
  assert.deepEqual(shown.at(-1)?.verdict, { ...verdictOf(csv), ok: true });
});

test("the raw plays have their text repaired exactly where the CSV has, and it is said", {
  tags: "slow",
}, async (t) => {
  const folder = temporaryFolder(t);
  const row = (artist: string) =>
    `"${artist}","Ava","F","0","Robinson","200.5","free","Town","1","Song","50"\n`;
  const damaged = (plays: RawPlay[]) =>
    plays.filter((play) => JSON.stringify(play).includes("\u00c3\u0083")).length;
  const asTheyCame = await rawPlaysAsIn(join(folder, "none.csv"));
  assert.equal(asTheyCame.length, 6820);
  assert.ok(damaged(asTheyCame) > 200);
  assert.deepEqual(await rawPlaysAsIn(write(join(folder, "a.csv"), header + row(garbled))), asTheyCame);
  assert.equal(shown.length, 0);
  const repaired = await rawPlaysAsIn(write(join(folder, "b.csv"), header + row("Björk")));
  assert.deepEqual([repaired.length, damaged(repaired)], [6820, 0]);
  assert.match(shown.at(-1)?.html ?? "", /The text of 293 rows is repaired, as it is in .*b\.csv/);
});
