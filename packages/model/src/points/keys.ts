// Does the key keep each fact, once, and in order? What the raw rows show; where they show nothing, what rows of our own do.

import type { Row } from "@sparkify/compare";
import type { Facts } from "../facts.js";
import type { Evidence, Finding } from "../findings.js";
import type { ProbeResult } from "../probes.js";
import { eventOf, factOf, orderOf, type Question, type RawRow, rawValue } from "../question.js";
import type { Stored } from "../stored.js";
import { columnFor, type ModelTable } from "../table.js";

/** What became of the probes, or why they could not be tried. */
type Probed = ProbeResult[] | string;

export const judgeLoss = (facts: Facts, question: Question, probed: Probed): Finding =>
  judgeFacts("loses nothing", facts, facts.collapsed, question, probed);

export function judgeDuplicates(facts: Facts, question: Question, probed: Probed): Finding {
  const found = judgeFacts("no needless duplicates", facts, facts.doubled, question, probed);
  const problem = partsUntold(facts, question);
  return found.verdict === "pass" && problem ? passed(found.point, question, found.evidence, problem) : found;
}

/** Whether a fact that comes again lies in the same part, only raw rows can say, unless it is known how a part is made. */
function partsUntold({ rows, facts, table }: Facts, question: Question): string | undefined {
  const fact = factOf(question);
  const isComputed = (part: string) =>
    columnFor(table, part)?.raw === undefined && columnFor(table, part) !== undefined;
  const parts = (question.parts ?? []).filter((part) => !fact.includes(part) && !isComputed(part));
  const comesAgain = eventOf(question).some((column) => !fact.includes(column));
  return parts.length > 0 && comesAgain && rows === facts
    ? `no fact comes again in them, so nothing tells whether ${parts.join(" and ")} would be the same`
    : undefined;
}

/** @param pair two raw rows that show what is wrong */
function judgeFacts(
  point: "loses nothing" | "no needless duplicates",
  { facts, keys, table }: Facts,
  pair: [RawRow, RawRow] | undefined,
  question: Question,
  probed: Probed,
): Finding {
  const seen: Evidence = { kind: "facts", facts, keys };
  // Why the rows collide, or do not, only their keys show.
  const key = table.primaryKey.flatMap(({ raw }) => raw ?? []);
  if (pair)
    return { point, verdict: "fail", evidence: seen, question, rows: inQuestion(pair, question, key) };
  const probe = failedProbe(probed, point);
  if (probe) {
    const rows = inQuestion(probe.rows, question, key);
    return { point, verdict: "fail", evidence: { kind: "probe", probe }, question, rows };
  }
  return passed(point, question, seen, typeof probed === "string" ? probed : undefined);
}

/** What the data say is only half of it where the rows of our own could not be tried. */
const passed = (
  point: Finding["point"],
  question: Question,
  seen: Evidence,
  problem: string | undefined,
): Finding =>
  problem === undefined
    ? { point, verdict: "pass", evidence: seen, question }
    : { point, verdict: "undecided", evidence: { kind: "not probed", seen, problem }, question };

const failedProbe = (probed: Probed, about: ProbeResult["about"]) =>
  typeof probed === "string" ? undefined : probed.find((one) => one.about === about && !one.ok);

/**
 * Of raw rows the columns that the question is about, and the event's: all would not fit beside the finding.
 * @param more columns to show
 */
export function inQuestion(rows: RawRow[], question: Question, more: string[] = []): Row[] {
  const columns = new Set([...factOf(question), ...more, ...question.answer, ...eventOf(question)]);
  return rows.map((row) =>
    Object.fromEntries(
      [...columns].filter((column) => column in row).map((column) => [column, rawValue(row, column)]),
    ),
  );
}

export function judgeOrder(
  table: ModelTable,
  question: Question,
  probed: Probed,
  stored: Stored | undefined,
): Finding {
  const point = "right order";
  const [first] = orderOf(question);
  if (!first) return { point, verdict: "pass", evidence: { kind: "no order asked" }, question };
  const column = table.columns.find(({ raw }) => raw === first.column);
  const valuesIn = (rows: Row[]) =>
    column && rows.every((row) => column.name in row) ? rows.map((row) => row[column.name]) : undefined;
  if (stored && stored.disordered > 0) {
    const example = valuesIn(stored.disorder);
    const evidence: Evidence = { kind: "disordered", answers: stored.disordered, example };
    return { point, verdict: "fail", evidence, question, rows: stored.disorder.slice(0, 15) };
  }
  const probe = failedProbe(probed, point);
  if (probe) {
    const evidence: Evidence = { kind: "probe", probe, example: valuesIn(probe.answer) };
    return { point, verdict: "fail", evidence, question, rows: probe.answer };
  }
  const problem = typeof probed === "string" ? probed : probed.find((one) => one.problem)?.problem;
  return passed(point, question, { kind: "in order", inTable: stored !== undefined }, problem);
}
