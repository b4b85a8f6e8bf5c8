// What the tables and the statements say, apart from what they hold: types, names, columns.

import { namingFaults, namingText } from "@sparkify/model";
import type { Finding, Verdict } from "../grade.js";
import { type Answered, fails, found } from "./answered.js";
import { nothingFor, nothingSeen, shareOf } from "./share.js";

export function judgeTables(answered: Answered[]): Finding {
  const used = answered.flatMap(({ table }) => table ?? []);
  const different = new Set(used).size;
  const names = answered.map(({ asked, table }) => `${asked.id}: ${table?.name ?? "none"}`).join(", ");
  const verdict = different === 3 ? "pass" : different === 2 ? "partial" : "fail";
  return { verdict, evidence: names };
}

/** A float for a length loses digits; text breaks the order of numbers, if they order anything. */
export function judgeTypes(answered: Answered[]): Finding {
  const faults: { verdict: Verdict; text: string }[] = [];
  for (const { table, judged, renamed, asked } of answered) {
    if (!table || !renamed) continue;
    const types = found(judged, "right types")?.evidence;
    for (const { column, type, raw: before, stored: after } of types?.kind === "types" ? types.altered : []) {
      const raw = table.held.get(column)?.raw[0];
      const isText = /^(text|ascii|varchar)$/.test(type);
      const orders =
        asked.question.order?.some((name) => renamed.nameOf(name.split(" ")[0] as string) === column) ??
        false;
      const verdict: Verdict =
        isText && !orders
          ? "partial"
          : isText
            ? fails(judged, "right order")
              ? "fail"
              : "partial"
            : type === "float" && raw === "length"
              ? "partial"
              : /^(float|double|decimal)$/.test(type) && raw !== "length"
                ? "partial"
                : "fail";
      const told =
        raw === "length" && type === "float"
          ? "495.3073 comes back as 495.30731201171875"
          : `${before} comes back as ${after}`;
      faults.push({ verdict, text: `${table.name}.${column} is ${type}: ${told}` });
    }
  }
  const tables = answered.filter(({ table }) => table).length;
  if (tables === 0) return { verdict: "fail", evidence: "no table was seen" };
  if (faults.length === 0)
    return {
      ...shareOf([...Array<boolean>(tables).fill(true), ...nothingSeen(answered)]),
      evidence: `every value keeps what it is, in ${tables} of 3 tables${nothingFor(answered)}`,
    };
  return {
    verdict: faults.some(({ verdict }) => verdict === "fail") ? "fail" : "partial",
    evidence: faults.map(({ text }) => text).join("; "),
  };
}

export function judgeColumnOrder(answered: Answered[]): Finding {
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

export function judgeNames(answered: Answered[]): Finding {
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

export function judgeColumns(answered: Answered[]): Finding {
  const seen = answered.flatMap(({ asked, asking }) => (asking ? [{ id: asked.id, asking }] : []));
  if (seen.length === 0) return { verdict: "fail", evidence: "no SELECT was seen" };
  return {
    ...shareOf([...seen.map(({ asking }) => asking.select.columns !== undefined), ...nothingSeen(answered)]),
    evidence: `${seen
      .map(({ id, asking }) => `${id}: ${asking.select.columns?.join(", ") ?? "SELECT *"}`)
      .join("; ")}${nothingFor(answered)}`,
  };
}
