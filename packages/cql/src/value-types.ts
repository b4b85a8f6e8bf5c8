// The values of every type of CQL: as a CSV has them, as JavaScript has them, as the driver takes and gives them.

import { types } from "cassandra-driver";
import {
  type Compare,
  compareBigints,
  compareBooleans,
  compareBytes,
  compareDecimals,
  compareLists,
  compareNumbers,
  compareTexts,
  compareTimeUuids,
  compareUuids,
  type Decimal,
  orNull,
} from "./order.js";
import { partsOfList } from "./statements.js";
import { isSign, isWord, literalOf, nameOf, type Token, tokensOf } from "./tokens.js";

/** A value for people and for JSON. Numbers that JSON does not know (-0, NaN, more than 53 bits) are text. */
export type Shown = string | number | boolean | null | Shown[] | { [name: string]: Shown };

/** The values of a type. None but {@link ValueType.take} fails for a value that the type cannot hold. */
export interface ValueType {
  /** As CQL writes it: `frozen<list<int>>`. */
  name: string;
  /**
   * A field of a CSV as the driver takes it: numbers, dates and so on as CQL writes them, without the quotes that some
   * need there; a collection as in CQL. An empty field is an empty text, and null of any other type.
   * @returns undefined where the type has no such value
   */
  parse(field: string): unknown;
  /**
   * A value of JavaScript, or one that came from the driver, as the driver takes it. A type of whole numbers cuts fractions.
   * @throws TypeError where the type cannot hold it
   */
  take(value: unknown): unknown;
  /** What tells a value from every other one of its type. Numbers differ where their bits do: -0 is not 0. */
  key(value: unknown): string | number | null;
  /** Whether two values are one, wherever they come from: the number 1 and a Long of 1 are. */
  equal(one: unknown, other: unknown): boolean;
  /**
   * A value as the type keeps it: 495.3073 as float is 495.30731201171875, a set is sorted. Null for what the type cannot
   * hold, and for an empty collection that is not frozen: Cassandra keeps none.
   */
  shown(value: unknown): Shown;
  /**
   * Negative, 0 or positive for values that come in this order in Cassandra: texts by their bytes in UTF-8, a timeuuid by its
   * time. Null and what the type cannot hold come first. A duration has no order in Cassandra.
   */
  compare(one: unknown, other: unknown): number;
  /** Some values, all different, as {@link shown} gives them: four, or two where the type has no more. Of numbers 2, 9 and 10 are among them. */
  examples(): Shown[];
}

/** How one kind of values is handled. */
interface Kind {
  /** Any value but null as the driver takes it; undefined for what is none of the kind. */
  from(value: unknown): unknown;
  /** See {@link ValueType.key}, of what `from` returns. */
  key(value: never): string | number | null;
  /** @default the key */
  shown?(value: never): Shown;
  /** See {@link ValueType.compare}, of what `from` returns. */
  compare(one: never, other: never): number;
  /** See {@link ValueType.examples}: as CQL writes them, or as JavaScript has them. */
  examples: unknown[];
  /** Reads a value that is written in CQL. @default one token: a text without its quotes, or any other */
  read?(tokens: Token[]): unknown;
}

const wholeNumber = /^-?\d+$/;
const decimalNumber = /^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;
const notFinite = /^(NaN|-?Infinity)$/;

/** The whole number of a value that is one: cut where it is a number of JavaScript. */
function whole(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  const text = String(value);
  return wholeNumber.test(text) ? BigInt(text) : undefined;
}

/** Numbers of up to 53 bits as numbers, others as text. */
function safe(value: bigint | string): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? number : String(value);
}

const someNumbers = [2, 9, 10, 11];

/** Whole numbers that the driver gives as numbers. */
function small(bits: 8 | 16 | 32): Kind {
  const most = 2 ** (bits - 1);
  return {
    from(value) {
      if (typeof value === "string" && !wholeNumber.test(value)) return undefined;
      const number = Math.trunc(typeof value === "number" ? value : Number(String(value))) + 0; // -0 becomes 0
      return number >= -most && number < most ? number : undefined;
    },
    key: (value: number) => value,
    compare: compareNumbers,
    examples: someNumbers,
  };
}

const long: Kind = {
  from(value) {
    if (value instanceof types.Long) return value;
    const number = whole(value);
    return number !== undefined && number === BigInt.asIntN(64, number)
      ? types.Long.fromString(String(number))
      : undefined;
  },
  // Up to 53 bits without a text: there may be millions.
  key: (value: types.Long) => (Math.abs(value.high) < 2 ** 20 ? value.toNumber() : safe(value.toString())),
  compare: (one: types.Long, other: types.Long) => one.compare(other),
  examples: someNumbers,
};

const varint: Kind = {
  from(value) {
    if (value instanceof types.Integer) return value;
    const number = whole(value);
    return number === undefined ? undefined : types.Integer.fromString(String(number));
  },
  key: (value: types.Integer) => safe(value.toString()),
  compare: (one: types.Integer, other: types.Integer) =>
    compareBigints(BigInt(one.toString()), BigInt(other.toString())),
  examples: someNumbers,
};

const shownNumber = (value: number): Shown =>
  Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : String(value);

/** @param rounded to the precision of the type */
const floating = (rounded: (value: number) => number): Kind => ({
  from(value) {
    if (typeof value === "number") return rounded(value);
    const text = String(value);
    return decimalNumber.test(text) || notFinite.test(text) ? rounded(Number(text)) : undefined;
  },
  key: (value: number) => value,
  shown: shownNumber,
  compare: compareNumbers,
  examples: someNumbers,
});

/** The driver takes no exponents, and writes those of Cassandra's numbers that have one wrongly. */
const decimal: Kind = {
  from(value) {
    if (value instanceof types.BigDecimal) return value;
    const text = String(value);
    if (!decimalNumber.test(text)) return undefined;
    const [digits = "", exponent = "0"] = text.toLowerCase().split("e");
    const [before = "", after = ""] = digits.split(".");
    const unscaled = types.Integer.fromString(String(BigInt(`${before.replace("-", "")}${after}`)));
    const isNegative = text.startsWith("-");
    const signed = (isNegative ? unscaled.negate() : unscaled) as unknown as number; // its types know numbers only
    return new types.BigDecimal(signed, after.length - Number(exponent));
  },
  key: (value: types.BigDecimal) => plainDecimal(value),
  shown(value: types.BigDecimal) {
    const text = plainDecimal(value);
    return plainDecimal(decimal.from(Number(text)) as types.BigDecimal) === text ? Number(text) : text;
  },
  compare: (one: types.BigDecimal, other: types.BigDecimal) =>
    compareDecimals(normalized(one), normalized(other)),
  examples: someNumbers,
};

/** @returns the unscaled number with its sign, and how many of its digits are a fraction */
function partsOfDecimal(value: types.BigDecimal): { unscaled: string; scale: number } {
  const bytes = types.BigDecimal.toBuffer(value);
  return { unscaled: types.Integer.fromBuffer(bytes.subarray(4)).toString(), scale: bytes.readInt32BE(0) };
}

function normalized(value: types.BigDecimal): Decimal {
  const { unscaled, scale } = partsOfDecimal(value);
  if (unscaled === "0") return { sign: 0, digits: "", exponent: 0 };
  const digits = unscaled.replace("-", "");
  const sign = unscaled.startsWith("-") ? -1 : 1;
  return { sign, digits: digits.replace(/0+$/, ""), exponent: digits.length - scale };
}

/** Without an exponent and without zeros at its end: 1.50 and 1.5 are one number. */
function plainDecimal(value: types.BigDecimal): string {
  const { unscaled, scale } = partsOfDecimal(value);
  const sign = unscaled.startsWith("-") ? "-" : "";
  if (unscaled === "0") return "0";
  const digits = unscaled.slice(sign.length) + "0".repeat(Math.max(0, -scale));
  if (scale <= 0) return sign + digits;
  const padded = digits.padStart(scale + 1, "0");
  const fraction = padded.slice(-scale).replace(/0+$/, "");
  return `${sign}${padded.slice(0, -scale)}${fraction && `.${fraction}`}`;
}

/** Kinds that the driver has a class for, which reads and writes them as text. */
function ofClass<Value extends object>(
  itsClass: abstract new (...parts: never) => Value,
  form: RegExp,
  fromString: (text: string) => Value,
  compare: Compare<Value>,
  examples: string[],
): Kind {
  return {
    compare,
    examples,
    from(value) {
      if (value instanceof itsClass) return value;
      const text = String(value);
      if (!form.test(text)) return undefined;
      try {
        return fromString(text);
      } catch {
        return undefined; // of the form, and out of range
      }
    },
    key: (value: Value) => String(value),
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const time = /\d\d:\d\d:\d\d(\.\d{1,9})?/;
const duration = /^-?(P[\dYMWDTHS:.-]+|(\d+(y|mo|w|d|h|ms|us|µs|ns|m|s))+)$/i;
const timestamp =
  /^((?:\d{4}|[+-]\d{6})-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|[+-]\d\d:?\d\d)?$/;

const text: Kind = {
  from: String,
  key: (value: string) => value,
  compare: compareTexts,
  examples: ["a", "b", "c", "d"],
};

const ofBytes =
  <Value>(bytesOf: (value: Value) => Uint8Array): Compare<Value> =>
  (one, other) =>
    compareBytes(bytesOf(one), bytesOf(other));

const natives: Record<string, Kind> = {
  ascii: {
    ...text,
    from: (value) => (/^[\0-\x7f]*$/.test(String(value)) ? String(value) : undefined),
  },
  text,
  varchar: text,
  tinyint: small(8),
  smallint: small(16),
  int: small(32),
  bigint: long,
  counter: long,
  varint,
  decimal,
  float: floating(Math.fround),
  double: floating((value) => value),
  boolean: {
    from: (value) => (/^(true|false)$/i.test(String(value)) ? /^t/i.test(String(value)) : undefined),
    key: Number,
    shown: (value: boolean) => value,
    compare: compareBooleans,
    examples: [false, true],
  },
  blob: {
    from(value) {
      if (value instanceof Uint8Array) return Buffer.from(value);
      return /^0x([0-9a-f]{2})*$/i.test(String(value))
        ? Buffer.from(String(value).slice(2), "hex")
        : undefined;
    },
    key: (value: Buffer) => `0x${value.toString("hex")}`,
    compare: compareBytes,
    examples: ["0x01", "0x02", "0x03", "0x04"],
  },
  date: {
    from(value) {
      if (value instanceof types.LocalDate) return value;
      if (value instanceof Date) return types.LocalDate.fromDate(value);
      const text = String(value);
      if (!/^-?\d{4,}-\d\d-\d\d$/.test(text)) return undefined;
      const date = types.LocalDate.fromString(text);
      return date.toString() === text ? date : undefined; // 30 February is none
    },
    key: String,
    compare: ofBytes((value: types.LocalDate) => value.toBuffer()),
    examples: ["2001-01-01", "2001-01-02", "2001-01-03", "2001-01-04"],
  },
  time: ofClass(
    types.LocalTime,
    new RegExp(`^${time.source}$`),
    types.LocalTime.fromString,
    ofBytes((value) => value.toBuffer()),
    ["01:00:00", "02:00:00", "03:00:00", "04:00:00"],
  ),
  timestamp: {
    from(value) {
      const [, day, clock = "00:00", zone = "Z"] = timestamp.exec(String(value)) ?? [];
      const isNumber = typeof value === "number" || wholeNumber.test(String(value));
      const date =
        value instanceof Date ? value : new Date(isNumber ? Number(value) : `${day}T${clock}${zone}`);
      return Number.isNaN(date.getTime()) ? undefined : date;
    },
    key: Number,
    shown: (value: Date) => value.toISOString(),
    compare: (one: Date, other: Date) => compareNumbers(one.getTime(), other.getTime()),
    examples: ["2001-01-01", "2001-01-02", "2001-01-03", "2001-01-04"],
  },
  uuid: ofClass(
    types.Uuid,
    uuid,
    types.Uuid.fromString,
    compareUuids,
    [1, 2, 3, 4].map((last) => `00000000-0000-4000-8000-00000000000${last}`),
  ),
  timeuuid: ofClass(
    types.TimeUuid,
    uuid,
    types.TimeUuid.fromString,
    compareTimeUuids,
    [1, 2, 3, 4].map((first) => `0000000${first}-0000-1000-8000-000000000000`),
  ),
  inet: ofClass(
    types.InetAddress,
    /^[\da-f.:]+$/i,
    types.InetAddress.fromString,
    ofBytes((value) => value.getBuffer()),
    ["9.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3"],
  ),
  duration: ofClass(
    types.Duration,
    duration,
    types.Duration.fromString,
    ofBytes((value) => value.toBuffer()),
    ["1h", "2h", "3h", "4h"],
  ),
};

/** What the driver gives for a list, a set, a tuple or a vector, as an array. */
function elementsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value) || value instanceof Set) return [...value];
  if (value instanceof types.Tuple) return value.values();
  return value instanceof types.Vector ? Array.from(value.elements) : undefined;
}

const closing = { "[": "]", "{": "}", "(": ")" };

/** The parts of a value that is written in CQL between brackets. */
function partsIn(tokens: Token[], open: keyof typeof closing): Token[][] | undefined {
  const { parts, next } = partsOfList(tokens, 0);
  const isWhole = next === tokens.length && isSign(tokens.at(-1), closing[open]);
  return isSign(tokens[0], open) && isWhole ? parts : undefined;
}

/** Undefined where one of the values is. */
const all = <Value>(values: (Value | undefined)[] | undefined) =>
  values?.some((value) => value === undefined) ? undefined : (values as Value[] | undefined);

const compareAs = (kind: Kind | undefined): Compare<unknown> =>
  (kind?.compare ?? (() => 0)) as Compare<unknown>;
/** Two or four of them: as many as the kind has. */
const examplesOf = (kind: Kind | undefined): unknown[] => kind?.examples ?? [];

/** @param kind undefined for an element too many */
const fromOrNull = (kind: Kind | undefined, value: unknown) =>
  value === null || value === undefined ? null : kind?.from(value);
const keyOrNull = (kind: Kind, value: unknown) => (value === null ? null : kind.key(value as never));
/** A key among others: none is lost as in JSON, which knows neither NaN nor -0. */
const keyText = (kind: Kind, value: unknown) => {
  const key = keyOrNull(kind, value);
  return typeof key === "string" ? JSON.stringify(key) : Object.is(key, -0) ? "-0" : String(key);
};
const shownOrNull = (kind: Kind, value: unknown) =>
  value === null ? null : (kind.shown ?? kind.key)(value as never);

function readAs(kind: Kind | undefined, tokens: Token[]): unknown {
  if (!kind) return undefined;
  if (tokens.length === 1 && isWord(tokens[0], "NULL")) return null;
  if (kind.read) return kind.read(tokens);
  const [token] = tokens;
  if (!token || tokens.length > 1) return undefined;
  return kind.from(token.kind === "text" ? literalOf(token) : token.text);
}

/** @param kinds of the elements, by place */
function sequence(
  open: keyof typeof closing,
  kinds: (place: number) => Kind | undefined,
  made: (elements: unknown[]) => unknown,
  examples: unknown[],
): Kind {
  const parsed = (written: string) => sequenceKind.read?.(tokensOf(written));
  const ofElements = <Result>(value: unknown, each: (kind: Kind, element: unknown) => Result) =>
    (elementsOf(value) ?? []).map((element, place) => each(kinds(place) as Kind, element));
  const sequenceKind: Kind = {
    from(value) {
      if (typeof value === "string") return parsed(value);
      const elements = all(elementsOf(value)?.map((element, place) => fromOrNull(kinds(place), element)));
      return elements && made(elements);
    },
    key(value: unknown) {
      const keys = ofElements(value, keyText);
      return `[${(open === "{" ? keys.sort() : keys).join()}]`;
    },
    shown: (value: unknown) => ofElements(value, shownOrNull),
    compare: (one: unknown, other: unknown) =>
      compareLists(elementsOf(one) ?? [], elementsOf(other) ?? [], (place) => compareAs(kinds(place))),
    examples,
    read(tokens) {
      const elements = all(partsIn(tokens, open)?.map((part, place) => readAs(kinds(place), part)));
      return elements && made(elements);
    },
  };
  return sequenceKind;
}

const pairsIn = (tokens: Token[]) =>
  partsIn(tokens, "{")?.map((part) => {
    const colon = part.findIndex((token) => isSign(token, ":"));
    return [part.slice(0, colon), part.slice(colon + 1)] as const;
  });

function map(keys: Kind, values: Kind): Kind {
  const entriesOf = (value: object) => (value instanceof Map ? [...value] : Object.entries(value));
  /** Sorted by their keys, as Cassandra keeps them. */
  const entries = (value: object) =>
    entriesOf(value)
      .map(([key, one]) => [keys.from(key), fromOrNull(values, one)] as [unknown, unknown])
      .sort(([one], [other]) => orNull(compareAs(keys))(one, other));
  const made = (pairs: [unknown, unknown][] | undefined) =>
    pairs?.some((pair) => pair.includes(undefined)) ? undefined : pairs && Object.fromEntries(pairs);
  const read = (tokens: Token[]) =>
    made(pairsIn(tokens)?.map(([key, value]) => [readAs(keys, key), readAs(values, value)]));
  return {
    from: (value) =>
      typeof value === "string"
        ? read(tokensOf(value))
        : typeof value === "object"
          ? made(entries(value as object))
          : undefined,
    key: (value: object) =>
      `{${entries(value)
        .map(([key, one]) => `${keyText(keys, key)}:${keyText(values, one)}`)
        .sort()
        .join()}}`,
    shown: (value: object) =>
      Object.fromEntries(
        entries(value).map(([key, one]) => [String(shownOrNull(keys, key)), shownOrNull(values, one)]),
      ),
    compare: (one: object, other: object) =>
      compareLists(entries(one).flat(), entries(other).flat(), (place) =>
        compareAs(place % 2 === 0 ? keys : values),
      ),
    examples: examplesOf(keys).map((key) => new Map([[key, examplesOf(values)[0]]])),
    read,
  };
}

/** A user-defined type. Fields that a value does not name are null. */
function record(fields: [name: string, kind: Kind][]): Kind {
  const made = (values: (unknown | undefined)[]) =>
    all(values) && Object.fromEntries(fields.map(([name], place) => [name, values[place]]));
  const each = <Result>(value: object, work: (kind: Kind, one: unknown) => Result) =>
    fields.map(([name, kind]) => work(kind, (value as Record<string, unknown>)[name] ?? null));
  const read = (tokens: Token[]) => {
    const pairs = pairsIn(tokens)?.map(([name, value]) => [nameOf(name[0]?.text ?? ""), value] as const);
    if (!pairs?.every(([name]) => fields.some(([known]) => known === name))) return undefined;
    const written = new Map(pairs);
    return made(
      fields.map(([name, kind]) => (written.has(name) ? readAs(kind, written.get(name) ?? []) : null)),
    );
  };
  return {
    from: (value) =>
      typeof value === "string"
        ? read(tokensOf(value))
        : typeof value === "object"
          ? made(each(value as object, fromOrNull))
          : undefined,
    key: (value: object) => `{${each(value, keyText).join()}}`,
    shown: (value: object) =>
      Object.fromEntries(each(value, shownOrNull).map((one, place) => [fields[place]?.[0] ?? "", one])),
    compare: (one: object, other: object) => {
      const valuesOf = (value: object) => each(value, (_, field) => field);
      return compareLists(valuesOf(one), valuesOf(other), (place) => compareAs(fields[place]?.[1]));
    },
    examples: examplesOf(fields[0]?.[1]).map((first) => ({ [fields[0]?.[0] ?? ""]: first })),
    read,
  };
}

/** The fields of a keyspace's own types, by the types' names: each with its name and type. */
export type OwnTypes = ReadonlyMap<string, [name: string, type: string][]>;

/** As Cassandra keeps a set: sorted, and each element once. */
const sortedSet = (elements: unknown[], compare: Compare<unknown>) =>
  [...elements].sort(compare).filter((one, at, sorted) => at === 0 || compare(sorted[at - 1], one) !== 0);

const makers: Record<string, (kinds: Kind[], parts: string[]) => Kind> = {
  frozen: ([kind]) => kind as Kind,
  list: ([kind]) =>
    sequence(
      "[",
      () => kind as Kind,
      (elements) => elements,
      examplesOf(kind).map((one) => [one]),
    ),
  set: ([kind]) =>
    sequence(
      "{",
      () => kind as Kind,
      (elements) => sortedSet(elements, orNull(compareAs(kind))),
      examplesOf(kind).map((one) => [one]),
    ),
  tuple: (kinds) =>
    sequence(
      "(",
      (place) => kinds[place],
      (elements) => types.Tuple.fromArray(elements),
      examplesOf(kinds[0]).map((first) => kinds.map((kind, at) => (at === 0 ? first : examplesOf(kind)[0]))),
    ),
  vector: ([kind], [name = "", dimension = "1"]) =>
    sequence(
      "[",
      () => kind as Kind,
      (elements) => new types.Vector(elements, name),
      examplesOf(kind).map((one) => Array.from({ length: Number(dimension) }, () => one)),
    ),
  map: ([keys, values]) => map(keys as Kind, values as Kind),
};

function kindOf(tokens: Token[], ownTypes: OwnTypes): Kind {
  const [name, open] = tokens;
  const written = tokens.map(({ text: piece }) => piece).join(" ");
  if (name?.kind === "text") return natives.blob as Kind; // a class of Cassandra's: the driver gives its bytes
  const called = nameOf(name?.text ?? "");
  if (isSign(open, "<")) {
    const { parts } = partsOfList(tokens, 1);
    const kinds = parts.flatMap((part) => (part[0]?.kind === "number" ? [] : [kindOf(part, ownTypes)]));
    const made = makers[called]?.(
      kinds,
      parts.map((part) => part.map(({ text: piece }) => piece).join("")),
    );
    if (made) return made;
  }
  const native = name?.text.startsWith('"') ? undefined : natives[called];
  const fields = ownTypes.get(called);
  if (native) return native;
  if (!fields) throw new TypeError(`There is no type ${written}.`);
  return record(fields.map(([field, type]) => [field, kindOf(tokensOf(type), ownTypes)]));
}

/** An empty collection in the bytes of the protocol: the driver would send null for it, and takes bytes as they are. */
const noElements = Buffer.alloc(4);

/**
 * What is known of a type's values.
 * @param name as Cassandra writes it: `int`, `frozen<list<text>>`, `vector<float, 3>`
 * @param ownTypes the keyspace's own types, where the name may be one of them, see `readOwnTypes`
 * @throws TypeError where there is no such type
 * @example
 * valueType("float").equal(0.1, Math.fround(0.1)); // true
 * valueType("set<int>").equal([2, 1], "{1, 2}"); // true
 */
export function valueType(name: string, ownTypes: OwnTypes = new Map()): ValueType {
  const tokens = tokensOf(name);
  const kind = kindOf(tokens, ownTypes);
  const isText = kind === text || kind === natives.ascii;
  // Cassandra keeps no empty collection, unless it is frozen.
  const isCollection = /^(list|set|map)$/i.test(tokens[0]?.text ?? "");
  const isFrozenCollection = /^frozen\s*<\s*(list|set|map)\b/i.test(name);
  const isEmpty = (value: unknown) =>
    (elementsOf(value)?.length ?? Object.keys(value as object).length) === 0;
  const isKeptAsNull = (taken: unknown) =>
    taken === undefined || taken === null || (isCollection && isEmpty(taken));
  const key: ValueType["key"] = (value) => {
    const taken = fromOrNull(kind, value);
    if (taken === undefined) return `not ${name}: ${value}`;
    return isKeptAsNull(taken) ? null : kind.key(taken as never);
  };
  const shown: ValueType["shown"] = (value) => {
    const taken = fromOrNull(kind, value);
    return isKeptAsNull(taken) ? null : shownOrNull(kind, taken);
  };
  const compareTaken = orNull(compareAs(kind));
  return {
    name,
    parse: (field) => (field === "" && !isText ? null : kind.from(field)),
    take(value) {
      const taken = fromOrNull(kind, value);
      if (taken === undefined) throw new TypeError(`${JSON.stringify(value)} is no ${name}`);
      return isFrozenCollection && taken !== null && isEmpty(taken) ? noElements : taken;
    },
    key,
    equal: (one, other) => Object.is(key(one), key(other)),
    shown,
    compare: (one, other) =>
      Object.is(one, other) ? 0 : compareTaken(fromOrNull(kind, one), fromOrNull(kind, other)),
    examples: () => kind.examples.map(shown),
  };
}
