// What the tables and the statements say, apart from what they hold: types, names, columns.

import { namingFaults, namingText, orderOf } from "@sparkify/model";
import type { Assessment, Verdict } from "../grade.js";
import { failureOn, findingOn } from "../judge-table.js";
import type { Answered } from "./answered.js";
import { nothingFor, nothingSeen, shareOf } from "./share.js";

/** Whether each question has a table. */
export function judgeTables(answered: Answered[]): Assessment {
  const used = answered.flatMap(({ table }) => table ?? []);
  const different = new Set(used).size;
  const names = answered.map(({ asked, table }) => `${asked.id}: ${table?.name ?? "none"}`).join(", ");
  const verdict = different === 3 ? "pass" : different === 2 ? "partial" : "fail";
  return { verdict, evidence: names };
}

/** Whether every value comes back as it is in the logs. A table without rows keeps none: it cannot be judged. */
export function judgeTypes(answered: Answered[]): Assessment {
  const made = answered.flatMap(({ table }) => table ?? []);
  if (made.length === 0) return { verdict: "fail", evidence: "no table was seen" };
  const empty = [...new Set(made.filter(({ rows }) => rows.length === 0).map(({ name }) => name))];
  const faults = answered.flatMap(typeFaults);
  const judged = answered.filter(({ table }) => table && table.rows.length > 0).length;
  const notJudged =
    empty.length > 0 ? `; ${empty.join(", ")}: without rows nothing shows what the types keep` : "";
  const most = shareOf([...Array<boolean>(judged).fill(true), ...answered.slice(judged).map(() => false)]);
  if (faults.length === 0)
    return {
      ...most,
      evidence: `every value keeps what it is, in ${judged} of 3 tables${notJudged}${nothingFor(answered)}`,
    };
  return {
    verdict: faults.some(({ verdict }) => verdict === "fail") ? "fail" : "partial",
    // Half of what the tables would be worth without a fault: a fault never raises the score.
    share: most.share / 2,
    evidence: `${faults.map(({ text }) => text).join("; ")}${notJudged}${nothingFor(answered)}`,
  };
}

/** A float for a length loses digits; text breaks the order of numbers, if they order anything. */
function typeFaults({ table, judged, renamed, asked }: Answered): { verdict: Verdict; text: string }[] {
  if (!table || !renamed || table.rows.length === 0) return [];
  const evidence = findingOn(judged, "right types")?.evidence;
  return (evidence?.kind === "types" ? evidence.altered : []).map(({ column, type, raw, stored }) => {
    const isLength = table.held.get(column)?.raw[0] === "length";
    const orders = orderOf(asked.question).some((by) => renamed.nameOf(by.column) === column);
    const isText = /^(text|ascii|varchar)$/.test(type);
    const isPartly = isText
      ? !orders || !failureOn(judged, "right order")
      : isLength
        ? type === "float"
        : /^(float|double|decimal)$/.test(type);
    const change =
      isLength && type === "float"
        ? "495.3073 comes back as 495.30731201171875"
        : `${raw} comes back as ${stored}`;
    return {
      verdict: isPartly ? "partial" : "fail",
      text: `${table.name}.${column} is ${type}: ${change}`,
    };
  });
}

/** Whether the statements name the columns in the order of the key. */
export function judgeColumnOrder(answered: Answered[]): Assessment {
  const faults: string[] = [];
  const right = answered.flatMap(({ table, judged, renamed }) => {
    if (!table || !judged || !renamed) return [];
    const asked = judged.query?.where ?? [];
    // Of the columns of the partition key all are given, in whatever order.
    const partition = judged.table.partitionKey.map(({ name }) => name);
    const where = [
      ...partition.filter((name) => asked.includes(name)),
      ...asked.filter((name) => !partition.includes(name)),
    ];
    const found = namingFaults(judged.table, { where }, renamed.question, {
      create: table.create,
      insert: table.insert,
    });
    const disorders = found.filter(({ kind }) => kind === "order");
    faults.push(...disorders.map((fault) => `${table.name}: ${namingText(fault)}`));
    return [disorders.length === 0];
  });
  if (right.length === 0) return { verdict: "fail", evidence: "no table was seen" };
  return {
    ...shareOf([...right, ...nothingSeen(answered)]),
    evidence: `${faults.length > 0 ? faults.join("; ") : "CREATE TABLE, INSERT and WHERE follow the keys"}${nothingFor(answered)}`,
  };
}

const emptyWords =
  /^(tables?|tbl|quer(y|ies)|q|questions?|music|app|history|library|lib|sparkify|udacity|data|info|details?|events?|new|test|my|the|a|an|t|cassandra|answers?|project|part|task|sql|cql|nosql|db|one|two|three|first|second|third|final|result|results|datafile|file|\d+)$/;

/** Whether the tables' names say something. */
export function judgeNames(answered: Answered[]): Assessment {
  const names = answered.flatMap(({ table }) => (table ? [table.name] : []));
  if (names.length === 0) return { verdict: "fail", evidence: "no table was seen" };
  const said = (name: string) =>
    name
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .replace(/\d+/g, "_")
      .toLowerCase()
      .split(/_+/)
      .some((word) => word !== "" && !emptyWords.test(word));
  const empty = names.filter((name) => !said(name));
  return {
    ...shareOf([...names.map(said), ...nothingSeen(answered)]),
    evidence: `${empty.length > 0 ? `${empty.join(", ")}: the name does not say what is held` : names.join(", ")}${nothingFor(answered)}`,
  };
}

/** Whether the SELECTs name their columns, also those that were refused, since their table is not there. */
export function judgeColumns(answered: Answered[]): Assessment {
  const seen = answered.flatMap(({ asked, asking, tried }) => {
    const select = asking?.select ?? tried?.select;
    return select ? [{ id: asked.id, select }] : [];
  });
  if (seen.length === 0) return { verdict: "fail", evidence: "no SELECT was seen" };
  const nothing = answered.filter(({ asking, tried, table }) => !asking && !tried && !table);
  return {
    ...shareOf([...seen.map(({ select }) => select.columns !== undefined), ...nothing.map(() => false)]),
    evidence: `${seen
      .map(({ id, select }) => `${id}: ${select.columns?.join(", ") ?? "SELECT *"}`)
      .join("; ")}${nothing.length > 0 ? nothingFor(nothing) : ""}`,
  };
}
