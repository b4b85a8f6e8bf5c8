import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import {
  type Client,
  collect,
  connect,
  insertRows,
  needStreamlinedCsv,
  readSongPlays,
  SparkifyError,
} from "@sparkify/lib";
import { temporaryFolder, useKeyspace, write } from "./support.js";

let client: Client;
const insert = "INSERT INTO test_load.items (id, word) VALUES (?, ?)";
type Item = { id: number; word: string };
const toParameters = ({ id, word }: Item) => [id, word];
const items = (count: number): Item[] => Array.from({ length: count }, (_, id) => ({ id, word: `word ${id}` }));

before(async () => {
  client = await connect();
  await useKeyspace(client, "test_load");
  await client.execute("CREATE TABLE test_load.items (id int PRIMARY KEY, word text)");
});
after(async () => {
  await client.execute("DROP KEYSPACE IF EXISTS test_load");
  await client.shutdown();
});

async function held(): Promise<Item[]> {
  const { rows } = await client.execute("SELECT id, word FROM test_load.items", [], { fetchSize: 10_000 });
  return rows.map((row) => ({ id: row.id, word: row.word })).sort((a, b) => a.id - b.id);
}

/** A client that counts its statements on their way to the real one. */
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
  await client.execute("TRUNCATE test_load.items");
  const rows = items(1000);
  const progress: number[] = [];
  const first = await insertRows(client, insert, rows, toParameters, { onProgress: (done) => progress.push(done) });
  assert.equal(first.rows, 1000);
  assert.ok(first.seconds > 0);
  assert.deepEqual(
    progress,
    Array.from({ length: 1000 }, (_, index) => index + 1),
  );
  assert.deepEqual(await held(), rows);
  const second = await insertRows(client, insert, rows, toParameters);
  assert.equal(second.rows, 1000);
  assert.deepEqual(await held(), rows);
  assert.equal((await insertRows(client, insert, [], toParameters)).rows, 0);
});

test("no more statements are under way than allowed, and no fewer while there are rows", async () => {
  const { counts, client: counting } = watched();
  await insertRows(counting, insert, items(200), toParameters, { concurrency: 7 });
  assert.deepEqual(counts, { started: 200, underWay: 0, most: 7 });
  const single = watched();
  await insertRows(single.client, insert, items(20), toParameters, { concurrency: 1 });
  assert.equal(single.counts.most, 1);
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
  const words = [`it's "quoted"`, "a\r\nb\tc", "Björk Ñandú", "Сплин", "椎名林檎", "فيروز", "👩‍🎤🎸", "", "'; DROP TABLE x"];
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
  await assert.rejects(
    insertRows(counting, insert, endless(), parameters, { concurrency: 3 }),
    (error: Error) => {
      assert.ok(error instanceof SparkifyError);
      assert.match(error.message, /^Row 7 could not be inserted: /);
      assert.match(error.message, /\n[4-8] rows are in\. .*running this again/);
      return true;
    },
  );
  assert.ok(closed);
  assert.ok(read <= 10, `${read} rows read`);
  assert.equal(counts.underWay, 0);
  const { started } = counts;
  await sleep(50);
  assert.equal(counts.started, started);
});

test("after an abort no statement is sent, also for a row that was just being read", async () => {
  for (const abortAt of [0, 1, 5]) {
    const controller = new AbortController();
    const { counts, client: counting } = watched();
    let sentBefore = -1;
    async function* source() {
      for (let id = 0; ; id++) {
        await turn();
        if (id === abortAt) {
          controller.abort();
          sentBefore = counts.started;
        }
        yield { id, word: "x" };
      }
    }
    const options = { concurrency: 4, signal: controller.signal };
    await assert.rejects(insertRows(counting, insert, source(), toParameters, options), { name: "AbortError" });
    assert.equal(sentBefore, abortAt);
    await sleep(20);
    assert.deepEqual([counts.started, counts.underWay], [sentBefore, 0]);
  }
  const { counts, client: counting } = watched();
  const signal = AbortSignal.abort();
  await assert.rejects(insertRows(counting, insert, items(5), toParameters, { signal }), { name: "AbortError" });
  assert.equal(counts.started, 0);
});

test("an error of the source stops the work and comes as it is", async () => {
  async function* source() {
    yield { id: 1, word: "x" };
    throw new SparkifyError("The file ends here.");
  }
  await assert.rejects(insertRows(client, insert, source(), toParameters), /^SparkifyError: The file ends here\.$/);
});

const header = "artist,firstName,gender,itemInSession,lastName,length,level,location,sessionId,song,userId";

test("song plays have their numbers as numbers and the rest as text", async (t) => {
  const path = write(
    join(temporaryFolder(t), "all.csv"),
    `${header}\n"2Pac","Ava","F","10","Robinson","200.5","free","New York, NY","338","99","50"\n`,
  );
  assert.deepEqual(await collect(readSongPlays(path)), [
    {
      ...{ artist: "2Pac", firstName: "Ava", gender: "F", itemInSession: 10, lastName: "Robinson" },
      ...{ length: 200.5, level: "free", location: "New York, NY", sessionId: 338, song: "99", userId: 50 },
    },
  ]);
});

test("a missing or damaged streamlined CSV leads to notebook 02", async (t) => {
  const folder = temporaryFolder(t);
  const missing = { name: "SparkifyError", message: /none\.csv is missing.*02-denormalize-csv/ };
  assert.throws(() => needStreamlinedCsv(join(folder, "none.csv")), missing);
  await assert.rejects(collect(readSongPlays(join(folder, "none.csv"))), missing);
  const path = write(join(folder, "cut.csv"), `${header}\n"2Pac","Ava"\n`);
  assert.doesNotThrow(() => needStreamlinedCsv(path));
  await assert.rejects(collect(readSongPlays(path)), {
    name: "SparkifyError",
    message: /^Row 2 of .*cut\.csv is damaged.*02-denormalize-csv/,
  });
});
