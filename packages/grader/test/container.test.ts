// Containers for submissions, as far as that can be seen without one: a program in docker's place writes down how it is called.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, test, vi } from "vitest";
import { fails, temporaryFolder, write } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { containerCommand, containerImage, gradeInContainers, isGrade } from "../src/container.js";
import { emptyGrade, type Grade } from "../src/grade.js";
import type { Submission } from "../src/submissions.js";

const isWindows = process.platform === "win32" && "the program in docker's place is a script of a shell";

afterEach(() => void vi.unstubAllEnvs());

/** Puts a program in docker's place on the path. @returns how it was called */
function inDockersPlace(folder: string, body: string): () => string[][] {
  const log = join(folder, "calls");
  const script = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + "\\n");
${body}`;
  chmodSync(write(join(folder, "bin", "docker"), script), 0o755);
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env.PATH}`);
  return () =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [];
}

const submission = (top: string, notebook: string): Submission => ({
  name: notebook,
  notebooks: [join(top, notebook)],
  folder: top,
  top,
  shared: false,
  others: [],
  passedOver: [],
});
const settings = { image: "sparkify-grader:1", timeout: 600, cellTimeout: 180 };

test("a container has no network, no rights, a bound for memory and processes, and of the files one folder to read", (t) => {
  const top = join(temporaryFolder(t), 'ann\'s, "work"');
  const command = containerCommand(submission(top, "a.ipynb"), "one", "/grades-of-one", settings);
  const at = command.indexOf(settings.image);
  const options = command.slice(0, at);
  for (const option of [
    "--rm",
    "--network=none",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=6g",
    "--pids-limit=2048",
    "--name=one",
  ])
    assert.ok(options.includes(option), option);
  const mounts = options.filter((_, index) => options[index - 1] === "--mount");
  assert.deepEqual(mounts, [
    // A field of CSV, as the program reads it.
    `type=bind,"source=${top.replaceAll('"', '""')}",target=/submission,readonly`,
    "type=bind,source=/grades-of-one,target=/grades",
  ]);
  assert.ok(!options.some((option) => /privileged|volume|publish|--device|host/.test(option)));
  if (process.getuid?.() === 0) assert.ok(options.includes("--user=65534:65534"), "root is nobody there");
  const variables = options.filter((option) => option.startsWith("--env"));
  assert.deepEqual(variables, ["--env=HOME=/tmp", "--env=SPARKIFY_WORK_DIR=/tmp/work"]);
  assert.equal(
    command.slice(at + 1).join(" "),
    "/submission/a.ipynb --no-sandbox --out /grades --timeout 600 --cell-timeout 180",
  );
  const withRubric = containerCommand(submission(top, "a.ipynb"), "one", "/g", {
    ...settings,
    rubric: "/r.json",
  });
  assert.deepEqual(withRubric.slice(-2), ["--rubric", "/rubric.json"]);
  assert.ok(withRubric.includes("type=bind,source=/r.json,target=/rubric.json,readonly"));
});

test("scripts that are run before are named in the container too", (t) => {
  const one = { ...submission(temporaryFolder(t), "a.ipynb"), scripts: ["create_tables.py", "etl.py"] };
  const command = containerCommand(one, "one", "/g", settings);
  assert.deepEqual(command.slice(-2), ["--scripts", "create_tables.py,etl.py"]);
});

describe("with a program in docker's place", () => {
  testUnless(isWindows)(
    "each submission has one container, and one that gives no grade costs one row",
    async (t) => {
      const folder = temporaryFolder(t);
      const good: Grade = { ...emptyGrade("inside"), graded: true, points: 7, maxPoints: 9 };
      const calls = inDockersPlace(
        folder,
        `
const out = args.find((arg) => arg.endsWith("target=/grades")).match(/source=([^,]+)/)[1];
const [path] = args.filter((arg) => arg.startsWith("/submission/"));
const elsewhere = ${JSON.stringify(join(folder, "elsewhere"))};
if (path.endsWith("linked.ipynb")) symlinkSync(elsewhere, out + "/graded");
else mkdirSync(out + "/graded");
const put = (text) => writeFileSync(out + "/graded/x.json", text);
if (path.endsWith("good.ipynb")) put(${JSON.stringify(JSON.stringify({ input: "", grade: good }))});
if (path.endsWith("forged.ipynb")) put('{"grade": {"graded": true, "points": "many", "items": [null]}}');
if (path.endsWith("silent.ipynb")) { console.error("no room"); process.exit(125); }`,
      );
      write(join(folder, "elsewhere", "x.json"), JSON.stringify({ grade: good }));
      const names = ["good.ipynb", "forged.ipynb", "silent.ipynb", "gone.ipynb", "linked.ipynb"];
      const submissions = names.map((name) => submission(folder, name));
      (submissions[3] as Submission).problem = "It is a link.";
      const grades: Grade[] = [];
      const directory = join(folder, "batch");
      mkdirSync(directory);
      await gradeInContainers(submissions, {
        ...settings,
        program: "docker",
        directory,
        jobs: 1,
        onGrade: (_, grade) => grades.push(grade),
      });
      assert.deepEqual(
        grades.map(({ submission, graded, points, error }) => [submission, graded, points, error]),
        [
          ["good.ipynb", true, 7, undefined],
          ["forged.ipynb", false, 0, "The grader failed: what came out of the container is no grade"],
          ["silent.ipynb", false, 0, "The grader failed: no grade came out of the container. no room"],
          ["gone.ipynb", false, 0, "It is a link."],
          ["linked.ipynb", false, 0, "The grader failed: no grade came out of the container."],
        ],
      );
      const runs = calls();
      assert.deepEqual(
        runs.map(([word]) => word),
        ["run", "run", "run", "run"],
      );
      assert.equal(new Set(runs.map((args) => args.find((arg) => arg.startsWith("--name=")))).size, 4);
      assert.ok(!existsSync(join(directory, "grades-1")), "nothing is left");
    },
  );

  testUnless(isWindows)("the image is made once, from the sources alone", async (t) => {
    const folder = temporaryFolder(t);
    const calls = inDockersPlace(
      folder,
      `
const made = ${JSON.stringify(join(folder, "made"))};
if (args[0] === "image") process.exit(existsSync(made) ? 0 : 1);
if (args[0] === "build") {
  const context = args.at(-1);
  const there = (name) => existsSync(context + "/" + name);
  const wanted = ["package-lock.json", "tools/start.mjs", "packages/grader/src/container.ts", "event_data/2018-11-01-events.csv"];
  const unwanted = ["node_modules", ".venv", ".git", "packages/grader/dist", "packages/grader/test"];
  if (!wanted.every(there) || unwanted.some(there) || !existsSync(args[args.indexOf("--file") + 1])) process.exit(1);
  writeFileSync(made, "");
}`,
    );
    const image = await containerImage("docker", folder);
    assert.match(image, /^sparkify-grader:[0-9a-f]{16}$/);
    assert.equal(await containerImage("docker", folder), image);
    assert.deepEqual(
      calls().map(([word]) => word),
      ["info", "image", "build", "info", "image"],
    );
    assert.ok(!existsSync(join(folder, "image")));
  });

  testUnless(isWindows)("that does not answer, or is not there, the command says so", async (t) => {
    const folder = temporaryFolder(t);
    inDockersPlace(folder, `console.error("Is the daemon running?"); process.exit(1);`);
    await fails(() => containerImage("docker", folder), "docker does not answer: Is the daemon running?");
    vi.stubEnv("PATH", join(folder, "nowhere"));
    await fails(() => containerImage("podman", folder), "podman is not installed");
  });
});

test("what a container gives is a grade only where all of it has the form of one", () => {
  const grade: Grade = {
    ...emptyGrade("x"),
    graded: true,
    items: [
      {
        id: "q1",
        title: "",
        verdict: "pass",
        points: 1,
        maxPoints: 1,
        evidence: "",
        hint: "",
        details: [{ title: "", rows: [{ a: 1 }] }],
      },
    ],
    notes: [{ title: "", text: "" }],
  };
  assert.ok(isGrade(grade));
  const [item] = grade.items;
  const others: unknown[] = [
    null,
    [],
    { ...grade, items: {} },
    { ...grade, points: Number.POSITIVE_INFINITY },
    { ...grade, notes: [{ title: 1, text: "" }] },
    { ...grade, error: 7 },
    { ...grade, items: [{ ...item, verdict: "<b>" }] },
    { ...grade, items: [{ ...item, details: [{ title: "", got: [] }] }] },
  ];
  for (const other of others) assert.ok(!isGrade(other), JSON.stringify(other));
});
