// What the cells of the labs call, as far as it needs no database.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { plotSvg } from "@sparkify/lib/show";
import { test } from "vitest";
import { atMost } from "../src/labs/at-most.js";
import { timeInTurns } from "../src/labs/in-turns.js";
import { percentile } from "../src/labs/percentile.js";
import { barPlot, linePlot } from "../src/labs/plots.js";

test("no more than so many are under way, each item is done once, and the results keep the order", async () => {
  let [underWay, most] = [0, 0];
  const results = await atMost(3, [50, 10, 40, 0, 20, 5, 30], async (milliseconds) => {
    most = Math.max(most, ++underWay);
    await sleep(milliseconds);
    underWay--;
    return milliseconds * 2;
  });
  assert.deepEqual(results, [100, 20, 80, 0, 40, 10, 60]);
  assert.equal(most, 3);
  assert.deepEqual(await atMost(3, [], sleep), []);
  await assert.rejects(
    atMost(2, [1, 2], async () => {
      throw new Error("refused");
    }),
    /refused/,
  );
});

test("a percentile is a value that is there, the largest one at the end", () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  assert.deepEqual(
    [0, 50, 90, 99, 99.9, 100].map((percent) => percentile(numbers, percent)),
    [1, 500, 900, 990, 999, 1000],
  );
  assert.equal(percentile([7], 99.9), 7);
  assert.equal(percentile([], 50), 0);
});

test("ways take turns, their first rounds are not timed, and what else they have is kept", async () => {
  const order: string[] = [];
  const way = (rows: string, wait: (round: number) => number) => ({
    rows,
    send: async (round: number) => {
      order.push(rows);
      await sleep(wait(round));
    },
  });
  const timed = await timeInTurns([way("slow", (round) => (round < 20 ? 0 : 30)), way("quick", () => 1)], 3);
  assert.deepEqual(
    timed.map(({ rows }) => rows),
    ["slow", "quick"],
  );
  assert.equal(order.length, 2 * 23);
  assert.ok(order.every((rows, index) => rows === (index % 2 === 0 ? "slow" : "quick")));
  const [slow, quick] = timed;
  assert.ok((slow?.milliseconds ?? 0) >= 25, "a warm-up counts not");
  assert.ok((quick?.milliseconds ?? 99) < (slow?.milliseconds ?? 0));
  assert.match(slow?.["half of them"] ?? "", /^\d+(\.\d+)? to \d+(\.\d+)?$/);
});

const textsIn = async (spec: object) =>
  [...(await plotSvg(spec)).matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) => text);

test("the charts have their title, their axes and a place for each value", async () => {
  const values = [
    { buckets: 1, milliseconds: 10, song: "hit" },
    { buckets: 16, milliseconds: 2, song: "rarity" },
  ];
  const line = { title: "All listeners", x: "buckets", y: "milliseconds", color: "song" };
  const lines = await textsIn(linePlot(values, line));
  for (const text of ["All listeners", "buckets", "milliseconds", "1", "16", "hit", "rarity"])
    assert.ok(lines.includes(text), `${text} in ${lines}`);
  const isRed = async (limit?: number) =>
    /stroke="#b3261e"/.test(await plotSvg(linePlot(values, { ...line, ...(limit && { limit }) })));
  assert.deepEqual([await isRed(), await isRed(5)], [false, true]);
  const bars = await textsIn(
    barPlot(values, { title: "20 rows", x: "milliseconds", y: "song", color: "buckets" }),
  );
  for (const text of ["20 rows", "milliseconds", "hit", "rarity", "16"])
    assert.ok(bars.includes(text), `${text} in ${bars}`);
});
