import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, test, vi } from "vitest";
import { temporaryFolder, write } from "../../../test/support.js";
// Inner parts of the library: cells see what they do through `load`.
import { Checkpoint, Ledger } from "../src/tables/checkpoint.js";

const at = (offset: number) => ({ offset, line: offset / 10 });
const part = (from: number, to: number) => ({ from: at(from), to: at(to) });
const seconds = (count: number) => vi.advanceTimersByTime(count * 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
});
afterAll(() => void vi.useRealTimers());

test("a part counts as done when a node has had the time to sync it", () => {
  const ledger = new Ledger(at(0));
  const first = ledger.begin(part(0, 100));
  const second = ledger.begin(part(100, 200));
  ledger.done(first);
  seconds(10);
  assert.deepEqual(ledger.confirmed(), at(0));
  ledger.done(second);
  seconds(3);
  assert.deepEqual(ledger.confirmed(), at(100));
  seconds(10);
  assert.deepEqual(ledger.confirmed(), at(200));
});

test("a part whose answers are awaited holds back those after it", () => {
  const ledger = new Ledger(at(0));
  const first = ledger.begin(part(0, 100));
  ledger.done(ledger.begin(part(100, 200)));
  seconds(60);
  assert.deepEqual(ledger.confirmed(), at(0));
  ledger.done(first);
  seconds(60);
  assert.deepEqual(ledger.confirmed(), at(200));
});

test("when a node is lost, what it may not have synced is sent again, and nothing before it", () => {
  const ledger = new Ledger(at(0));
  ledger.done(ledger.begin(part(0, 100)));
  seconds(20);
  ledger.done(ledger.begin(part(100, 200)));
  const underWay = ledger.begin(part(200, 300));
  seconds(1);
  ledger.nodeLost();
  ledger.nodeLost(); // the driver may say so for each of its connections
  assert.deepEqual(
    ledger.again.map(({ from, to }: { from: object; to: object }) => ({ from, to })),
    [part(100, 200), part(200, 300)],
  );
  ledger.done(underWay);
  seconds(60);
  assert.deepEqual(
    ledger.confirmed(),
    at(100),
    "the parts that wait to be sent again hold the checkpoint back",
  );

  for (let next = ledger.again.shift(); next; next = ledger.again.shift()) ledger.done(ledger.begin(next));
  seconds(5);
  assert.deepEqual(ledger.confirmed(), at(100));
  seconds(60);
  assert.deepEqual(ledger.confirmed(), at(300));
});

test("a load goes on only with the same rows before the checkpoint and the same tables", async (t) => {
  const folder = temporaryFolder(t);
  const csv = write(join(folder, "all.csv"), "0123456789abcdef");
  const path = join(folder, "checkpoint.json");
  const tables = { "k.t": "id 1" };
  assert.equal(await new Checkpoint(path, csv, tables).resume(), undefined);
  await new Checkpoint(path, csv, tables).save(at(10));
  assert.deepEqual(await new Checkpoint(path, csv, tables).resume(), at(10));
  write(csv, "0123456789 and other rows after it");
  assert.deepEqual(await new Checkpoint(path, csv, tables).resume(), at(10));
  assert.equal(await new Checkpoint(path, csv, { "k.t": "id 2" }).resume(), undefined, "created anew");
  assert.equal(await new Checkpoint(path, csv, { ...tables, "k.u": "id 3" }).resume(), undefined);
  write(csv, "012345678_abcdef");
  assert.equal(await new Checkpoint(path, csv, tables).resume(), undefined, "other rows");
  write(csv, "0123");
  assert.equal(await new Checkpoint(path, csv, tables).resume(), undefined, "fewer rows");
  await new Checkpoint(path, csv, tables).remove();
  assert.ok(!existsSync(path));
});

test("a checkpoint that is half a file, or no checkpoint at all, is none", async (t) => {
  const folder = temporaryFolder(t);
  const csv = write(join(folder, "all.csv"), "0123456789abcdef");
  const path = write(join(folder, "checkpoint.json"), '{"csv":"/x","off');
  assert.equal(await new Checkpoint(path, csv, {}).resume(), undefined);
  write(path, "null");
  assert.equal(await new Checkpoint(path, csv, {}).resume(), undefined);
});
