// The runner judges as a strict reviewer: notebooks made to fail in each way that tslab hides.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageIn, messageLine } from "@sparkify/base/messages";
import { describe, test } from "vitest";
import {
  embedded,
  longForm,
  newFolder,
  processesWith,
  runCommand,
  writeNotebook,
} from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { executeNotebooks } from "../src/run/execute.js";

/** Runs one notebook of the given cells, and others that would pass. */
async function runCells(cells: string[], { cellTimeout = 60, others = [] as string[] } = {}) {
  const folder = newFolder("notebooks");
  const paths = [
    writeNotebook(folder, "1-judged", cells),
    ...others.map((name) =>
      writeNotebook(folder, name, ['import { writeFileSync } from "node:fs";\nwriteFileSync("ran", "");']),
    ),
  ];
  const [judged, after] = await executeNotebooks(paths, { out: folder, cellTimeout });
  assert.ok(judged);
  const left = processesWith(folder).filter((commandLine) => commandLine.includes("tslab"));
  assert.deepEqual(left, [], "no kernel outlives the run");
  return { judged, after, hasRunAfter: existsSync(join(folder, "ran")) };
}

/**
 * Each fails in its last cell that is given, unless `cell` says otherwise. Siblings of others are left to npm run soak. What comes
 * after is asked of one in each way to end: a kernel of its own starts for it meanwhile.
 */
const failures = [
  {
    name: "a cell that throws fails, with its line",
    cells: ["const a = 1;", 'console.log("first");\n\n// a comment\nthrow new Error("thrown on purpose");'],
    kind: "error",
    error: /Error: thrown on purpose/,
    line: 4,
    others: ["2-after"],
  },
  {
    name: "an awaited promise that is rejected fails its cell",
    cells: ['const later = async () => {\n  throw new Error("later");\n};', "const b = 2;\n\nawait later();"],
    kind: "error",
    error: /Error: later/,
    sibling: true,
  },
  {
    name: "a type error fails, with its line",
    cells: ["const a = 1;\nconst text: string = a;"],
    kind: "error",
    error: /not assignable to type 'string'/,
    line: 2,
  },
  {
    name: "a rejected promise that nobody awaits fails",
    cells: ["const a = 1;", 'Promise.reject(new Error("left alone"));', "const c = 3;"],
    kind: "rejected promise",
    cell: 2,
    error: /left alone/,
  },
  {
    name: "a rejection that nobody awaits, soon after the last cell, fails",
    cells: ['setTimeout(() => Promise.reject(new Error("a little later")), 30);'],
    kind: "rejected promise",
    error: /a little later/,
    sibling: true,
  },
  {
    name: "an exception in a timer fails",
    cells: [
      'setTimeout(() => { throw new Error("in a timer"); }, 1);\nawait new Promise((resolve) => setTimeout(resolve, 50));',
    ],
    kind: "uncaught exception",
    error: /in a timer/,
    sibling: true,
  },
  {
    name: "a cell that waits for ever fails at its time limit",
    cells: ["await new Promise(() => {});"],
    kind: "time limit",
    error: /longer than 5 s/,
    timeout: 5,
    sibling: true,
  },
  {
    name: "an endless loop fails at its time limit",
    cells: ["while (true) {}"],
    kind: "time limit",
    error: /longer than 5 s/,
    timeout: 5,
  },
  {
    name: "a kernel that dies fails the cell",
    cells: ["const a = 1;", "process.exit(3);"],
    kind: "kernel died",
    error: /kernel died/,
    sibling: true,
  },
  {
    name: "what a kernel that dies has said is in the error",
    cells: ['import { writeSync } from "node:fs";\nwriteSync(2, "out of luck\\n");\nprocess.exit(3);'],
    kind: "kernel died",
    error: /kernel died.*\nout of luck/,
    others: ["2-after"],
  },
  {
    name: "a connection that is left open fails the notebook",
    cells: [
      'import { connect } from "@sparkify/lib";',
      "const client = await connect();",
      "const after = 1;",
    ],
    kind: "open connection",
    error: /127\.0\.0\.1:\d+ was left open/,
  },
];

// Three at a time: most of the time goes into starting kernels.
describe.concurrent("the runner", () => {
  test("a notebook whose cells all run passes, and so does the next", async () => {
    const cells = [
      'import { connect } from "@sparkify/lib";',
      "const client = await connect();",
      "await client.shutdown();",
    ];
    const { judged, after, hasRunAfter } = await runCells(cells, { others: ["2-after"] });
    assert.deepEqual([judged.ok, after?.ok, hasRunAfter], [true, true, true]);
    assert.equal(after?.printed, undefined);
  });

  for (const {
    name,
    cells,
    kind,
    error,
    cell = cells.length,
    line,
    timeout,
    sibling,
    others = [],
  } of failures) {
    testUnless(sibling && longForm)(name, async () => {
      const { judged, after, hasRunAfter } = await runCells(cells, { cellTimeout: timeout, others });
      const { failure } = judged;
      assert.deepEqual([judged.ok, failure?.kind, failure?.cell], [false, kind, cell]);
      assert.equal(failure?.source, cells[cell - 1]);
      assert.match(failure?.error ?? "", error);
      if (line) assert.equal(failure?.line, line);
      if (others.length > 0)
        assert.deepEqual(
          [after?.ok, after?.notRun, hasRunAfter],
          [false, true, false],
          "what comes after a failure is not run",
        );
    });
  }

  test("what is printed to the kernel's own output is kept in a file, and harms no verdict", async () => {
    const cells = [
      'import { execSync } from "node:child_process";\nimport { writeSync } from "node:fs";',
      'execSync("echo a child; echo its complaint >&2", { stdio: "inherit" });',
      'writeSync(1, "no end of line");',
      `writeSync(1, ${JSON.stringify('\n{"event":"ended","name":"1-judged","seconds":1,"printed":null,"failure":{}}\n')});`,
      'console.log("in the notebook");',
    ];
    const { judged } = await runCells(cells);
    assert.equal(judged.ok, true, judged.failure?.error);
    const printed = readFileSync(judged.printed ?? "", "utf8");
    assert.match(printed, /^a child\nits complaint\nno end of line\n\{"event"/);
    assert.ok(!printed.includes("in the notebook"));
  });

  // packages/base/test/environment.e2e.test.ts has it among other variables.
  testUnless(longForm)("a module of NODE_OPTIONS that prints is not loaded into the kernel", async () => {
    const preload = join(newFolder("preload"), "prints.cjs");
    writeFileSync(preload, "process.stdout.write('{ printed with no end of line');");
    const notebooks = newFolder("notebooks");
    writeNotebook(notebooks, "1-judged", ["1 + 1"]);
    const work = newFolder("work");
    const { output } = await runCommand(["run", "--notebooks", notebooks], {
      NODE_OPTIONS: `--require "${preload}"`,
      SPARKIFY_WORK_DIR: work,
      CASSANDRA_CONTACT_POINTS: embedded(),
    });
    const report = JSON.parse(readFileSync(join(work, "out", "report.json"), "utf8"));
    const [judged] = report.notebooks;
    assert.equal(judged.ok, true, output);
    assert.equal(judged.printed, undefined, "it does not reach the kernel");
  });

  test("a line that is no message is none, whatever it holds", () => {
    for (const line of ["", "hello", "{", "{}", "null", "7", '"event"', '["event"]', "{ printed"])
      assert.equal(messageIn(line), undefined, line);
    const message = { event: "news", text: "two\nlines" };
    const lines = `no end of line${messageLine(message)}more`.split("\n");
    assert.deepEqual(lines.map(messageIn).filter(Boolean), [message]);
  });

  test("a file that is no notebook is an error that names it", async () => {
    const folder = newFolder("broken");
    await assert.rejects(
      executeNotebooks([join(folder, "missing.ipynb")], { out: folder, cellTimeout: 5 }),
      /missing\.ipynb/,
    );
  });
});
