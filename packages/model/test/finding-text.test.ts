// The sentences of findings: each as a reader sees it.

import assert from "node:assert/strict";
import { test } from "vitest";
import { findingText, hintText } from "../src/finding-text.js";
import type { Evidence, Finding, Point } from "../src/findings.js";
import type { ProbeResult } from "../src/probes.js";
import { questions } from "../src/question.js";

const question = { ...questions.songsByUserSession, facts: "plays" };
const finding = (point: Point, verdict: Finding["verdict"], evidence: Evidence): Finding => ({
  point,
  verdict,
  evidence,
  question,
});
const probe: ProbeResult = {
  about: "loses nothing",
  story: "two rows that differ in userId alone",
  rows: [],
  ok: false,
  expected: 2,
  got: 1,
  answer: [],
};
const facts = { kind: "facts", facts: 6624, keys: 6623 } as const;
const size = { rows: 1567, values: 3134, bytes: 1_300_000 };
const grown = {
  kind: "size",
  largest: size,
  partition: { song: "You're The One" },
  percentile99: { rows: 5, values: 10, bytes: 185 },
  growth: 1,
  later: size,
} as const;
const rows: Evidence = { kind: "rows", rows: 6818, missing: 2, altered: 1, extra: 0, unknown: ["note"] };

const access = "answers the query without filtering";
const sentences: [Point, Finding["verdict"], Evidence, string][] = [
  [
    access,
    "fail",
    { kind: "filtering" },
    "the query says ALLOW FILTERING: Cassandra reads rows only to throw them away",
  ],
  [access, "fail", { kind: "refused", message: "no" }, "Cassandra refuses the query: no"],
  [access, "fail", { kind: "read", read: "an index" }, "the trace shows that Cassandra reads an index"],
  [
    access,
    "pass",
    { kind: "read", read: "one partition" },
    "accepted, and the trace shows a single partition read",
  ],
  [
    access,
    "undecided",
    { kind: "no trace", problem: "no right" },
    "accepted, but no trace could be read: no right",
  ],
  [
    access,
    "pass",
    { kind: "whole key given", columns: ["a", "b"] },
    "accepted, and it is given the whole partition key (a, b)",
  ],
  [
    access,
    "fail",
    { kind: "not given", columns: ["userId"] },
    "the query is not given userId, so it answers for more than was asked",
  ],
  ["loses nothing", "pass", facts, "6,623 rows for 6,624 different plays"],
  [
    "loses nothing",
    "fail",
    facts,
    "6,624 different plays become 6,623 rows: 1 is lost. For instance, two raw rows became one",
  ],
  ["no needless duplicates", "pass", facts, "each of the plays is there once"],
  [
    "no needless duplicates",
    "fail",
    { ...facts, keys: 6820 },
    "6,624 different plays become 6,820 rows. For instance, two raw rows of one fact stay two",
  ],
  [
    "loses nothing",
    "fail",
    { kind: "probe", probe },
    "the data at hand hold no case that could tell; of rows of our own, in a scratch keyspace (two rows that differ in userId alone), the table should hold 2 and holds 1",
  ],
  [
    "loses nothing",
    "undecided",
    { kind: "not probed", seen: facts, problem: "no right" },
    "6,623 rows for 6,624 different plays, in the data at hand; more rows could not be tried: no right",
  ],
  ["right order", "pass", { kind: "no order asked" }, "the question asks for none"],
  [
    "right order",
    "pass",
    { kind: "in order", inTable: true },
    "every answer comes in the order of itemInSession",
  ],
  ["right order", "pass", { kind: "in order", inTable: false }, "in the order of itemInSession"],
  [
    "right order",
    "fail",
    { kind: "disordered", answers: 1234, example: ["1", "10", "2"] },
    "1,234 answers are not in the order of itemInSession. One comes as 1, 10, 2",
  ],
  [
    "right order",
    "fail",
    { kind: "probe", probe: { ...probe, about: "right order" }, example: undefined },
    "of rows of our own, in a scratch keyspace (two rows that differ in userId alone), the query should find 2 and finds 1, in this order: see the rows below",
  ],
  ["right types", "pass", { kind: "types", altered: [] }, "every value fits its column's type"],
  [
    "right types",
    "fail",
    {
      kind: "types",
      altered: [{ column: "length", type: "float", raw: "0.1", stored: "0.10000000149011612" }],
    },
    "length float: 0.1 comes back as 0.10000000149011612",
  ],
  [
    "right rows in right columns",
    "fail",
    rows,
    "6,818 rows; 2 missing, 1 with another value, 0 not expected (not compared, as no raw column has its name: note)",
  ],
  [
    "right rows in right columns",
    "pass",
    { ...rows, unknown: [] },
    "6,818 rows, every value as in the raw rows",
  ],
  [
    "right answers",
    "undecided",
    { kind: "nothing answered" },
    "the query is not answered as it should be, so its answers say nothing",
  ],
  [
    "right answers",
    "pass",
    { kind: "answers", asked: 20 },
    "20 questions asked, each answer as computed from the raw rows",
  ],
  ["right answers", "fail", { kind: "answer lacks", columns: ["artist"] }, "the answer has no artist"],
  [
    "right answers",
    "fail",
    { kind: "wrong answer", given: { userId: 10, song: "A" }, rows: 1, expected: 2 },
    'for userId 10, song "A": 1 rows, 2 expected',
  ],
  ["partition size", "undecided", { kind: "no rows" }, "there are no rows"],
  [
    "partition size",
    "pass",
    grown,
    'largest: 1,567 rows, 3,134 values, 1.2 MB (song "You\'re The One"); 99th percentile: 5 rows, 10 values, 185 bytes',
  ],
  [
    "partition size",
    "fail",
    { ...grown, growth: 100, later: { rows: 156_700, values: 313_400, bytes: 130_000_000 } },
    'largest: 1,567 rows, 3,134 values, 1.2 MB (song "You\'re The One"); 99th percentile: 5 rows, 10 values, 185 bytes. ' +
      "With 100 times the rows: 156,700 rows, 313,400 values, 124 MB. A partition should stay below 100,000 values and 100 MB",
  ],
  [
    "key order and naming",
    "fail",
    {
      kind: "naming",
      faults: [
        { kind: "order", statement: "INSERT", columns: ["b", "a"], key: ["a", "b"] },
        { kind: "name", name: "table_one", given: ["user", "session"] },
      ],
    },
    "INSERT names b, a; the key's order is a, b; the name table_one does not say by what its rows are found: user, session",
  ],
  [
    "key order and naming",
    "pass",
    { kind: "naming", faults: [] },
    "columns in the order of the key, and the name says what the table is asked",
  ],
];

test.each(sentences)("%s, %s: %o", (point, verdict, evidence, sentence) => {
  assert.equal(findingText(finding(point, verdict, evidence)), sentence);
});

test("an example takes the place of the general one, and stands behind what only made rows show", () => {
  const lost = finding("loses nothing", "fail", facts);
  assert.equal(
    findingText(lost, "A is lost"),
    "6,624 different plays become 6,623 rows: 1 is lost. For instance, A is lost",
  );
  assert.match(
    findingText(finding("loses nothing", "fail", { kind: "probe", probe }), "A"),
    / holds 1\. For instance, A$/,
  );
});

test("what failed has a hint in the question's words, and nothing else has", () => {
  const hint = (point: Point, evidence: Evidence) => hintText(finding(point, "fail", evidence));
  assert.equal(
    hint(access, { kind: "filtering" }),
    "The question gives userId and sessionId: that must lead the primary key. The partition key holds nothing else.",
  );
  assert.equal(
    hint(access, { kind: "not given", columns: [] }),
    "Bind all that is given: userId, sessionId.",
  );
  assert.match(
    hint("loses nothing", facts) ?? "",
    /^Two rows became one\. Which of userId, sessionId, itemInSession differs/,
  );
  assert.match(
    hint("right answers", { kind: "answer lacks", columns: [] }) ?? "",
    /^SELECT what .*: artist, song,/,
  );
  assert.equal(hintText(finding("loses nothing", "pass", facts)), undefined);
});
