// What is known of each question after a run: its table with what it holds, and its SELECT asked again.

import { type RawPlay, tellingCases } from "@sparkify/lib";
import { type Finding as ModelFinding, type ModelQuery, readQuery } from "@sparkify/model";
import type { Detail } from "../grade.js";
import type { Match } from "../match.js";
import {
  type Contents,
  contentsOf,
  type Judged,
  judge,
  type Renamed,
  type Replaced,
  type Replay,
  rename,
  replacedIn,
  replay,
} from "../model.js";
import type { GradingNode } from "../node.js";

/** What is known of a question after a run. */
export interface Answered extends Match {
  contents: Contents | undefined;
  judged: Judged | undefined;
  renamed: Renamed | undefined;
  /** What its key makes one, where it does. */
  replaced: Replaced[];
  replay: Replay | undefined;
  /** Its LIMIT cuts answers; the replay is without it. */
  isCut: boolean;
}

export const unexamined = {
  judged: undefined,
  renamed: undefined,
  replaced: [],
  replay: undefined,
  isCut: false,
};

export async function examine(
  node: GradingNode,
  match: Match,
  plays: RawPlay[],
  telling: RawPlay[],
): Promise<Answered> {
  const { table, asking } = match;
  const { question } = match.asked;
  if (!table) return { ...match, contents: undefined, ...unexamined };
  const renamed = rename(table, question, plays);
  const judged = await judge(node.client, table, asking?.select.on(table.full), renamed);
  let replayed: Replay | undefined;
  let isCut = false;
  if (asking && judged.query && asking.refused === undefined && !asking.select.allowFiltering) {
    const rowOf = new Map(
      renamed.plays.map((play, index) => [play, renamed.rows[index] as Record<string, unknown>]),
    );
    const isExample = (play: RawPlay) =>
      Object.entries(match.asked.example).every(([raw, value]) => play[raw as keyof RawPlay] === value);
    // The exercise's example first: it is what the learner has seen.
    const rows = [...telling.filter(isExample), ...telling].map(
      (play) => rowOf.get(play) as Record<string, unknown>,
    );
    try {
      const asked = (query: ModelQuery) =>
        replay(node.client, judged.table, query, renamed, rows, asking.select.columns);
      replayed = await asked(judged.query);
      if (replayed.outcome === "rows lost" && asking.select.limit !== undefined) {
        // A LIMIT cuts answers that are longer than the example's: the model is judged without it.
        const whole = readQuery(asking.select.on(table.full, { withLimit: false }), judged.table);
        const unlimited = await asked(whole);
        isCut = unlimited.right > replayed.right;
        if (isCut) replayed = unlimited;
      }
    } catch (error) {
      judged.problem = (error as Error).message;
    }
  }
  const replaced = fails(judged, "loses nothing") ? replacedIn(table, renamed) : [];
  const contents = contentsOf(table, plays);
  return { ...match, contents, judged, renamed, replaced, replay: replayed, isCut };
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

export const found = (judged: Judged | undefined, point: ModelFinding["point"]) =>
  judged?.findings.find((one) => one.point === point);

export const fails = (judged: Judged | undefined, point: ModelFinding["point"]) =>
  found(judged, point)?.verdict === "fail";

export function statementsOf({ asking, table }: Answered): Detail[] {
  return [
    ...(table?.create ? [{ title: "CREATE TABLE, as Cassandra saw it", text: table.create }] : []),
    ...(asking ? [{ title: "SELECT, as Cassandra saw it", text: asking.cql }] : []),
  ];
}
