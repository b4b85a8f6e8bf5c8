// The package alone, as somebody has it who installs it into an empty folder.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { expect, test } from "vitest";
import { runProgram } from "../../../test/command.js";
import { temporaryFolder } from "../../../test/support.js";

const packages = ["base", "embedded-cassandra"].map((name) => join(projectRoot, "packages", name));

test("from its tarball in an empty folder, the lines of its README install and start Cassandra", async (t) => {
  const folder = temporaryFolder(t);
  const run = async (program: string, ...args: string[]) => {
    const { code, output } = await runProgram(program, args, {}, folder);
    assert.equal(code, 0, output);
    return output;
  };
  await run("npm", "pack", ...packages);
  writeFileSync(join(folder, "package.json"), "{}");
  const tarballs = ["base", "embedded-cassandra"].map((name) => `./sparkify-${name}-1.0.0.tgz`);
  await run("npm", "install", "--prefer-offline", "--no-audit", ...tarballs);
  const readme = readFileSync(join(projectRoot, "packages", "embedded-cassandra", "README.md"), "utf8");
  writeFileSync(join(folder, "main.mjs"), readme.match(/```js\n(.*?)```/s)?.[1] ?? "");
  assert.match(await run(process.execPath, "main.mjs"), /^5\.0\.9$/m);
});

test("what it installs for Java and jgo is of the project's own releases", () => {
  const requirements = (...path: string[]) =>
    readFileSync(join(projectRoot, ...path), "utf8").match(/^[\w.-]+==\S+.*$/gm) ?? [];
  const pinned = requirements("packages", "embedded-cassandra", "requirements.txt");
  assert.ok(pinned.length > 10);
  expect(requirements("tools", "setup", "requirements.txt")).toEqual(expect.arrayContaining(pinned));
});
