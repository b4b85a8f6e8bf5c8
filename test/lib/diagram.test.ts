import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, showTableDiagram, tableDiagram } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { captureDisplays, createKeyspace, fails } from "./support.js";

let client: Client;
before(async () => {
  client = await connect();
  await createKeyspace(client, "test_diagram");
});
after(async () => {
  await client.execute("DROP KEYSPACE IF EXISTS test_diagram");
  await client.shutdown();
});

/** The texts of a diagram, line by line: those at the same height. */
function linesOf(svg = ""): string[] {
  const lines = new Map<string, string[]>();
  for (const [, top = "", text = ""] of svg.matchAll(/<text x="\d+" y="(\d+)"[^>]*>([^<]*)<\/text>/g)) {
    lines.set(top, [...(lines.get(top) ?? []), text]);
  }
  return [...lines.values()].map((texts) => texts.join(" | "));
}

test("the diagram shows each column with type and mark: partition key, clustering, static, regular", async () => {
  await client.execute(`
    CREATE TABLE test_diagram.plays (
      song text, session_id int, "userId" bigint, item int, at timestamp,
      level text STATIC, tags map<text, frozen<list<int>>>, length double,
      PRIMARY KEY ((session_id, "userId"), item, at, song)
    ) WITH CLUSTERING ORDER BY (item ASC, at DESC, song ASC)`);
  const svg = await tableDiagram(client, "test_diagram.plays");
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>$/s);
  assert.deepEqual(linesOf(svg), [
    "plays",
    "session_id | int | K",
    "userId | bigint | K",
    "item | int | C↑",
    "at | timestamp | C↓",
    "song | text | C↑",
    "level | text | S",
    "length | double | ",
    "tags | map&lt;text, frozen&lt;list&lt;int&gt;&gt;&gt; | ",
  ]);
});

test("the diagram that a cell shows is drawn from the schema as it is now", async () => {
  const shown = captureDisplays();
  await client.execute("CREATE TABLE test_diagram.songs (song text PRIMARY KEY)");
  await showTableDiagram(client, "test_diagram.songs");
  await client.execute("ALTER TABLE test_diagram.songs ADD year int");
  await showTableDiagram(client, "test_diagram.songs");
  assert.equal(shown.length, 2);
  assert.deepEqual(linesOf(shown[0]?.svg), ["songs", "song | text | K"]);
  assert.deepEqual(linesOf(shown[1]?.svg), ["songs", "song | text | K", "year | int | "]);
});

test("a table that does not exist is named", async () => {
  for (const table of ["test_diagram.none", "no_such_keyspace.plays"]) {
    await fails(() => tableDiagram(client, table), `The table ${table} does not exist.`);
  }
});
