// Random values of each type, written to a CSV: the type that is inferred keeps every one of them.

import assert from "node:assert/strict";
import { valueType } from "@sparkify/cql";
import fc from "fast-check";
import Papa from "papaparse";
import { afterAll, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { Sources, typesOf } from "./sources.js";

const sources = new Sources();
afterAll(() => sources.remove());

const digits = (most: number) => fc.stringMatching(new RegExp(`^-?[0-9]{1,${most}}$`));
const pad = (number: number, length = 2) => String(number).padStart(length, "0");

const instants = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
const zones = fc.constantFrom("", "Z", " Z", "+02:00", "-0130", "+05");
const fractions = fc.constantFrom("", ".5", ".123", ".120000", ".123456", ".000000001");
const timestamps = fc
  .tuple(instants, fc.constantFrom("T", " "), fractions, zones)
  .map(([date, between, fraction, zone]) => {
    const [day = "", clock = ""] = date.toISOString().split("T");
    return `${day}${between}${clock.slice(0, 8)}${fraction}${zone}`;
  });

/** Texts of each type, also such as only look like it. */
const kinds: Record<string, fc.Arbitrary<string>> = {
  boolean: fc.constantFrom("true", "false", "True", "FALSE"),
  int: fc.integer().map(String),
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  varint: fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }).map(String),
  zeros: digits(4),
  double: fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  decimal: fc
    .tuple(digits(22), fc.stringMatching(/^[0-9]{1,22}$/))
    .map(([whole, part]) => `${whole}.${part}`),
  date: instants.map((date) => date.toISOString().slice(0, 10)),
  time: fc
    .tuple(fc.nat(24), fc.nat(60), fc.nat(60), fractions)
    .map(([hour, minute, second, fraction]) => `${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}`),
  timestamp: timestamps,
  uuid: fc.uuid(),
  inet: fc.oneof(fc.ipV4(), fc.ipV6()),
  text: fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string(),
    fc.constantFrom("", "null", "NaN", '"', "\r\n"),
  ),
};

/** Columns, each of one kind or of two. */
const columns = fc
  .array(fc.uniqueArray(fc.constantFrom(...Object.keys(kinds)), { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 16,
  })
  .chain((choices) =>
    fc.tuple(
      ...choices.map((names) =>
        fc.array(fc.oneof(...names.map((name) => kinds[name] as fc.Arbitrary<string>)), {
          minLength: 6,
          maxLength: 6,
        }),
      ),
    ),
  );

/** What is written, as the type has it: an instant with its zone in a form that JavaScript takes too. */
function meant(text: string, type: string): string {
  if (type !== "timestamp") return text;
  return text
    .replace(/ ?Z$/, "Z")
    .replace(/([+-]\d\d)$/, (zone) => (/\d\d:\d\d/.test(text) ? `${zone}:00` : zone));
}

const runs = isSoak ? 500 : 15;

test("the inferred type keeps every value, as it is shown", { tags: ["slow"] }, async () => {
  await fc.assert(
    fc.asyncProperty(columns, async (written) => {
      const rows = Array.from({ length: 6 }, (_, row) => [
        String(row + 1),
        // NUL is what DuckDB takes for none, and no CSV has it.
        ...written.map((column) => (column[row] ?? "").replaceAll("\0", "")),
      ]);
      const header = ["row", ...written.map((_, index) => `c${index}`)];
      const read = await sources.read({
        "a.csv": Papa.unparse([header, ...rows], { newline: "\n", quotes: true }),
      });
      assert.deepEqual(read.rejected, []);
      assert.equal(read.rows.length, rows.length);
      const types = typesOf(read);
      for (const [place, row] of read.rows.entries())
        for (const [index, name] of header.entries()) {
          const type = types[name] ?? assert.fail();
          const text = rows[place]?.[index] ?? assert.fail();
          const expected = text === "" ? null : meant(text, type);
          assert.ok(
            valueType(type).equal(row[name], expected),
            `${JSON.stringify(text)} as ${type} is ${JSON.stringify(row[name])}`,
          );
        }
    }),
    { numRuns: runs },
  );
});
