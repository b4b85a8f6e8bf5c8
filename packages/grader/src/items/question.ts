// Whether a question is answered: its SELECT gave the right rows, whatever was asked for.

import { nameOf, tokensOf } from "@sparkify/cql";
import { findingText } from "@sparkify/model";
import type { Statement } from "../audit.js";
import type { Assessment, Detail } from "../grade.js";
import { failureOn } from "../judge-table.js";
import type { Replay } from "../replay.js";
import { type Answered, statementsOf, type WhereSent } from "./answered.js";
import {
  capital,
  capitals,
  emptyTable,
  lossDetails,
  lossIn,
  notAskable,
  shown,
  tableFaults,
  withRows,
} from "./wording.js";

/** Judges the answers to a question. @param statements all of the run */
export function judgeQuestion(answered: Answered, statements: Statement[], where: WhereSent): Assessment {
  const { asked, asking, tried, table, judged, replay: replayed } = answered;
  const details = statementsOf(answered, where);
  const fail = (evidence: string, more: Detail[] = []): Assessment => ({
    verdict: "fail",
    evidence,
    details: [...details, ...more],
  });
  if (!table) return refusedFor(answered, statements);
  if (!asking && tried)
    return fail(
      `Cassandra refuses its SELECT, which reads ${tried.select.table}: the table that was made for this question is ${table.name}. ${tried.refused}`,
    );
  if (!asking)
    return fail(`no SELECT for this question was seen; the table ${table.name} may be meant for it`);
  if (asking.refused !== undefined) return fail(`Cassandra refuses the SELECT: ${asking.refused}`);
  if (asking.select.allowFiltering)
    return fail("the SELECT says ALLOW FILTERING: Cassandra reads all rows to throw most of them away");
  if (!replayed) return fail(notAskable(judged));
  const comparison = comparisonOf(replayed);
  const whyEmpty = emptyTable(table);
  if (whyEmpty !== undefined) return fail(whyEmpty, comparison);
  const loss = failureOn(judged, "loses nothing");
  const certainLoss = loss?.evidence.kind === "probe" ? undefined : loss;
  const lossRows = certainLoss ? lossDetails(answered, certainLoss) : [];
  const counts = `${replayed.right} of ${replayed.asked} answers are right`;
  if (replayed.outcome === "wrong rows" || replayed.outcome === "rows lost")
    return fail(wrongRows(answered, replayed, counts), [...comparison, ...lossRows]);
  if (certainLoss)
    return fail(`${counts}, but the key loses rows: ${lossIn(answered, certainLoss)}`, lossRows);
  const weaknesses = weaknessesOf(answered, replayed);
  // What no row of the logs shows is a weakness of the model, but no wrong answer. It is said where nothing else is.
  if (loss && weaknesses.length === 0) weaknesses.push(findingText(loss));
  if (weaknesses.length > 0)
    return {
      verdict: "partial",
      evidence: `${weaknesses.join("; ")} (${counts})`,
      details: [...details, ...comparison],
    };
  return {
    verdict: "pass",
    evidence: `${table.name}: asked for ${replayed.asked} different ${asked.question.given.join(" and ")}, every answer is right`,
    details,
  };
}

function comparisonOf({ example }: Replay): Detail[] {
  if (!example) return [];
  const { given, got, expected } = example;
  return [{ title: `Asked for ${shown(given)}`, got, expected }];
}

/** What is wrong with the rows, and why. */
function wrongRows(answered: Answered, { outcome }: Replay, counts: string): string {
  const { judged, table, contents } = answered;
  const what = outcome === "rows lost" ? "Rows get lost" : "Rows come that should not";
  const loss = failureOn(judged, "loses nothing");
  const faults = table && contents ? tableFaults(table, contents) : [];
  const disorder = failureOn(judged, "right order");
  return (
    `${what}: ${counts}${capitals(loss && loss.evidence.kind !== "probe" ? [lossIn(answered, loss)] : faults)}` +
    (disorder ? `. ${capital(findingText(disorder))}` : "")
  );
}

/** What is not as it should be, though no row is missing or wrong. */
function weaknessesOf({ asking, judged, isCut }: Answered, { outcome, missing }: Replay): string[] {
  const access = failureOn(judged, "answers the query without filtering");
  const doubled = failureOn(judged, "no needless duplicates");
  const disorder = failureOn(judged, "right order");
  return [
    isCut && `LIMIT ${asking?.select.limit} cuts longer answers: asked without it, this is right`,
    access && findingText(access),
    disorder
      ? findingText(disorder)
      : outcome === "another order" && "all rows, but not in the order asked for",
    outcome === "rows doubled" && !doubled && "all rows, but some come more than once",
    doubled && withRows(doubled),
    missing.length > 0 && `the answer has no ${missing.join(", ")}`,
  ].filter((weakness) => typeof weakness === "string");
}

/** Where a question has no table: what Cassandra refused of what was meant for it. */
function refusedFor({ tried: select }: Answered, statements: Statement[]): Assessment {
  const refused = statements.filter((one) => one.refused !== undefined);
  const table = select?.select.table;
  // What was refused need not be read as a statement: its words are all there is.
  const wordsOf = ({ cql }: Statement) =>
    tokensOf(cql).flatMap(({ kind, text }) => (kind === "name" ? [nameOf(text)] : []));
  const creates = refused.filter((one) => wordsOf(one).slice(0, 2).join(" ") === "create table");
  const create = table && creates.find((one) => wordsOf(one).includes(table));
  const said = [
    ...(create ? [`its CREATE TABLE: ${create.refused}`] : []),
    ...(select ? [`its SELECT: ${select.refused}`] : []),
    ...(!select && creates[0]
      ? [`${creates.length} CREATE TABLE, the first one: ${creates[0].refused}`]
      : []),
  ];
  if (said.length === 0)
    return { verdict: "fail", evidence: "neither a table nor a SELECT for this question was seen" };
  const details = [create || creates[0], select].flatMap((one) =>
    one ? [{ title: "Refused by Cassandra", text: `${one.cql}\n\n${one.refused}`.slice(0, 6000) }] : [],
  );
  const evidence = `no table for this question was made. Cassandra refused ${said.join("; ")}`;
  return { verdict: "fail", evidence, details };
}
