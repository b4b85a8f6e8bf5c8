// Rows, and what is wrong with them, in words.

import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";
import { type Finding, findingText, inQuestion } from "@sparkify/model";
import type { Contents } from "../contents.js";
import type { Detail } from "../grade.js";
import type { JudgedTable } from "../judge-table.js";
import type { Table } from "../tables.js";
import type { Answered } from "./answered.js";

/** Values with their names. */
export const shown = (values: Row) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${short(JSON.stringify(value) ?? "")}`)
    .join(", ");

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)} …` : text);

/** The text as the beginning of a sentence. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Texts as further sentences. */
export const capitals = (texts: string[]) => texts.map((text) => `. ${capital(text)}`).join("");

/** Which facts a key loses, and what took their rows. @param count of examples */
export function lossIn({ replaced, renamed }: Answered, finding: Finding, count = 1): string {
  if (!renamed || replaced.length === 0) return findingText(finding);
  const examples = replaced.slice(0, count).map(({ lost, kept }) => {
    const [gone, there] = inQuestion([lost, kept], renamed.question).map(shown);
    return `${gone} is lost to ${there}`;
  });
  return findingText(finding, examples.join("; "));
}

/** The same with rows, for the report. */
export function lossDetails({ replaced, renamed }: Answered, finding: Finding): Detail[] {
  if (!renamed || replaced.length === 0) return rowsOf(finding);
  const rows = replaced.slice(0, 10).flatMap(({ lost, kept }) => {
    const [gone, there] = inQuestion([lost, kept], renamed.question);
    return [
      { what: "lost", ...gone },
      { what: "kept in its place", ...there },
    ];
  });
  return [{ title: `${replaced.length} facts are lost, as another one has their key`, rows }];
}

/** A finding with the rows that it speaks of. */
export const withRows = (finding: Finding) =>
  [findingText(finding), finding.rows?.slice(0, 2).map(shown).join("; ")].filter(Boolean).join(": ");

/** The rows of a finding, for the report. */
export const rowsOf = ({ point, rows = [] }: Finding): Detail[] =>
  rows.length > 0 ? [{ title: `Rows that show it (${point})`, rows: rows.slice(0, 10) }] : [];

/** Why a SELECT could not be asked with other values. */
export function notAskable(judged: JudgedTable | undefined): string {
  return judged?.unknown === undefined
    ? `the SELECT could not be asked again: ${judged?.problem ?? "unknown"}`
    : `${judged.unknown} is none of the columns of the logs, so that only who has seen the table knows its values: it cannot be asked for another example`;
}

/** Which rows of the logs a table does not have. */
export const lostIn = ({ lostCount, lost }: Contents) =>
  `${lostCount} ${lostCount === 1 ? "key" : "keys"} of the logs never came into the table, such as ${playIn(lost)}`;

/** Which rows it has that are no song plays. */
export const silentIn = ({ silent }: Contents) =>
  `${silent} ${silent === 1 ? "row is" : "rows are"} of lines of the logs in which no song was played`;

/** Which rows it has that are not in the logs. */
export const foreignIn = ({ foreignCount, foreign, swapped }: Contents) =>
  `${foreignCount} rows have a key that is not in the logs, such as ${shown(foreign[0] ?? {})}${swappedIn(swapped)}`;

/** Which rows it has with other values. */
export const alteredIn = ({ alteredCount, altered, swapped }: Contents) =>
  `${alteredCount} rows hold other values than the logs, such as ${shown(altered[0] ?? {})}${swappedIn(swapped)}`;

const swappedIn = (pair: Contents["swapped"]) =>
  pair ? `: the values of ${pair.join(" and ")} are exchanged` : "";

/** What a table holds wrongly, for an answer that is wrong. */
export function tableFaults({ refused, ignored }: Table, contents: Contents): string[] {
  return [
    ...(contents.lostCount > 0 ? [lostIn(contents)] : []),
    ...(contents.foreignCount > 0 ? [foreignIn(contents)] : []),
    ...(contents.silent > 0 ? [silentIn(contents)] : []),
    ...(contents.alteredCount > 0 ? [alteredIn(contents)] : []),
    ...(refused ? [refusalOf(refused)] : []),
    ...(ignored ? [ignoredText] : []),
  ];
}

const ignoredText =
  "A later CREATE TABLE IF NOT EXISTS with other columns or another key did nothing: the table was there";

/** Why a table is empty, where it is. */
export function emptyTable({ name, rows, refused, insert }: Table): string | undefined {
  if (rows.length > 0) return undefined;
  if (refused) return `${name} is empty: ${refusalOf(refused)}`;
  return insert === undefined
    ? `${name} is empty: no INSERT was seen`
    : `${name} is empty: an INSERT was prepared, but no row came`;
}

/** What Cassandra refused. */
export const refusalOf = ({ count, message }: NonNullable<Table["refused"]>) =>
  `Cassandra refused ${count} ${count === 1 ? "INSERT" : "INSERTs"}: ${message}`;

/** Which play it is. */
function playIn([play]: RawPlay[]): string {
  if (!play) return "none";
  const { song, userId, sessionId, itemInSession } = play;
  return shown({ song, userId, sessionId, itemInSession });
}
