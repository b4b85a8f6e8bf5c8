// Packages alone, as somebody has them who installs them into an empty folder.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import type { TestContext } from "vitest";
import { embedded, runProgram } from "./command.js";
import { temporaryFolder } from "./support.js";

const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));

/**
 * Packs some of the packages, installs their tarballs into an empty folder, and runs there the first JavaScript of the last
 * one's README, with the tests' own Cassandra in the place of the usual one.
 * @param prepare makes what the lines need to find in the folder
 * @param edit what is changed in them
 * @returns what it prints
 */
export async function runReadme(
  t: TestContext,
  names: string[],
  prepare: (folder: string) => unknown = () => {},
  edit: (code: string) => string = (code) => code,
): Promise<string> {
  const folder = temporaryFolder(t);
  prepare(folder);
  const run = async (program: string, ...args: string[]) => {
    const { code, output } = await runProgram(program, args, {}, folder);
    assert.equal(code, 0, output);
    return output;
  };
  const folderOf = (name = "") => join(projectRoot, "packages", name);
  await run("npm", "pack", ...names.map(folderOf));
  writeFileSync(join(folder, "package.json"), "{}");
  const tarballs = names.map((name) => `./sparkify-${name}-${version}.tgz`);
  await run("npm", "install", "--prefer-offline", "--no-audit", ...tarballs);
  const [, code = ""] =
    /```js\n(.*?)```/s.exec(readFileSync(join(folderOf(names.at(-1)), "README.md"), "utf8")) ?? [];
  writeFileSync(join(folder, "main.mjs"), edit(code.replace("127.0.0.1:9042", embedded())));
  return run(process.execPath, "main.mjs");
}
