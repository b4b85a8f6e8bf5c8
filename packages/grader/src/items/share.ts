// Points for each question, or for each table there is.

import type { Verdict } from "../grade.js";
import type { Answered } from "./answered.js";

/** The verdict on several: one for each question, or for each table there is. */
export function shareOf(verdicts: boolean[]): { verdict: Verdict; share: number } {
  const right = verdicts.filter(Boolean).length;
  const verdict = right === verdicts.length ? "pass" : right > 0 ? "partial" : "fail";
  return { verdict, share: right / verdicts.length };
}

/** Of a question without a table and a SELECT nothing is right. */
export const nothingSeen = (answered: Answered[]): false[] =>
  answered.flatMap(({ table, asking }) => (table || asking ? [] : [false as const]));

/** Says of which questions nothing was seen. */
export function nothingFor(answered: Answered[]): string {
  const ids = answered.flatMap(({ asked, table, asking }) => (table || asking ? [] : [asked.id]));
  return ids.length > 0 ? `; nothing was seen for ${ids.join(" and ")}` : "";
}
