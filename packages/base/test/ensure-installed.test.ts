// What is installed is checked and repaired, by one process at a time.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder, runProgram } from "../../../test/command.js";
import { ensureInstalled, entriesOf } from "../src/install/ensure-installed.mjs";

/** An installation of two files, and how often it was made. */
function installation() {
  const root = newFolder("installation");
  const folder = join(root, "installed");
  const input = join(root, "input");
  writeFileSync(input, "first");
  let installs = 0;
  const of = {
    title: "Install the thing",
    folder,
    inputs: [input],
    entries: () => entriesOf(folder),
    fault: (): string | undefined => undefined,
    install: async () => {
      installs++;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "program"), "a program");
      writeFileSync(join(folder, "library"), readFileSync(input));
    },
  };
  const installed = async () => {
    await ensureInstalled(of);
    return installs;
  };
  return { of, folder, input, installed };
}

test("what is whole is not installed again; what is missing, cut off or made from other inputs is", async () => {
  const { folder, input, installed } = installation();
  assert.equal(await installed(), 1);
  assert.equal(await installed(), 1);
  rmSync(join(folder, "program"));
  assert.equal(await installed(), 2);
  assert.equal(readFileSync(join(folder, "program"), "utf8"), "a program");
  writeFileSync(join(folder, "program"), "a pro");
  assert.equal(await installed(), 3);
  writeFileSync(input, "second");
  assert.equal(await installed(), 4);
  assert.equal(readFileSync(join(folder, "library"), "utf8"), "second");
  rmSync(folder, { recursive: true });
  assert.equal(await installed(), 5);
  assert.equal(await installed(), 5);
});

test("a program that does not work is installed again; where that does not help, the reason is told", async () => {
  const { of, folder, installed } = installation();
  assert.equal(await installed(), 1);
  of.fault = () => (existsSync(join(folder, "broken")) ? "it cannot be started" : undefined);
  writeFileSync(join(folder, "broken"), "");
  const { install } = of;
  of.install = async () => {
    rmSync(join(folder, "broken"));
    await install();
  };
  assert.equal(await installed(), 2);
  of.fault = () => "it cannot be started";
  of.install = install;
  await assert.rejects(
    installed(),
    /Install the thing: installed, but it cannot be started\. The folder is .*installed/,
  );
});

test("an installation that failed half-way is not believed", async () => {
  const { of, installed } = installation();
  const { install } = of;
  of.install = async () => {
    await install();
    throw new Error("the network is gone");
  };
  await assert.rejects(installed(), /the network is gone/);
  of.install = install;
  assert.equal(await installed(), 2);
});

test("of four processes one installs, and the others say for whom they wait", {
  tags: ["slow"],
}, async () => {
  const root = newFolder("installations");
  const [diary, begun] = [join(root, "diary"), join(root, "begun")];
  writeFileSync(join(root, "input"), "");
  const program = `
    const { ensureInstalled, entriesOf } = await import(${JSON.stringify(join(projectRoot, "packages", "base", "src", "install", "ensure-installed.mjs"))});
    const { appendFileSync, readFileSync } = await import("node:fs");
    appendFileSync(${JSON.stringify(begun)}, ".");
    await ensureInstalled({
      title: "Install the thing",
      folder: ${JSON.stringify(join(root, "installed"))},
      inputs: [${JSON.stringify(join(root, "input"))}],
      entries: () => [],
      async install() {
        appendFileSync(${JSON.stringify(diary)}, process.pid + "\\n");
        do await new Promise((resolve) => setTimeout(resolve, 1000));
        while (readFileSync(${JSON.stringify(begun)}, "utf8").length < 4);
      },
    });`;
  const ended = await Promise.all(
    Array.from({ length: 4 }, () => runProgram(process.execPath, ["--input-type=module", "-e", program])),
  );
  for (const { code, output } of ended) assert.equal(code, 0, output);
  const [installer = "", ...more] = readFileSync(diary, "utf8").trim().split("\n");
  assert.deepEqual(more, []);
  const waited = `… Install the thing: process ${installer} does it already, waiting for it`;
  assert.equal(ended.filter(({ output }) => output.includes(waited)).length, 3);
});
