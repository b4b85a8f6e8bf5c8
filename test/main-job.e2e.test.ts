// The main job as `npm start` does it; in `npm run soak` with all labs, the second one with a million rows. That the labs'
// cells fit what they call is seen in packages/notebook-runner/test/cells.integration.test.ts.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { foldersOf, lastingText, notebooksIn, withNavigation } from "@sparkify/notebook-runner";
import { beforeAll, describe, test } from "vitest";
import { walkthrough } from "../tools/walkthrough.js";
import { isSoak, runCommand } from "./command.js";

const out = join(workDirectory, "out");
const notebooks = join(projectRoot, "notebooks");
const labs = readdirSync(join(notebooks, "labs"))
  .filter((file) => file.endsWith(".ipynb") && isSoak)
  .sort()
  .map((file) => basename(file, ".ipynb"));
const names = [
  "01-discover-files",
  "02-denormalize-csv",
  "03-create-tables",
  "04-insert-rows",
  "05-verify-queries",
];

describe("the shipped logs", () => {
  let ended: Awaited<ReturnType<typeof runCommand>>;
  // biome-ignore lint/suspicious/noExplicitAny: a file's contents, of which each test says what it expects.
  let report: any;
  beforeAll(async () => {
    ended = await runCommand(["run", ...(isSoak ? ["--labs"] : [])]);
    report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  });

  test("end with one verdict, and without a warning", () => {
    assert.equal(ended.code, 0, ended.output);
    assert.match(ended.output, /✔ Every cell ran, every table and answer is right/);
    assert.doesNotMatch(ended.output, /warn/i);
    assert.equal(report.ok, true);
  });

  test("come through every notebook, and the labs that were asked for, on one node", () => {
    assert.match(report.cassandra.version, /^5\.0\./);
    assert.equal(report.cassandra.nodes, 1);
    assert.deepEqual(
      report.notebooks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]),
      [...names, ...labs].map((name) => [name, true]),
    );
  });

  test("are all counted, and are all in the tables", () => {
    const { eventData, tables } = report;
    assert.equal(eventData.directory, join(projectRoot, "event_data"));
    assert.deepEqual([eventData.files, eventData.rows, eventData.kept], [30, 8056, 6820]);
    assert.equal(eventData.droppedByPage.Home, 806);
    assert.deepEqual(tables, [
      { name: "song_by_session_item", rows: 6820, expectedRows: 6820, ok: true },
      { name: "songs_by_user_session", rows: 6820, expectedRows: 6820, ok: true },
      { name: "users_by_song", rows: 6624, expectedRows: 6624, ok: true },
    ]);
  });

  test("give the well-known answers", () => {
    const { queries } = report;
    assert.deepEqual(
      queries.map(({ parameters, rows, expectedRows, ok }: Record<string, unknown>) => [
        parameters,
        rows,
        expectedRows,
        ok,
      ]),
      [
        [[338, 4], 1, 1, true],
        [[10, 182], 4, 4, true],
        [["All Hands Against His Own"], 3, 3, true],
      ],
    );
    assert.deepEqual(queries[0].answer, [
      { artist: "Faithless", song: "Music Matters (Mark Knight Dub)", length: 495.3073 },
    ]);
    assert.deepEqual(
      queries[1].answer.map(({ artist, song }: Record<string, string>) => [artist, song]),
      [
        ["Down To The Bone", "Keep On Keepin' On"],
        ["Three Drives", "Greece 2000"],
        ["Sebastien Tellier", "Kilometer"],
        ["Lonnie Gordon", "Catch You Baby (Steve Pitron & Max Sanna Radio Edit)"],
      ],
    );
    assert.deepEqual(queries[2].answer, [
      { user_id: 29, first_name: "Jacqueline", last_name: "Lynch" },
      { user_id: 80, first_name: "Tegan", last_name: "Levine" },
      { user_id: 95, first_name: "Sara", last_name: "Johnson" },
    ]);
    assert.match(readFileSync(join(out, "report.html"), "utf8"), /Music Matters \(Mark Knight Dub\)/);
  });

  test("are asked without a filter, column by column", () => {
    for (const { cql } of report.queries) assert.doesNotMatch(cql, /allow filtering|select \*/i);
  });
});

test("the committed notebooks carry the outputs of a full run, and a rerun differs from it in nothing but times", () => {
  for (const name of [...names, ...labs]) {
    const folder = labs.includes(name) ? join(notebooks, "labs") : notebooks;
    assert.equal(
      lastingText(join(out, "notebooks", `${name}.ipynb`)),
      lastingText(join(folder, `${name}.ipynb`)),
      `${name}: npm run notebooks -- --labs brings it up to date`,
    );
  }
});

test("the links at head and foot of every notebook follow the order of the files", () => {
  for (const folder of foldersOf(walkthrough)) {
    for (const name of notebooksIn(folder))
      assert.equal(readFileSync(join(folder, name), "utf8"), withNavigation(folder, name, walkthrough), name);
  }
});
