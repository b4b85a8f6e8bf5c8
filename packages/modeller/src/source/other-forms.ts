// Dates, times and numbers that are written in another way than CQL's. As texts they sort by their characters, which is not
// their order.

import { type DuckDb, sqlName, sqlText } from "./duckdb.js";

/** How all values of a column of texts are written, where they are dates, times or numbers. */
export interface OtherForm {
  type: "date" | "timestamp" | "double";
  /** In words: "day.month.year hour:minute". */
  written: string;
  /** One of the values. */
  example: string;
  /** Where the values do not tell which of two readings is meant: how else they can be read, in words. */
  orElse?: string;
  /** A value as CQL writes it: SQL of SQL. */
  text(x: string): string;
}

interface Form extends Pick<OtherForm, "type" | "written" | "text"> {
  /** Whether a text is of this form, as a condition. */
  is(x: string): string;
  /** Forms of different readings make different values of one text. */
  reading: string;
}

const days: [written: string, format: string][] = [
  ["day.month.year", "%d.%m.%Y"],
  ["day/month/year", "%d/%m/%Y"],
  ["month/day/year", "%m/%d/%Y"],
  ["day-month-year", "%d-%m-%Y"],
  ["month-day-year", "%m-%d-%Y"],
  ["year/month/day", "%Y/%m/%d"],
  ["day.month.year", "%d.%m.%y"],
  ["day/month/year", "%d/%m/%y"],
  ["month/day/year", "%m/%d/%y"],
  ["day month year", "%d %b %Y"],
  ["day month year", "%d %B %Y"],
  ["day-month-year", "%d-%b-%Y"],
  ["day-month-year", "%d-%b-%y"],
  ["month day, year", "%b %d, %Y"],
  ["month day, year", "%B %d, %Y"],
];
const clocks: [written: string, format: string][] = [
  ["", ""],
  [" hour:minute", " %H:%M"],
  [" hour:minute:second", " %H:%M:%S"],
  [" hour:minute AM or PM", " %I:%M %p"],
  [" hour:minute:second AM or PM", " %I:%M:%S %p"],
];

const times: Form[] = days.flatMap(([day, dayFormat]) =>
  clocks.map(([clock, clockFormat]): Form => {
    const time = (x: string) => `try_strptime(${x}, ${sqlText(dayFormat + clockFormat)})`;
    return {
      type: clock === "" ? "date" : "timestamp",
      written: day + clock,
      reading: day,
      // A year has two or four digits; 1.2.3 is a version.
      is: (x) =>
        `(${time(x)} >= TIMESTAMP '1000-01-01' AND regexp_matches(${x}, '(^|[^0-9])[0-9]{2}([0-9]{2})?( |/|$)'))`,
      text: (x) => `strftime(${time(x)}, '%Y-%m-%d${clock === "" ? "" : " %H:%M:%S"}')`,
    };
  }),
);

const matches = (x: string, form: string) => `regexp_full_match(${x}, '${form}')`;
const numbers: Form[] = [
  {
    type: "double",
    written: "a number with a decimal comma",
    reading: "decimal comma",
    is: (x) => matches(x, "[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?"),
    text: (x) => `replace(replace(${x}, '.', ''), ',', '.')`,
  },
  {
    type: "double",
    written: "a number with commas between thousands",
    reading: "thousands",
    is: (x) => matches(x, "[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?"),
    text: (x) => `replace(${x}, ',', '')`,
  },
];
const forms = [...times, ...numbers];

const sample = 1000;

/**
 * Finds columns of texts all of whose values are written in one of these ways.
 * @param table of DuckDB
 * @param columns their names; all are texts
 */
export async function otherForms(
  database: DuckDb,
  table: string,
  columns: string[],
): Promise<Map<string, OtherForm>> {
  const found = new Map<string, OtherForm>();
  for (const column of await shortTexts(database, table, columns)) {
    const rows = `(SELECT ${sqlName(column)} AS x FROM ${table} WHERE ${sqlName(column)} IS NOT NULL`;
    const likely = await fitting(database, `${rows} LIMIT ${sample})`, forms);
    const [form, ...others] = await fitting(database, `${rows})`, likely);
    if (!form) continue;
    const { example } = await database.one(`SELECT min(x) AS example FROM ${rows})`);
    const other = others.find(({ reading, type }) => reading !== form.reading && type === form.type);
    const { type, written, text } = form;
    found.set(column, {
      type,
      written,
      text,
      example: String(example),
      ...(other && { orElse: other.written }),
    });
  }
  return found;
}

/** Most texts are none: too long, or without a digit and a sign between. */
async function shortTexts(database: DuckDb, table: string, columns: string[]): Promise<string[]> {
  if (columns.length === 0) return [];
  const checks = columns.map((column, index) => {
    const x = sqlName(column);
    return `bool_and(${x} IS NULL OR length(${x}) <= 40 AND regexp_matches(${x}, '[0-9]')) AND bool_or(regexp_matches(${x}, '[-./, ]')) AS "${index}"`;
  });
  const some = await database.one(
    `SELECT ${checks.join(", ")} FROM (SELECT * FROM ${table} LIMIT ${sample})`,
  );
  return columns.filter((_, index) => some[index] === true);
}

/** The forms that all texts have. */
async function fitting(database: DuckDb, rows: string, some: Form[]): Promise<Form[]> {
  if (some.length === 0) return [];
  const checks = some.map(({ is }, index) => `bool_and(coalesce(${is("x")}, FALSE)) AS "${index}"`);
  const all = await database.one(
    `SELECT bool_or(contains(x, ',')) AS commas, ${checks.join(", ")} FROM ${rows}`,
  );
  // Numbers without any comma are numbers, or zeros in front make them texts.
  return some.filter(({ type }, index) => all[index] === true && (type !== "double" || all.commas === true));
}
