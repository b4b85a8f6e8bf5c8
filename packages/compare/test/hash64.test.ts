// A hash cannot be checked against expected values, but a good one behaves like chance: it was measured, for input
// that is anything but.

import assert from "node:assert/strict";
import { test } from "vitest";
import { hashFields, hashText, hashWords } from "../src/hash64.js";

const out = new Int32Array(2);

/**
 * Expects that no two of the hashes are the same, that each half alone collides no more often than chance would have
 * it (n²/2 pairs, each with 1 chance in 2^32), and that each bit is set in half of them.
 */
function assertLikeChance(count: number, hash: (index: number) => void): void {
  const halves = [new Set<number>(), new Set<number>()];
  const whole = new Set<bigint>();
  const bits = new Array<number>(64).fill(0);
  for (let index = 0; index < count; index++) {
    hash(index);
    for (const [half, seen] of halves.entries()) {
      const word = out[half] as number;
      seen.add(word);
      for (let bit = 0; bit < 32; bit++)
        bits[32 * half + bit] = (bits[32 * half + bit] ?? 0) + ((word >>> bit) & 1);
    }
    whole.add((BigInt(out[0] as number) << 32n) | BigInt((out[1] as number) >>> 0));
  }
  assert.equal(whole.size, count);
  const chance = count ** 2 / 2 / 2 ** 32;
  for (const seen of halves) {
    const collisions = count - seen.size;
    assert.ok(
      collisions < chance + 6 * Math.sqrt(chance) + 2,
      `${collisions} collisions, ${chance} by chance`,
    );
  }
  for (const [bit, set] of bits.entries())
    assert.ok(Math.abs(set - count / 2) < 3 * Math.sqrt(count), `bit ${bit} is set ${set} times of ${count}`);
}

const count = 200_000;

test("texts that differ little have hashes that differ like chance", { tags: "slow" }, () => {
  assertLikeChance(count, (index) => hashText(String(index), out, 0));
  assertLikeChance(count, (index) => hashText(index.toString(2), out, 0));
  assertLikeChance(count, (index) => hashText(`${String.fromCharCode(index % 65536)}${index >> 16}`, out, 0));
  // One unit of 65,536 in each of four places.
  assertLikeChance(4 * 65535, (index) => {
    const units = ["a", "b", "c", "d"];
    units[index >> 16] = String.fromCharCode(index & 65535);
    if (units.join("") === "abcd" && index >> 16 > 0) units.push(String(index)); // the same text four times
    hashText(units.join(""), out, 0);
  });
  assertLikeChance(5000, (index) => hashText("a".repeat(index), out, 0));
  assertLikeChance(5000, (index) => hashText("\0".repeat(index), out, 0));
});

test("numbers that differ little have hashes that differ like chance", { tags: "slow" }, () => {
  assertLikeChance(count, (index) => hashWords(index, 0, out, 0));
  assertLikeChance(count, (index) => hashWords(0, index << 12, out, 0));
  assertLikeChance(count, (index) => hashWords(index & 511, index >> 9, out, 0));
});

test("fields count in their order, and each in both its words", () => {
  const fields = new Int32Array(8);
  const all = [0, 1, 2, 3];
  assertLikeChance(count, (index) => {
    fields.fill(0);
    fields[index % 8] = index;
    if (index < 8) fields[0] = -1 - index; // all zeros but once
    hashFields(fields, all, out, 0);
  });
  fields.set([1, 2, 3, 4, 5, 6, 7, 8]);
  const seen = new Set<string>();
  const orders = [[], [0], [1], [0, 1], [1, 0], [0, 0], [0, 1, 2], [2, 1, 0], all];
  for (const order of orders) {
    hashFields(fields, order, out, 0);
    seen.add(out.join());
  }
  assert.equal(seen.size, orders.length);
});
