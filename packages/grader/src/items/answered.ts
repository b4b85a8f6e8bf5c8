// What is known of each question after a run: its table with what it holds, and its SELECT asked again.

import type { Row } from "@sparkify/compare";
import { type RawPlay, tellingCases } from "@sparkify/lib";
import { type ModelQuery, readQuery } from "@sparkify/model";
import type { Statement } from "../audit.js";
import { type Contents, contentsOf } from "../contents.js";
import type { Detail } from "../grade.js";
import { failureOn, type JudgedTable, judgeTable } from "../judge-table.js";
import type { Match } from "../match.js";
import type { GradingNode } from "../node.js";
import { cellName } from "../notebook.js";
import { type Renamed, type Replaced, rename, replacedIn } from "../renamed.js";
import { type Replay, replay } from "../replay.js";
import type { RunResult } from "../run.js";
import type { Table } from "../tables.js";

/** What is known of a question after a run. */
export interface Answered extends Match {
  contents: Contents | undefined;
  judged: JudgedTable | undefined;
  renamed: Renamed | undefined;
  /** What its key makes one, where it does. */
  replaced: Replaced[];
  replay: Replay | undefined;
  /** Its LIMIT cuts answers; the replay is without it. */
  isCut: boolean;
}

/** Of a question whose SELECT is not asked again. */
const unasked = { replay: undefined, isCut: false };

/** Of a question whose table is not looked at. */
export const unexamined = { judged: undefined, renamed: undefined, replaced: [], ...unasked };

/** Finds out what is known of a question. @param telling the song plays to ask for, see {@link tellingPlays} */
export async function examine(
  node: GradingNode,
  match: Match,
  plays: RawPlay[],
  telling: RawPlay[],
): Promise<Answered> {
  const { table, asking } = match;
  if (!table) return { ...match, contents: undefined, ...unexamined };
  const renamed = rename(table, match.asked.question, plays);
  const judged = await judgeTable(node.client, table, asking?.select.on(table.full), renamed);
  let replayed: Pick<Answered, "replay" | "isCut"> = unasked;
  try {
    replayed = await replayAll(node, match, table, judged, renamed, telling);
  } catch (error) {
    judged.problem = (error as Error).message;
  }
  const replaced = failureOn(judged, "loses nothing") ? replacedIn(table, renamed) : [];
  return { ...match, contents: contentsOf(table, plays), judged, renamed, replaced, ...replayed };
}

/** Asks the SELECT again, where it can be asked. */
async function replayAll(
  { client }: GradingNode,
  { asking, asked: { example } }: Match,
  table: Table,
  judged: JudgedTable,
  renamed: Renamed,
  telling: RawPlay[],
): Promise<Pick<Answered, "replay" | "isCut">> {
  if (!asking || !judged.query || asking.refused !== undefined || asking.select.allowFiltering)
    return unasked;
  const rowOf = new Map(renamed.plays.map((play, index) => [play, renamed.rows[index] as Row]));
  const isExample = (play: RawPlay) =>
    Object.entries(example).every(([raw, value]) => play[raw as keyof RawPlay] === value);
  // The exercise's example first: it is what the learner has seen.
  const rows = [...telling.filter(isExample), ...telling].map((play) => rowOf.get(play) as Row);
  const ask = (query: ModelQuery) =>
    replay(client, judged.table, query, renamed, rows, asking.select.columns);
  const replayed = await ask(judged.query);
  if (replayed.outcome !== "rows lost" || asking.select.limit === undefined)
    return { replay: replayed, isCut: false };
  // A LIMIT cuts answers that are longer than the example's: the model is judged without it.
  const whole = readQuery(asking.select.on(table.full, { withLimit: false }), judged.table);
  const unlimited = await ask(whole).catch(() => replayed);
  const isCut = unlimited.right > replayed.right;
  return { replay: isCut ? unlimited : replayed, isCut };
}

/** Song plays to ask for: the example's, those that tell right from wrong, and some from everywhere. */
export function tellingPlays(plays: RawPlay[]): RawPlay[] {
  const every = Math.max(1, Math.floor(plays.length / 60));
  return [
    ...plays.filter(
      ({ sessionId, itemInSession, userId, song }) =>
        (sessionId === 338 && itemInSession === 4) ||
        (userId === 10 && sessionId === 182) ||
        song === "All Hands Against His Own",
    ),
    ...tellingCases(plays).flatMap(({ play }) => play ?? []),
    ...plays.filter(({ sessionId }) => sessionId >= 2001),
    ...plays.filter((_, index) => index % every === 0),
  ];
}

/** Says in which cell a statement was sent. */
export type WhereSent = (cql: string) => string;

/** Finds the cell of a statement by when it was sent. */
export const whereSent =
  (statements: Statement[], { cells }: RunResult, notebooks: { path: string }[]): WhereSent =>
  (cql) => {
    const sent = statements.find((one) => one.cql === cql);
    const cell = sent && cells.find(({ ended }) => ended >= sent.time);
    return cell ? `, in ${cellName(cell.number, cell.notebook, notebooks)}` : "";
  };

/** The statements of a question, for the report. */
export function statementsOf({ asking, tried, table }: Answered, where: WhereSent): Detail[] {
  const select = asking ?? tried;
  return [
    ...(table?.create
      ? [{ title: `CREATE TABLE, as Cassandra saw it${where(table.create)}`, text: table.create }]
      : []),
    ...(select ? [{ title: `SELECT, as Cassandra saw it${where(select.cql)}`, text: select.cql }] : []),
  ];
}
