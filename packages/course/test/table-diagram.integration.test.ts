import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { captureDisplays, createKeyspace, fails, linesOf } from "../../../test/support.js";
import { type DiagramOptions, showTableDiagram, tableDiagram } from "../src/diagrams/table-diagram.js";

let client: Client;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_diagram");
});
afterAll(() => client.shutdown());

/** As SVG text. */
const diagramOf = async (table: string, options: DiagramOptions = {}) =>
  (await tableDiagram(client, table, options)).svg;

function sizeOf(svg: string) {
  const [, width, height] = svg.match(/^<svg [^>]*width="(\d+)" height="(\d+)"/) ?? [];
  return { width: Number(width), height: Number(height) };
}

test("the diagram shows each column with type and mark: partition key, clustering, static, regular", async () => {
  await client.execute(`
    CREATE TABLE test_diagram.plays (
      song text, session_id int, "userId" bigint, item int, at timestamp,
      level text STATIC, tags map<text, frozen<list<int>>>, length double,
      PRIMARY KEY ((session_id, "userId"), item, at, song)
    ) WITH CLUSTERING ORDER BY (item ASC, at DESC, song ASC)`);
  const svg = await diagramOf("test_diagram.plays");
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>$/s);
  assert.deepEqual(linesOf(svg), [
    "plays",
    "session_id | int | K",
    "userId | bigint | K",
    "item | int | C↑",
    "at | timestamp | C↓",
    "song | text | C↑",
    "level | text | S",
    "length | double",
    "&lt;tags&gt; | map&lt;text, frozen&lt;list&lt;int&gt;&gt;&gt;",
  ]);
});

test("the logical diagram is the same without types, and narrower", async () => {
  const [physical = "", logical = ""] = await Promise.all(
    [false, true].map((logical) => diagramOf("test_diagram.plays", { logical })),
  );
  assert.deepEqual(linesOf(logical), [
    "plays",
    "session_id | K",
    "userId | K",
    "item | C↑",
    "at | C↓",
    "song | C↑",
    "level | S",
    "length",
    "&lt;tags&gt;",
  ]);
  assert.ok(sizeOf(logical).width < sizeOf(physical).width);
});

test("lists, sets, maps, counters and indexed columns have their marks, a view its own key", async () => {
  await client.execute(`
    CREATE TABLE test_diagram.tagged (
      id int PRIMARY KEY, genre text, tags set<text>, "playedAt" list<timestamp>, names frozen<map<text, int>>)`);
  await client.execute("CREATE INDEX ON test_diagram.tagged (genre)");
  await client.execute("CREATE INDEX ON test_diagram.tagged (tags)");
  assert.deepEqual(linesOf(await diagramOf("test_diagram.tagged", { logical: true })), [
    "tagged",
    "id | K",
    "genre | IDX",
    "&lt;names&gt;",
    "[playedAt]",
    "{tags} | IDX",
  ]);
  await client.execute("CREATE TABLE test_diagram.counts (song text PRIMARY KEY, plays counter)");
  assert.deepEqual(linesOf(await diagramOf("test_diagram.counts")).slice(1), [
    "song | text | K",
    "plays | counter | ++",
  ]);
  await client.execute(
    "CREATE MATERIALIZED VIEW test_diagram.by_genre AS SELECT genre, id FROM test_diagram.tagged WHERE genre IS NOT NULL AND id IS NOT NULL PRIMARY KEY (genre, id)",
  );
  assert.deepEqual(linesOf(await diagramOf("test_diagram.by_genre", { logical: true })), [
    "by_genre",
    "genre | K",
    "id | C↑",
  ]);
});

test("however long names and types are, the diagram fits a notebook and is valid XML", async () => {
  const long = "a_column_whose_name_goes_on_and_on_until_nobody_wants_to_read_it_any_more";
  await client.execute(
    `CREATE TABLE test_diagram.a_table_with_a_rather_long_name_that_says_it_all_ (
      ${long} int PRIMARY KEY, "<&'" map<text, frozen<map<text, frozen<map<text, frozen<list<text>>>>>>>)`,
  );
  const svg = await diagramOf("test_diagram.a_table_with_a_rather_long_name_that_says_it_all_");
  assert.ok(sizeOf(svg).width <= 900, `${sizeOf(svg).width}`);
  assert.match(linesOf(svg)[1] ?? "", /^a_column_whose_name_[a-z_]+… \| int \| K$/);
  assert.match(linesOf(svg)[2] ?? "", /^&lt;&lt;&amp;&#39;&gt; \| map&lt;text, .*…$/);
});

test("the diagram that a cell shows is drawn from the schema as it is now", async () => {
  const shown = captureDisplays();
  await client.execute("CREATE TABLE test_diagram.songs (song text PRIMARY KEY)");
  await showTableDiagram(client, "test_diagram.songs");
  await client.execute("ALTER TABLE test_diagram.songs ADD year int");
  await showTableDiagram(client, "test_diagram.songs");
  assert.equal(shown.length, 2);
  assert.deepEqual(linesOf(shown[0]?.svg), ["songs", "song | text | K"]);
  assert.deepEqual(linesOf(shown[1]?.svg), ["songs", "song | text | K", "year | int"]);
});

test("a table that does not exist is named", async () => {
  for (const table of ["test_diagram.none", "no_such_keyspace.plays"]) {
    await fails(() => diagramOf(table), `The table ${table} does not exist.`);
  }
});
