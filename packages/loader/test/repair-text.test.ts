import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "vitest";
import { temporaryFolder, write } from "../../../test/support.js";
import { holdsTextEncodedTooOften, repairText } from "../src/plays/repair-text.js";

/** Takes a text's UTF-8 bytes for latin-1 characters, so many times. */
const damage = (text: string, rounds: number): string =>
  rounds === 0 ? text : damage(Buffer.from(text, "utf8").toString("latin1"), rounds - 1);

test("text that was encoded once, twice or three times too often is written as it was meant", () => {
  assert.deepEqual(repairText("Bj\u00c3\u00b6rk"), { text: "Björk", rounds: 1 });
  assert.deepEqual(repairText("Bj\u00c3\u0083\u00c2\u00b6rk"), { text: "Björk", rounds: 2 });
  for (const text of ["Björk", "Café Tacvba", "Сплин", "椎名林檎", "فيروز", "🎸 Ünder", "\uFEFFé"]) {
    for (const rounds of [1, 2, 3]) assert.deepEqual(repairText(damage(text, rounds)), { text, rounds });
  }
});

test("text that is right is left alone", () => {
  const right = [
    "",
    "Faithless",
    "Björk",
    "Théa déjà",
    "Ñu",
    "ÿ",
    "Сплин",
    "椎名林檎",
    "فيروز",
    "🎸",
    "Björk 🎸",
  ];
  // Not UTF-8 when read as bytes: a cut sequence, an overlong one, a lone continuation.
  const notUtf8 = ["Ã", "Ã¶ é", "À¯", "\u0080"];
  for (const text of [...right, ...notUtf8]) assert.deepEqual(repairText(text), { text, rounds: 0 });
});

test("whatever was damaged by needless encodings comes back", { tags: "slow" }, () => {
  const tricky = fc.string({ unit: fc.constantFrom(..."aé ÃŸ¶ö\u0080€\uFEFF😀") });
  // Text that itself looks encoded too often would be repaired further, so it is not asked for.
  const text = fc
    .oneof(fc.string({ unit: "binary" }), tricky)
    .filter((some) => repairText(some).rounds === 0);
  const comesBack = fc.property(text, fc.integer({ min: 0, max: 3 }), (meant, rounds) => {
    // ASCII is the same in every encoding, so there is nothing to undo.
    const isAscii = Buffer.byteLength(meant) === meant.length;
    assert.deepEqual(repairText(damage(meant, rounds)), { text: meant, rounds: isAscii ? 0 : rounds });
  });
  fc.assert(comesBack, { numRuns: 2000 });
});

test("a CSV tells whether it holds such text, in any field and row", async (t) => {
  const folder = temporaryFolder(t);
  const holds = (name: string, ...rows: string[]) =>
    holdsTextEncodedTooOften(write(join(folder, name), `${["artist,song", ...rows].join("\n")}\n`));
  assert.equal(await holds("right.csv", "Björk,Jóga", '"Théa, déjà",1979'), false);
  assert.equal(await holds("late.csv", "Björk,Jóga", `Björk,${damage("Jóga", 1)}`), true);
  assert.equal(await holds("quoted.csv", `"a ""b"" ${damage("Café", 2)}",x`), true);
  assert.equal(await holds("none.csv"), false);
});
