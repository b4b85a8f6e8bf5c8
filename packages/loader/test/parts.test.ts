// Logs that are joined in parts are joined as in one piece: the parts themselves, and what one takes over from another.

import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "vitest";
import { countOfParts, partsOf } from "../src/csv/parts.js";
import type { LogFile } from "../src/plays/event-log.js";
import { SeenItems } from "../src/plays/repeats.js";

const log = (megabytes: number, at: number) =>
  ({ path: `${at}.csv`, bytes: megabytes * 2 ** 20 }) as unknown as LogFile;
const logs = (...sizes: number[]) => sizes.map(log);
const sizes = (parts: LogFile[][]) =>
  parts.map((part) => part.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20);

test("few logs are one part, many are parts of about the same size, in their order", () => {
  assert.equal(countOfParts([], 4), 1);
  assert.equal(countOfParts(logs(10, 10), 4), 1);
  assert.equal(countOfParts(logs(100, 100), 2), 2);
  assert.equal(countOfParts(logs(100, 100), 100), 4);
  assert.deepEqual(partsOf([], 2), [[], []]);
  assert.deepEqual(sizes(partsOf(logs(...Array<number>(30).fill(6)), 2)), [90, 90]);
  for (const uneven of [logs(1, 1, 100, 1, 1), logs(0, 0, 5, 0, 0), logs(0, 0)])
    for (const count of [1, 2, 3]) {
      const parts = partsOf(uneven, count);
      assert.equal(parts.length, count);
      assert.deepEqual(parts.flat(), uneven);
    }
});

test("without a compiled thread there is one part", () => {
  assert.equal(countOfParts(logs(100, 100)), 1);
});

test("positions of several parts that come again are those of all in one", () => {
  const id = fc.oneof(fc.nat(40), fc.constantFrom(0, 31, 32, 2 ** 31 - 1, 2 ** 31 - 32));
  const positions = fc.array(fc.tuple(id, id), { maxLength: 200 });
  const seenIn = (rows: [number, number][]) => {
    const seen = new SeenItems();
    for (const [session, item] of rows) seen.add(session, item);
    return seen;
  };
  const parts = fc.array(positions, { minLength: 1, maxLength: 3 });
  const found = fc.property(positions, parts, positions, (first, others, later) => {
    const one = seenIn(first);
    for (const rows of others) assert.ok(one.takeOver(seenIn(rows).all));
    for (const [session, item] of later) one.add(session, item);
    assert.deepEqual(one.repeated, seenIn([...first, ...others.flat(), ...later]).repeated);
  });
  fc.assert(found, { numRuns: 200 });
});

test("where too many positions come again, nothing is taken over", () => {
  const [one, other] = [new SeenItems(2), new SeenItems(2)];
  for (const seen of [one, other]) for (let item = 0; item < 3; item++) seen.add(1, item);
  assert.equal(one.takeOver(other.all), false);
  assert.equal(one.repeated.size, 0);
  one.add(2, 0);
  assert.equal(one.repeated.size, 0, "what was not taken over is not seen");
});
