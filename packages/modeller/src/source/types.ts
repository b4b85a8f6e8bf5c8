// Types of CQL for columns of DuckDB: the narrowest one that keeps every value.

import { tokensOf } from "@sparkify/cql";
import { type DuckDb, sqlName } from "./duckdb.js";

/** What a type is in DuckDB, and how a text is one of its values. */
interface SqlType {
  /** The type of DuckDB that keeps it, and orders it as Cassandra does. */
  name: string;
  /** Whether the text `x` is such a value and nothing else, as a condition. */
  is(x: string): string;
  /** A condition that also takes other ways to write it: for columns whose type the model names. @default is */
  takes?(x: string): string;
  /** The value of a text that it takes. */
  value(x: string): string;
  /** A value as text, as CQL and JSON write it. */
  text(x: string): string;
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
});

const number = "-?(0|[1-9][0-9]*)([.][0-9]+)?";
const exponent = "([eE][+-]?[0-9]{1,3})?";
const day = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const clock = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?";
const octet = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";

/** A double keeps 15 digits of a decimal number; of more it may. */
const keptByDouble = (x: string) =>
  `(length(ltrim(regexp_replace(regexp_replace(${x}, '[eE].*$', ''), '[-.]', '', 'g'), '0')) <= 15 OR ${asText(cast(x, "DOUBLE"))} = ${x})`;

const types: Record<string, SqlType> = {
  boolean: {
    name: "BOOLEAN",
    is: (x) => `lower(${x}) IN ('true', 'false')`,
    value: (x) => cast(x, "BOOLEAN"),
    text: asText,
  },
  int: whole("INTEGER"),
  bigint: whole("BIGINT"),
  varint: whole("HUGEINT"),
  double: {
    name: "DOUBLE",
    is: (x) => `(${matches(x, number + exponent)} AND isfinite(${cast(x, "DOUBLE")}) AND ${keptByDouble(x)})`,
    takes: (x) => `isfinite(${cast(x, "DOUBLE")})`,
    value: (x) => cast(x, "DOUBLE"),
    text: asText,
  },
  decimal: {
    // Of up to 38 digits, 18 of them behind the point.
    name: "DECIMAL(38, 18)",
    is: (x) =>
      `(${matches(x, "-?(0|[1-9][0-9]{0,19})([.][0-9]{1,18})?")} AND ${cast(x, "DECIMAL(38, 18)")} IS NOT NULL)`,
    takes: (x) =>
      `(${matches(x, "[+-]?[0-9]{1,20}([.][0-9]{0,18})?")} AND ${cast(x, "DECIMAL(38, 18)")} IS NOT NULL)`,
    value: (x) => cast(x, "DECIMAL(38, 18)"),
    text: (x) => `regexp_replace(regexp_replace(${asText(x)}, '0+$', ''), '[.]$', '')`,
  },
  date: {
    name: "DATE",
    is: (x) => `${asText(cast(x, "DATE"))} = ${x}`,
    takes: (x) =>
      `(${matches(x, `${day}([T ]00:00(:00([.]0+)?)?)?Z?`)} AND ${cast(`left(${x}, 10)`, "DATE")} IS NOT NULL)`,
    value: (x) => cast(`left(${x}, 10)`, "DATE"),
    text: asText,
  },
  timestamp: {
    name: "TIMESTAMP",
    is: (x) =>
      `(${matches(x, `${day}([T ]${clock} ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?`)} AND epoch_us(${cast(x, "TIMESTAMPTZ")}) % 1000 = 0)`,
    value: (x) => `CAST(${cast(x, "TIMESTAMPTZ")} AS TIMESTAMP)`,
    text: (x) => `strftime(${x}, '%Y-%m-%dT%H:%M:%S.%gZ')`,
  },
  time: {
    name: "TIME",
    is: (x) =>
      `(${matches(x, "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?")} AND ${cast(x, "TIME")} IS NOT NULL)`,
    value: (x) => cast(x, "TIME"),
    text: asText,
  },
  uuid: {
    name: "UUID",
    is: (x) => `${asText(cast(x, "UUID"))} = lower(${x})`,
    value: (x) => cast(x, "UUID"),
    text: asText,
  },
  inet: {
    name: "VARCHAR",
    is: (x) =>
      `(${matches(x, `${octet}([.]${octet}){3}`)} OR (${matches(x, "[0-9a-fA-F:]+")} AND (contains(${x}, '::') OR ${matches(x, "([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}")})))`,
    value: (x) => x,
    text: asText,
  },
  text: { name: "VARCHAR", is: () => "TRUE", value: (x) => x, text: asText },
};

/** Types that only a model names: of a text they take what a wider or narrower one takes. */
const named: Record<string, SqlType> = {
  ...types,
  tinyint: whole("TINYINT"),
  smallint: whole("SMALLINT"),
  float: { ...(types.double as SqlType), name: "FLOAT", value: (x) => cast(x, "FLOAT") },
  timeuuid: types.uuid as SqlType,
  varchar: types.text as SqlType,
  ascii: {
    ...(types.text as SqlType),
    is: (x) => matches(x, "[\\x00-\\x7f]*"),
  },
};

/** From the narrowest on. */
const inferred = [
  "boolean",
  "int",
  "bigint",
  "varint",
  "double",
  "decimal",
  "date",
  "timestamp",
  "time",
  "uuid",
  "inet",
];

const collection = /^(?:frozen<)?(list|set|map)<(.+?)>{1,2}$/;

/** What a type of CQL is in DuckDB. Those that it does not know are kept as the text that CQL writes. */
export function sqlType(cqlType: string): SqlType {
  const written = tokensOf(cqlType)
    .map(({ text }) => text.toLowerCase())
    .join("");
  const [, kind, inner = ""] = collection.exec(written) ?? [];
  if (!kind) return named[written] ?? { ...(types.text as SqlType), is: (x) => `${x} <> ''` };
  if (kind === "map") {
    const [key = "", value = ""] = inner.split(",");
    const name = `MAP(${sqlType(key).name}, ${sqlType(value).name})`;
    const it = (x: string) =>
      `CASE WHEN json_valid(${x}) THEN TRY_CAST(json_merge_patch('{}', TRY_CAST(${x} AS JSON)) AS ${name}) ELSE ${cast(x, name)} END`;
    return {
      name,
      is: (x) => `(${it(x)}) IS NOT NULL`,
      value: it,
      text: (x) =>
        `'{' || array_to_string(list_transform(map_entries(${x}), e -> ${literal(key, "e.key")} || ': ' || ${literal(value, "e.value")}), ', ') || '}'`,
    };
  }
  const name = `${sqlType(inner).name}[]`;
  const it = (x: string) => cast(`regexp_replace(${x}, '^\\s*[{](.*)[}]\\s*$', '[\\1]')`, name);
  const [open, close] = kind === "set" ? ["{", "}"] : ["[", "]"];
  const elements = (x: string) => (kind === "set" ? `list_sort(list_distinct(${x}))` : x);
  return {
    name,
    is: (x) => `(${it(x)}) IS NOT NULL`,
    value: it,
    text: (x) =>
      `'${open}' || array_to_string(list_transform(${elements(x)}, e -> coalesce(${literal(inner, "e")}, 'NULL')), ', ') || '${close}'`,
  };
}

/** A value within a collection, as CQL writes it. */
function literal(cqlType: string, x: string): string {
  const text = sqlType(cqlType).text(x);
  return /^(boolean|tinyint|smallint|int|bigint|varint|float|double|decimal|uuid|timeuuid)$/.test(cqlType)
    ? text
    : `'''' || replace(${text}, '''', '''''') || ''''`;
}

const sample = 20_000;

/** Whether each value of a column is of a type; NULL where there is no value. */
const holdsForAll = (type: string, column: string) =>
  `bool_and(CASE WHEN ${sqlName(column)} IS NOT NULL THEN coalesce(${types[type]?.is(sqlName(column))}, FALSE) END)`;

/**
 * The narrowest types that keep every value of columns that are read as text. One without any value is text.
 * @param table of DuckDB, with text columns
 */
export async function inferTypes(
  database: DuckDb,
  table: string,
  columns: string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  // Some rows rule out most types; what is left is tried on all rows, from the narrowest on.
  const few = `(SELECT * FROM ${table} LIMIT ${sample})`;
  const candidates = new Map<string, string[]>();
  const checks = columns.flatMap((column, index) =>
    inferred.map((type) => `${holdsForAll(type, column)} AS "${index} ${type}"`),
  );
  const some = checks.length > 0 ? await database.one(`SELECT ${checks.join(", ")} FROM ${few}`) : {};
  for (const [index, column] of columns.entries())
    candidates.set(
      column,
      inferred.filter((type) => some[`${index} ${type}`] !== false),
    );
  while (candidates.size > 0) {
    const tried = [...candidates];
    const conditions = tried.map(([column, [type]], index) =>
      type === undefined ? `NULL AS "${index}"` : `${holdsForAll(type, column)} AS "${index}"`,
    );
    const all = await database.one(`SELECT ${conditions.join(", ")} FROM ${table}`);
    for (const [index, [column, left]] of tried.entries()) {
      const [type] = left;
      const holds = all[String(index)];
      if (type === undefined || holds === null) found.set(column, "text");
      else if (holds) found.set(column, type);
      else {
        candidates.set(column, left.slice(1));
        continue;
      }
      candidates.delete(column);
    }
  }
  return found;
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
};

/** The type of CQL for one of DuckDB's; undefined where it is to be kept as text. */
export function cqlTypeOf(duckType: string): string | undefined {
  if (duckType.startsWith("DECIMAL")) return "decimal";
  const list = /^(.+)\[\d*\]$/.exec(duckType)?.[1];
  if (list) {
    const inner = cqlTypeOf(list);
    return inner && !inner.includes("<") ? `list<${inner}>` : undefined;
  }
  const [, key, value] = /^MAP\((\w+), (.+)\)$/.exec(duckType) ?? [];
  if (key && value) {
    const [keys, values] = [cqlTypeOf(key), cqlTypeOf(value)];
    return keys && values && !values.includes("<") ? `map<${keys}, ${values}>` : undefined;
  }
  return ofDuckDb[duckType];
}
