// The grader before submissions with known flaws: each item of each must get the verdict that the corpus names. In short
// a handful; `npm run soak -- grade` grades the whole corpus.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canListen } from "@sparkify/embedded-cassandra";
import { workDirectory } from "@sparkify/lib";
import { beforeAll, test } from "vitest";
import { type Ended, isSoak, longForm, newFolder, noSandbox, runCommand } from "../../../test/command.js";
import { write } from "../../../test/support.js";
import { describeUnless, testUnless } from "../../../test/unless.js";
import { makeCopy } from "../src/copy.js";
import type { Grade } from "../src/grade.js";
import { gradeDirectory, installPythonKernel } from "../src/install.js";
import { systemVariables } from "../src/kernels.js";
import { port } from "../src/node.js";
import { fileNameOf } from "../src/report/write.js";
import { runSubmission } from "../src/run.js";
import { findBubblewrap, whyNoSandbox } from "../src/sandbox.js";
import { findSubmissions } from "../src/submissions.js";
import { checkGrade } from "./corpus/check-grade.js";
import { corpus, writeCorpus } from "./corpus/corpus.js";
import { secret } from "./corpus/hostile.js";
import { python, toIpynb } from "./corpus/notebook.js";
import { markOf } from "./corpus/unseen.js";

interface Run {
  title: string;
  sandboxed: boolean;
  /** Where submissions, grades and the reviewer's home are. */
  name: string;
  /** What npm test has of the corpus. */
  short: string[];
  skip: string | false;
}
const runs: Run[] = [
  {
    title: "the corpus of submissions",
    sandboxed: true,
    name: "caged",
    // One whose key is wrong, one that is right but looks for secrets, one that cannot be graded.
    short: ["typescript-q3-song-only", "hostile-secrets-printed", "hostile-not-json"],
    skip: noSandbox,
  },
  {
    title: "without a sandbox, the submissions that do no harm",
    sandboxed: false,
    name: "free",
    short: ["typescript-q3-song-only", "hostile-not-json"],
    skip: (await canListen(port))
      ? false
      : `another program has port ${port}, which the grader needs without a sandbox`,
  },
];
const unescaped = (html: string) =>
  html.replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");

/** What a reviewer's shell may hold, also under a name that nobody has foreseen. */
const variables = Object.fromEntries(
  ["AWS_SECRET_ACCESS_KEY", "CASSANDRA_PASSWORD", "GITHUB_TOKEN", "LETTER_TO_THE_BOARD"].map((name) => [
    name,
    `${secret}-${name}`,
  ]),
);

for (const run of runs) describeUnless(run.skip)(run.title, () => gradeCorpus(run));

/** @param sandboxed whether hostile ones are graded, too */
function gradeCorpus({ sandboxed, name, short }: Run): void {
  const all = corpus.filter(
    (one) => sandboxed || !one.name.startsWith("hostile-") || one.name === "hostile-not-json",
  );
  const chosen = isSoak ? all : all.filter((one) => short.includes(one.name));
  const folder = join(workDirectory, `grade-${name}`);
  const out = join(workDirectory, `grade-${name}-out`);
  const home = join(workDirectory, `grade-${name}-home`);
  const cage = sandboxed ? {} : { SPARKIFY_NO_SANDBOX: "1" };
  let ended: Ended;
  let grades: Grade[];
  let minutes: number;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(out, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeCorpus(
      folder,
      chosen.map(({ name }) => name),
    );
    write(join(home, ".netrc"), `machine sparkify.example login ann password ${secret}-home\n`);
    const begun = performance.now();
    ended = await runCommand(["grade", folder, "--out", out, ...(isSoak ? [] : ["--cell-timeout", "60"])], {
      ...variables,
      ...cage,
      HOME: home,
      USERPROFILE: home,
    });
    minutes = (performance.now() - begun) / 60_000;
    assert.ok(existsSync(join(out, "grades.json")), ended.output);
    grades = JSON.parse(readFileSync(join(out, "grades.json"), "utf8"));
  });

  for (const submission of chosen)
    test(`${submission.name} gets its grade`, () => {
      const grade = grades.find((one) => one.submission === submission.path);
      assert.ok(grade, `${submission.path} is not among ${grades.map((one) => one.submission).join(", ")}`);
      checkGrade(grade, submission);
    });

  test("the command's exit code says whether all could be graded", () => {
    assert.equal(ended.code, grades.every(({ graded }) => graded) ? 0 : 1, ended.output);
  });

  test("there is a page for each submission, an overview, a CSV and JUnit XML", () => {
    assert.equal(readdirSync(join(out, "reports")).length, grades.length);
    const page = readFileSync(join(out, "index.html"), "utf8");
    assert.doesNotMatch(page, /[^\P{Cc}\t\r\n]/u);
    const overview = unescaped(page);
    const csv = readFileSync(join(out, "grades.csv"), "utf8");
    const junit = unescaped(readFileSync(join(out, "junit.xml"), "utf8"));
    for (const { submission } of grades) {
      assert.ok(overview.includes(`>${submission}</a>`), submission);
      assert.ok(csv.includes(`"${submission}"`), submission);
      assert.ok(junit.includes(`name="${submission}"`), submission);
    }
    assert.doesNotMatch(overview, /(src|href)="(https?:)?\/\//);
  });

  test("no secret of the reviewer's is in what is written or printed", () => {
    const files = readdirSync(out, { recursive: true, encoding: "utf8" })
      .map((name) => join(out, name))
      .filter((path) => statSync(path).isFile());
    if (sandboxed) {
      const page = files.find((path) => /reports.hostile-secrets-printed.*\.html$/.test(path)) ?? "none";
      assert.match(readFileSync(page, "utf8"), /LookupError: 0 secrets are in \d+ places/);
    }
    for (const path of files) assert.ok(!readFileSync(path, "utf8").includes(secret), path);
    assert.ok(!ended.output.includes(secret));
  });

  testUnless(process.platform === "win32" && "Windows has other rights")(
    "grades, and what submissions were run in, are for their owner only",
    () => {
      for (const path of [out, gradeDirectory]) assert.equal(statSync(path).mode & 0o777, 0o700, path);
    },
  );
  testUnless(longForm)("nobody's grade shows another learner's file", () => {
    const own = grades.filter(({ submission }) => submission.startsWith("unseen-"));
    const nameIn = ({ submission }: Grade) => submission.split("/")[0] ?? "";
    const marks = own.map((grade) => markOf(nameIn(grade)));
    for (const grade of own) {
      const page = readFileSync(join(out, "reports", `${fileNameOf(grade.submission)}.html`), "utf8");
      const shown = marks.filter((mark) => new RegExp(`${mark}\\b(?!-)`).test(page + JSON.stringify(grade)));
      assert.deepEqual(
        shown.filter((mark) => mark !== markOf(nameIn(grade))),
        [],
        grade.submission,
      );
    }
    assert.ok(own.length > 10, `${own.length} learners`);
  });

  test("nothing is left of the run", () => {
    const left = readdirSync(join(workDirectory, "..", "..", "grade")).filter((name) =>
      name.startsWith("run-"),
    );
    assert.deepEqual(
      left.filter((name) => !existsSync(`/proc/${name.slice("run-".length)}`)),
      [],
    );
  });

  testUnless(longForm)("a batch of 30 takes less than 20 minutes", () => {
    assert.ok((minutes / grades.length) * 30 < 20, `${grades.length} took ${minutes.toFixed(1)} minutes`);
  });

  testUnless(isSoak && "npm run soak grades the whole corpus once")(
    "--resume grades only what is not graded yet, and the same grades come out",
    async () => {
      const states = join(out, "graded");
      rmSync(join(states, readdirSync(states).find((state) => state.startsWith("hostile")) ?? "none"));
      const args = ["grade", folder, "--out", out, "--resume", "--cell-timeout", "60"];
      const resumed = await runCommand(args, cage);
      assert.match(
        resumed.output,
        new RegExp(`${grades.length - 1} of ${grades.length} submissions are graded already`),
      );
      assert.match(resumed.output, /Grade 1 submission/);
      assert.deepEqual(JSON.parse(readFileSync(join(out, "grades.json"), "utf8")), grades);
    },
  );
}

test("grades are not written into a folder with other files, of which some would be removed", async (t) => {
  const folder = newFolder("grade-other");
  t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = write(
    join(folder, "a.ipynb"),
    toIpynb(python`
%% code
1`),
  );
  const thesis = write(join(folder, "reports", "thesis.txt"), "years of work");
  const refused = await runCommand(["grade", path, "--out", folder]);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /holds files that are not the grader's/);
  assert.ok(existsSync(thesis));
});

test("where there is no sandbox nothing is run unasked", async (t) => {
  const folder = newFolder("grade-unasked");
  t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const made = join(folder, "made");
  const path = write(
    join(folder, "a.ipynb"),
    toIpynb({ kernel: "python3", text: `%% code\nopen(${JSON.stringify(made)}, "w")` }),
  );
  // No bubblewrap is found on this path.
  const nowhere = { PATH: "", Path: "", SPARKIFY_NO_SANDBOX: undefined };
  const refused = await runCommand(["grade", path, "--out", join(folder, "out")], nowhere);
  assert.equal(refused.code, 1, refused.output);
  assert.match(refused.output, /no sandbox for them here: .*--no-sandbox/);
  assert.ok(!existsSync(made));
});

test("without a sandbox too a submission gets none of the reviewer's variables", async (t) => {
  await installPythonKernel();
  const folder = newFolder("grade-variables");
  const path = write(
    join(folder, "a.ipynb"),
    toIpynb(python`
%% code
import os
print(os.environ)`),
  );
  const [submission] = findSubmissions([path]);
  assert.ok(submission);
  const events = join(folder, "events");
  mkdirSync(events);
  t.onTestFinished(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
    rmSync(folder, { recursive: true, force: true });
  });
  Object.assign(process.env, variables);
  const copy = makeCopy(submission, events, join(folder, "copy"));
  const { cells } = await runSubmission(copy, {
    system: systemVariables(process.env),
    timeout: 60,
    cellTimeout: 30,
  });
  assert.match(cells[0]?.shown ?? "", /environ.*PYTHONUTF8/s);
  assert.doesNotMatch(cells[0]?.shown ?? "", new RegExp(secret));
});

test("no cell is run before Cassandra is there, while which starts the kernel does too", async (t) => {
  await installPythonKernel();
  const folder = newFolder("grade-early");
  t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = write(
    join(folder, "a.ipynb"),
    toIpynb(python`
%% code
import time
print(time.time())`),
  );
  const [submission] = findSubmissions([path]);
  assert.ok(submission);
  const events = join(folder, "events");
  mkdirSync(events);
  const isCaged = whyNoSandbox(process.env) === undefined;
  const settings = {
    bubblewrap: isCaged ? findBubblewrap(process.env) : undefined,
    system: systemVariables(process.env),
    timeout: 60,
    cellTimeout: 30,
  };
  let there = 0;
  const database = sleep(2500).then(() => {
    there = Date.now();
    return { folder: events, auditLog: join(events, "audit.log") };
  });
  const run = await runSubmission(makeCopy(submission, events, join(folder, "copy")), {
    ...settings,
    database,
  });
  assert.ok(Number(run.cells[0]?.shown) * 1000 >= there, "the cell came later");
  const failed = Promise.reject(new Error("no node"));
  await assert.rejects(
    runSubmission(makeCopy(submission, events, join(folder, "other")), { ...settings, database: failed }),
    /no node/,
  );
});
