import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@sparkify/lib";
import type { Progress } from "@sparkify/lib/show";
import { Client, errors, types } from "cassandra-driver";
import { afterAll, beforeAll, beforeEach, test, vi } from "vitest";
import { embedded } from "../../../test/command.js";
import { createKeyspace, fails, python, temporaryFolder, write } from "../../../test/support.js";
import { insertCql } from "../src/tables/insert.js";
import { type LoadOptions, load, needStreamlinedCsv } from "../src/tables/load.js";
import { Window } from "../src/tables/window.js";

let client: Client;
const plays = "INSERT INTO test_load.plays (session_id, item_in_session, song, length) VALUES (?, ?, ?, ?)";
const listeners = "INSERT INTO test_load.listeners (song, user_id, first_name) VALUES (?, ?, ?)";

beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, "test_load");
});
afterAll(() => client.shutdown());
beforeEach(emptyTables);

const tables = {
  plays:
    "session_id int, item_in_session int, song text, length double, PRIMARY KEY (session_id, item_in_session)",
  listeners: "song text, user_id bigint, first_name text, PRIMARY KEY (song, user_id)",
};

async function emptyTables(): Promise<void> {
  for (const [name, columns] of Object.entries(tables)) {
    await client.execute(`CREATE TABLE IF NOT EXISTS test_load.${name} (${columns})`);
    await client.execute(`TRUNCATE test_load.${name}`);
  }
}

async function renewPlays(): Promise<void> {
  await client.execute("DROP TABLE test_load.plays");
  await client.execute(`CREATE TABLE test_load.plays (${tables.plays})`);
}

type Play = [
  session: number | string,
  item: number | string,
  song: string,
  length: number | string,
  user: number | string,
  name: string,
];
const header = ["sessionId", "itemInSession", "song", "length", "userId", "firstName", "level"];

/** Writes the rows as a CSV and gives the options that keep a load in the test's own folder. */
function csvOf(
  t: Parameters<typeof temporaryFolder>[0],
  rows: Play[],
): LoadOptions & { csv: string; checkpoint: string; rejected: string } {
  const folder = temporaryFolder(t);
  const lines = [header, ...rows.map((row) => [...row, "free"])].map((fields) =>
    fields.map((field) => `"${String(field).replaceAll('"', '""')}"`).join(","),
  );
  const csv = write(join(folder, "all.csv"), `${lines.join("\n")}\n`);
  return { csv, checkpoint: join(folder, "checkpoint.json"), rejected: join(folder, "rejected.csv") };
}

const manyPlays = (count: number): Play[] =>
  Array.from({ length: count }, (_, n) => [
    n % 97,
    Math.floor(n / 97),
    `song ${n % 31}`,
    n + 0.1,
    n % 13,
    `name ${n % 13}`,
  ]);

async function held(table: "plays" | "listeners"): Promise<unknown[][]> {
  const columns =
    table === "plays"
      ? ["session_id", "item_in_session", "song", "length"]
      : ["song", "user_id", "first_name"];
  const { rows } = await client.execute(`SELECT ${columns.join()} FROM test_load.${table}`, [], {
    fetchSize: 50_000,
  });
  return rows.map((row) =>
    columns.map((column) => (column === "user_id" ? Number(row[column]) : row[column])),
  );
}

/** A set of rows, whatever their order. */
const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();

test("one pass fills all tables, whatever the sizes of the windows", async (t) => {
  const rows = manyPlays(3000);
  const options = csvOf(t, rows);
  for (const windowRows of [1, 7, 1000, 64_000]) {
    await emptyTables();
    const report = await load(client, [plays, listeners], { ...options, windowRows });
    assert.deepEqual([report.rows, report.rejected, report.retries], [3000, 0, 0]);
    assert.deepEqual(
      report.tables.map(({ name, rowsWritten }) => [name, rowsWritten]),
      [
        ["test_load.plays", 3000],
        ["test_load.listeners", 3000],
      ],
    );
    assert.deepEqual(sorted(await held("plays")), sorted(rows.map((row) => row.slice(0, 4))));
    const pairs = new Set(rows.map(([, , song, , user, name]) => JSON.stringify([song, user, name])));
    assert.deepEqual(sorted(await held("listeners")), [...pairs].sort());
    assert.ok(!existsSync(options.checkpoint), "nothing is left to go on with");
  }
});

test("every script, quotes, line ends and empty text come back as Python reads them from the CSV", async (t) => {
  const words = [
    `it's "quoted"`,
    'a "b"',
    "a\r\nb\tc",
    "a\rb",
    "Björk Ñandú",
    "Сплин",
    "椎名林檎",
    "فيروز",
    "👩‍🎤🎸",
    "e\u0301",
    "'; DROP",
    " x ",
  ];
  const options = csvOf(
    t,
    words.map((word, n) => [n, n, word, 1 / (n + 3), 2 ** 40 + n, n === 0 ? "" : word]),
  );
  await load(client, [plays, listeners], options);
  const program = `
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    print(json.dumps([[int(r["sessionId"]), int(r["itemInSession"]), r["song"], float(r["length"]), int(r["userId"]), r["firstName"]] for r in csv.DictReader(file)]))`;
  const read = python(program, options.csv) as Play[];
  assert.deepEqual(
    read.map((row) => row[2]),
    words,
  );
  assert.deepEqual(sorted(await held("plays")), sorted(read.map((row) => row.slice(0, 4))));
  assert.deepEqual(
    sorted(await held("listeners")),
    sorted(read.map(([, , song, , user, name]) => [song, user, name])),
  );
});

test("of rows with the same key the later one wins, in one window and over many", async (t) => {
  const rows: Play[] = Array.from({ length: 500 }, (_, n) => [1, n % 5, `song ${n}`, n, n % 3, `name ${n}`]);
  const options = csvOf(t, rows);
  for (const windowRows of [1, 3, 64, 64_000]) {
    await emptyTables();
    const report = await load(client, [plays, listeners], { ...options, windowRows });
    assert.equal(report.tables[0]?.rowsWritten, 500);
    assert.deepEqual(
      await held("plays"),
      rows.slice(-5).map((row) => row.slice(0, 4)),
    );
  }
});

test("a second load changes nothing", async (t) => {
  const options = csvOf(t, manyPlays(500));
  await load(client, [plays], options);
  const before = await held("plays");
  await load(client, [plays], options);
  assert.deepEqual(await held("plays"), before);
  assert.equal(before.length, 500);
});

test("a row that is wrong is rejected with its line, and costs no other row", async (t) => {
  const rows = manyPlays(200);
  rows[3] = ["x", 0, "a", 1, 1, "A"];
  rows[50] = [1, 2 ** 31, "a", 1, 1, "A"];
  rows[60] = [5000, 1, "a", "NaN", 1, "A"];
  rows[70] = [7000, 1, "", 1, 1, "the listeners' partition key is empty"];
  const options = csvOf(t, rows);
  const report = await load(client, [plays, listeners], options);
  assert.deepEqual([report.rows, report.rejected], [200, 4]);
  const program = `
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    print(json.dumps([[r["line"], r["column"], r["reason"]] for r in csv.DictReader(file)]))`;
  const rejected = python(program, options.rejected) as string[][];
  const expected = [
    ["5", "sessionId"],
    ["52", "itemInSession"],
    ["62", "length"],
    ["72", ""],
  ];
  assert.deepEqual(rejected.map((row) => row.slice(0, 2)).sort(), expected.sort());
  assert.match(rejected.find(([line]) => line === "72")?.[2] ?? "", /^test_load\.listeners: .*empty/);
  const good = rows.filter((_, index) => ![3, 50, 60].includes(index));
  assert.deepEqual(sorted(await held("plays")), sorted(good.map((row) => row.slice(0, 4))));
  const pairs = new Set(
    good.filter((row) => row[2] !== "").map(([, , song, , user, name]) => JSON.stringify([song, user, name])),
  );
  assert.deepEqual(sorted(await held("listeners")), [...pairs].sort());
});

test("over the limit of rejected rows the load stops and says where they are", async (t) => {
  const rows = manyPlays(50);
  for (let index = 10; index < 20; index++) rows[index] = ["x", 0, "a", 1, 1, "A"];
  const options = csvOf(t, rows);
  await fails(
    () => load(client, [plays], { ...options, maxErrors: 9 }),
    /More than 9 rows/,
    options.rejected,
    "line 21",
  );
  assert.equal(readFileSync(options.rejected, "utf8").split("\n").length, 12);
});

test("progress goes up to all rows", async (t) => {
  const progress: Progress[] = [];
  await load(client, [plays], { ...csvOf(t, manyPlays(20_000)), onProgress: (news) => progress.push(news) });
  assert.deepEqual(progress.at(-1), { rows: 20_000, share: 1, retries: 0 });
  for (const [index, { rows, share }] of progress.entries()) {
    assert.ok(share >= 0 && share <= 1);
    assert.ok(rows >= (progress[index - 1]?.rows ?? 0));
  }
});

const isWrite = (cql: string) => /^(INSERT|BEGIN)/.test(cql);

type Execute = (cql: string, parameters: unknown[], options: object) => Promise<types.ResultSet>;

/** A client like another one, with an execute of its own. */
const executing = (execute: Execute, like = client) =>
  Object.assign(Object.create(like) as Client, { execute });

/** A client whose first `count` requests end with the error, before or after the real node has answered them. */
function failing(count: number, error: Error, lost: "request" | "answer") {
  let left = count;
  const counts = { underWay: 0, most: 0 };
  const execute = async (cql: string, parameters: unknown[], options: object) => {
    if (!isWrite(cql)) return client.execute(cql, parameters, options);
    counts.most = Math.max(counts.most, ++counts.underWay);
    try {
      if (left > 0 && lost === "request") {
        left--;
        throw error;
      }
      const answer = await client.execute(cql, parameters, options);
      if (left > 0) {
        left--;
        throw error;
      }
      return answer;
    } finally {
      counts.underWay--;
    }
  };
  return { counts, client: executing(execute) };
}

/** A client that does something before its write of this number, which waits for it: a load's progress would come too late, or not. */
function beforeWrite(number: number, act: () => unknown, by = client): Client {
  let writes = 0;
  const execute = async (cql: string, parameters: unknown[], options: object) => {
    if (isWrite(cql) && ++writes === number) await act();
    return by.execute(cql, parameters, options);
  };
  return executing(execute, by);
}

for (const [name, error] of [
  ["no answer in time", new errors.OperationTimedOutError("The host did not reply", "127.0.0.1")],
  ["no host", new errors.NoHostAvailableError({})],
  ["an overloaded node", new errors.ResponseError(0x1001, "Overloaded")],
  ["too few replicas", new errors.ResponseError(0x1000, "Unavailable")],
  ["a write that timed out", new errors.ResponseError(0x1100, "Write timeout")],
] as const) {
  test(`${name}: the request is sent again`, async (t) => {
    for (const lost of ["request", "answer"] as const) {
      await emptyTables();
      const rows = manyPlays(300);
      const { client: unlucky } = failing(5, error, lost);
      const report = await load(unlucky, [plays], csvOf(t, rows));
      assert.equal(report.retries, 5);
      assert.deepEqual(sorted(await held("plays")), sorted(rows.map((row) => row.slice(0, 4))));
    }
  });
}

test("a node that falls as the load begins: what the tables are like is asked again", async (t) => {
  await emptyTables();
  const closed = Object.assign(new Error("Socket was closed"), { isSocketError: true });
  const left = [closed, closed, closed];
  const execute = async (cql: string, parameters: unknown[], options: object) => {
    const error = cql.includes("system_schema") ? left.pop() : undefined;
    if (error) throw error;
    return client.execute(cql, parameters, options);
  };
  const unlucky = executing(execute);
  const { rows } = await load(unlucky, [plays], csvOf(t, manyPlays(10)));
  assert.deepEqual([rows, left], [10, []]);
  assert.equal((await held("plays")).length, 10);
});

test("a cluster that does not answer for long stops the load, with the way to go on", async (t) => {
  const timeout = new errors.OperationTimedOutError("The host did not reply", "127.0.0.1");
  const { client: dead } = failing(Number.POSITIVE_INFINITY, timeout, "request");
  const work = () => load(dead, [plays], { ...csvOf(t, manyPlays(300)), patience: 0.5 });
  await fails(
    work,
    /stopped after 0 rows: .*did not take a write for 0\.5 s: The host did not reply/,
    "--resume",
  );
});

test("the driver's own client takes rows in one piece, one with an execute of its own takes parameters; both write the same", async (t) => {
  const rows = manyPlays(500);
  rows.push([1000, 1, "\\N", "\\N", 1, "é".repeat(20_000)], [1000, 2, "", 1, 2, "\\N"]);
  const written = async (by: Client) => {
    await emptyTables();
    const made = vi.spyOn(Window.prototype, "parameter");
    await load(by, [plays], { ...csvOf(t, rows), nullText: "\\N" });
    const calls = made.mock.calls.length;
    made.mockRestore();
    return { calls, rows: sorted(await held("plays")) };
  };
  const whole = await written(client);
  const single = await written(failing(0, new Error(), "request").client);
  assert.deepEqual([whole.calls, single.calls], [0, 4 * rows.length]);
  assert.deepEqual(whole.rows, single.rows);
  assert.ok(whole.rows.includes("[1000,1,null,null]") && whole.rows.includes('[1000,2,"",1]'));
});

test("under an older version of the protocol rows are bound as parameters, and are the same", async (t) => {
  const older = new Client({
    contactPoints: [embedded()],
    localDataCenter: "datacenter1",
    protocolOptions: { maxVersion: types.protocolVersion.v3 },
  });
  t.onTestFinished(() => older.shutdown());
  await older.connect();
  const made = vi.spyOn(Window.prototype, "parameter");
  const rows = manyPlays(200);
  await load(older, [plays], csvOf(t, rows));
  assert.equal(made.mock.calls.length, 4 * rows.length);
  made.mockRestore();
  assert.deepEqual(sorted(await held("plays")), sorted(rows.map((row) => row.slice(0, 4))));
});

test("never more requests are under way than allowed", async (t) => {
  for (const concurrency of [1, 5]) {
    const { counts, client: counting } = failing(0, new Error(), "request");
    await load(counting, [plays], { ...csvOf(t, manyPlays(2000)), concurrency });
    assert.equal(counts.most, concurrency);
  }
});

test("after an abort nothing is sent any more, and the load says how to go on", async (t) => {
  const controller = new AbortController();
  const { counts, client: watched } = failing(0, new Error(), "request");
  const options = {
    ...csvOf(t, manyPlays(5000)),
    windowRows: 500,
    concurrency: 2,
    signal: controller.signal,
  };
  // Of some 180 that the rows need.
  const aborted = beforeWrite(50, () => controller.abort(), watched);
  await fails(() => load(aborted, [plays], options), /interrupted/, "--resume");
  assert.equal(counts.underWay, 0);
  const some = (await held("plays")).length;
  assert.ok(some > 1000 && some < 5000, `${some} rows`);
  const { signal: _, ...again } = options;
  await load(client, [plays], { ...again, resume: true });
  assert.equal((await held("plays")).length, 5000);
});

test("a table that is dropped meanwhile is named; what was rejected for it is nothing", async (t) => {
  const options = { ...csvOf(t, manyPlays(5000)), windowRows: 500, concurrency: 2 };
  const unlucky = beforeWrite(50, () => client.execute("DROP TABLE test_load.plays"));
  await fails(() => load(unlucky, [plays], options), "test_load.plays does not exist");
  assert.equal(readFileSync(options.rejected, "utf8").split("\n").length, 2);
});

test("a table that is dropped and created again meanwhile is not taken for loaded", async (t) => {
  const options = { ...csvOf(t, manyPlays(5000)), windowRows: 500, concurrency: 2 };
  await fails(
    () => load(beforeWrite(50, renewPlays), [plays], options),
    /test_load\.plays (was dropped and created again|does not exist)/,
  );
});

test("a column that is dropped meanwhile is named", async (t) => {
  const options = { ...csvOf(t, manyPlays(5000)), windowRows: 500, concurrency: 2 };
  const unlucky = beforeWrite(50, () => client.execute("ALTER TABLE test_load.plays DROP length"));
  await fails(() => load(unlucky, [plays], options), "test_load.plays has no column length");
  await renewPlays();
});

test("the INSERT of a table has its columns in the order of the key", async () => {
  assert.equal(
    await insertCql(client, "test_load.listeners"),
    "INSERT INTO test_load.listeners (song, user_id, first_name) VALUES (?, ?, ?)",
  );
});

test("an INSERT may be written as Cassandra takes it: capitals, quotes, comments, names for markers", async (t) => {
  await client.execute(
    'CREATE TABLE IF NOT EXISTS test_load."Heard" (song text, "userId" int, PRIMARY KEY (song, "userId"))',
  );
  assert.equal(
    await insertCql(client, 'test_load."Heard"'),
    'INSERT INTO test_load."Heard" (song, "userId") VALUES (?, ?)',
  );
  const options = csvOf(t, manyPlays(3));
  for (const cql of [
    await insertCql(client, 'test_load."Heard"'),
    `-- who heard it\ninsert into TEST_LOAD . "Heard" ( Song, "userId" /* as in the log */ ) values (:song, ?) ; -- end`,
  ]) {
    await client.execute('TRUNCATE test_load."Heard"');
    await load(client, [cql], options);
    const { rows } = await client.execute('SELECT count(*) FROM test_load."Heard"');
    assert.equal(Number(rows[0]?.get(0)), 3, cql);
  }
});

test("a statement, a table or a CSV that does not fit is named", async (t) => {
  const options = csvOf(t, manyPlays(1));
  const loading = (cql: string) => () => load(client, [cql], options);
  await fails(loading("SELECT * FROM test_load.plays"), "INSERT INTO keyspace.table", "SELECT *");
  await fails(
    loading("INSERT INTO test_load.nothing (a) VALUES (?)"),
    "test_load.nothing does not exist. Create it first.",
  );
  await fails(
    loading("INSERT INTO test_load.plays (session_id, x) VALUES (?, ?)"),
    "test_load.plays has no column x",
  );
  await fails(
    loading("INSERT INTO test_load.plays (session_id) VALUES (?)"),
    "item_in_session of test_load.plays gets no value",
  );
  write(options.csv, "song,level\n1,2\n");
  await fails(loading(plays), "no column sessionId, itemInSession, length", "song, level");
  write(options.csv, "");
  await fails(loading(plays), `${options.csv} is empty`);
  await fails(
    () => load(client, [plays], { ...options, csv: "/nowhere/all.csv" }),
    "/nowhere/all.csv is missing. Join the logs first.",
  );
  await fails(
    () => needStreamlinedCsv("/nowhere/all.csv", "02-denormalize-csv"),
    "/nowhere/all.csv is missing. Run the notebook 02-denormalize-csv first.",
  );
});

test("every type is loaded that a field can hold; what it cannot hold is rejected", async (t) => {
  await client.execute(
    "CREATE TABLE IF NOT EXISTS test_load.kinds (id uuid PRIMARY KEY, day date, at timestamp, price decimal, big varint, small smallint, short float, is_paid boolean, raw blob, tags set<text>, spot tuple<int, text>)",
  );
  const folder = temporaryFolder(t);
  const header = "id,day,at,price,big,small,short,isPaid,raw,tags,spot\n";
  const id = "f3b8d3a0-52e7-4c8e-9b1c-6a1f0c3f9a10";
  const row = (day: string) =>
    `${id},${day},2018-11-01T10:00:00Z,12.50,-123456789012345678901234567890,-7,0.5,true,0xcafe,"{'b', 'a'}","(1, 'x')"\n`;
  const csv = write(join(folder, "all.csv"), header + row("2018-11-31") + row("2018-11-30"));
  const report = await load(client, [await insertCql(client, "test_load.kinds")], { csv });
  assert.deepEqual(report.rejectedByReason, { "day: not of the type date": 1 });
  const found = (await client.execute("SELECT JSON * FROM test_load.kinds")).first().get(0);
  assert.deepEqual(JSON.parse(found.replace(/-?\d{20,}/, '"$&"')), {
    id,
    day: "2018-11-30",
    at: "2018-11-01 10:00:00.000Z",
    price: 12.5,
    big: "-123456789012345678901234567890",
    small: -7,
    short: 0.5,
    is_paid: true,
    raw: "0xcafe",
    tags: ["a", "b"],
    spot: [1, "x"],
  });
});
