// The order of values beside Cassandra's own: random values of each type as clustering column, in both directions.

import assert from "node:assert/strict";
import { connect, dropKeyspace } from "@sparkify/lib";
import { type Client, types } from "cassandra-driver";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { createKeyspace } from "../../../test/support.js";
import { readOwnTypes } from "../src/schema.js";
import { type OwnTypes, valueType } from "../src/value-types.js";

const keyspace = "test_order";
let client: Client;
let ownTypes: OwnTypes;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, keyspace);
  await client.execute(`CREATE TYPE ${keyspace}.place (street text, nr int)`);
  ownTypes = await readOwnTypes(client, keyspace);
});
afterAll(async () => {
  await dropKeyspace(client, keyspace);
  await client.shutdown();
});

const whole = (bits: bigint) => {
  const most = 2n ** (bits - 1n);
  return fc
    .oneof(fc.bigInt({ min: -12n, max: 12n }), fc.bigInt({ min: -most, max: most - 1n }), fc.constant(-most))
    .map(String);
};
const digits = (count: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{0,${count}}$`));
const sign = fc.constantFrom("", "-");
/** Few signs, so that texts begin alike: of one, two, three and four bytes. */
const signs = fc.constantFrom("a", "b", "B", "0", " ", "é", "я", "語", "\ue000", "ﬁ", "🎸", "\u{10ffff}");
const text = fc.array(signs, { maxLength: 4 }).map((some) => some.join(""));
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
/** The driver sends an empty collection as null, and the keys of a map that look like whole numbers before the others. */
const size = { minLength: 1, maxLength: 3 };
const key = text.filter((one) => !/^\d+$/.test(one));
/** Of a small and a large time, and bytes with and without their highest bit. */
const bytes = (count: number) =>
  fc.array(fc.constantFrom("00", "01", "7f", "80", "ff"), { minLength: count, maxLength: count });
const uuidOf = (version: fc.Arbitrary<string>) =>
  fc
    .tuple(bytes(16), version)
    .map(([all, digit]) => all.join("").replace(/^(.{12})./, `$1${digit}`))
    .map((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
const inet = fc
  .oneof(bytes(4), bytes(16))
  .map((some) => new types.InetAddress(Buffer.from(some.join(""), "hex")));
const twoDigits = (most: number) =>
  fc.integer({ min: 0, max: most }).map((one) => String(one).padStart(2, "0"));

const values: Record<string, fc.Arbitrary<unknown>> = {
  tinyint: whole(8n),
  smallint: whole(16n),
  int: whole(32n),
  bigint: whole(64n),
  varint: whole(100n),
  decimal: fc.oneof(
    fc
      .tuple(sign, digits(20), fc.integer({ min: -40, max: 40 }))
      .map(([minus, some, e]) => `${minus}${some}e${e}`),
    fc.constantFrom("0", "0.00", "1.50", "1.5", "15", "150", "-1.5", "1e3", "1000"),
  ),
  float: number,
  double: number,
  boolean: fc.boolean(),
  text,
  ascii: fc.stringMatching(/^[ -~]{0,3}$/),
  blob: fc.uint8Array({ maxLength: 3 }),
  date: fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((one) => one.toISOString().slice(0, 10)),
  time: fc
    .tuple(twoDigits(23), twoDigits(59), twoDigits(59), fc.constantFrom("", ".5", ".05", ".000000001"))
    .map(([hour, minute, second, rest]) => `${hour}:${minute}:${second}${rest}`),
  timestamp: fc.date({ noInvalidDate: true }),
  uuid: uuidOf(fc.constantFrom("1", "3", "4", "7")),
  timeuuid: uuidOf(fc.constant("1")),
  inet,
  "frozen<list<text>>": fc.array(text, size),
  "frozen<set<int>>": fc.array(fc.integer({ min: 0, max: 12 }), size),
  "frozen<map<text, int>>": fc.dictionary(key, fc.integer({ min: 0, max: 3 }), { minKeys: 1, maxKeys: 2 }),
  "frozen<tuple<int, text>>": fc.tuple(fc.option(fc.integer({ min: 0, max: 3 })), fc.option(text)),
  "frozen<place>": fc.record({
    street: fc.option(text),
    nr: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  "frozen<list<frozen<set<inet>>>>": fc.array(fc.array(inet, size), size),
  "vector<float, 2>": fc.tuple(fc.integer({ min: -1, max: 1 }), fc.integer({ min: 9, max: 10 })),
};

const runs = isSoak ? 30 : 2;

describe.concurrent("values come in the order that Cassandra keeps them in", () => {
  for (const [at, [type, arbitrary]] of Object.entries(values).entries()) {
    test(type, async () => {
      const known = valueType(type, ownTypes);
      const [asc, desc] = [`${keyspace}.up_${at}`, `${keyspace}.down_${at}`];
      const columns = `part int, value ${type}, PRIMARY KEY (part, value)`;
      await client.execute(`CREATE TABLE ${asc} (${columns})`);
      await client.execute(`CREATE TABLE ${desc} (${columns}) WITH CLUSTERING ORDER BY (value DESC)`);
      let part = 0;
      const holds = async (some: unknown[]) => {
        part++;
        const sorted = some
          .sort(known.compare)
          .filter((one, place) => place === 0 || known.compare(some[place - 1], one) !== 0)
          .map(known.shown);
        for (const [table, expected] of [
          [asc, sorted],
          [desc, [...sorted].reverse()],
        ] as const) {
          const query = `INSERT INTO ${table} (part, value) VALUES (?, ?)`;
          const inserts = some.map((value) => ({ query, params: [part, known.take(value)] }));
          await client.batch(inserts, { prepare: true, logged: false });
          const select = `SELECT value FROM ${table} WHERE part = ?`;
          const { rows } = await client.execute(select, [part], { prepare: true });
          assert.deepEqual(
            rows.map((row) => known.shown(row.get("value"))),
            expected,
          );
        }
      };
      await fc.assert(
        fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 60, size: "max" }), holds),
        { numRuns: runs },
      );
    });
  }
});

test("examples are values of the type, all different, and Cassandra takes each", async () => {
  await client.execute(`CREATE TABLE ${keyspace}.one (id int PRIMARY KEY)`);
  await client.execute(`INSERT INTO ${keyspace}.one (id) VALUES (1)`);
  for (const type of [...Object.keys(values), "duration"]) {
    const known = valueType(type, ownTypes);
    const examples = known.examples();
    assert.ok(examples.length >= 2, type);
    assert.equal(new Set(examples.map(known.key)).size, examples.length, type);
    for (const example of examples) {
      const { rows } = await client.execute(
        `SELECT (${type})? AS value FROM ${keyspace}.one`,
        [known.take(example)],
        { prepare: true },
      );
      assert.deepEqual(known.shown(rows[0]?.get("value")), example, type);
    }
  }
});
