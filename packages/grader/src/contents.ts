// What a submission's table holds, compared with the logs.

import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";
import { keyColumns, keyOf, knownColumns, rowFor } from "./renamed.js";
import type { Table } from "./tables.js";

/** What a table holds, compared with all raw rows. */
export interface Contents {
  rows: number;
  /** Raw rows whose key is not in the table, without repeats. */
  lost: RawPlay[];
  lostCount: number;
  /** Rows of lines of the logs in which no song was played. */
  silent: number;
  /** Rows of the table whose key no raw row has, the silent ones left out. */
  foreign: Row[];
  foreignCount: number;
  /** Rows of the table with the key of a raw row, but with other values. */
  altered: Row[];
  alteredCount: number;
  /** Two columns of which most rows hold one another's values. */
  swapped: [string, string] | undefined;
  /** Two runs with the same text hold the same rows. */
  fingerprint: string;
}

/** How many rows are kept as examples. */
const examples = 5;

/** Compares all rows of a table with all song plays. */
export function contentsOf(table: Table, plays: RawPlay[]): Contents {
  const known = knownColumns(table);
  const keys = keyColumns(table);
  const found = new Set(table.rows.map((row) => keyOf(keys, row)));
  const expected = new Set<string>();
  const expectedKeys = new Set<string>();
  const lost = new Map<string, RawPlay>();
  for (const play of plays) {
    const row = rowFor(table, play);
    const key = keyOf(keys, row);
    expected.add(keyOf(known, row));
    expectedKeys.add(key);
    if (!found.has(key)) lost.set(key, play);
  }
  const wrong = table.rows.filter((row) => !expected.has(keyOf(known, row)));
  const altered = wrong.filter((row) => expectedKeys.has(keyOf(keys, row)));
  const unknown = wrong.filter((row) => !expectedKeys.has(keyOf(keys, row)));
  const foreign = unknown.filter((row) => !isSilent(table, row));
  // What the learner computed, as uuid(), may be another each time: that is said of the question that needs it.
  const ofLogs = keys.filter(({ name }) => table.held.get(name)?.raw.length !== 0);
  const repeatable = new Set(table.rows.map((row) => keyOf(ofLogs, row)));
  const schema = table.columns.map(({ name, kind, order, type }) => [name, kind, order, type]);
  return {
    rows: table.rows.length,
    lost: [...lost.values()].slice(0, examples),
    lostCount: lost.size,
    silent: unknown.length - foreign.length,
    foreign: foreign.slice(0, examples),
    foreignCount: foreign.length,
    altered: altered.slice(0, examples),
    alteredCount: altered.length,
    swapped: wrong.length > table.rows.length / 2 ? swappedIn(table, wrong, expected) : undefined,
    fingerprint: JSON.stringify([schema, table.rows.length, wrong.length, [...repeatable].sort()]),
  };
}

/** Whether it is of a line of the logs in which no song was played. */
function isSilent({ held }: Table, row: Row): boolean {
  const heard = [...held].filter(([, { raw }]) => String(raw) === "artist" || String(raw) === "song");
  const nothing = ["", "null", "nan", "none"];
  return heard.length > 0 && heard.every(([name]) => nothing.includes(String(row[name] ?? "").toLowerCase()));
}

/** The two columns whose values have to be exchanged to make rows of the logs of most of the wrong ones. */
function swappedIn(table: Table, wrong: Row[], expected: Set<string>): [string, string] | undefined {
  const known = knownColumns(table);
  const some = wrong.slice(0, 200);
  for (const [index, { name: one, type }] of known.entries())
    for (const { name: other, type: otherType } of known.slice(index + 1)) {
      if (type !== otherType) continue;
      const mended = some.filter((row) =>
        expected.has(keyOf(known, { ...row, [one]: row[other], [other]: row[one] })),
      );
      if (mended.length > some.length / 2) return [one, other];
    }
  return undefined;
}
