// What the grader is made of, as far as it needs no database: reading the audit log, finding submissions, pages that hold
// what a submission says.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { fails, temporaryFolder, write } from "../../../test/support.js";
import { readAudit } from "../src/audit.js";
import { fingerprintOf } from "../src/copy.js";
import type { Grade } from "../src/grade.js";
import { judgeDescribed, judgeReasoning } from "../src/items/prose.js";
import type { Cell } from "../src/notebook.js";
import { writeReports } from "../src/report/write.js";
import { readRubric } from "../src/rubric.js";
import { findSubmissions } from "../src/submissions.js";

test("the audit log is read statement by statement, refused ones with the reason", (t) => {
  const head = "user:anonymous|host:/127.0.0.1:7042|source:/127.0.0.1|port:1|timestamp:5|type:";
  const text = [
    "Audit logging is enabled.",
    `${head}USE_KEYSPACE|category:OTHER|ks:s|operation:USE s`,
    `${head}SELECT|category:QUERY|ks:s|scope:T|operation:SELECT a␤FROM "T" WHERE b = 'x|operation:y'`,
    `${head}SELECT|category:QUERY|ks:system|scope:local|operation:SELECT * FROM system.local`,
    `${head}REQUEST_FAILURE|category:ERROR|operation:SELECT ';' FROM u; no viable; alternative`,
  ].join("\n");
  const file = write(join(temporaryFolder(t), "audit.log"), `${text}\n`);
  const statements = readAudit(file, 0, Buffer.byteLength(text) + 1);
  assert.deepEqual(
    statements.map(({ type, keyspace, cql, refused }) => [type, keyspace, cql, refused]),
    [
      ["USE_KEYSPACE", "s", "USE s", undefined],
      ["SELECT", "s", `SELECT a\nFROM "T" WHERE b = 'x|operation:y'`, undefined],
      ["REQUEST_FAILURE", "s", "SELECT ';' FROM u", "no viable; alternative"],
    ],
  );
});

describe("words", () => {
  const text = (source: string): Cell => ({ kind: "markdown", source });
  const code = (source: string): Cell => ({ kind: "code", source });
  const asked = "Give me every user name (first and last) in my music app history who listened to a song";

  test("of the template, code that is commented out and lists of arguments are not the learner's", () => {
    const template = [
      text(
        `## Create queries to ask the following three questions of the data\n### 1. ${asked}\n### 2. ${asked}\n`,
      ),
      code(`## TO-DO: Query 1: ${asked}\n# print(full_data_rows_list)\nsession.execute("SELECT a FROM t")`),
      text("#### Do a SELECT to verify that the data have been inserted into each table"),
      code(
        'def f():\n    """\n    Args:\n        partition_key (str): the columns of the partition key\n    """',
      ),
    ];
    assert.equal(judgeDescribed(template).verdict, "fail");
    assert.equal(judgeReasoning(template).verdict, "fail");
    const cells = [...template, text("The users of a song are asked for, so song is the partition key.")];
    assert.equal(judgeDescribed(cells).verdict, "ask");
    assert.match(judgeReasoning(cells).evidence, /^The users of a song are asked for/);
  });

  test("of a question that has a text cell of its own describe the query after it", () => {
    const cells = [text(`### ${asked}`), code('session.execute("SELECT a FROM t")')];
    assert.match(judgeDescribed(cells).evidence, /Give me every user name/);
  });
});

describe("submissions", () => {
  const notebook = (...cells: string[]) =>
    JSON.stringify({
      cells: cells.map((source) => ({ cell_type: "code", source })),
      metadata: {},
      nbformat: 4,
    });
  const whole = notebook("CREATE TABLE t", "INSERT INTO t", "SELECT a FROM t");

  test("are notebooks; a numbered sequence is one; checkpoints are none", (t) => {
    const folder = temporaryFolder(t);
    write(join(folder, "ann", "a.ipynb"), whole);
    write(join(folder, "ann", "b.ipynb"), whole);
    write(join(folder, "ann", ".ipynb_checkpoints", "a-checkpoint.ipynb"), whole);
    for (const name of ["00-contents", "01-read", "02-tables", "03-ask"])
      write(join(folder, "bo", "notebooks", `${name}.ipynb`), notebook("import x"));
    write(join(folder, "bo", "notebooks", "labs", "1-more.ipynb"), notebook("import x"));
    const found = findSubmissions([folder]);
    assert.deepEqual(
      found.map(({ name, notebooks }) => [name, notebooks.length]),
      [
        ["ann/a.ipynb", 1],
        ["ann/b.ipynb", 1],
        ["bo/notebooks", 3],
      ],
    );
    assert.deepEqual(
      findSubmissions([join(folder, "ann", "a.ipynb"), join(folder, "bo")]).map(({ name }) => name),
      ["ann/a.ipynb", "bo/notebooks"],
    );
  });

  test("are others where a module or data beside them is another, not where another notebook is", (t) => {
    const folder = temporaryFolder(t);
    const path = write(join(folder, "a.ipynb"), whole);
    write(join(folder, "own", "tables.py"), "table = 1");
    const log = write(join(folder, "data", "2018-11-01-events.csv"), "artist\n");
    const now = () => findSubmissions([path]).map(fingerprintOf);
    const before = now();
    write(join(folder, "b.ipynb"), whole);
    write(join(folder, ".cache", "x"), "1");
    assert.deepEqual(now(), before);
    write(join(folder, "own", "tables.py"), "table = 2");
    const changed = now();
    assert.notDeepEqual(changed, before);
    write(log, "artist\nMuse\n");
    assert.notDeepEqual(now(), changed);
  });

  test("of a batch that have no notebook are not left out", (t) => {
    const folder = temporaryFolder(t);
    for (const name of ["ann", "bo"]) write(join(folder, name, "a.ipynb"), whole);
    write(join(folder, "cy", "etl.py"), "CREATE TABLE t");
    write(join(folder, "pictures", "a.svg"), "");
    const namesOf = (paths: string[]) =>
      findSubmissions(paths).map(({ name, notebooks }) => [name, notebooks.length]);
    assert.deepEqual(namesOf([folder]), [
      ["ann/a.ipynb", 1],
      ["bo/a.ipynb", 1],
      ["cy", 0],
    ]);
    assert.deepEqual(namesOf([join(folder, "ann"), join(folder, "cy")]), [
      ["ann/a.ipynb", 1],
      ["cy", 0],
    ]);
  });

  test("that are not there are named", async (t) => {
    const folder = temporaryFolder(t);
    await fails(() => findSubmissions([join(folder, "none")]), "There is no", "none");
    await fails(() => findSubmissions([folder]), "no notebook");
  });
});

test("a rubric of one's own is read, and its mistakes are named", async (t) => {
  const folder = temporaryFolder(t);
  const file = (text: string) => write(join(folder, "rubric.json"), text);
  assert.deepEqual(readRubric(file('[{"id": "q1", "points": 40}]')), [
    { id: "q1", points: 40, title: "q1", hint: "" },
  ]);
  await fails(() => readRubric(file('[{"id": "q4", "points": 1}]')), "rubric.json", '"q4"', "q1, q2, q3");
  await fails(() => readRubric(file('[{"id": "q1", "points": "many"}]')), "points of q1");
  await fails(() => readRubric(file("nothing")), "no rubric");
  const all = readRubric();
  const scored = all.filter(({ id }) => id !== "described" && id !== "reasoning");
  assert.equal(
    scored.reduce((sum, { points }) => sum + points, 0),
    100,
  );
});

test("what a submission says cannot become part of a page, a formula or a tag", (t) => {
  const out = temporaryFolder(t);
  const evil = `=cmd|'/c calc'!A1<script>alert("x")</script>\u0000`;
  const grade: Grade = {
    submission: evil,
    graded: true,
    points: 1,
    maxPoints: 2,
    seconds: 1,
    items: [
      {
        id: "q1",
        title: "Question",
        verdict: "partial",
        points: 1,
        maxPoints: 2,
        evidence: evil,
        hint: evil,
        details: [
          { title: evil, text: evil },
          { title: evil, rows: [{ [evil]: evil }] },
          { title: evil, got: [{ a: evil }], expected: [] },
        ],
      },
    ],
    notes: [{ title: evil, text: evil }],
  };
  mkdirSync(out, { recursive: true });
  writeReports(out, [grade], [{ id: "q1", points: 2, title: "Question", hint: "" }], "in a test");
  const read = (name: string) => readFileSync(join(out, name), "utf8");
  const pages = [read("index.html"), read(join("reports", `${reportOf(read("index.html"))}`))];
  for (const html of pages) {
    assert.ok(html.includes("&lt;script&gt;alert("), "it is shown");
    assert.ok(!html.includes('<script>alert("x")'), "it is not run");
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  }
  assert.match(read("grades.csv"), /^"'=cmd/m);
  const junit = read("junit.xml");
  assert.ok(!junit.includes("<script>") && !junit.includes("\u0000"));
  assert.deepEqual(JSON.parse(read("grades.json"))[0].items[0].evidence, evil);
});

const reportOf = (html: string) => decodeURIComponent(/href="reports\/([^"]+)"/.exec(html)?.[1] ?? "none");
