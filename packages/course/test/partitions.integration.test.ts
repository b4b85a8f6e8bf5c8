import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createKeyspace, fails, insertAll, linesOf } from "../../../test/support.js";
import { partitionsSvg, showPartitions } from "../src/labs/partitions.js";

let client: Client;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_partitions");
});
afterAll(() => client.shutdown());

/** The fills of the rows' cells, row by row; the token's cell is as tall as its partition. */
function coloursOf(svg: string): string[] {
  const cells = svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="\d+" height="24" fill="(#\w+)"/g);
  const rows = new Map<string, string>();
  for (const [, , top = "", fill = ""] of cells) rows.set(top, fill);
  return [...rows.values()];
}

const widthOf = (svg: string) => Number(svg.match(/^<svg [^>]*width="(\d+)"/)?.[1]);

/** Songs of three sessions: 1 and 2 have two, 3 has one. */
const plays = [
  [1, 0, "Insomnia"],
  [1, 1, "Kilometer"],
  [2, 10, "Insomnia"],
  [2, 9, "Greece 2000"],
  [3, 0, "Kilometer"],
];

test("rows lie together by partition, in the order of the tokens, and another key gathers others", async () => {
  await client.execute(
    "CREATE TABLE test_partitions.by_session (session_id int, item int, song text, PRIMARY KEY (session_id, item))",
  );
  await client.execute(
    "CREATE TABLE test_partitions.by_song (session_id int, item int, song text, PRIMARY KEY (song, session_id, item))",
  );
  for (const table of ["by_session", "by_song"])
    await insertAll(
      client,
      `INSERT INTO test_partitions.${table} (session_id, item, song) VALUES (?, ?, ?)`,
      plays,
    );

  const bySession = await partitionsSvg(client, "test_partitions.by_session");
  const { rows } = await client.execute(
    "SELECT token(session_id) AS t, session_id FROM test_partitions.by_session",
  );
  const tokens = new Map(rows.map(({ t, session_id }) => [session_id as number, BigInt(String(t))]));
  const order = [...tokens].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([session]) => session);
  const expected = order.flatMap((session) =>
    plays
      .filter(([one]) => one === session)
      .sort(([, a], [, b]) => (a as number) - (b as number))
      .map((play, index) => [...(index === 0 ? [tokens.get(session)] : []), ...play].join(" | ")),
  );
  assert.deepEqual(linesOf(bySession), [
    "test_partitions.by_session",
    "token ↓ | session_id K | item C↑ | song",
    ...expected,
  ]);
  const colours = coloursOf(bySession);
  assert.equal(colours.length, 5);
  assert.equal(new Set(colours).size, 3);
  const songs = linesOf(await partitionsSvg(client, "test_partitions.by_song")).slice(2);
  assert.equal(songs.filter((line) => /^-?\d{5,} \| /.test(line)).length, 3, "three songs, three tokens");
});

test("only the first rows of a large table are shown, and the chosen columns beside the key", async () => {
  const svg = await partitionsSvg(client, "test_partitions.by_session", {
    limit: 3,
    columns: [],
    title: "By session",
  });
  const [title, header, ...rest] = linesOf(svg);
  assert.deepEqual([title, header], ["By session", "token ↓ | session_id K | item C↑"]);
  assert.equal(rest.length, 4);
  assert.equal(rest[3], "… the first 3 rows; there are more");
  const whole = await partitionsSvg(client, "test_partitions.by_session", { limit: 5 });
  assert.doesNotMatch(whole, /there are more/);
});

test("long, strange and missing values: shortened, escaped, valid XML, and no wider than a notebook", async () => {
  await client.execute(`CREATE TABLE test_partitions.strange (
    id bigint PRIMARY KEY, "aText" text, b text, tags set<text>, at timestamp, bytes blob, c text, d text, e text)`);
  const long = '<b>It\'s & "so" on </b>'.repeat(20);
  await client.execute(
    `INSERT INTO test_partitions.strange (id, "aText", b, tags, at, bytes, c) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ["9007199254740993", long, "a\u0000b\u001f", ["x"], new Date(0), Buffer.from([1, 255]), "☔".repeat(80)],
    { prepare: true },
  );
  const svg = await partitionsSvg(client, "test_partitions.strange");
  assert.ok(widthOf(svg) <= 840, `${widthOf(svg)}`);
  const narrow = await partitionsSvg(client, "test_partitions.strange", { columns: ["b"] });
  assert.match(linesOf(narrow)[2] ?? "", /\| 9007199254740993 \| /, "not a digit of a bigint is lost");
  const line = linesOf(svg)[2] ?? "";
  assert.match(line, /\| &lt;b&gt;It&#39;s[^|]*… \| /);
  assert.match(line, /\| a\ufffdb\ufffd \| /);
  assert.match(line, /\| 0x01ff \| /);
  assert.doesNotMatch(svg, /\p{Cc}(?<!\n)/u);
  assert.doesNotMatch(line, /null|undefined/);
});

test("columns for which there is no room are named", async () => {
  const names = Array.from({ length: 20 }, (_, number) => `column_${number}`);
  await client.execute(
    `CREATE TABLE test_partitions.wide (id int PRIMARY KEY, ${names.map((name) => `${name} text`).join(", ")})`,
  );
  await insertAll(client, "INSERT INTO test_partitions.wide (id, column_0) VALUES (?, ?)", [[1, "a"]]);
  const svg = await partitionsSvg(client, "test_partitions.wide");
  assert.ok(widthOf(svg) <= 840, `${widthOf(svg)}`);
  assert.match(linesOf(svg).at(-1) ?? "", /^not shown: column_17, column_18, column_19, column_2, /);
});

test("a cell shows the drawing; an empty table has no rows, and what does not exist is named", async () => {
  const shown = captureDisplays();
  await client.execute("CREATE TABLE test_partitions.empty (id int PRIMARY KEY)");
  await showPartitions(client, "test_partitions.empty");
  assert.equal(linesOf(shown[0]?.svg).at(-1), "no rows");
  await fails(
    () => partitionsSvg(client, "test_partitions.none"),
    "The table test_partitions.none does not exist.",
  );
  await fails(
    () => partitionsSvg(client, "test_partitions.empty", { columns: ["song"] }),
    "The table test_partitions.empty has no column song: its columns are id.",
  );
});
