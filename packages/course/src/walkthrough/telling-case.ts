// A case that tells a right key from a wrong one, asked for in a cell.

import { isDeepStrictEqual } from "node:util";
import { escapeHtml } from "@sparkify/base/page";
import { check, type RawPlay } from "@sparkify/lib";
import { showHtml } from "@sparkify/lib/show";
import { expectedAnswer, type Question } from "@sparkify/model";
import type { Client } from "cassandra-driver";

/** A question, and the query that asks it: SELECT with a marker for each value that is given, in the question's order. */
export interface Asked {
  question: Question;
  cql: string;
}

/**
 * Asks a question about one song play, compares the answer with the one that the raw plays give, and shows the verdict.
 * Where the logs hold no such case, that is said, and nothing is checked.
 * @param found the case, as `tellingCases` finds it
 * @throws SparkifyError where the answers differ
 * @example
 * const [long] = tellingCases(plays);
 * await checkCase(client, "a long session comes in the order played", long, { question, cql }, plays);
 */
export async function checkCase(
  client: Client,
  name: string,
  { found, play }: { found: string; play?: RawPlay | undefined },
  { question, cql }: Asked,
  plays: RawPlay[],
): Promise<void> {
  if (!play) {
    showHtml(`<div>${escapeHtml(name)}: ${escapeHtml(found)}, so there is nothing to ask.</div>`);
    return;
  }
  const given = question.given.map((column) => (play as unknown as Record<string, unknown>)[column]);
  const { rows } = await client.execute(cql, given, { prepare: true });
  const expected = expectedAnswer(question, plays, play);
  const answer = rows.map((row) => ({ ...row }));
  const count = (some: unknown[]) => `${some.length} ${some.length === 1 ? "row" : "rows"}`;
  const ok = isDeepStrictEqual(answer, expected);
  const seen = ok ? "the same as computed from the raw logs" : `${count(expected)} expected`;
  check(name, ok, `${found}: ${count(rows)}, ${seen}`);
}
