// Random values of every type, among them those that are easily put in a wrong order.

import { types } from "cassandra-driver";
import fc from "fast-check";

/** As CREATE TYPE has it. */
export const placeType = "place (street text, nr int)";

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
const size = { maxLength: 3 };
/** The driver sends an empty collection within another one as null, and a map's keys that look like whole numbers first. */
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

/** Values of every type that a key may have, as JavaScript has them. Of the keyspace's own types there is {@link placeType}. */
export const randomValues: Record<string, fc.Arbitrary<unknown>> = {
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
  "frozen<map<text, int>>": fc.dictionary(key, fc.integer({ min: 0, max: 3 }), { maxKeys: 2 }),
  "frozen<tuple<int, text>>": fc.tuple(fc.option(fc.integer({ min: 0, max: 3 })), fc.option(text)),
  "frozen<place>": fc.record({
    street: fc.option(text),
    nr: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  "frozen<list<frozen<set<inet>>>>": fc.array(fc.array(inet, { minLength: 1, maxLength: 3 }), size),
  "vector<float, 2>": fc.tuple(fc.integer({ min: -1, max: 1 }), fc.integer({ min: 9, max: 10 })),
};
