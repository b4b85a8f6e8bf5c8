// Whether the keys of the tables lose nothing, and double nothing.

import { findingText } from "@sparkify/model";
import type { Assessment, Detail } from "../grade.js";
import { failureOn } from "../judge-table.js";
import type { Answered } from "./answered.js";
import { shareOf } from "./share.js";
import {
  alteredIn,
  emptyTable,
  foreignIn,
  lossDetails,
  lossIn,
  lostIn,
  notAskable,
  refusalOf,
  rowsOf,
  silentIn,
  withRows,
} from "./wording.js";

/** Judges the keys of all tables. */
export function judgeKeys(answered: Answered[]): Assessment {
  const judged = answered.map((one) => ({ one, ...keyProblems(one) }));
  // A table of several questions need not be the right one for each of them: that is another item.
  const isRight = ({ one, problems }: (typeof judged)[number]) =>
    problems.length === 0 ||
    (one.table !== undefined &&
      judged.some((other) => other.one.table === one.table && other.problems.length === 0));
  const wrong = judged.filter((one) => !isRight(one));
  const notes = answered.flatMap(({ table, contents }) =>
    table && contents
      ? [
          ...(contents.alteredCount > 0 ? [alteredIn(contents)] : []),
          ...(contents.silent > 0 ? [silentIn(contents)] : []),
        ].map((note) => `${table.name}: ${note}`)
      : [],
  );
  const rows = answered.map(({ table, contents }) => `${table?.name}: ${contents?.rows} rows`).join(", ");
  const evidence =
    wrong.length > 0
      ? wrong
          .map(({ one, problems }) => `${one.table?.name ?? one.asked.id}: ${problems.join("; ")}`)
          .join(". ")
      : `${rows}; each key compared with all rows of the logs`;
  return {
    ...shareOf(judged.map(isRight)),
    evidence: [evidence, ...notes].join(". "),
    details: wrong.flatMap(({ details }) => details),
  };
}

function keyProblems(answered: Answered): { problems: string[]; details: Detail[] } {
  const { table, contents, judged } = answered;
  const details: Detail[] = [];
  if (!table || !contents) return { problems: ["no table"], details };
  const whyEmpty = emptyTable(table);
  if (whyEmpty !== undefined) return { problems: [whyEmpty], details };
  const problems: string[] = [];
  const loss = failureOn(judged, "loses nothing");
  const isProbed = loss?.evidence.kind === "probe";
  if (loss && !isProbed) {
    problems.push(lossIn(answered, loss, 2));
    details.push(...lossDetails(answered, loss));
  }
  const doubled = failureOn(judged, "no needless duplicates");
  if (doubled) {
    problems.push(withRows(doubled));
    details.push(...rowsOf(doubled));
  }
  if (contents.lostCount > 0) {
    problems.push(lostIn(contents));
    const rows = contents.lost.map((row) => ({ ...row }));
    details.push({ title: `${table.name}: rows of the logs that are lost`, rows });
  }
  if (contents.foreignCount > 0) {
    problems.push(foreignIn(contents));
    details.push({ title: `${table.name}: rows that are not in the logs`, rows: contents.foreign });
  }
  if (loss && isProbed && problems.length === 0) {
    problems.push(findingText(loss));
    details.push(...rowsOf(loss));
  }
  if (judged && judged.findings.length === 0) problems.push(notAskable(judged));
  if (table.refused && contents.lostCount > 0) {
    const { message, cql } = table.refused;
    problems.push(refusalOf(table.refused));
    details.push({
      title: "The first INSERT that Cassandra refused",
      text: `${cql}\n\n${message}`.slice(0, 6000),
    });
  }
  return { problems, details };
}
