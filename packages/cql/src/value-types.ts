// The values of every type of CQL: as a CSV has them, as JavaScript has them, as the driver takes and gives them.

import { types } from "cassandra-driver";
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
  /** A value as the type keeps it: 495.3073 as float is 495.30731201171875. Null for what the type cannot hold. */
  shown(value: unknown): Shown;
}

/** How one kind of values is handled. */
interface Kind {
  /** Any value but null as the driver takes it; undefined for what is none of the kind. */
  from(value: unknown): unknown;
  /** See {@link ValueType.key}, of what `from` returns. */
  key(value: never): string | number | null;
  /** @default the key */
  shown?(value: never): Shown;
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
};

const varint: Kind = {
  from: (value) => {
    const number = whole(value);
    return number === undefined ? undefined : types.Integer.fromString(String(number));
  },
  key: (value: types.Integer) => safe(value.toString()),
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
};

/** Without an exponent and without zeros at its end: 1.50 and 1.5 are one number. */
function plainDecimal(value: types.BigDecimal): string {
  const bytes = types.BigDecimal.toBuffer(value);
  const scale = bytes.readInt32BE(0);
  const unscaled = types.Integer.fromBuffer(bytes.subarray(4)).toString();
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
): Kind {
  return {
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
const timestamp = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|[+-]\d\d:?\d\d)?$/;

const text: Kind = { from: String, key: (value: string) => value };

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
  },
  blob: {
    from(value) {
      if (value instanceof Uint8Array) return Buffer.from(value);
      return /^0x([0-9a-f]{2})*$/i.test(String(value))
        ? Buffer.from(String(value).slice(2), "hex")
        : undefined;
    },
    key: (value: Buffer) => `0x${value.toString("hex")}`,
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
  },
  time: ofClass(types.LocalTime, new RegExp(`^${time.source}$`), types.LocalTime.fromString),
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
  },
  uuid: ofClass(types.Uuid, uuid, types.Uuid.fromString),
  timeuuid: ofClass(types.TimeUuid, uuid, types.TimeUuid.fromString),
  inet: ofClass(types.InetAddress, /^[\da-f.:]+$/i, types.InetAddress.fromString),
  duration: ofClass(types.Duration, duration, types.Duration.fromString),
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
  const entries = (value: object) =>
    entriesOf(value).map(([key, one]) => [keys.from(key), fromOrNull(values, one)] as [unknown, unknown]);
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
    read,
  };
}

/** The fields of a keyspace's own types, by the types' names: each with its name and type. */
export type OwnTypes = ReadonlyMap<string, [name: string, type: string][]>;

const makers: Record<string, (kinds: Kind[], parts: string[]) => Kind> = {
  frozen: ([kind]) => kind as Kind,
  list: ([kind]) =>
    sequence(
      "[",
      () => kind as Kind,
      (elements) => elements,
    ),
  set: ([kind]) =>
    sequence(
      "{",
      () => kind as Kind,
      (elements) => elements,
    ),
  tuple: (kinds) =>
    sequence(
      "(",
      (place) => kinds[place],
      (elements) => types.Tuple.fromArray(elements),
    ),
  vector: ([kind], [name = ""]) =>
    sequence(
      "[",
      () => kind as Kind,
      (elements) => new types.Vector(elements, name),
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
  const isEmpty = (value: unknown) =>
    (elementsOf(value)?.length ?? Object.keys(value as object).length) === 0;
  const key: ValueType["key"] = (value) => {
    const taken = fromOrNull(kind, value);
    if (taken === undefined) return `not ${name}: ${value}`;
    return taken === null || (isCollection && isEmpty(taken)) ? null : kind.key(taken as never);
  };
  return {
    name,
    parse: (field) => (field === "" && !isText ? null : kind.from(field)),
    take(value) {
      const taken = fromOrNull(kind, value);
      if (taken === undefined) throw new TypeError(`${JSON.stringify(value)} is no ${name}`);
      return taken;
    },
    key,
    equal: (one, other) => Object.is(key(one), key(other)),
    shown: (value) => shownOrNull(kind, fromOrNull(kind, value) ?? null),
  };
}
