// DuckDB gives one of several that are alike, each time another one: what is shown of them must be the same in each run.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { readModelFile } from "../src/file/model-file.js";
import { measureColumns } from "../src/profile/measure.js";
import { type Asked, askedOf } from "../src/propose/asked.js";
import { candidateFor } from "../src/propose/candidate.js";
import { Rejected } from "../src/source/rejected.js";
import { Source } from "../src/source/source.js";

const folder = mkdtempSync(join(tmpdir(), "sparkify-same-again-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withPlays<Result>(
  lines: string[],
  work: (source: Source, asked: Asked) => Promise<Result>,
): Promise<Result> {
  writeFileSync(join(folder, "plays.csv"), ["user,place,song", ...lines].join("\n"));
  const path = join(folder, "own.model.yaml");
  writeFileSync(
    path,
    `keyspace: own
source: { files: plays.csv }
event: [user, place]
questions:
  - name: plays_of_user
    text: what a user played
    given: [user]
    each: [place]
    answer: [song]
`,
  );
  const file = readModelFile(path);
  const rejected = new Rejected(join(folder, "rejected.csv"));
  const source = await Source.open(file, join(folder, "duckdb"), rejected);
  try {
    return await work(source, askedOf(file, source)[0] as Asked);
  } finally {
    source.close();
    rejected.close();
  }
}

test("of partitions with as many rows the one of the most bytes is the largest", async () => {
  const users = Array.from({ length: 500 }, (_, user) => user);
  // Of user 321 only there are more than eight characters.
  const lines = users.flatMap((user) => [
    `${user},1,${"x".repeat(user === 321 ? 100 : (user % 7) + 1)}`,
    `${user},2,y`,
  ]);
  await withPlays(lines, async (source, asked) => {
    const { found } = await candidateFor(source, asked);
    assert.equal(found?.size.rows, 2);
    assert.ok(found.size.bytes > 100, `${found.size.bytes} bytes`);
  });
});

test("of facts that contradict each other the one that comes first is shown", async () => {
  const lines = Array.from({ length: 500 }, (_, row) => `${500 - row},${row},song ${row}`);
  const others = lines.map((line) => line.replace("song", "other")).reverse();
  await withPlays([...lines, ...others], async (source, asked) => {
    const { notes } = await candidateFor(source, asked);
    const [note] = notes;
    assert.ok(note && "rows" in note);
    assert.deepEqual(
      note.rows?.map(({ user, song }) => [user, song]),
      [
        [500, "song 0"],
        [500, "other 0"],
      ],
    );
  });
});

test("of a column with very many values the frequent ones are the same each time", {
  tags: ["slow"],
}, async () => {
  const lines = Array.from(
    { length: 300_000 },
    (_, row) => `${row},1,${row < 297_000 ? `song ${row}` : "often"}`,
  );
  await withPlays(lines, async (source) => {
    const songs = async () => {
      const columns = await measureColumns(source, () => {});
      return columns.find(({ name }) => name === "song") ?? assert.fail();
    };
    const first = await songs();
    assert.ok(first.isEstimate);
    assert.deepEqual(first.frequent[0], { value: "often", rows: 3000 });
    assert.equal(first.frequent.length, 5);
    for (let again = 0; again < 3; again++) assert.deepEqual(await songs(), first);
  });
});
