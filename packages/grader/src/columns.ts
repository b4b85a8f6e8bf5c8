// Which raw column a submission's column holds: by its name, and where that says nothing by what is in it.

import { grouped } from "@sparkify/base/grouped";
import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";

/** What a column holds: one raw column, or the names joined. */
export interface Held {
  /** The raw columns, in their order; none where the learner computed it, and it is looked up in the table. */
  raw: (keyof RawPlay)[];
  valueIn: (play: RawPlay) => unknown;
}

/** The columns of the logs that tables are made of. */
export const rawColumns = [
  "artist",
  "song",
  "length",
  "sessionId",
  "itemInSession",
  "userId",
  "firstName",
  "lastName",
  "gender",
  "level",
  "location",
  "date",
] as (keyof RawPlay)[];

const numericColumns = ["length", "sessionId", "itemInSession", "userId"];

const single = (raw: keyof RawPlay): Held => ({ raw: [raw], valueIn: (play) => play[raw] });
const pair = (join: (first: string, last: string) => string): Held => ({
  raw: ["firstName", "lastName"],
  valueIn: ({ firstName, lastName }) => join(firstName, lastName),
});
const forms: Held[] = [
  ...rawColumns.map(single),
  pair((first, last) => `${first} ${last}`),
  pair((first, last) => `${last}, ${first}`),
  pair((first, last) => `${last} ${first}`),
  pair((first, last) => `${first}${last}`),
  pair((first, last) => `${first}_${last}`),
];

/** Words of names that say what a column is for, where it is not called as in the logs. */
const words: [RegExp, string][] = [
  [/first|given|fname/, "firstName"],
  [/last|sur|family|lname/, "lastName"],
  [/item|position|pos$|seq|track_?n|order/, "itemInSession"],
  [/artist|singer|band|performer/, "artist"],
  [/length|duration|seconds|^len/, "length"],
  [/song|title|track/, "song"],
  [/session|sess/, "sessionId"],
  [/gender|sex/, "gender"],
  [/level|tier|plan/, "level"],
  [/location|city|place/, "location"],
  [/date|day/, "date"],
  [/full|name|listener|user/, "firstName lastName"],
  [/user|listener|uid|customer/, "userId"],
];

/** `session_id`, `sessionId` and `sessionid` are one name. */
export const plain = (name: string) => name.replaceAll(/[_\s-]/g, "").toLowerCase();

/** Values as they are compared: numbers as numbers, whatever type keeps them. */
const key = (value: unknown) => {
  const text = String(value ?? "");
  return text.trim() !== "" && Number.isFinite(Number(text)) ? String(Math.fround(Number(text))) : text;
};

/** The values of forms in the logs, which many columns are held against. */
const known = new WeakMap<RawPlay[], Map<Held, Set<string>>>();

function valuesOf(form: Held, plays: RawPlay[]): Set<string> {
  const forms = known.get(plays) ?? new Map<Held, Set<string>>();
  known.set(plays, forms);
  const values = forms.get(form) ?? new Set(plays.map((play) => key(form.valueIn(play))));
  forms.set(form, values);
  return values;
}

/** How many of the values are values of the form, from 0 to 1. */
function share(values: unknown[], form: Held, plays: RawPlay[]): number {
  const all = valuesOf(form, plays);
  return values.filter((value) => all.has(key(value))).length / Math.max(1, values.length);
}

/** Enough to tell columns apart. */
const sampled = 1500;

/**
 * Says what each column holds.
 * @param rows of the table, values by column name
 * @returns by column name; a column that nobody knows is left out
 */
export function heldBy(columns: string[], rows: Row[], plays: RawPlay[]): Map<string, Held> {
  const held = new Map<string, Held>();
  const every = Math.max(1, Math.floor(rows.length / sampled));
  const some = rows.filter((_, index) => index % every === 0);
  const numeric: string[] = [];
  for (const column of columns) {
    const named = rawColumns.find((raw) => plain(raw) === plain(column));
    const values = some.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
    const isNumeric = values.length > 0 && values.every(isNumber);
    if (!named && isNumeric) {
      numeric.push(column);
      continue;
    }
    const form = named ? single(named) : likeliest(column, values, plays);
    if (form) held.set(column, form);
  }
  // Numbers of one column are numbers of another one, too: there the rest of the row tells.
  for (const column of numeric) {
    const form = numbersIn(column, some, held, plays);
    if (form) held.set(column, form);
  }
  return new Map(columns.flatMap((column) => (held.has(column) ? [[column, held.get(column) as Held]] : [])));
}

const isNumber = (value: unknown) => String(value).trim() !== "" && Number.isFinite(Number(value));

/** What the name says, from the likeliest; empty where it says nothing. */
const hintsOf = (column: string) =>
  words.filter(([word]) => word.test(column.toLowerCase())).map(([, raw]) => raw);

/** Whether a column of the name may hold a raw column, where nothing else is known of it. */
export const mayHold = (column: string, raw: string) =>
  plain(column) === plain(raw) || hintsOf(column).includes(raw);

/** What a column holds that is not called as in the logs. */
function likeliest(column: string, values: unknown[], plays: RawPlay[]): Held | undefined {
  const hinted = hintsOf(column);
  const [best] = forms
    .map((form) => {
      const place = hinted.indexOf(form.raw.join(" "));
      return { form, share: share(values, form, plays), place: place === -1 ? 99 : place };
    })
    .filter(({ share, place }) =>
      values.length === 0 ? place < 99 : share > 0.9 || (place < 99 && share > 0.5),
    )
    .sort((a, b) => Number(b.share > 0.9) - Number(a.share > 0.9) || a.place - b.place || b.share - a.share);
  return best?.form;
}

/**
 * What a column of numbers holds: with a name that says it, what most rows have beside their other values; else what all have.
 * A number that the learner computed (a bucket, a count) is none of the logs, whatever column has such numbers, too.
 */
function numbersIn(column: string, rows: Row[], held: Map<string, Held>, plays: RawPlay[]): Held | undefined {
  const hinted = hintsOf(column);
  const others = [...held];
  const values = rows.map((row) => row[column]);
  const rest = (valueIn: (name: string, form: Held) => unknown) =>
    JSON.stringify(others.map(([name, form]) => key(valueIn(name, form))));
  const restOfPlays = plays.map((play) => rest((_, { valueIn }) => valueIn(play)));
  const rowTexts = rows.map((row) => `${key(row[column])} ${rest((name) => row[name])}`);
  const [best] = forms
    .filter(({ raw }) => raw.length === 1 && numericColumns.includes(raw[0] as string))
    .map((form) => {
      const place = hinted.indexOf(form.raw.join(" "));
      const inLogs = new Set(plays.map((play, index) => `${key(form.valueIn(play))} ${restOfPlays[index]}`));
      return {
        form,
        place,
        exact: rowTexts.filter((text) => inLogs.has(text)).length / rows.length,
        share: share(values, form, plays),
        spread: new Set(values.map(key)).size / valuesOf(form, plays).size,
      };
    })
    .filter(({ place, exact, share, spread }) =>
      place === -1
        ? exact > 0.99 && (others.length > 0 || spread > 0.9)
        : exact > 0.5 || (share > 0.9 && spread > 0.5),
    )
    .sort((a, b) => b.exact - a.exact || b.place - a.place);
  return best?.form;
}

/**
 * Of columns of the key that nobody knows (a bucket, `uuid()`): the value that each song play has got in the table. The rows are
 * found by what is known of them.
 */
export function lookedUp(
  columns: string[],
  rows: Row[],
  known: Map<string, Held>,
  plays: RawPlay[],
): Map<string, Held> {
  if (columns.length === 0 || rows.length === 0 || known.size === 0) return new Map();
  const names = [...known];
  const rowsOf = grouped(rows, (row) => JSON.stringify(names.map(([name]) => key(row[name]))));
  const rowOf = new Map<RawPlay, Row>();
  for (const play of plays) {
    const alike = rowsOf.get(JSON.stringify(names.map(([, { valueIn }]) => key(valueIn(play)))));
    // Each play has a row of its own, as far as there are any.
    const row = alike && alike.length > 1 ? alike.shift() : alike?.[0];
    if (row) rowOf.set(play, row);
  }
  const [first] = rows;
  return new Map(
    columns.map((column) => [
      column,
      { raw: [], valueIn: (play: RawPlay) => (rowOf.get(play) ?? first)?.[column] },
    ]),
  );
}
