// What is mended in tslab's kernel: messages that are sent while another one is on its way; and files that change between
// two cells, for which TypeScript has two timers pending where tslab knows of one. And that what makes it quicker changes
// nothing of what it does.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { longForm, newFolder, runProgram, writeNotebook } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { walkthrough } from "../../../tools/walkthrough.js";
import { readNotebook, runnable } from "../src/notebooks/notebook.js";
import { executeNotebooks } from "../src/run/execute.js";

const preload = join(import.meta.dirname, "..", "kernel", "preload.cjs");
const converter = join(projectRoot, "node_modules", "tslab", "dist", "converter.js");

/** What a script says, as JSON, and nothing else. @param args for Node */
async function said(script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const path = join(newFolder("script"), "script.cjs");
  writeFileSync(path, script);
  const { output } = await runProgram(process.execPath, [...args, path], env);
  return JSON.parse(output);
}

/** A project with a package `dep`, and a folder of notebooks. */
function newProject() {
  const project = newFolder("project");
  const dep = join(project, "node_modules", "dep");
  const notebooks = join(project, "notebooks");
  for (const folder of [dep, notebooks]) mkdirSync(folder, { recursive: true });
  const about = { name: "dep", version: "1.0.0", main: "index.js", types: "index.d.ts" };
  writeFileSync(join(dep, "package.json"), JSON.stringify(about));
  writeFileSync(join(dep, "index.d.ts"), "export declare const one: number;\n");
  writeFileSync(join(dep, "index.js"), "exports.one = 1; exports.two = 'two';\n");
  return { project, dep, notebooks };
}

/** What happens to the package between two cells. */
const events: Record<string, string> = {
  "a package.json is touched": "fs.utimesSync('package.json', new Date(), new Date())",
  "a file of types and a package.json are touched":
    "for (const name of ['index.d.ts', 'package.json']) fs.utimesSync(name, new Date(), new Date())",
};

/** What goes wrong in cells between which something happens. @param args for Node */
async function errorsOf(event: string, args: string[]): Promise<string[]> {
  const { dep, notebooks } = newProject();
  return said(
    `const fs = require("node:fs");
     const errors = [];
     const end = () => { console.log(JSON.stringify(errors)); process.exit(); };
     process.on("uncaughtException", ({ message }) => errors.push(message)); // in a watcher
     process.chdir(${JSON.stringify(notebooks)});
     const { convert } = require(${JSON.stringify(converter)}).createConverter({ isJS: false, isBrowser: false });
     let declared = "";
     const cell = (source) => {
       try {
         const { declOutput, diagnostics } = convert(declared, source);
         declared = declOutput ?? declared;
         errors.push(...diagnostics.map(({ messageText }) => messageText));
       } catch ({ message }) { errors.push(message); }
     };
     cell('import { one } from "dep";');
     process.chdir(${JSON.stringify(dep)});
     setTimeout(end, 30_000).unref();
     ${event};
     const go = () => {
       cell("const a: number = one;");
       cell("const b: number = a;");
       end();
     };
     setTimeout(() => setTimeout(() => setImmediate(go), 50), 1000); // when the watchers have noticed`,
    args,
  );
}

for (const [place, [what, event]] of Object.entries(events).entries()) {
  testUnless(place > 0 && longForm)(
    `${what}: tslab alone fails in every later cell, with the kernel's timers none does`,
    async () => {
      const [alone, timed] = await Promise.all([
        errorsOf(event, []),
        errorsOf(event, ["--require", preload]),
      ]);
      assert.ok(alone.includes("Unexpected pending rebuildTimer"), `tslab itself is right now: ${alone}`);
      assert.deepEqual(timed, []);
    },
  );
}

test("a kernel goes on when a package changes between its cells, and sees what has changed", async () => {
  const { dep, notebooks } = newProject();
  const types = JSON.stringify(join(dep, "index.d.ts"));
  const about = JSON.stringify(join(dep, "package.json"));
  const wait = "await new Promise((resolve) => setTimeout(resolve, 1000));";
  const path = writeNotebook(notebooks, "1-changes", [
    'import { utimesSync, writeFileSync } from "node:fs";\nimport { one } from "dep";',
    `utimesSync(${about}, new Date(), new Date());\n${wait}`,
    "const a: number = one;",
    `writeFileSync(${types}, "export declare const one: number;\\nexport declare const two: string;\\n");\nutimesSync(${about}, new Date(), new Date());\n${wait}`,
    'import { two } from "dep";\nconst b: string = two;',
    "const c: number = two;",
  ]);
  const [result] = await executeNotebooks([path], { out: notebooks, cellTimeout: 60 });
  assert.equal(result?.failure?.cell, 6, result?.failure?.error);
  assert.match(result?.failure?.error ?? "", /Type 'string' is not assignable to type 'number'/);
});

test("the runner's kernels read the types of Node and of JavaScript without documentation, and lose nothing else", async () => {
  const packages = join(projectRoot, "node_modules");
  const watch = join(import.meta.dirname, "..", "kernel", "watch.cjs");
  const env = { SPARKIFY_KERNEL_WATCH: join(newFolder("types"), "watch") };
  const seen = await said(
    `const { readdirSync, readFileSync } = require("node:fs");
     const { join } = require("node:path");
     const ts = require("@tslab/typescript-for-tslab");
     const printer = ts.createPrinter({ removeComments: true });
     const plain = (text) => {
       const file = ts.createSourceFile("a.d.ts", text, ts.ScriptTarget.Latest);
       return JSON.stringify([printer.printFile(file), file.referencedFiles, file.libReferenceDirectives].map((part) =>
         typeof part === "string" ? part : part.map(({ fileName }) => fileName)));
     };
     const seen = { files: 0, characters: 0, left: 0, altered: [] };
     for (const folder of ["@types/node", "@tslab/typescript-for-tslab/lib"])
       for (const name of readdirSync(join(${JSON.stringify(packages)}, folder), { recursive: true })) {
         if (!/\\.d\\.ts$/.test(name) || /^(typescript|tsserver|lib\\.webworker)/.test(name)) continue;
         const file = join(${JSON.stringify(packages)}, folder, name);
         const [whole, read] = [readFileSync(file, "utf8"), ts.sys.readFile(file)];
         seen.files++;
         seen.characters += whole.length;
         seen.left += read.length;
         if (plain(whole) !== plain(read)) seen.altered.push(file);
       }
     console.log(JSON.stringify(seen));`,
    ["--require", watch],
    env,
  );
  assert.deepEqual(seen.altered, []);
  assert.ok(seen.files > 100 && seen.left < seen.characters - 1_000_000, JSON.stringify(seen));
});

/** What tslab makes of cells, each as JSON. @param args for Node */
const convertedBy = (args: string[], folder: string, cells: string[]): Promise<string[]> =>
  said(
    `process.chdir(${JSON.stringify(folder)});
     const { createConverter } = require(${JSON.stringify(converter)});
     const { getCodeMetadata } = require(${JSON.stringify(converter.replace("converter", "metadata"))});
     const { addModule, convert } = createConverter({ isJS: false, isBrowser: false });
     let declared = "";
     const converted = ${JSON.stringify(cells)}.map((source) => {
       const meta = getCodeMetadata(source);
       if (meta.module) return JSON.stringify(addModule(meta.module, source, meta));
       const result = convert(declared, source);
       if (result.diagnostics.length === 0) declared = result.declOutput;
       return JSON.stringify(result);
     });
     console.log(JSON.stringify(converted));
     process.exit();`,
    args,
  );

async function expectSameConversion(folder: string, cells: string[]): Promise<string[]> {
  const [alone, mended] = await Promise.all([
    convertedBy([], folder, cells),
    convertedBy(["--require", preload], folder, cells),
  ]);
  assert.deepEqual(mended, alone);
  assert.deepEqual(
    await convertedBy(["--require", preload], folder, cells),
    alone,
    "as far as they were kept",
  );
  assert.equal(mended.length, cells.length);
  return mended;
}

test("cells become the same JavaScript, declarations and messages as in tslab alone", async () => {
  const { notebooks } = newProject();
  const write = (name: string, text: string) => writeFileSync(join(notebooks, name), text);
  write(
    "near.ts",
    '/// <reference path="./named.ts" />\nimport { far } from "./far";\nexport const near = far + Named.one;\n',
  );
  write("far.ts", "export const far = 41;\n");
  write("plain.js", "exports.plain = 1;\n");
  write("wrong.ts", 'export const wrong: number = "text";\n');
  write("named.ts", "namespace Named { export const one = 1; }\n");
  const converted = await expectSameConversion(notebooks, [
    'import { one } from "dep";\nimport { near } from "./near";',
    "const a: number = one + near;\na;",
    "/** @module helper */\nexport interface Row { user: string }\nexport const help = (row: Row) => row.user;",
    'import { help, Row } from "./helper";\nimport { plain } from "./plain";',
    'const row: Row = { user: "x" };\nhelp(row);\nplain;',
    "const wrong: number = help(row);",
    'import { wrong } from "./wrong";',
    "class Song { constructor(readonly title: string) {} }\nenum Level { free, paid }",
    "const a = await Promise.resolve(new Song(String(Level.paid)));\nconsole.log(a.title);",
    "Named.one;",
    "import * as fs from 'node:fs';\nfunction read<T extends string>(path: T) { return fs.existsSync(path); }",
    "let { x, y: [z] } = { x: 1, y: [read('x')] };\nawait z;",
    "x.nothing;",
  ]);
  const at = (cell: number) => JSON.parse(converted[cell - 1] ?? "");
  assert.deepEqual(
    at(1).sideOutputs.map(({ path }: { path: string }) => path.replace(/^.*[/\\]/, "")),
    ["far.js", "named.js", "near.js"],
  );
  assert.match(at(6).diagnostics[0].messageText, /Type 'string' is not assignable to type 'number'/);
  assert.equal(at(7).diagnostics[0].fileName, "wrong.ts");
  assert.match(at(13).diagnostics[0].messageText, /Property 'nothing' does not exist/);
});

testUnless(longForm)("so do those of the walkthrough", async () => {
  for (const path of runnable(walkthrough.main, walkthrough)) {
    const cells = readNotebook(path).cells.filter(({ cell_type: type }) => type === "code");
    await expectSameConversion(
      walkthrough.main,
      cells.map(({ source }) => source.join("")),
    );
  }
});

/** What a kernel makes of cells, the first of which goes elsewhere, and whether the compiler had to read a file for them. */
const keptOrMade = (
  folder: string,
  cells: string[],
): Promise<{ messages: string[]; declared: string; isCompiled: boolean }> =>
  said(
    `process.chdir(${JSON.stringify(folder)});
     const { sys } = require("@tslab/typescript-for-tslab");
     const { watchFile } = sys;
     let isCompiled = false;
     sys.watchFile = (...given) => {
       isCompiled = true;
       return watchFile(...given);
     };
     const { createConverter } = require(${JSON.stringify(converter)});
     const { convert } = createConverter({ isJS: false, isBrowser: false });
     let declared = "";
     const messages = [];
     for (const source of ${JSON.stringify(cells)}) {
       const { declOutput, diagnostics } = convert(declared, source);
       declared = declOutput ?? declared;
       messages.push(...diagnostics.map(({ messageText }) => messageText));
       process.chdir("/");
     }
     console.log(JSON.stringify({ messages, declared, isCompiled }));
     process.exit();`,
    ["--require", preload],
  );

/** What changes for cells that were kept, and what the compiler says of them then. */
const changes: Record<string, [change: (place: ReturnType<typeof newProject>) => void, RegExp]> = {
  "the types of a package": [
    ({ dep }) => writeFileSync(join(dep, "index.d.ts"), "export declare const one: string;\n"), // as long as before
    /^Type 'string' is not assignable to type 'number'/,
  ],
  "another package that is nearer": [
    ({ notebooks }) => {
      const nearer = join(notebooks, "node_modules", "dep");
      mkdirSync(nearer, { recursive: true });
      writeFileSync(join(nearer, "index.d.ts"), "export declare const one: boolean;\n");
    },
    /^Type 'boolean' is not assignable to type 'number'/,
  ],
  "a package that is no longer there": [
    ({ dep }) => rmSync(dep, { recursive: true }),
    /^Cannot find module 'dep'/,
  ],
  "types of its own for all cells": [
    ({ project }) => {
      const types = join(project, "node_modules", "@types", "all");
      mkdirSync(types, { recursive: true });
      writeFileSync(join(types, "index.d.ts"), 'declare module "dep" {\n  export const two: number;\n}\n');
    },
    /^Module '"dep"' has no exported member 'one'/,
  ],
};
for (const [place, [what, [change, message]]] of Object.entries(changes).entries()) {
  testUnless(place > 0 && longForm)(
    `cells are kept for the next kernel until they depend on ${what}`,
    async () => {
      const project = newProject();
      const cells = ['import { one } from "dep";', "const a: number = one;"];
      const made = await keptOrMade(project.notebooks, cells);
      assert.deepEqual([made.messages, made.isCompiled], [[], true]);
      assert.deepEqual(await keptOrMade(project.notebooks, cells), { ...made, isCompiled: false });
      const more = await keptOrMade(project.notebooks, [...cells, "const b: number = one;"]);
      assert.deepEqual([more.messages, more.isCompiled], [[], true], "a new cell after kept ones");

      change(project);
      const changed = await keptOrMade(project.notebooks, cells);
      assert.match(changed.messages[0] ?? "", message);
    },
  );
}

test("the code of a module that was loaded once is kept, as long as the module stays what it was", async () => {
  const folder = newFolder("kept");
  const kept = join(folder, "code");
  const module = join(folder, "module.js");
  const load = () =>
    said(`
      const { loadKept } = require(${JSON.stringify(join(preload, "..", "kept-code.cjs"))});
      const { keep } = loadKept(${JSON.stringify(module)}, ${JSON.stringify(kept)});
      const found = require(${JSON.stringify(module)});
      console.log(JSON.stringify({ called: found.call(), name: found.name, wasKept: !keep }));
      keep?.();`);
  const write = (value: number) =>
    writeFileSync(
      module,
      `exports.call = () => ${value};\nexports.name = require("node:path").basename(__filename) + (module.exports === this);\n`,
    );
  write(1);
  assert.deepEqual(await load(), { called: 1, name: "module.jstrue", wasKept: false });
  assert.deepEqual(await load(), { called: 1, name: "module.jstrue", wasKept: true });
  write(2); // of the same length
  assert.deepEqual(await load(), { called: 2, name: "module.jstrue", wasKept: false });
  const files = readdirSync(kept);
  assert.equal(files.length, 2, "nothing unfinished is left");
  for (const name of files) writeFileSync(join(kept, name), "cut short");
  assert.deepEqual(await load(), { called: 2, name: "module.jstrue", wasKept: false });
  assert.deepEqual(await load(), { called: 2, name: "module.jstrue", wasKept: true });
  rmSync(kept, { recursive: true });
  writeFileSync(kept, "no folder");
  assert.deepEqual(await load(), { called: 2, name: "module.jstrue", wasKept: false });
});

/** What becomes of two messages that are sent while a socket is bound, and of its binding. */
const sentWhileBound = (kind: string, args: string[]): Promise<string[]> =>
  said(
    `const socket = new (require("zeromq").${kind})();
     const bound = socket.bind("tcp://127.0.0.1:*");
     const send = async (text) => socket.send(text); // it may throw at once
     const ends = (work) => work.then(() => "done", ({ message }) => message);
     const waits = () => new Promise((resolve) => setTimeout(resolve, 1000, "waits"));
     const all = [send("first"), send("second"), bound].map((work) => Promise.race([ends(work), waits()]));
     Promise.all(all).then((all) => {
       console.log(JSON.stringify(all));
       process.exit();
     });`,
    args,
  );

test("what is sent while a socket is bound is sent when it is: ZeroMQ alone refuses it", async () => {
  const refused = "Socket is blocked by a bind or unbind operation";
  for (const [kind, sent] of [
    ["Publisher", "done"],
    ["Reply", "waits"], // until it is asked
  ] as const) {
    const [alone, mended] = await Promise.all([
      sentWhileBound(kind, []),
      sentWhileBound(kind, ["--require", preload]),
    ]);
    assert.deepEqual(alone, [refused, refused, "done"], kind);
    assert.deepEqual(mended, [sent, sent, "done"], kind);
  }
});

test("a cell that shows more than a socket takes at once shows it all, in its order", async () => {
  const folder = newFolder("much");
  const path = writeNotebook(folder, "1-much", [
    'import * as tslab from "tslab";',
    'for (let part = 0; part < 1500; part++)\n  tslab.display.html("part " + part + " " + "x".repeat(2_000));',
    'console.log("the next cell");',
  ]);
  const [result] = await executeNotebooks([path], { out: folder, cellTimeout: 60 });
  assert.equal(result?.ok, true, result?.failure?.error);
  const shown = JSON.stringify(readNotebook(path).cells[1]?.outputs).match(/part \d+/g);
  assert.deepEqual(
    shown,
    Array.from({ length: 1500 }, (_, part) => `part ${part}`),
  );
});

testUnless(longForm)(
  "200 kernels start and run while packages change and every processor is busy",
  async (t) => {
    const { project, dep, notebooks } = newProject();
    const busy = Array.from({ length: availableParallelism() }, () =>
      spawn(process.execPath, ["-e", "while (true);"]),
    );
    const change = `
    const fs = require("node:fs");
    let n = 0;
    setInterval(() => {
      fs.utimesSync("dep/package.json", new Date(), new Date());
      fs.utimesSync("dep/index.d.ts", new Date(), new Date());
      if (n++ % 2 === 0) fs.mkdirSync("other"); else fs.rmdirSync("other");
    }, 40);`;
    const changing = spawn(process.execPath, ["-e", change], { cwd: join(project, "node_modules") });
    t.onTestFinished(() => {
      for (const child of [...busy, changing]) child.kill("SIGKILL");
    });
    const paths = Array.from({ length: 200 }, (_, number) =>
      writeNotebook(notebooks, `${number}-starts`, [
        'import { one } from "dep";',
        "const a: number = one;",
        "await new Promise((resolve) => setTimeout(resolve, 100));",
        "const b: number = a + one;",
        "const c: number = a + b;",
      ]),
    );
    const results = await executeNotebooks(paths, { out: notebooks, cellTimeout: 120 });
    assert.deepEqual(
      results.filter(({ ok }) => !ok),
      [],
    );
    assert.equal(results.length, paths.length);
    assert.equal(changing.exitCode, null, "the packages went on changing");
    assert.ok(dep.startsWith(project));
  },
);
