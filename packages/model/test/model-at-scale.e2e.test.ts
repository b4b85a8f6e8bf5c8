// The check of the models on generated logs, a million song plays. Of the shipped logs it is seen in test/main-job.e2e.test.ts.

import assert from "node:assert/strict";
import { embedded, longForm } from "../../../test/command.js";
import { Loads, logsWith } from "../../../test/faults/scenario.js";
import { testUnless } from "../../../test/unless.js";
import { judgeModel } from "../src/judge.js";
import { questions } from "../src/question.js";
import { playsInCsv } from "../src/rows.js";

const plays = 1_000_000;

const models = [
  {
    question: questions.songBySessionItem,
    table: "sparkify.song_by_session_item",
    query:
      "SELECT artist, song, length FROM sparkify.song_by_session_item WHERE session_id = ? AND item_in_session = ?",
  },
  {
    question: questions.songsByUserSession,
    table: "sparkify.songs_by_user_session",
    query:
      "SELECT artist, song, first_name, last_name FROM sparkify.songs_by_user_session WHERE user_id = ? AND session_id = ?",
  },
  {
    question: questions.usersBySong,
    table: "sparkify.users_by_song",
    query: "SELECT user_id, first_name, last_name FROM sparkify.users_by_song WHERE song = ?",
  },
];

testUnless(longForm)(`all rows of the three tables are judged, ${plays} plays`, async () => {
  const loads = new Loads(await logsWith(plays), embedded());
  await loads.dropTables();
  const load = loads.start();
  assert.equal(await load.ended, 0, load.output());
  const client = await loads.connect();
  const rows = playsInCsv(loads.csv);
  const started = performance.now();
  try {
    for (const model of models) {
      const findings = await judgeModel(client, model, rows);
      assert.deepEqual(
        findings.filter(({ verdict }) => verdict !== "pass"),
        [],
      );
      const content = findings.find(({ point }) => point === "right rows in right columns");
      const right = { missing: 0, altered: 0, extra: 0, unknown: [] };
      assert.ok(content?.evidence.kind === "rows" && content.evidence.rows > 0);
      assert.deepEqual(content.evidence, { kind: "rows", rows: content.evidence.rows, ...right });
    }
  } finally {
    await client.shutdown();
  }
  const seconds = (performance.now() - started) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(`${plays} plays, three tables: ${seconds.toFixed(1)} s, peak ${megabytes.toFixed(0)} MB`);
});
