// What a comparison should find is written down here by hand, or counted by the loops that make the rows.

import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import { type Client, types } from "cassandra-driver";
import { afterAll, beforeAll, test } from "vitest";
import { createKeyspace, fails, insertAll, temporaryFolder, write } from "../../../test/support.js";
import { type Comparison, compareTables } from "../src/compare.js";
import type { TableComparison } from "../src/examples.js";

let client: Client;
const keyspace = "test_compare";
const table = `${keyspace}.plays`;
const header = ["sessionId", "itemInSession", "song", "length", "artist"];
const columns = "session_id, item_in_session, song, length, artist";

type Play = [number, number, string | null, number | null, string | null];
const plays: Play[] = [
  [1, 0, "Insomnia", 200.5, "Faithless"],
  [1, 1, "\"God\" & 'DJ', again", 0.1, "Faithless"],
  [2, 0, "Сплин 🎸\nдва", 1e-7, "ab"],
  [2, 1, "Caf\u00e9", 495.3073, ""],
  [2_147_483_647, 0, "𝄞 long 夜", 0, "c"],
];
const [insomnia, , , cafe] = plays as [Play, Play, Play, Play];

beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, keyspace);
  await client.execute(
    `CREATE TABLE ${table} (session_id int, item_in_session int, song text, length double, artist text,
     PRIMARY KEY ((session_id), item_in_session))`,
  );
});
afterAll(() => client.shutdown());

/** Fills the table with just these rows. */
async function fill(rows: Play[]): Promise<void> {
  await client.execute(`TRUNCATE ${table}`);
  await insertAll(client, `INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?)`, rows);
}

function csvText(rows: unknown[][], names = header): string {
  const line = (fields: unknown[]) =>
    fields.map((field) => `"${String(field).replaceAll('"', '""')}"`).join(",");
  return `${[names, ...rows].map(line).join("\n")}\n`;
}

/** Compares the table with a CSV of these rows. */
async function compare(t: Parameters<typeof temporaryFolder>[0], rows: unknown[][]) {
  const csv = write(`${temporaryFolder(t)}/plays.csv`, csvText(rows));
  return only(await compareTables(client, { csv, tables: [table] }));
}

function only({ ok, seconds, tables }: Comparison): TableComparison {
  const [first] = tables;
  assert.ok(first && tables.length === 1 && seconds > 0);
  assert.equal(ok, first.missing + first.altered + first.extra === 0);
  return first;
}

function shown([session_id, item_in_session, song, length, artist]: Play) {
  return { session_id, item_in_session, song, length, artist };
}

const asBits = (value: number) => new BigInt64Array(new Float64Array([value]).buffer)[0] as bigint;

const none = { missing: [], altered: [], extra: [] };
const equal = { name: table, csvRows: 5, expectedRows: 5, rows: 5, missing: 0, altered: 0, extra: 0 };

test("a table with just the rows of the CSV is equal, whatever their order and text", async (t) => {
  await fill(plays);
  assert.deepEqual(await compare(t, [...plays].reverse()), { ...equal, examples: none });
});

test("a deleted row is missing, and its values are shown", async (t) => {
  await fill(plays);
  await client.execute(`DELETE FROM ${table} WHERE session_id = 1 AND item_in_session = 0`);
  assert.deepEqual(await compare(t, plays), {
    ...equal,
    rows: 4,
    missing: 1,
    examples: { ...none, missing: [shown(insomnia)] },
  });
});

test("a row that the CSV does not have is extra", async (t) => {
  const extra: Play = [9, 9, "Other", null, null];
  await fill([...plays, extra]);
  assert.deepEqual(await compare(t, plays), {
    ...equal,
    rows: 6,
    extra: 1,
    examples: { ...none, extra: [shown(extra)] },
  });
});

test("a value that is only just another is found: last bit, sign of zero, spelling, empty, column", async (t) => {
  const nextDouble = new Float64Array(new BigInt64Array([asBits(495.3073) + 1n]).buffer)[0] as number;
  const last = plays[4] as Play;
  const cases: [Play, Play][] = [
    [insomnia, [1, 0, "Insomnia", 200.6, "Faithless"]],
    [insomnia, [1, 0, "InsomniaF", 200.5, "aithless"]],
    [insomnia, [1, 0, "Faithless", 200.5, "Insomnia"]],
    [insomnia, [1, 0, "Insomnia ", 200.5, "Faithless"]],
    [insomnia, [1, 0, "insomnia", 200.5, "Faithless"]],
    [insomnia, [1, 0, "INsomnia", 200.5, "Faithless"]],
    [insomnia, [1, 0, "Insomnia\0", 200.5, "Faithless"]],
    [insomnia, [1, 0, "Insomnia", null, "Faithless"]],
    [cafe, [2, 1, "Caf\u00e9", nextDouble, ""]],
    [cafe, [2, 1, "Cafe\u0301", 495.3073, ""]],
    [cafe, [2, 1, "Caf\u00e9", 495.3073, null]],
    [last, [2_147_483_647, 0, "𝄞 long 夜", 5e-324, "c"]],
  ];
  for (const [expected, found] of cases) {
    await fill(plays.map((row) => (row === expected ? found : row)));
    assert.deepEqual(await compare(t, plays), {
      ...equal,
      altered: 1,
      examples: { ...none, altered: [{ expected: shown(expected), found: shown(found) }] },
    });
  }
  await fill(plays.map((row) => (row === last ? [row[0], row[1], row[2], -0, row[4]] : row)));
  const { altered, examples } = await compare(t, plays);
  assert.equal(altered, 1);
  assert.deepEqual([examples.altered[0]?.expected.length, examples.altered[0]?.found.length], [0, "-0"]);
});

test("of rows with the same primary key the later one in the CSV is expected", async (t) => {
  const later: Play = [1, 0, "Later", 1, "B"];
  const rows = [...plays, later];
  await fill(rows); // many at once: which of the two came last is not said
  await client.execute(`INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?)`, later, { prepare: true });
  const counts = { ...equal, csvRows: 6 };
  assert.deepEqual(await compare(t, rows), { ...counts, examples: none });
  assert.deepEqual(await compare(t, [later, ...plays]), {
    ...counts,
    altered: 1,
    examples: { ...none, altered: [{ expected: shown(insomnia), found: shown(later) }] },
  });
  await client.execute(`DELETE FROM ${table} WHERE session_id = 1 AND item_in_session = 0`);
  assert.deepEqual((await compare(t, rows)).examples.missing, [shown(later)]);
});

test("an empty field is no number, and is an empty text", async (t) => {
  await fill([[1, 0, "", null, ""]]);
  assert.deepEqual((await compare(t, [[1, 0, "", "", ""]])).examples, none);
  await fill([[1, 0, null, 0, null]]);
  assert.equal((await compare(t, [[1, 0, "", "", ""]])).altered, 1);
});

test("every type is compared in full: int, bigint, float, double, text", async (t) => {
  const wide = `${keyspace}.wide`;
  await client.execute(
    `CREATE TABLE ${wide} (big_id bigint, item int, real float, long_real double, word varchar,
     PRIMARY KEY ((big_id, word), item)) WITH CLUSTERING ORDER BY (item DESC)`,
  );
  const rows = [
    ["9223372036854775807", "-2147483648", "495.3073", "9007199254740993", ""],
    ["-9223372036854775808", "2147483647", "-0", "1.7976931348623157e308", "w"],
    ["9007199254740993", "-0", "16777217", "-.5E-3", "\u{10FFFF}"],
    ["-1", "007", "0.1", "0.30000000000000004", "\u0000"],
  ];
  const text = csvText(rows, ["bigId", "item", "real", "longReal", "word"]);
  const csv = write(`${temporaryFolder(t)}/wide.csv`, text);
  // Cassandra itself reads these literals; an empty text may be a part of a partition key of two.
  for (const [big, item, real, long, word] of rows) {
    const values = `${big}, ${Number(item)}, ${real}, ${Number(long)}, ?`;
    await client.execute(
      `INSERT INTO ${wide} (big_id, item, real, long_real, word) VALUES (${values})`,
      [word],
      { prepare: true },
    );
  }
  const run = async () => only(await compareTables(client, { csv, tables: [wide] }));
  const before = await run();
  assert.deepEqual([before.rows, before.expectedRows, before.examples], [4, 4, none]);

  const key = [types.Long.fromString("9007199254740993"), "\u{10FFFF}", 0];
  const set = `UPDATE ${wide} SET real = ? WHERE big_id = ? AND word = ? AND item = ?`;
  await client.execute(set, [16777218, ...key], { prepare: true });
  await client.execute(`INSERT INTO ${wide} (big_id, word, item) VALUES (9223372036854775806, 'x', 1)`);
  const { altered, extra, examples } = await run();
  assert.deepEqual([altered, extra], [1, 1]);
  const row = { big_id: "9007199254740993", word: "\u{10FFFF}", item: 0, long_real: -0.0005 };
  assert.deepEqual(examples.altered, [
    { expected: { ...row, real: 16777216 }, found: { ...row, real: 16777218 } },
  ]);
  assert.equal(examples.extra[0]?.big_id, "9223372036854775806");
});

/** A type, a value as Cassandra's CQL has it, the field of a CSV that is the same, and one that is another value. */
const everyType: [type: string, cql: string, field: string, other: string][] = [
  ["ascii", "'a''b'", "a'b", "a"],
  ["text", "'é'", "é", "e"],
  ["tinyint", "-128", "-128", "127"],
  ["smallint", "32767", "32767", "-32768"],
  ["int", "-1", "-1", "1"],
  ["bigint", "9223372036854775807", "9223372036854775807", "9223372036854775806"],
  [
    "varint",
    "-123456789012345678901234567890",
    "-123456789012345678901234567890",
    "-123456789012345678901234567891",
  ],
  ["decimal", "495.3073", "495.30730", "495.30731"],
  ["decimal", "1.5E+10", "15000000000", "1500000000"],
  ["float", "0.1", "0.1", "0.11"],
  ["float", "NaN", "NaN", "Infinity"],
  ["double", "1e-7", "0.0000001", "0.00000010000000000000001"],
  ["boolean", "true", "True", "false"],
  ["blob", "0x00ff", "0x00FF", "0x00"],
  ["date", "'2018-11-01'", "2018-11-01", "2018-11-02"],
  ["time", "'08:12:54.123456789'", "08:12:54.123456789", "08:12:54.123456788"],
  ["timestamp", "'2018-11-01 12:00:00.001+0200'", "2018-11-01T10:00:00.001Z", "2018-11-01T10:00:00Z"],
  ["timestamp", "1541066400000", "1541066400000", "1541066400001"],
  [
    "uuid",
    "550e8400-e29b-41d4-a716-446655440000",
    "550E8400-E29B-41D4-A716-446655440000",
    "550e8400-e29b-41d4-a716-446655440001",
  ],
  [
    "timeuuid",
    "50554d6e-29bb-11e5-b345-feff819cdc9f",
    "50554d6e-29bb-11e5-b345-feff819cdc9f",
    "50554d6f-29bb-11e5-b345-feff819cdc9f",
  ],
  ["inet", "'::1'", "::1", "127.0.0.1"],
  ["duration", "1mo2d3h4m", "1mo2d3h4m", "1mo2d3h5m"],
  ["list<int>", "[3, 1]", "[3, 1]", "[1, 3]"],
  ["list<int>", "[]", "", "[1]"],
  ["set<text>", "{'b', 'a, {c}'}", "{'a, {c}', 'b'}", "{'a'}"],
  [
    "map<text, frozen<list<double>>>",
    "{'x': [0.1], 'it''s': []}",
    "{'it''s': [], 'x': [0.1]}",
    "{'x': [0.1]}",
  ],
  ["map<int, text>", "{1: 'one'}", "{1: 'one'}", "{2: 'one'}"],
  ["frozen<set<date>>", "{'2018-11-02', '2018-11-01'}", "{'2018-11-01', '2018-11-02'}", "{}"],
  ["tuple<int, text, boolean>", "(1, 'a', null)", "(1, 'a', null)", "(1, 'a', false)"],
  ["vector<float, 3>", "[0.1, 2, -3]", "[0.1, 2, -3]", "[0.1, 2, 3]"],
  ["place", "{street: 'A, B', \"Nr\": 7}", "{\"Nr\": 7, street: 'A, B'}", "{street: 'A, B', \"Nr\": 8}"],
  ["frozen<place>", "{street: 'A'}", "{street: 'A'}", '{"Nr": 1}'],
  ["list<frozen<place>>", "[{street: 'A'}, {\"Nr\": 1}]", "[{street: 'A'}, {\"Nr\": 1}]", "[{street: 'A'}]"],
];

test("a value of every type is what Cassandra takes it for, and another one is altered", async (t) => {
  const every = `${keyspace}.every_type`;
  await client.execute(`CREATE TYPE ${keyspace}.place (street text, "Nr" int)`);
  const definitions = everyType.map(([type], index) => `v${index} ${type}`);
  await client.execute(`CREATE TABLE ${every} (id int PRIMARY KEY, ${definitions.join(", ")})`);
  const names = everyType.map((_, index) => `v${index}`);
  const values = everyType.map(([, cql]) => cql);
  await client.execute(`INSERT INTO ${every} (id, ${names.join(", ")}) VALUES (1, ${values.join(", ")})`);
  const fields = everyType.map(([, , field]) => field);
  const csv = `${temporaryFolder(t)}/every.csv`;
  const run = async (row: string[]) => {
    write(csv, csvText([["1", ...row]], ["id", ...names]));
    return only(await compareTables(client, { csv, tables: [every] }));
  };
  assert.deepEqual((await run(fields)).examples, none);
  for (const [index, [type, , , other]] of everyType.entries()) {
    const { examples } = await run(fields.map((field, place) => (place === index ? other : field)));
    const [{ expected = {}, found = {} } = {}] = examples.altered;
    const different = names.filter((name) => JSON.stringify(expected[name]) !== JSON.stringify(found[name]));
    assert.deepEqual(different, [`v${index}`], type);
  }
});

test("a counter is compared too", async (t) => {
  const plays = `${keyspace}.counts`;
  await client.execute(`CREATE TABLE ${plays} (song text PRIMARY KEY, plays counter)`);
  await client.execute(`UPDATE ${plays} SET plays = plays + 3 WHERE song = 'Insomnia'`);
  const csv = `${temporaryFolder(t)}/counts.csv`;
  for (const [count, altered] of [
    [3, 0],
    [4, 1],
  ] as const) {
    write(csv, csvText([["Insomnia", count]], ["song", "plays"]));
    assert.equal(only(await compareTables(client, { csv, tables: [plays] })).altered, altered);
  }
});

/**
 * 6,000 plays with text of all lengths, and what is done to the table afterwards. 5,200 are in one partition: more
 * than a page, however the table is split.
 */
function many(): { rows: Play[]; changed: Play[]; missing: number; altered: number; extra: number } {
  const words = ["夜", "🎸", "Über", "é", "a", '"', ",", "\n"];
  const rows = Array.from({ length: 6000 }, (_, index): Play => {
    const song = Array.from({ length: index % 23 }, (_, at) => words[(index * 7 + at * at) % 8]).join("");
    const place: [number, number] = index < 5200 ? [0, index] : [Math.floor(index / 50), index % 50];
    return [...place, song, index / 7, words[index % 8] as string];
  });
  const changed: Play[] = [];
  const counts = { missing: 0, altered: 0, extra: 0 };
  for (const [index, [session, item, song, length, artist]] of rows.entries()) {
    if (index % 100 === 1) counts.missing++;
    else if (index % 150 === 3 && ++counts.altered) changed.push([session, item, `${song}.`, length, artist]);
    else changed.push([session, item, song, length, artist]);
    if (index % 200 === 5 && ++counts.extra) changed.push([-session - 1, item, song, length, artist]);
  }
  return { rows, changed, ...counts };
}

test("several passes find the same as one, also with less memory than one table needs", async (t) => {
  const { rows, changed, ...counts } = many();
  await fill(changed);
  const short = `${keyspace}.artists`;
  await client.execute(
    `CREATE TABLE ${short} (artist text, session_id int, PRIMARY KEY (artist, session_id))`,
  );
  const pairs = new Set(rows.map(([session, , , , artist]) => `${artist} ${session}`));
  await insertAll(
    client,
    `INSERT INTO ${short} (artist, session_id) VALUES (?, ?)`,
    rows.map((row) => [row[4], row[0]]),
  );
  const csv = write(`${temporaryFolder(t)}/plays.csv`, csvText(rows));
  const results: Comparison["tables"][] = [];
  // Rows have line breaks: 6,000 rows are up to some 18,000 lines.
  for (const [keysAtOnce, passes] of [
    [1_000_000, 1],
    [20_000, 2],
    [3000, undefined],
  ] as const) {
    let seen = 0;
    const comparison = await compareTables(client, {
      csv,
      tables: [table, short],
      keysAtOnce,
      onProgress(progress) {
        seen = progress.passes;
        assert.ok(progress.pass <= progress.passes && progress.csvRows <= 6000);
      },
    });
    if (passes) assert.equal(seen, passes);
    else assert.ok(seen > 4, `${seen} passes`);
    assert.equal(comparison.ok, false);
    results.push(comparison.tables);
  }
  for (const [all, artists] of results as [TableComparison, TableComparison][]) {
    const { examples, ...found } = all;
    const expected = { name: table, csvRows: 6000, expectedRows: 6000, rows: changed.length };
    assert.deepEqual(found, { ...expected, ...counts });
    const inCsv = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, shown(row)]));
    assert.deepEqual([examples.missing.length, examples.altered.length, examples.extra.length], [3, 3, 3]);
    for (const row of [...examples.missing, ...examples.altered.map(({ expected }) => expected)])
      assert.deepEqual(row, inCsv.get(`${row.session_id} ${row.item_in_session}`));
    for (const { expected, found } of examples.altered)
      assert.deepEqual(found, { ...expected, song: `${expected.song}.` });
    for (const row of examples.extra) assert.ok(Number(row.session_id) < 0);
    assert.deepEqual([artists.rows, artists.expectedRows, artists.examples], [pairs.size, pairs.size, none]);
    assert.deepEqual([all, artists], results[0]);
  }
});

test("text is right wherever the file is cut for reading, and with a byte order mark", async (t) => {
  const long = Array.from({ length: 1500 }, (_, index): Play => {
    return [index, 0, "夜🎸é".repeat(100 + (index % 7)), index, '""'.repeat(index % 5)];
  });
  await fill(long);
  const csv = write(`${temporaryFolder(t)}/long.csv`, `\uFEFF${csvText(long)}`);
  const { rows, examples } = only(await compareTables(client, { csv, tables: [table] }));
  assert.deepEqual([rows, examples], [1500, none]);
});

test("an aborted comparison stops, in the CSV and in the table", async (t) => {
  const { rows, changed } = many();
  await fill(changed);
  const csv = write(`${temporaryFolder(t)}/plays.csv`, csvText(rows));
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  await assert.rejects(compareTables(client, { csv, tables: [table], signal: aborted }), reason);
  for (const place of ["csvRows", "tableRows"] as const) {
    const stop = new AbortController();
    let calls = 0;
    const work = compareTables(client, {
      csv,
      tables: [table],
      signal: stop.signal,
      onProgress(progress) {
        if (progress[place] === 0) return;
        calls++;
        stop.abort(reason);
      },
    });
    await assert.rejects(work, reason);
    assert.ok(calls >= 1 && calls <= (place === "csvRows" ? 1 : 4), `${calls} calls`);
    const after = calls;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(calls, after);
  }
});

test("a column, type, name, row or file that does not fit is said in words", async (t) => {
  const folder = temporaryFolder(t);
  const csv = write(`${folder}/plays.csv`, csvText(plays));
  const advice = { csv: "Run the notebook that makes it", tables: "Run the notebook that creates it" };
  const run = (tables: string[], file = csv) => compareTables(client, { csv: file, tables, advice });
  await client.execute(`CREATE TABLE ${keyspace}.other (session_id int PRIMARY KEY, first_name text)`);
  await fails(() => run([`${keyspace}.other`]), "first_name", "would be firstName", "found: sessionId,");
  await fails(() => run([`${keyspace}.none`]), "does not exist. Run the notebook that creates it first");
  await fails(() => run(["plays"]), "is not a table name with its keyspace");
  await fails(() => run([`${table}; DROP`]), "is not a table name with its keyspace");
  await fails(() => run([]), "No table was named");
  await fails(
    () => run([table], `${folder}/none.csv`),
    "none.csv is missing. Run the notebook that makes it first",
  );
  await fails(() => run([table], write(`${folder}/empty.csv`, "")), "is empty");
  await fails(() => run([table], write(`${folder}/bare.csv`, csvText([]))), "has no rows");
  const damaged: [unknown[], string | RegExp][] = [
    [[1, 0, "a", "x", "b"], 'Row 3 of .*: length is "x"'],
    [[1, 0, "a", "0x10", "b"], 'length is "0x10", not of type double'],
    [[1, 0, "a", "1e", "b"], 'length is "1e"'],
    [["2147483648", 0, "a", 1, "b"], 'sessionId is "2147483648", in the primary key and not of type int'],
    [["", 0, "a", 1, "b"], 'sessionId is ""'],
    [["1.5", 0, "a", 1, "b"], 'sessionId is "1.5"'],
    [[1, 0, "a", 1], "Row 3 of .*: 4 fields where the header has 5. Run the notebook that makes it again"],
  ];
  for (const [row, message] of damaged) {
    const text = csvText([insomnia, row]);
    await fails(() => run([table], write(`${folder}/damaged.csv`, text)), new RegExp(message));
  }
  const open = `${csvText([insomnia])}"1","2","never closed`;
  await fails(() => run([table], write(`${folder}/open.csv`, open)), "is damaged");
});
