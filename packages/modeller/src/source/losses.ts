// Types that a model names and that do not keep a value as it is: 1.5 as int, 01067 as int, 495.3073 as float.

import { sqlType } from "./types.js";

export interface Loss {
  /** Whether the text is a value of its kind that the type alters, as a condition. */
  is: string;
  /** What it becomes. */
  value: string;
}

const whole = /^(tinyint|smallint|int|bigint|varint|counter)$/;
/** A number with zeros in front is a text that looks like one: a post code. */
const zerosInFront = (x: string) => `regexp_full_match(${x}, '[+-]?0[0-9]+')`;
const takes = (type: string, x: string) => {
  const target = sqlType(type);
  return `coalesce(${(target.takes ?? target.is)(x)}, FALSE)`;
};

/** What a type does to the values that it does not keep; undefined for types that keep what they take. */
export function lossOf(type: string, x: string): Loss | undefined {
  const own = sqlType(type).value(x);
  if (whole.test(type))
    return {
      is: `(${zerosInFront(x)} OR ${takes("double", x)} AND NOT ${takes(type, x)})`,
      value: `TRY_CAST(TRY_CAST(${x} AS DOUBLE) AS ${sqlType(type).name})`,
    };
  if (type === "float")
    return {
      is: `(${takes("float", x)} AND CAST(TRY_CAST(${x} AS FLOAT) AS DOUBLE) <> TRY_CAST(${x} AS DOUBLE))`,
      value: own,
    };
  if (type === "double")
    return { is: `(${takes("decimal", x)} AND NOT coalesce(${sqlType("double").is(x)}, FALSE))`, value: own };
  if (type === "date")
    return {
      is: `(${takes("timestamp", x)} AND NOT ${takes("date", x)} AND contains(${x}, ':'))`,
      value: own,
    };
  if (type === "timestamp")
    return {
      is: `(regexp_full_match(${x}, '.*:[0-9]{2}[.][0-9]{3}[0-9]*[1-9][0-9]*.*') AND TRY_CAST(${x} AS TIMESTAMPTZ) IS NOT NULL)`,
      value: `CAST(date_trunc('millisecond', TRY_CAST(${x} AS TIMESTAMPTZ)) AS TIMESTAMP)`,
    };
  return undefined;
}
