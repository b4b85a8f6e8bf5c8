import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import {
  collect,
  connect,
  insertRows,
  needStreamlinedCsv,
  readSongPlays,
  SparkifyError,
} from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { createKeyspace, fails, temporaryFolder, write } from "./support.js";

let client: Client;
const insert = "INSERT INTO test_load.items (id, word) VALUES (?, ?)";
type Item = { id: number; word: string };
const toParameters = ({ id, word }: Item) => [id, word];
const items = (count: number): Item[] =>
  Array.from({ length: count }, (_, id) => ({ id, word: `word ${id}` }));

before(async () => {
  client = await connect();
  await createKeyspace(client, "test_load");
  await client.execute("CREATE TABLE test_load.items (id int PRIMARY KEY, word text)");
});
after(async () => {
  await client.execute("DROP KEYSPACE IF EXISTS test_load");
  await client.shutdown();
});

async function held(): Promise<Item[]> {
  const { rows } = await client.execute("SELECT id, word FROM test_load.items", [], { fetchSize: 5000 });
  return rows.map(({ id, word }) => ({ id, word })).sort((a, b) => a.id - b.id);
}

/** A client that counts its statements on their way to the real one, and holds them back until the gate opens. */
function watched(gate: Promise<unknown> = Promise.resolve()) {
  const counts = { started: 0, underWay: 0, most: 0 };
  const execute = async (cql: string, parameters: unknown[], options: object) => {
    counts.started++;
    counts.most = Math.max(counts.most, ++counts.underWay);
    await gate;
    return client.execute(cql, parameters, options).finally(() => counts.underWay--);
  };
  return { counts, client: Object.assign(Object.create(client) as Client, { execute }) };
}

test("all rows are inserted and counted, and a second run changes nothing", async () => {
  const rows = items(1000);
  const progress: number[] = [];
  const onProgress = (done: number) => progress.push(done);
  const first = await insertRows(client, insert, rows, toParameters, { onProgress });
  assert.equal(first.rows, 1000);
  assert.ok(first.seconds > 0);
  assert.deepEqual(
    progress,
    [...rows.keys()].map((index) => index + 1),
  );
  assert.deepEqual(await held(), rows);
  assert.equal((await insertRows(client, insert, rows, toParameters)).rows, 1000);
  assert.deepEqual(await held(), rows);
  assert.equal((await insertRows(client, insert, [], toParameters)).rows, 0);
});

test("just as many statements are under way as allowed", async () => {
  for (const concurrency of [1, 7]) {
    const { counts, client: counting } = watched();
    await insertRows(counting, insert, items(100), toParameters, { concurrency });
    assert.deepEqual(counts, { started: 100, underWay: 0, most: concurrency });
  }
});

test("the source is read only as fast as the cluster answers", async () => {
  let open = () => {};
  const { client: waiting } = watched(new Promise<void>((resolve) => (open = resolve)));
  let read = 0;
  async function* source() {
    for (const item of items(50)) {
      read++;
      yield item;
    }
  }
  const inserting = insertRows(waiting, insert, source(), toParameters, { concurrency: 4 });
  for (let turns = 0; turns < 50; turns++) await turn();
  assert.equal(read, 4);
  open();
  assert.equal((await inserting).rows, 50);
});

test("quotes, line ends, every script and emoji come back as they were", async () => {
  await client.execute("TRUNCATE test_load.items");
  const words = [
    `it's "quoted"`,
    "a\r\nb\tc",
    "Björk Ñandú",
    "Сплин",
    "椎名林檎",
    "فيروز",
    "👩‍🎤🎸",
    "",
    "'; DROP",
  ];
  const rows = words.map((word, id) => ({ id, word }));
  await insertRows(client, insert, rows, toParameters);
  assert.deepEqual(await held(), rows);
});

test("a row that fails is named by its number, and the work stops there", async () => {
  let closed = false;
  let read = 0;
  function* endless() {
    try {
      for (let id = 0; ; id++) {
        read++;
        yield { id, word: "x" };
      }
    } finally {
      closed = true;
    }
  }
  const parameters = ({ id, word }: Item) => [id === 6 ? "not a number" : id, word];
  const { counts, client: counting } = watched();
  const work = () => insertRows(counting, insert, endless(), parameters, { concurrency: 3 });
  await fails(work, /^Row 7 could not be inserted: /, /\n[4-8] rows are in\. .*running this again/);
  assert.ok(closed);
  assert.ok(read <= 10, `${read} rows read`);
  const { started } = counts;
  await sleep(50);
  assert.deepEqual([counts.started, counts.underWay], [started, 0]);
});

test("after an abort no statement is sent, also for a row that was just being read", async () => {
  for (const abortAt of [0, 1, 5]) {
    const controller = new AbortController();
    const { counts, client: counting } = watched();
    async function* source() {
      for (let id = 0; ; id++) {
        await turn();
        if (id === abortAt) controller.abort();
        yield { id, word: "x" };
      }
    }
    const options = { concurrency: 4, signal: controller.signal };
    const work = insertRows(counting, insert, source(), toParameters, options);
    await assert.rejects(work, { name: "AbortError" });
    await sleep(20);
    assert.deepEqual([counts.started, counts.underWay], [abortAt, 0]);
  }
});

test("an error of the source stops the work and comes as it is", async () => {
  async function* source() {
    yield { id: 1, word: "x" };
    throw new SparkifyError("The file ends here.");
  }
  await fails(() => insertRows(client, insert, source(), toParameters), /^The file ends here\.$/);
});

const header = "artist,firstName,gender,itemInSession,lastName,length,level,location,sessionId,song,userId";

test("song plays have their numbers as numbers and the rest as text", async (t) => {
  const line = '"2Pac","Ava","F","10","Robinson","200.5","free","New York, NY","338","99","50"';
  const path = write(join(temporaryFolder(t), "all.csv"), `${header}\n${line}\n`);
  const person = {
    firstName: "Ava",
    lastName: "Robinson",
    gender: "F",
    level: "free",
    location: "New York, NY",
  };
  const numbers = { itemInSession: 10, length: 200.5, sessionId: 338, userId: 50 };
  assert.deepEqual(await collect(readSongPlays(path)), [
    { artist: "2Pac", song: "99", ...person, ...numbers },
  ]);
});

test("a missing or damaged streamlined CSV leads to notebook 02", async (t) => {
  const path = join(temporaryFolder(t), "all.csv");
  for (const work of [() => needStreamlinedCsv(path), () => collect(readSongPlays(path))]) {
    await fails(work, `${path} is missing`, "02-denormalize-csv");
  }
  write(path, `${header}\n"2Pac","Ava"\n`);
  await fails(() => collect(readSongPlays(path)), `Row 2 of ${path} is damaged`, "02-denormalize-csv");
});
