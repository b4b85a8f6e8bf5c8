// What the grader is made of, as far as it needs no database: reading the audit log, finding submissions, pages that hold
// what a submission says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { fails, temporaryFolder, write } from "../../../test/support.js";
import { readAudit } from "../src/audit.js";
import { removeAll } from "../src/files.js";
import type { Grade } from "../src/grade.js";
import { hiddenIn } from "../src/items/hidden.js";
import { judgeDescribed, judgeReasoning } from "../src/items/prose.js";
import { type Cell, readNotebook } from "../src/notebook.js";
import { writeReports } from "../src/report/write.js";
import { readRubric } from "../src/rubric.js";
import { findSubmissions } from "../src/submissions.js";
import { visible } from "../src/visible.js";
import { writeCorpus } from "./corpus/corpus.js";

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

  test("of the exercise are not quoted, though a question in a text cell of its own was put there", () => {
    const cells = [text(`### ${asked}`), code('session.execute("SELECT a FROM t")')];
    assert.equal(judgeDescribed(cells).verdict, "ask");
    assert.doesNotMatch(judgeDescribed(cells).evidence, /Give me/);
  });

  const own = "Listeners are found by their song, and read in one go.";
  const keys = "The song is the partition key, since it is given.";
  const quoted = (cells: Cell[]) => JSON.stringify([judgeDescribed(cells), judgeReasoning(cells)]);

  for (const [what, noise] of [
    ["a heading", "### Query 3: the table of all users"],
    ["a heading that is underlined", "Query 3: the table of all users\n-----"],
    ["a heading in bold", "**Query 3: the table of all users**"],
    ["code between fences", "```sql\nCREATE TABLE users (song text, the user int)\n```"],
    ["a statement", "SELECT the, users FROM all WHERE song = 'x'"],
    ["a question", asked],
  ] as const)
    test(`of a text are quoted without ${what}`, () => {
      const cells = [text(`${noise}\n\n${own}\n\n${keys}`), code('session.execute("SELECT a FROM t")')];
      assert.equal(judgeDescribed(cells).evidence, own);
      assert.equal(judgeReasoning(cells).evidence, keys);
    });

  test("of a comment are quoted without code that is commented out", () => {
    const disabled =
      "CREATE ALL OF THE TABLES\nfor row in rows:\nprint(row.artist, row.song)\nfrom cassandra import x as the other one\nrow = the rows";
    const lines = [...disabled.split("\n"), own].map((line) => `# ${line}`).join("\n");
    const cells = [code(`${lines}\nsession.execute("SELECT a FROM t")`)];
    assert.equal(judgeDescribed(cells).evidence, own);
  });

  test("are quoted once, wherever they stand again", () => {
    const cells = [1, 2].flatMap(() => [text(`${own} ${keys}`), code('session.execute("SELECT a FROM t")')]);
    assert.equal(quoted(cells).split("Listeners are found").length, 2);
    assert.equal(quoted(cells).split("The song is the partition key").length, 2);
    const comment = code(
      `# Another comment of the learner's own.\n# ${keys}\nsession.execute("SELECT a FROM t")`,
    );
    assert.equal(quoted([...cells, comment]).split("The song is the partition key").length, 2);
    const long = Array.from(
      { length: 60 },
      (_, n) => `Listener number ${"x".repeat(n + 1)} is told from the other ones.`,
    );
    const many = [text(long.join("\n\n")), code('session.execute("SELECT a FROM t")')];
    assert.equal(quoted(many).split("number xxx is").length, 2);
    assert.match(judgeDescribed(many).evidence, /^1 text with \d+ words$/);
  });

  test("in a heading that says something count", () => {
    const cells = [text(`#### ${own} That is what the table of this question is made for.`), code("SELECT")];
    assert.match(judgeDescribed(cells).evidence, /Listeners are found/);
  });
});

/** Folders in one another, deeper than a path can say, so they are made from within. */
function makeDeep(folder: string): void {
  const some = `${"d".repeat(200)}/`.repeat(10);
  const script = `for i in 1 2 3; do mkdir -p ${some} && cd -P ${some} || exit; done`;
  spawnSync("sh", ["-c", script], { cwd: folder });
}

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
        ["bo/notebooks", 3],
      ],
    );
    assert.deepEqual(
      findSubmissions([join(folder, "ann", "a.ipynb"), join(folder, "bo")]).map(({ name }) => name),
      ["ann/a.ipynb", "bo/notebooks"],
    );
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

  test("that cannot be read, or are no files, cost one row each and nothing of the others", async (t) => {
    const folder = temporaryFolder(t);
    for (const name of ["01-read", "02-tables", "03-ask"])
      write(join(folder, "ann", `${name}.ipynb`), notebook("x"));
    // Two of three gigabytes that take no room, which would be one sequence by their numbers.
    for (const name of ["01-a", "02-b"])
      truncateSync(write(join(folder, "bo", `${name}.ipynb`), ""), 3 * 2 ** 30);
    truncateSync(write(join(folder, "bu", "a.ipynb"), ""), 3 * 2 ** 30);
    write(join(folder, "cy", "a.ipynb"), whole);
    makeDeep(join(folder, "cy"));
    t.onTestFinished(() => removeAll(folder));
    const isPosix = process.platform !== "win32";
    if (isPosix) {
      mkdirSync(join(folder, "di"));
      spawnSync("mkfifo", [join(folder, "di", "pipe.ipynb"), join(folder, "cy", "module.py")]);
      symlinkSync(join(folder, "cy", "a.ipynb"), join(folder, "di", "link.ipynb"));
      write(join(folder, "ed", "a.ipynb"), whole);
      chmodSync(join(folder, "ed"), 0);
    }
    const found = findSubmissions([folder]);
    const ungradable = (problem: string | undefined, path = "") => {
      if (problem !== undefined) return problem;
      try {
        readNotebook(path);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const rows = found.map(({ name, notebooks, problem }) => [name, ungradable(problem, notebooks[0])]);
    const nameOf = (text: string) =>
      rows.filter(([name]) => name?.startsWith(text)).map(([, why = ""]) => why);
    assert.deepEqual(nameOf("ann"), [""]);
    for (const name of ["bo", "bu"])
      assert.deepEqual(
        nameOf(name).map((why) => /3072 MB/.test(why)),
        [true],
      );
    const others = found.flatMap(({ passedOver }) => passedOver);
    assert.ok(nameOf("cy/a.ipynb").includes(""));
    if (isPosix) {
      assert.match(others.join(), /cy\/d.*more than 24 deep/);
      assert.match(nameOf("di").join(), /a link/);
      assert.match(others.join(), /di\/pipe.*no file/);
      assert.match(nameOf("ed").join(), process.getuid?.() === 0 ? /^$/ : /cannot be read/);
      assert.match(
        findSubmissions([join(folder, "di", "link.ipynb")])[0]?.problem ?? "",
        /a link/,
        "on the command line, too",
      );
    }
  });

  test("what they leave is removed, also where it is closed or deeper than a path can say", (t) => {
    const folder = join(temporaryFolder(t), "left");
    mkdirSync(folder);
    makeDeep(folder);
    write(join(folder, "closed", "inner", "x"), "x");
    for (const path of [["closed", "inner"], ["closed"]]) chmodSync(join(folder, ...path), 0);
    removeAll(folder);
    assert.ok(!existsSync(folder));
  });

  test("of the corpus are found, one for each learner", (t) => {
    const folder = temporaryFolder(t);
    const written = writeCorpus(folder);
    assert.deepEqual(
      findSubmissions([folder]).map(({ name }) => name),
      written.map(({ path }) => path).sort(),
    );
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
  const pages = [
    read("index.html"),
    read(join("reports", `${reportOf(read("index.html"))}`)),
    read("review.html"),
  ];
  for (const html of pages) {
    assert.ok(html.includes("&lt;script&gt;alert("), "it is shown");
    assert.ok(!html.includes('<script>alert("x")'), "it is not run");
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  }
  assert.match(read("grades.csv"), /^"'=cmd/m);
  for (const sign of ["＝", "＋", "－", "＠", " =", "\n="]) {
    writeReports(out, [{ ...grade, submission: `${sign}1+1` }], [], "in a test");
    assert.ok(read("grades.csv").includes(`"'${sign}1+1"`), sign);
  }
  writeReports(out, [grade], [{ id: "q1", points: 2, title: "Question", hint: "" }], "in a test");
  const junit = read("junit.xml");
  assert.ok(!junit.includes("<script>") && !junit.includes("\u0000"));
  assert.deepEqual(JSON.parse(read("grades.json"))[0].items[0].evidence, evil);
});

test("a name that would print another's line, or move the cursor, is written out", () => {
  const name = "ann\n  ✔ bo: 100 of 100 points\r\u001b[2K\u202e\u2028\u0085";
  assert.equal(visible(name), "ann\\u{a}  ✔ bo: 100 of 100 points\\u{d}\\u{1b}[2K\\u{202e}\\u{2028}\\u{85}");
  assert.equal(visible("Zoë Ångström’s 作业"), "Zoë Ångström’s 作业");
});

test("code that is decoded before it runs is told, a picture as text is not", () => {
  const told = (source: string) => hiddenIn({ source }, "Code cell 1").length > 0;
  assert.ok(told(`import base64\nexec(base64.b64decode("cHJpbnQoMSk="))`));
  assert.ok(told(`eval(compile(zlib.decompress(bytes.fromhex("789c")), "x", "exec"))`));
  assert.ok(told(`new Function(Buffer.from("YWxlcnQ=", "base64").toString())()`));
  assert.ok(told(`exec("${"\\x70".repeat(200)}")`));
  assert.ok(!told(`display(Image(b64decode("${"A".repeat(2000)}")))`));
  assert.ok(!told("re.compile('a')"));
});

const reportOf = (html: string) => decodeURIComponent(/href="reports\/([^"]+)"/.exec(html)?.[1] ?? "none");
