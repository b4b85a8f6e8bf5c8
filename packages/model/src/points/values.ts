// Are the values kept as they are, in the right columns, in partitions that stay small?

import type { Row } from "@sparkify/compare";
import type { Facts } from "../facts.js";
import { bytesText } from "../finding-text.js";
import type { AlteredColumn, Finding } from "../findings.js";
import type { Question, RawRow } from "../question.js";
import { grown, mostBytes, mostValues } from "../size.js";
import type { Stored } from "../stored.js";
import type { ModelTable } from "../table.js";

export function judgeTypes(table: ModelTable, question: Question, facts: Facts): Finding {
  const altered = [...facts.altered].map(([column, { value, stored }]): AlteredColumn => {
    const { type = "" } = table.columns.find(({ name }) => name === column) ?? {};
    return { column, type, raw: JSON.stringify(value), stored: JSON.stringify(stored) };
  });
  const whole = { raw: "a whole number", stored: "a floating-point number" };
  altered.push(...facts.wholeIds.map(({ name, type }) => ({ column: name, type, ...whole })));
  const rows = altered.map(({ column, type, raw, stored }) => ({
    column,
    type,
    "in the CSV": raw,
    "read back": stored,
  }));
  return {
    point: "right types",
    verdict: altered.length === 0 ? "pass" : "fail",
    evidence: { kind: "types", altered },
    question,
    ...(rows.length > 0 && { rows }),
  };
}

export function judgeContent(table: ModelTable, question: Question, stored: Stored): Finding {
  const { rows, missing, altered, extra, examples } = stored;
  const unknown = table.columns.filter(({ from }) => !from).map(({ name }) => name);
  const shown = [...examples.altered, ...examples.extra];
  return {
    point: "right rows in right columns",
    verdict: missing + altered + extra === 0 ? "pass" : "fail",
    evidence: { kind: "rows", rows, missing, altered, extra, unknown },
    question,
    ...(shown.length > 0 && { rows: shown }),
  };
}

/** @param growth how many times its rows a partition will have one day */
export function judgeSize(table: ModelTable, question: Question, facts: Facts, growth: number): Finding {
  const point = "partition size";
  const { percentile99 } = facts;
  const [largest] = facts.largest;
  if (!largest || !percentile99)
    return { point, verdict: "undecided", evidence: { kind: "no rows" }, question };
  const keyOf = (row: RawRow): Row =>
    Object.fromEntries(table.partitionKey.map(({ name, from }) => [name, from?.(row)]));
  const later = grown(table, largest, largest.keyBytes, growth);
  const isSmall = later.values <= mostValues && later.bytes <= mostBytes;
  const rows = facts.largest.slice(0, 3).map(({ sample, rows, values, bytes }) => ({
    ...keyOf(sample),
    rows,
    values,
    bytes: bytesText(bytes),
  }));
  return {
    point,
    verdict: isSmall ? "pass" : "fail",
    evidence: { kind: "size", largest, partition: keyOf(largest.sample), percentile99, growth, later },
    question,
    ...(!isSmall && { rows }),
  };
}
