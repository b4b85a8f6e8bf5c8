// Types of CQL for columns of DuckDB: the narrowest one that keeps every value.

import { tokensOf } from "@sparkify/cql";
import { type DuckDb, sqlName } from "./duckdb.js";

/** What a type is in DuckDB, and how a text is one of its values. Each part makes SQL of SQL. */
export interface SqlType {
  /** The type of DuckDB that keeps it, and orders it as Cassandra does. */
  name: string;
  /** Whether the text `x` is such a value and nothing is lost, as a condition. */
  is(x: string): string;
  /** A condition that also takes other ways to write it: for columns whose type the model names. @default is */
  takes?(x: string): string;
  /** The value of a text that it takes. */
  value(x: string): string;
  /** A value as text, as CQL and JSON write it. */
  text(x: string): string;
  /** Whether CQL writes its values without quotes. */
  isBare?: boolean;
}

const matches = (x: string, form: string) => `regexp_full_match(${x}, '${form}')`;
const asText = (x: string) => `CAST(${x} AS VARCHAR)`;
const cast = (x: string, type: string) => `TRY_CAST(${x} AS ${type})`;

/** Whole numbers: 007 is none, for its zeros would be lost. */
const whole = (name: string): SqlType => ({
  name,
  is: (x) => `${asText(cast(x, name))} = ${x}`,
  takes: (x) => `(${matches(x, "[+-]?[0-9]+([.]0+)?")} AND ${cast(x, name)} IS NOT NULL)`,
  value: (x) => cast(x, name),
  text: asText,
  isBare: true,
});

const number = "-?(0|[1-9][0-9]*)([.][0-9]+)?";
const exponent = "([eE][+-]?[0-9]{1,2})?";
const day = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const hour = "([01][0-9]|2[0-3])";
/** Milliseconds are kept, and no more. */
const clock = `${hour}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,3}0*)?)?`;
const zone = "( ?Z|[+-][0-9]{2}(:?[0-9]{2})?)";

const octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
/** Addresses in the one form that each has: of two forms Cassandra makes one. */
const ipv4 = `${octet}([.]${octet}){3}`;
const group = "(0|[1-9a-f][0-9a-f]{0,3})";
const ipv6 = [
  `(${group}:){7}${group}`,
  ...[1, 2, 3, 4, 5].map((before) => `(${group}:){1,${before}}(:${group}){1,${6 - before}}`),
  `(${group}:){1,6}:`,
  `:(:${group}){1,6}`,
  "::",
].join("|");

/** A double keeps 15 digits of a decimal number; of more it may. */
const keptByDouble = (x: string) =>
  `(length(ltrim(regexp_replace(regexp_replace(${x}, '[eE].*$', ''), '[-.]', '', 'g'), '0')) <= 15 OR ${asText(cast(x, "DOUBLE"))} = ${x})`;

const instant = (x: string) => cast(x, "TIMESTAMPTZ");
/** DuckDB wants seconds before a zone, and no blank. */
const withSeconds = (x: string) =>
  `regexp_replace(regexp_replace(${x}, ' ?Z$', 'Z'), '^(.{10}[T ][0-9]{2}:[0-9]{2})(Z|[+-][0-9:]+)$', '\\1:00\\2')`;
const anyInstant = (x: string) => `coalesce(${instant(x)}, ${instant(withSeconds(x))})`;

/** 1541020000000, also as 1541020000000.0 and 1.54102e12, as spreadsheets have it. */
const milliseconds = (x: string) =>
  `CASE WHEN ${cast(x, "DOUBLE")} = trunc(${cast(x, "DOUBLE")}) AND abs(${cast(x, "DOUBLE")}) < 1e15 THEN CAST(${cast(x, "DOUBLE")} AS BIGINT) END`;

const floating = (name: string): SqlType => ({
  name,
  is: (x) => `(${matches(x, number + exponent)} AND isfinite(${cast(x, name)}) AND ${keptByDouble(x)})`,
  takes: (x) =>
    `(${matches(x, "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")} AND isfinite(${cast(x, name)}) OR ${x} IN ('NaN', 'Infinity', '-Infinity'))`,
  value: (x) => cast(x, name),
  text: (x) =>
    `CASE WHEN isfinite(${x}) THEN ${asText(x)} WHEN isnan(${x}) THEN 'NaN' WHEN ${x} > 0 THEN 'Infinity' WHEN ${x} < 0 THEN '-Infinity' END`,
  isBare: true,
});

const text: SqlType = { name: "VARCHAR", is: () => "TRUE", value: (x) => x, text: asText };

const uuid: SqlType = {
  name: "UUID",
  is: (x) => `${asText(cast(x, "UUID"))} = lower(${x})`,
  value: (x) => cast(x, "UUID"),
  text: asText,
  isBare: true,
};

/** Of up to 38 digits, 18 of them behind the point. */
const fixed = "DECIMAL(38, 18)";

const natives: Record<string, SqlType> = {
  boolean: {
    name: "BOOLEAN",
    is: (x) => `lower(${x}) IN ('true', 'false')`,
    value: (x) => cast(x, "BOOLEAN"),
    text: asText,
    isBare: true,
  },
  tinyint: whole("TINYINT"),
  smallint: whole("SMALLINT"),
  int: whole("INTEGER"),
  bigint: whole("BIGINT"),
  varint: whole("HUGEINT"),
  float: floating("FLOAT"),
  double: floating("DOUBLE"),
  decimal: {
    name: fixed,
    is: (x) =>
      `(${matches(x, "-?(0|[1-9][0-9]{0,19})([.][0-9]{1,18})?")} AND ${cast(x, fixed)} IS NOT NULL AND NOT ${matches(x, "-0([.]0+)?")})`,
    takes: (x) => `(${matches(x, "[+-]?[0-9]{1,20}([.][0-9]{0,18})?")} AND ${cast(x, fixed)} IS NOT NULL)`,
    value: (x) => cast(x, fixed),
    text: (x) =>
      `CASE WHEN contains(${asText(x)}, '.') THEN rtrim(rtrim(${asText(x)}, '0'), '.') ELSE ${asText(x)} END`,
    isBare: true,
  },
  date: {
    name: "DATE",
    is: (x) => `(${matches(x, day)} AND ${asText(cast(x, "DATE"))} = ${x})`,
    takes: (x) =>
      `(${matches(x, `${day}([T ]00:00(:00([.]0+)?)?)?Z?`)} AND ${cast(`left(${x}, 10)`, "DATE")} IS NOT NULL)`,
    value: (x) => cast(`left(${x}, 10)`, "DATE"),
    text: asText,
  },
  timestamp: {
    name: "TIMESTAMP",
    is: (x) => `(${matches(x, `${day}([T ]${clock}${zone}?)?`)} AND ${anyInstant(x)} IS NOT NULL)`,
    // As CQL has it, a number is one of milliseconds since 1970.
    takes: (x) =>
      `(${matches(x, `${day}([T ]${clock}${zone}?)?`)} AND ${anyInstant(x)} IS NOT NULL OR ${milliseconds(x)} BETWEEN -62135596800000 AND 253402300799999)`,
    value: (x) => `CAST(coalesce(${anyInstant(x)}, epoch_ms(${milliseconds(x)})) AS TIMESTAMP)`,
    text: (x) => `strftime(${x}, '%Y-%m-%dT%H:%M:%S.%gZ')`,
  },
  time: {
    name: "TIME",
    is: (x) =>
      `(${matches(x, `${hour}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?`)} AND ${cast(x, "TIME")} IS NOT NULL)`,
    takes: (x) =>
      `(${matches(x, `${hour}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?`)} AND ${cast(x, "TIME")} IS NOT NULL)`,
    value: (x) => cast(x, "TIME"),
    text: asText,
  },
  uuid,
  timeuuid: { ...uuid, is: (x) => `(${uuid.is(x)} AND substr(${x}, 15, 1) = '1')` },
  inet: { ...text, is: (x) => `(${matches(x, ipv4)} OR ${matches(x, ipv6)})` },
  text,
  varchar: text,
  ascii: { ...text, is: (x) => matches(x, "[\\x00-\\x7f]*") },
  blob: {
    ...text,
    is: (x) => matches(x, "0x([0-9a-fA-F]{2})*"),
    value: (x) => `lower(${x})`,
    isBare: true,
  },
  duration: {
    ...text,
    is: (x) => matches(x, "-?(P[0-9YMWDTHS:.-]+|([0-9]+(y|mo|w|d|h|ms|us|µs|ns|m|s))+)"),
    isBare: true,
  },
};

const takes = (type: SqlType, x: string) => `coalesce(${(type.takes ?? type.is)(x)}, FALSE)`;

/** An element within a lambda: a column of this name would be taken in its place. */
const element = '"an element of a collection"';

/** A value within a collection, as CQL writes it. */
const literal = (type: SqlType, x: string) =>
  type.isBare ? type.text(x) : `'''' || replace(${type.text(x)}, '''', '''''') || ''''`;

/**
 * A collection that a text holds, with texts as its elements: as JSON, as CQL or as DuckDB writes it.
 * @param x the text, with the brackets of JSON
 */
function parsed(x: string, name: string): string {
  const escaped = `replace(replace(${x}, '\\', '\\\\'), '"', '\\"')`;
  const emptied = `regexp_replace(${escaped}, '([\\[{,:]\\s*)''''(\\s*[]},:])', '\\1""\\2', 'g')`;
  const json = `replace(replace(replace(${emptied}, '''''', chr(2)), '''', '"'), chr(2), '''')`;
  const keyed = `regexp_replace(${json}, '([{,]\\s*)([^"\\s{,:]+)\\s*:', '\\1"\\2":', 'g')`;
  const read = (it: string) => cast(cast(it, "JSON"), name);
  return `coalesce(${[read(x), read(json), ...(name.startsWith("MAP") ? [read(keyed)] : []), cast(x, name)].join(", ")})`;
}

function listOf(inner: SqlType, kind: "list" | "set"): SqlType {
  // A set is written in braces, and in JSON as an array.
  const bracketed = (x: string) =>
    kind === "set" ? `regexp_replace(${x}, '^\\s*[{]((?s:.)*)[}]\\s*$', '[\\1]')` : x;
  const texts = (x: string) => parsed(bracketed(x), "VARCHAR[]");
  const each = (x: string, work: string) => `list_transform(${x}, lambda ${element}: ${work})`;
  const [open, close] = kind === "set" ? ["{", "}"] : ["[", "]"];
  return {
    name: `${inner.name}[]`,
    is: (x) =>
      `(${texts(x)} IS NOT NULL AND coalesce(list_bool_and(${each(texts(x), takes(inner, element))}), TRUE))`,
    value: (x) => {
      const values = each(texts(x), inner.value(element));
      return kind === "set" ? `list_sort(list_distinct(${values}))` : values;
    },
    text: (x) =>
      `'${open}' || array_to_string(${each(x, `coalesce(${literal(inner, element)}, 'NULL')`)}, ', ') || '${close}'`,
    isBare: true,
  };
}

function mapOf(key: SqlType, value: SqlType): SqlType {
  const texts = (x: string) => parsed(x, "MAP(VARCHAR, VARCHAR)");
  const keys = (x: string, work: string) => `list_transform(map_keys(${x}), lambda ${element}: ${work})`;
  const values = (x: string, work: string) => `list_transform(map_values(${x}), lambda ${element}: ${work})`;
  const all = (conditions: string) => `coalesce(list_bool_and(${conditions}), TRUE)`;
  return {
    name: `MAP(${key.name}, ${value.name})`,
    is: (x) =>
      `(${texts(x)} IS NOT NULL AND ${all(keys(texts(x), takes(key, element)))} AND ${all(values(texts(x), takes(value, element)))})`,
    value: (x) => `map(${keys(texts(x), key.value(element))}, ${values(texts(x), value.value(element))})`,
    text: (x) =>
      `'{' || array_to_string(list_transform(map_entries(${x}), lambda ${element}: ${literal(key, `${element}.key`)} || ': ' || coalesce(${literal(value, `${element}.value`)}, 'NULL')), ', ') || '}'`,
    isBare: true,
  };
}

/** What stands between the outermost < and >, split at the commas between types. */
function partsOf(written: string): [name: string, parts: string[]] {
  const open = written.indexOf("<");
  if (open < 0) return [written, []];
  const parts: string[] = [""];
  let depth = 0;
  for (const sign of written.slice(open + 1, -1)) {
    if (sign === "," && depth === 0) {
      parts.push("");
      continue;
    }
    depth += sign === "<" ? 1 : sign === ">" ? -1 : 0;
    parts.push(`${parts.pop()}${sign}`);
  }
  return [written.slice(0, open), parts];
}

/**
 * What a type of CQL is in DuckDB.
 * @param cqlType as CQL writes it: `int`, `frozen<list<text>>`
 * @throws TypeError where values from files cannot have it: a counter, a tuple
 */
export function sqlType(cqlType: string): SqlType {
  const written = tokensOf(cqlType)
    .map(({ text: piece }) => piece.toLowerCase())
    .join("");
  const [name, [first = "", second = ""]] = partsOf(written);
  if (name === "frozen") return sqlType(first);
  if (name === "list" || name === "set") return listOf(sqlType(first), name);
  if (name === "map") return mapOf(sqlType(first), sqlType(second));
  const native = natives[name];
  if (!native) throw new TypeError(`Values of files cannot be of type ${cqlType}.`);
  return native;
}

/** How the values of a column came: as a CSV's fields, or as numbers or texts of JSON. */
export type Origin = "field" | "number" | "string";

const numbers = ["int", "bigint", "varint", "double", "decimal"];
const times = ["date", "timestamp", "time"];
/** What texts may be, from the narrowest on. A text of JSON that looks like a number is meant to be none. */
const candidatesOf: Record<Origin, string[]> = {
  field: ["boolean", ...numbers, ...times, "uuid", "inet"],
  number: numbers,
  string: [...times, "uuid", "inet"],
};

const sample = 20_000;

/** Whether each value of a column is of a type; NULL where there is no value. */
const holdsForAll = (type: string, column: string) =>
  `bool_and(CASE WHEN ${sqlName(column)} IS NOT NULL THEN coalesce(${sqlType(type).is(sqlName(column))}, FALSE) END)`;

/**
 * The narrowest types that keep every value of columns that are read as text. One without any value is text.
 * @param table of DuckDB, with text columns
 * @param columns their names, and how their values came
 */
export async function inferTypes(
  database: DuckDb,
  table: string,
  columns: Map<string, Origin>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const left = await notRuledOut(database, table, columns);
  // What is left is tried on all rows, from the narrowest on.
  while (left.size > 0) {
    const tried = [...left];
    const conditions = tried.map(([column, [type]], index) =>
      type === undefined ? `NULL AS "${index}"` : `${holdsForAll(type, column)} AS "${index}"`,
    );
    const all = await database.one(`SELECT ${conditions.join(", ")} FROM ${table}`);
    for (const [index, [column, [type, ...wider]]] of tried.entries()) {
      const holds = all[String(index)];
      if (holds === false) left.set(column, wider);
      else {
        found.set(column, holds === true && type !== undefined ? type : "text");
        left.delete(column);
      }
    }
  }
  return found;
}

/** Some rows rule out most types. */
async function notRuledOut(
  database: DuckDb,
  table: string,
  columns: Map<string, Origin>,
): Promise<Map<string, string[]>> {
  const checks = [...columns].flatMap(([column, origin], index) =>
    candidatesOf[origin].map((type) => `${holdsForAll(type, column)} AS "${index} ${type}"`),
  );
  if (checks.length === 0) return new Map();
  const some = await database.one(
    `SELECT ${checks.join(", ")} FROM (SELECT * FROM ${table} LIMIT ${sample})`,
  );
  return new Map(
    [...columns].map(([column, origin], index) => [
      column,
      candidatesOf[origin].filter((type) => some[`${index} ${type}`] !== false),
    ]),
  );
}

const ofDuckDb: Record<string, string> = {
  BOOLEAN: "boolean",
  TINYINT: "int",
  SMALLINT: "int",
  INTEGER: "int",
  UTINYINT: "int",
  USMALLINT: "int",
  UINTEGER: "bigint",
  BIGINT: "bigint",
  UBIGINT: "varint",
  HUGEINT: "varint",
  FLOAT: "float",
  DOUBLE: "double",
  DATE: "date",
  TIME: "time",
  TIMESTAMP: "timestamp",
  TIMESTAMP_S: "timestamp",
  TIMESTAMP_MS: "timestamp",
  TIMESTAMP_NS: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamp",
  UUID: "uuid",
  VARCHAR: "text",
  BLOB: "blob",
};

/** The type of CQL for one of DuckDB's; undefined where it is to be kept as text. */
export function cqlTypeOf(duckType: string): string | undefined {
  if (duckType.startsWith("DECIMAL")) return "decimal";
  const list = /^(.+)\[\d*\]$/.exec(duckType)?.[1];
  if (list) {
    const inner = elementTypeOf(list);
    return inner && `list<${inner}>`;
  }
  const [, key, value] = /^MAP\((\w+), (.+)\)$/.exec(duckType) ?? [];
  if (key && value) {
    const [keys, values] = [elementTypeOf(key), elementTypeOf(value)];
    return keys && values && `map<${keys}, ${values}>`;
  }
  return ofDuckDb[duckType];
}

/** Collections within collections are kept as text; so are times, of which a collection may hold microseconds. */
function elementTypeOf(duckType: string): string | undefined {
  const type = cqlTypeOf(duckType);
  return type?.includes("<") || type === "timestamp" || type === "blob" ? undefined : type;
}
