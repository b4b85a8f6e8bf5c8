// The notebooks of a model, as they are written, and run in the real kernel on a real Cassandra.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { connect, eventDataDirectory } from "@sparkify/lib";
import { type Verdict, verdictType } from "@sparkify/lib/show";
import { executeNotebooks, readNotebook } from "@sparkify/notebook-runner";
import { test } from "vitest";
import { stringify } from "yaml";
import { isSoak, longForm, newFolder } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { notebook, propose, Rejected, readModelFile, Source } from "../src/index.js";
import { writeOddModel } from "./odd-model.js";

/** Proposes the tables of a model, and writes its notebooks. */
async function writeNotebooks(path: string, folder: string, names: string[]): Promise<string[]> {
  const file = readModelFile(path);
  const source = await Source.open(file, join(folder, "duckdb"), new Rejected(join(folder, "rejected.csv")));
  const client = connect();
  try {
    const proposals = await propose(file, source, client);
    assert.deepEqual(
      proposals.map(({ question, verdict }) => [question, verdict]),
      names.map((name) => [name, "pass"]),
    );
    return await notebook(file, source, proposals, { out: join(folder, "own") });
  } finally {
    source.close();
    await (await client).shutdown();
  }
}

type OfKind<Kind extends Verdict["kind"]> = Extract<Verdict, { kind: Kind }>;

/** Runs notebooks. @returns the verdicts of their checks */
async function verdictsOf(paths: string[], out: string) {
  mkdirSync(out, { recursive: true });
  const results = await executeNotebooks(paths, { out, cellTimeout: 200 });
  assert.deepEqual(
    results.filter(({ ok }) => !ok).map(({ name, failure }) => [name, failure?.source, failure?.error]),
    [],
  );
  const verdicts = paths
    .flatMap((path) => readNotebook(join(out, basename(path))).cells.flatMap(({ outputs = [] }) => outputs))
    .flatMap(({ data }) => (data?.[verdictType] as Verdict | undefined) ?? []);
  const of = <Kind extends Verdict["kind"]>(kind: Kind) =>
    verdicts.filter((one): one is OfKind<Kind> => one.kind === kind);
  return {
    tables: of("table").map(({ name, rows, expectedRows, ok }) => [name, rows, expectedRows, ok]),
    queries: of("query").map(({ rows, expectedRows, ok }) => [rows, expectedRows, ok]),
    checks: of("check"),
  };
}

/** The figures that a test keeps for the walkthrough hold for notebooks that are written, too. */
function assertShort(paths: string[]): void {
  const cells = paths
    .flatMap((path) => readNotebook(path).cells)
    .filter(({ metadata }) => !metadata.tags?.includes("navigation"))
    .map(({ cell_type, source }) => ({ isCode: cell_type === "code", text: source.join("") }));
  const lines = cells
    .filter(({ isCode }) => isCode)
    .map(({ text }) => text.split("\n").filter((line) => line.trim() !== "").length)
    .sort((a, b) => a - b);
  const words = cells
    .filter(({ isCode }) => !isCode)
    .flatMap(({ text }) => text.split(/\s+/).filter((word) => /\w/.test(word)));
  const at = (share: number) => lines[Math.floor(lines.length * share)] ?? 99;
  const sum = lines.reduce((total, one) => total + one, 0);
  assert.ok(lines.length > 40);
  assert.ok(at(0.5) <= 3 && at(0.9) <= 8 && (lines.at(-1) as number) <= 12, `lines: ${lines.join(" ")}`);
  assert.ok(words.length >= 10 * sum, `${words.length} words for ${sum} lines`);
  for (const path of paths) {
    const [first, ...others] = readNotebook(path).cells.filter(({ cell_type }) => cell_type === "code");
    assert.match(first?.source.join("") ?? "", /^(import .* from "[^"]+";\n?)+$/, path);
    for (const { source } of others) assert.doesNotMatch(source.join(""), /^import /m, path);
  }
}

test("odd names and texts, a range, buckets, a static column, a set: every cell runs, every check is right", async () => {
  const folder = newFolder("odd-notebooks");
  const all = ["by_sensor", "latest_of_sensor", "highest_in_place", "by_order", "by_place_and_order"];
  const names = all.slice(0, isSoak ? all.length : 3);
  const paths = await writeNotebooks(writeOddModel(folder, names), folder, names);
  assertShort(paths);
  const statements = paths.flatMap((path) => readNotebook(path).cells).map(({ source }) => source.join(""));
  // Both kinds of buckets, a static column and a set are among them: what is tested is what the test is called.
  const told = ['by: "week"', 'by: "hash"', "set<text> static", "range1"].map((text) =>
    statements.some((statement) => statement.includes(text)),
  );
  assert.deepEqual(told, [true, true, true, true]);
  const { tables, queries, checks } = await verdictsOf(paths, join(folder, "executed"));
  // 60 days of 4 sensors, one of which has no place.
  const tablesOfAll = [
    ["by_sensor", 240, 240, true],
    ["latest_of_sensor", 240, 240, true],
    ["highest_in_place", 180, 180, true],
    ["by_order", 240, 240, true],
    ["by_place_and_order", 180, 180, true],
  ];
  assert.deepEqual(tables, tablesOfAll.slice(0, names.length));
  // From the fifth of January up to the tenth of February: the bound of the eleventh is its midnight.
  const queriesOfAll = [
    [37, 37, true],
    [3, 3, true],
    [7, 7, true],
    [1, 1, true],
    [1, 1, true],
  ];
  assert.deepEqual(queries, queriesOfAll.slice(0, names.length));
  assert.ok(checks.length >= 3 * names.length && checks.every(({ ok }) => ok));
});

testUnless(longForm)("the three questions of the walkthrough, as a model of one's own", async () => {
  const folder = newFolder("own-plays");
  const path = join(folder, "plays.model.yaml");
  const position = { sessionId: 338, itemInSession: 4 };
  const model = {
    keyspace: "own_plays",
    source: {
      sql: `SELECT * FROM read_csv('${eventDataDirectory}/**/*-events.csv', all_varchar = true) WHERE artist IS NOT NULL`,
    },
    event: ["sessionId", "itemInSession"],
    columns: { sessionId: "int", itemInSession: "int", userId: "int", length: "double" },
    questions: [
      {
        name: "song_by_session_item",
        text: "what was played in a session at a position",
        given: ["sessionId", "itemInSession"],
        each: [],
        answer: ["artist", "song", "length"],
        example: position,
      },
      {
        name: "songs_by_user_session",
        text: "what a user played in a session, in the order played",
        given: ["userId", "sessionId"],
        each: ["itemInSession"],
        order: ["itemInSession"],
        answer: ["artist", "song", "firstName", "lastName"],
        example: { userId: 10, sessionId: 182 },
      },
      {
        name: "users_by_song",
        text: "who listened to a song",
        given: ["song"],
        each: ["userId"],
        answer: ["firstName", "lastName"],
        example: { song: "All Hands Against His Own" },
      },
    ],
  };
  writeFileSync(path, stringify(model));
  const names = model.questions.map(({ name }) => name);
  const paths = await writeNotebooks(path, folder, names);
  assertShort(paths);
  const { tables, queries, checks } = await verdictsOf(paths, join(folder, "executed"));
  assert.deepEqual(
    tables.map(([name, , , ok]) => [name, ok]),
    names.map((name) => [name, true]),
  );
  // The answers of the walkthrough: one song, four songs, three listeners.
  assert.deepEqual(
    queries.map(([rows]) => rows),
    [1, 4, 3],
  );
  assert.ok(checks.every(({ ok }) => ok));
});
