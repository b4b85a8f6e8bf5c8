import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import { test } from "vitest";
import { createKeyspace, insertAll } from "../../../test/support.js";
import { readPages, sumOf, timeReading } from "../src/labs/readings.js";

test("an answer is read to its last page, and every page counts as a request", async () => {
  const client = await connect();
  try {
    await createKeyspace(client, "test_readings");
    await client.execute("CREATE TABLE test_readings.numbers (id int, n int, PRIMARY KEY (id, n))");
    const rows = Array.from({ length: 250 }, (_, n) => [1, n]);
    await insertAll(client, "INSERT INTO test_readings.numbers (id, n) VALUES (?, ?)", rows);
    const read = (id: number, fetchSize?: number) =>
      readPages(client, "SELECT n FROM test_readings.numbers WHERE id = ?", [id], fetchSize);
    assert.deepEqual(await read(1), { rows: 250, requests: 1 });
    assert.deepEqual(await read(1, 100), { rows: 250, requests: 3 });
    assert.deepEqual(await read(2), { rows: 0, requests: 1 });
    assert.deepEqual(sumOf([await read(1, 100), await read(2)]), { rows: 250, requests: 4 });
  } finally {
    await client.shutdown();
  }
});

test("the time of a reading is the median of some", async () => {
  const waits = [0, 300, 30];
  let runs = 0;
  const reading = await timeReading(async () => {
    await new Promise((resolve) => setTimeout(resolve, waits[runs]));
    return { rows: ++runs, requests: 1 };
  }, 3);
  assert.equal(reading.rows, 3);
  assert.ok(reading.milliseconds >= 20 && reading.milliseconds < 290, `${reading.milliseconds} ms`);
});
