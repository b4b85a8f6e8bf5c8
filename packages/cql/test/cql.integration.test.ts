// The reader of CQL beside Cassandra itself: what the reader says of a statement is what the node does with it.

import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { createKeyspace } from "../../../test/support.js";
import { typedColumns } from "../src/schema.js";
import { readSelect } from "../src/select.js";
import {
  columnsOfCreate,
  isOneStatement,
  onTable,
  readInsert,
  readTableName,
  statementsIn,
  tableOf,
  withProperty,
  writtenTable,
} from "../src/statements.js";
import { literalOf, nameOf, plainCql, quoted, tokensOf } from "../src/tokens.js";

let client: Client;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_cql");
  await client.execute(
    "CREATE TABLE test_cql.plays (song text, user_id int, name text, PRIMARY KEY (song, user_id))",
  );
  await client.execute(
    "INSERT INTO test_cql.plays (song, user_id, name) VALUES ('AC//DC -- live', 7, 'O''Neil')",
  );
});
afterAll(() => client.shutdown());

/** The tables of the keyspace, and the columns of one, as Cassandra keeps them. */
const tablesThere = async () =>
  (
    await client.execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'test_cql'")
  ).rows.map((row) => String(row.get(0)));
const columnsOf = async (table: string) =>
  (
    await client.execute(
      "SELECT column_name FROM system_schema.columns WHERE keyspace_name = 'test_cql' AND table_name = ?",
      [table],
      { prepare: true },
    )
  ).rows.map((row) => String(row.get(0)));

test("a script is divided where Cassandra's statements end, and a property gets another value", async () => {
  const script = `CREATE TABLE test_cql.noted (id int PRIMARY KEY) -- one; row a number
    WITH comment = 'a; comment = b' AND gc_grace_seconds = 60;
  INSERT INTO test_cql.noted (id) VALUES (1); /* the end; */`;
  const [create = "", insert = "", ...more] = statementsIn(script);
  assert.deepEqual(more, []);
  await client.execute(withProperty(create, "gc_grace_seconds", "90"));
  await client.execute(insert);
  const { rows } = await client.execute(
    "SELECT comment, gc_grace_seconds FROM system_schema.tables WHERE keyspace_name = 'test_cql' AND table_name = 'noted'",
  );
  await client.execute("DROP TABLE test_cql.noted");
  assert.deepEqual({ ...rows[0] }, { comment: "a; comment = b", gc_grace_seconds: 90 });
});

test("texts, numbers and other values are what Cassandra takes them for", async () => {
  const tries: [type: string, written: string, value: string | number][] = [
    ["text", "'O''Neil'", "O'Neil"],
    ["text", "''", ""],
    ["text", "'AC//DC -- live /* not a comment */; ?'", "AC//DC -- live /* not a comment */; ?"],
    ["text", "$$it's -- dollars$$", "it's -- dollars"],
    ["text", "'two\nlines'", "two\nlines"],
    ["int", "-5", -5],
    ["double", "1.5e-3", 0.0015],
    ["double", "3.", 3],
    ["uuid", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"],
    ["duration", "1h30m", "1h30m"],
  ];
  for (const [type, written, value] of tries) {
    const tokens = tokensOf(written);
    assert.equal(tokens.length, 1, written);
    assert.equal(literalOf(tokens[0]), value);
    const { rows } = await client.execute(`SELECT (${type})${written} AS value FROM system.local`);
    const got = rows[0]?.get("value");
    assert.equal(typeof value === "number" ? Number(got) : String(got), value, written);
  }
});

test("names are folded and kept as Cassandra folds and keeps them", async () => {
  const statement = `CREATE TABLE IF NOT EXISTS test_cql . Plays_By_DAY ( -- the days, (or not)
    Day date, "Song" text, // a title
    "say ""hi""" text /* a greeting, */ , tags map<text, frozen<set<int>>>, name text STATIC,
    PRIMARY KEY ((Day, "Song"), "say ""hi""")
  ) WITH comment = 'PRIMARY KEY (a), -- b';`;
  assert.ok(isOneStatement(statement));
  const name = tableOf("CREATE TABLE", statement);
  assert.deepEqual(name, { keyspace: "test_cql", table: "plays_by_day" });
  await client.execute(plainCql(statement));
  assert.ok((await tablesThere()).includes("plays_by_day"));
  const columns = ["day", "Song", 'say "hi"', "tags", "name"];
  assert.deepEqual(columnsOfCreate(statement), columns);
  assert.deepEqual((await columnsOf("plays_by_day")).sort(), [...columns].sort());

  await client.execute(`CREATE TABLE test_cql.${quoted("Plays")} (id int PRIMARY KEY, "b c" int)`);
  assert.ok((await tablesThere()).includes("Plays"));
  assert.deepEqual(columnsOfCreate('CREATE TABLE a."Plays" (id int PRIMARY KEY, "b c" int)'), ["id", "b c"]);
  assert.deepEqual(readTableName('test_cql."Plays"'), { keyspace: "test_cql", table: "Plays" });
  assert.equal(writtenTable({ keyspace: "test_cql", table: "Plays" }), 'test_cql."Plays"');
  for (const none of ["", "a.b.c", "a b", "a.", "a;", "'a'"])
    assert.equal(readTableName(none), undefined, none);
});

test("any word is a name once it is quoted, and only those that need it are", async () => {
  const words = (
    "add aggregate all allow alter and any apply as asc ascii authorize batch begin bigint boolean by cast clustering " +
    "columnfamily compact contains count counter create custom date decimal default delete desc describe distinct " +
    "double drop duration entries execute exists filtering finalfunc float from full function functions grant group if " +
    "in index infinity inet input insert int into is json key keys keyspace keyspaces language like limit list login " +
    "map materialized mbean mbeans modify nan nologin norecursive not null of on options or order partition password " +
    "per permission permissions primary rename replace returns revoke role roles schema select set sfunc smallint " +
    "static storage stype superuser table text time timestamp timeuuid tinyint to token trigger truncate ttl tuple " +
    "type unlogged unset update use user users using uuid values varchar varint vector view where with writetime"
  ).split(" ");
  const columns = words.map((word) => `${quoted(word)} int`).join(", ");
  await client.execute(`CREATE TABLE test_cql.words (id int PRIMARY KEY, ${columns})`);
  assert.deepEqual((await columnsOf("words")).sort(), ["id", ...words].sort());
  const needless: string[] = [];
  for (const word of words) {
    const bare = client.execute(`SELECT ${word} FROM test_cql.words`);
    const isTaken = await bare.then(
      () => true,
      () => false,
    );
    // Words that are functions or types are names too, in most places.
    if (isTaken && quoted(word) !== word) needless.push(word);
  }
  // Earlier releases, which a reader's own cluster may have, need them there.
  assert.deepEqual(needless, ["default", "mbean", "mbeans", "replace", "unset"]);
});

test("comments are none of the statement, wherever they stand", async () => {
  const tries = [
    "-- first\nSELECT name FROM test_cql.plays WHERE song = ? AND user_id = ?",
    "/* ALLOW FILTERING */ SELECT name FROM test_cql.plays WHERE song = ? AND user_id = ?;",
    "SELECT name -- no ALLOW FILTERING\nFROM test_cql.plays // ORDER BY\r\nWHERE song = ?/**/AND user_id = ? -- end",
    "  SELECT name\n\n FROM\ttest_cql . plays\nWHERE\n song=?\nAND user_id=? ; ;; -- done",
    "select NAME from TEST_CQL.Plays where Song = ? and USER_ID = ?",
    'SELECT "name" FROM "test_cql"."plays" WHERE "song" = :song AND user_id = :"User"',
  ];
  for (const cql of tries) {
    const select = readSelect(cql);
    assert.ok(select, cql);
    assert.deepEqual(
      [select.keyspace, select.table, select.columns, select.markers, select.allowFiltering, select.limit],
      ["test_cql", "plays", ["name"], 2, false, undefined],
      cql,
    );
    assert.deepEqual(
      select.conditions.map(({ column, operator, markers }) => [column, operator, markers]),
      [
        ["song", "=", 1],
        ["user_id", "=", 1],
      ],
    );
    const { rows } = await client.execute(select.cql, ["AC//DC -- live", 7], { prepare: true });
    assert.equal(rows[0]?.get("name"), "O'Neil", cql);
  }
  // Cassandra itself does not take a comment that ends a statement.
  await assert.rejects(client.execute("SELECT name FROM test_cql.plays -- end"), /mismatched character/);
  await client.execute(plainCql("SELECT name FROM test_cql.plays -- end"));
});

test("what a SELECT asks for, and with what: a text is no comment", async () => {
  const text = `SELECT name AS who, user_id, count(*) FROM test_cql.plays
    WHERE song = 'AC//DC -- live' AND user_id IN (?, 8, :last) ORDER BY user_id DESC LIMIT 5 ALLOW FILTERING`;
  const select = readSelect(text);
  assert.ok(select);
  assert.deepEqual(select.conditions, [
    { column: "song", operator: "=", markers: 0, value: "AC//DC -- live" },
    { column: "user_id", operator: "IN", markers: 2, listed: 3 },
  ]);
  assert.deepEqual([...select.aliases], [["who", "name"]]);
  assert.deepEqual(select.orderBy, [{ column: "user_id", descending: true }]);
  assert.deepEqual([select.limit, select.allowFiltering, select.markers], ["5", true, 2]);
  const { rows, columns } = await client.execute(select.cql, [7, 9], { prepare: true });
  assert.deepEqual([columns[0]?.name, rows[0]?.get("who")], ["who", "O'Neil"]);
});

test("a marker for a whole list is told from one for each of its values", async () => {
  const list = readSelect("SELECT * FROM test_cql.plays WHERE song IN ? PER PARTITION LIMIT 1");
  assert.deepEqual(list?.conditions, [{ column: "song", operator: "IN", markers: 1 }]);
  assert.deepEqual([list?.columns, list?.limit], [undefined, undefined]);
  const listed = await client.execute(list?.cql ?? "", [["AC//DC -- live"]], { prepare: true });
  assert.equal(listed.rowLength, 1);
});

test("a range of tokens is no condition on a column", async () => {
  const token = readSelect("SELECT name FROM test_cql.plays WHERE token(song) > token(?) LIMIT ?");
  assert.deepEqual([token?.conditions, token?.markers, token?.limit], [[], 2, "?"]);
  assert.equal((await client.execute(token?.cql ?? "", ["x", 1], { prepare: true })).rowLength <= 1, true);
});

test("the same question is asked of all columns", async () => {
  const all = readSelect("SELECT name /* FROM */ FROM test_cql.plays WHERE song = ?")?.ofAllColumns ?? "";
  const found = await client.execute(all, ["AC//DC -- live"], { prepare: true });
  assert.deepEqual(
    found.columns.map(({ name }) => name),
    ["song", "user_id", "name"],
  );
});

test("what is no SELECT, or more than one, is not read as one", () => {
  for (const other of [
    "",
    "SELECT",
    "SELECT a",
    "INSERT INTO t (a) VALUES (1)",
    "SELECT a FROM t; SELECT b FROM t",
  ])
    assert.equal(readSelect(other), undefined, other);
});

test("a colon in a map is no marker, one before a name elsewhere is", async () => {
  const markers = (text: string) =>
    tokensOf(text).flatMap(({ kind, text: sign }) => (kind === "marker" ? [sign] : []));
  await client.execute("CREATE TABLE test_cql.maps (id int PRIMARY KEY, m map<text, boolean>)");
  const update = "UPDATE test_cql.maps SET m = {'a':true, 'c' :false} WHERE id =:id";
  assert.deepEqual(markers(update), [":id"]);
  await client.execute(update, { id: 1 }, { prepare: true });
  const { rows } = await client.execute("SELECT m FROM test_cql.maps");
  assert.deepEqual(rows[0]?.get("m"), { a: true, c: false });
  const bound = client.execute("UPDATE test_cql.maps SET m = {'a': :value} WHERE id = 1", [true], {
    prepare: true,
  });
  await assert.rejects(bound, /bind variables are not supported inside collection literals/);
});

test("an INSERT is read with its columns and values, and one table's statement becomes another's", async () => {
  const cql = `insert /* one */ into test_cql.Plays -- the plays
    ( Song, "user_id", name ) values ( ?, :user, 'a, (b) -- c' ) IF NOT EXISTS;`;
  const insert = readInsert(cql);
  assert.deepEqual(
    [insert?.name, insert?.isFirst, insert?.columns],
    [{ keyspace: "test_cql", table: "plays" }, true, ["song", "user_id", "name"]],
  );
  assert.deepEqual(
    insert?.values.map((value) => value.map(({ text }) => text)),
    [["?"], [":user"], ["'a, (b) -- c'"]],
  );
  await client.execute(
    "CREATE TABLE test_cql.copy (song text, user_id int, name text, PRIMARY KEY (song, user_id))",
  );
  const copied = onTable(plainCql(cql), { keyspace: "test_cql", table: "plays" }, "test_cql.copy");
  await client.execute(copied, ["Insomnia", 1], { prepare: true });
  const { rows } = await client.execute("SELECT song, user_id, name FROM test_cql.copy");
  assert.deepEqual(
    rows.map((row) => row.values()),
    [["Insomnia", 1, "a, (b) -- c"]],
  );
  assert.equal(readInsert("INSERT INTO test_cql.plays JSON '{}'"), undefined);
  assert.equal(readInsert("BEGIN BATCH INSERT INTO a.b (c) VALUES (1); APPLY BATCH")?.isFirst, false);
  assert.equal(
    onTable(`SELECT a FROM k.t WHERE b = 'k.t' -- k.t`, { keyspace: "k", table: "t" }, "o.u"),
    `SELECT a FROM o.u WHERE b = 'k.t' -- k.t`,
  );
});

test("Cassandra's own statements are read: every table of its keyspaces, and every type in them", async () => {
  let tables = 0;
  for (const keyspace of ["system", "system_schema", "system_auth", "system_distributed", "system_traces"]) {
    const { rows } = await client.execute(`DESCRIBE KEYSPACE ${keyspace}`);
    for (const row of rows) {
      const [type, written = "", cql = ""] = ["type", "name", "create_statement"].map((column) =>
        String(row.get(column)),
      );
      if (type !== "table") continue;
      const name = nameOf(written);
      tables++;
      assert.ok(isOneStatement(cql), cql);
      assert.deepEqual(tableOf("CREATE TABLE", cql), { keyspace, table: name });
      const columns = await typedColumns(client, writtenTable({ keyspace, table: name }));
      assert.deepEqual(columnsOfCreate(cql).sort(), columns.map((column) => column.name).sort(), cql);
      for (const { values } of columns) assert.equal(values.key(null), null);
      const copy = tableOf("CREATE TABLE", onTable(cql, { keyspace, table: name }, "a.b"));
      assert.deepEqual(copy, { keyspace: "a", table: "b" });
      assert.equal(plainCql(plainCql(cql)), plainCql(cql));
    }
  }
  assert.ok(tables > 30, `${tables} tables`);
});

test("one statement is told from none and from several", () => {
  for (const one of ["SELECT a FROM t", "SELECT a FROM t;", "/* ; */ SELECT ';' FROM t; -- ;"])
    assert.ok(isOneStatement(one), one);
  for (const other of ["", ";", "-- SELECT a FROM t", "DROP TABLE t; SELECT a FROM t"])
    assert.ok(!isOneStatement(other), other);
});
