// Whether a question is answered: its SELECT gave the right rows, whatever was asked for.

import { readSelect } from "@sparkify/cql";
import { findingText } from "@sparkify/model";
import type { Statement } from "../audit.js";
import { plain } from "../columns.js";
import type { Detail, Finding } from "../grade.js";
import { type Answered, found, statementsOf } from "./answered.js";
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

export function judgeQuestion(answered: Answered, statements: Statement[]): Finding {
  const { asked, asking, table, contents, judged, replay: replayed } = answered;
  const details = statementsOf(answered);
  const fail = (evidence: string, more: Detail[] = []): Finding => ({
    verdict: "fail",
    evidence,
    details: [...details, ...more],
  });
  if (!table) return refusedFor(asked, statements);
  if (!asking)
    return fail(`no SELECT for this question was seen; the table ${table.name} may be meant for it`);
  if (asking.refused !== undefined) return fail(`Cassandra refuses the SELECT: ${asking.refused}`);
  if (asking.select.allowFiltering)
    return fail("the SELECT says ALLOW FILTERING: Cassandra reads all rows to throw most of them away");
  if (!replayed) return fail(notAskable(judged));
  const comparison: Detail[] = replayed.example
    ? [
        {
          title: `Asked for ${shown(replayed.example.given)}`,
          got: replayed.example.got,
          expected: replayed.example.expected,
        },
      ]
    : [];
  const counts = `${replayed.right} of ${replayed.asked} answers are right`;
  const whyEmpty = emptyTable(table);
  if (whyEmpty !== undefined) return fail(whyEmpty, comparison);
  if (replayed.outcome === "wrong rows" || replayed.outcome === "rows lost") {
    const why = found(judged, "loses nothing");
    const loss = why?.verdict === "fail" && why.evidence.kind !== "probe";
    const reason = loss
      ? `. ${capital(lossIn(answered, why))}`
      : contents
        ? capitals(tableFaults(table, contents))
        : "";
    const what = replayed.outcome === "rows lost" ? "Rows get lost" : "Rows come that should not";
    const disorder = found(judged, "right order");
    const order = disorder?.verdict === "fail" ? `. ${capital(findingText(disorder))}` : "";
    return fail(`${what}: ${counts}${reason}${order}`, [
      ...comparison,
      ...(loss ? lossDetails(answered, why) : []),
    ]);
  }
  const lost = found(judged, "loses nothing");
  const weak: string[] = [];
  if (answered.isCut)
    weak.push(`LIMIT ${asking.select.limit} cuts longer answers: asked without it, this is right`);
  if (lost?.verdict === "fail" && lost.evidence.kind !== "probe")
    return fail(`${counts}, but the key loses rows: ${lossIn(answered, lost)}`, lossDetails(answered, lost));
  const access = found(judged, "answers the query without filtering");
  const doubled = found(judged, "no needless duplicates");
  if (access?.verdict === "fail") weak.push(findingText(access));
  const order = found(judged, "right order");
  if (order?.verdict === "fail") weak.push(findingText(order));
  else if (replayed.outcome === "another order") weak.push("all rows, but not in the order asked for");
  if (replayed.outcome === "rows doubled" && doubled?.verdict !== "fail")
    weak.push("all rows, but some come more than once");
  if (doubled?.verdict === "fail") weak.push(withRows(doubled));
  if (replayed.missing.length > 0) weak.push(`the answer has no ${replayed.missing.join(", ")}`);
  // What no row of the logs shows is a weakness of the model, but no wrong answer. It is said where nothing else is.
  if (lost?.verdict === "fail" && weak.length === 0) weak.push(findingText(lost));
  if (weak.length > 0)
    return {
      verdict: "partial",
      evidence: `${weak.join("; ")} (${counts})`,
      details: [...details, ...comparison],
    };
  return {
    verdict: "pass",
    evidence: `${table.name}: asked for ${replayed.asked} different ${asked.question.given.join(" and ")}, every answer is right`,
    details,
  };
}

/** Where a question has no table: what Cassandra refused of what was meant for it. */
function refusedFor({ question }: Answered["asked"], statements: Statement[]): Finding {
  const refused = statements.filter((one) => one.refused !== undefined);
  const columnsOf = ({ cql }: Statement) =>
    (readSelect(cql)?.conditions ?? []).map(({ column }) => plain(column));
  const select = refused
    .filter((one) => question.given.every((raw) => columnsOf(one).includes(plain(raw))))
    .sort((a, b) => columnsOf(a).length - columnsOf(b).length)[0];
  const table = select && readSelect(select.cql)?.table;
  const creates = refused.filter(({ cql }) => /^\s*CREATE\s+TABLE\b/i.test(cql));
  const create = table && creates.find(({ cql }) => cql.toLowerCase().includes(table.toLowerCase()));
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
