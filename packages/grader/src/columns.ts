// Which raw column a submission's column holds: by its name, and where that says nothing by what is in it.

import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";

/** What a column holds: one raw column, or the names joined. */
export interface Held {
  /** The raw columns, in their order. */
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

/** How many of the values are values of the form, from 0 to 1. */
function share(values: unknown[], form: Held, plays: RawPlay[]): number {
  const known = new Set(plays.map((play) => key(form.valueIn(play))));
  return values.filter((value) => known.has(key(value))).length / Math.max(1, values.length);
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
  for (const column of columns) {
    const named = rawColumns.find((raw) => plain(raw) === plain(column));
    const values = some.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
    const form = named ? single(named) : likeliest(column, values, plays);
    if (form) held.set(column, form);
  }
  return held;
}

/** What a column holds that is not called as in the logs. */
function likeliest(column: string, values: unknown[], plays: RawPlay[]): Held | undefined {
  const name = column.toLowerCase();
  const hinted = words.filter(([word]) => word.test(name)).map(([, raw]) => raw);
  const [best] = forms
    .map((form) => {
      const place = hinted.indexOf(form.raw.join(" "));
      return { form, share: share(values, form, plays), place: place === -1 ? 99 : place };
    })
    // Numbers of one column are numbers of another one too: there only the name tells.
    .filter(({ share, place }) =>
      values.length === 0 ? place < 99 : share > 0.9 || (place < 99 && share > 0.5),
    )
    .sort((a, b) => Number(b.share > 0.9) - Number(a.share > 0.9) || a.place - b.place || b.share - a.share);
  return best?.form;
}
