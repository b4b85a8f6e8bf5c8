// Findings in words: the one place where they become sentences.

import type { Evidence, Finding } from "./findings.js";
import { namingText } from "./naming.js";
import type { ProbeResult } from "./probes.js";
import { boundBy, factOf, factsInWords, type Question } from "./question.js";
import { mostBytes, mostValues, type PartitionSize } from "./size.js";

/**
 * What was seen, in words and numbers.
 * @param example of what gets lost or doubled, in words: in place of a general one
 * @example
 * for (const finding of findings) console.log(finding.verdict, finding.point, findingText(finding));
 */
export function findingText(finding: Finding, example?: string): string {
  const text = evidenceText(finding, finding.evidence);
  const general = generalExamples[finding.point as keyof typeof generalExamples];
  const ofRawRows = finding.verdict === "fail" && finding.evidence.kind === "facts" ? general : undefined;
  const instance = example ?? ofRawRows;
  return instance === undefined ? text : `${text}. For instance, ${instance}`;
}

const generalExamples = {
  "loses nothing": "two raw rows became one",
  "no needless duplicates": "two raw rows of one fact stay two",
};

function evidenceText(finding: Finding, evidence: Evidence): string {
  const order = (finding.question.order ?? []).join(", ");
  switch (evidence.kind) {
    case "filtering":
      return "the query says ALLOW FILTERING: Cassandra reads rows only to throw them away";
    case "refused":
      return `Cassandra refuses the query: ${evidence.message}`;
    case "read":
      return evidence.read === "one partition"
        ? "accepted, and the trace shows a single partition read"
        : `the trace shows that Cassandra reads ${evidence.read}`;
    case "no trace":
      return `accepted, but no trace could be read: ${evidence.problem}`;
    case "whole key given":
      return `accepted, and it is given the whole partition key (${evidence.columns.join(", ")})`;
    case "not given":
      return `the query is not given ${evidence.columns.join(", ")}, so it answers for more than was asked`;
    case "facts":
      return factsText(finding, evidence);
    case "no order asked":
      return "the question asks for none";
    case "in order":
      return evidence.inTable ? `every answer comes in the order of ${order}` : `in the order of ${order}`;
    case "disordered":
      return `${count(evidence.answers)} answers are not in the order of ${order}. One comes as ${exampleText(evidence.example)}`;
    case "probe":
      return finding.point === "right order"
        ? `${probeText(evidence.probe)}, in this order: ${exampleText(evidence.example)}`
        : `the data at hand hold no case that could tell; ${probeText(evidence.probe)}`;
    case "not probed":
      return `${evidenceText({ ...finding, verdict: "pass" }, evidence.seen)}, in the data at hand; more rows could not be tried: ${evidence.problem}`;
    case "types":
      return evidence.altered.length === 0
        ? "every value fits its column's type"
        : evidence.altered
            .map(({ column, type, raw, stored }) => `${column} ${type}: ${raw} comes back as ${stored}`)
            .join("; ");
    case "rows":
      return rowsText(finding, evidence);
    case "nothing answered":
      return "the query is not answered as it should be, so its answers say nothing";
    case "answers":
      return `${evidence.asked} questions asked, each answer as computed from the raw rows`;
    case "answer lacks":
      return `the answer has no ${evidence.columns.join(", ")}`;
    case "wrong answer":
      return `for ${valuesText(evidence.given)}: ${evidence.rows} rows, ${evidence.expected} expected`;
    case "no rows":
      return "there are no rows";
    case "size":
      return sizeText(finding, evidence);
    case "naming":
      return evidence.faults.length === 0
        ? "columns in the order of the key, and the name says what the table is asked"
        : evidence.faults.map(namingText).join("; ");
  }
}

type Of<Kind extends Evidence["kind"]> = Extract<Evidence, { kind: Kind }>;

function factsText({ point, verdict, question }: Finding, { facts, keys }: Of<"facts">): string {
  const words = factsInWords(question);
  if (verdict === "pass")
    return point === "loses nothing"
      ? `${count(keys)} rows for ${count(facts)} different ${words}`
      : `each of the ${words} is there once`;
  const lost = facts - keys;
  const losses =
    point === "loses nothing" && lost > 0 ? `: ${count(lost)} ${lost === 1 ? "is" : "are"} lost` : "";
  return `${count(facts)} different ${words} become ${count(keys)} rows${losses}`;
}

function probeText({ about, story, expected, got }: ProbeResult): string {
  const [who, does] =
    about === "right order" ? ["query should find", "finds"] : ["table should hold", "holds"];
  return `of rows of our own, in a scratch keyspace (${story}), the ${who} ${expected} and ${does} ${got}`;
}

const exampleText = (values: unknown[] | undefined) =>
  values?.slice(0, 15).join(", ") ?? "see the rows below";

function rowsText({ verdict }: Finding, { rows, missing, altered, extra, unknown }: Of<"rows">): string {
  const note =
    unknown.length > 0 ? ` (not compared, as no raw column has its name: ${unknown.join(", ")})` : "";
  return verdict === "pass"
    ? `${count(rows)} rows, every value as in the raw rows${note}`
    : `${count(rows)} rows; ${count(missing)} missing, ${count(altered)} with another value, ${count(extra)} not expected${note}`;
}

function sizeText(
  { verdict }: Finding,
  { largest, partition, percentile99, growth, later }: Of<"size">,
): string {
  const said = ({ rows, values, bytes }: PartitionSize) =>
    `${count(rows)} rows, ${count(values)} values, ${bytesText(bytes)}`;
  const grown = growth === 1 ? "" : `. With ${count(growth)} times the rows: ${said(later)}`;
  const limit =
    verdict === "fail"
      ? `. A partition should stay below ${count(mostValues)} values and ${bytesText(mostBytes)}`
      : "";
  return `largest: ${said(largest)} (${valuesText(partition)}); 99th percentile: ${said(percentile99)}${grown}${limit}`;
}

const valuesText = (row: Record<string, unknown>) =>
  Object.entries(row)
    .map(([column, value]) => `${column} ${JSON.stringify(value)}`)
    .join(", ");

/** What to think about; undefined for what did not fail. */
export function hintText({ point, verdict, evidence, question }: Finding): string | undefined {
  if (verdict !== "fail") return undefined;
  return evidence.kind in hints
    ? hints[evidence.kind as keyof typeof hints](question)
    : hints[point as keyof typeof hints](question);
}

/** What one query is given, in words. */
const givenIn = (question: Question): string[] => [
  ...boundBy(question),
  ...(question.between === undefined ? [] : [`a range of ${question.between}`]),
];

/** By kinds of evidence, and by points. */
const hints = {
  "not given": (question: Question) => `Bind all that is given: ${givenIn(question).join(", ")}.`,
  "answer lacks": ({ answer }: Question) => `SELECT what the question asks for: ${answer.join(", ")}.`,
  "answers the query without filtering": (question: Question) =>
    `The question gives ${givenIn(question).join(" and ")}: that must lead the primary key. The partition key holds nothing else.`,
  "loses nothing": (question: Question) =>
    `Two rows became one. Which of ${factOf(question).join(", ")} differs between them, and is missing in the key?`,
  "no needless duplicates": (question: Question) =>
    `A fact (${factOf(question).join(", ")}) became two rows. Which column of the key differs between them?`,
  "right order": ({ order = [] }: Question) =>
    `Make ${order.join(", ")} a clustering column, in that direction, and with a type that sorts as it should: as text, 10 comes before 2.`,
  "right types": () =>
    "Whole numbers are int or bigint, ids never float; a double keeps what a float rounds.",
  "right rows in right columns": () =>
    "Compare the INSERT's columns with the values bound to them, one by one, and load the table anew.",
  "right answers": () => "Compare the rows below with those expected, and see what the key did to them.",
  "partition size": () =>
    "One partition holds too much, or will one day. What could its key hold as well, so that it becomes several?",
  "key order and naming": () =>
    "Name a table <what it gives>_by_<what is given>, and write key columns first, in the order of the key.",
};

/** A number as it is read: 12,345. */
const count = (number: number) => Math.round(number).toLocaleString("en");

/** Bytes as they are read: 1.2 MB. */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? count(value) : value.toFixed(1)} ${units[power]}`;
}
