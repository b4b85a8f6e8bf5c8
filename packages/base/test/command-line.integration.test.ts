import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder, runProgram } from "../../../test/command.js";
import { type CommandName, commands } from "../src/command-line/commands.mjs";
import { readCommandLine } from "../src/command-line/read.mjs";
import { examples } from "./command-line-examples.js";

test("with the npm in use, every option of every command is either taken as behind a --, or refused", async () => {
  const npm = process.env.npm_execpath;
  assert.ok(npm, "the tests are started by npm");
  const folder = newFolder("npm");
  const read = pathToFileURL(join(projectRoot, "packages", "base", "src", "command-line", "read.mjs")).href;
  writeFileSync(
    join(folder, "read.mjs"),
    `import { readCommandLine } from ${JSON.stringify(read)};
     const [name, ...args] = process.argv.slice(2);
     let said;
     try { said = readCommandLine(name, args, process.env).options; } catch (error) { said = error.message; }
     console.log(JSON.stringify({ said }));`,
  );
  const scripts = Object.fromEntries(Object.keys(commands).map((name) => [name, `node read.mjs ${name}`]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "told", version: "1.0.0", scripts }));
  const throughNpm = async (name: string, args: string[]) => {
    const words = name === "grade" ? ["x"] : [];
    const { output } = await runProgram(
      process.execPath,
      [npm, "run", "-s", name, ...args, ...words],
      {},
      folder,
    );
    return JSON.parse(output.trim().split("\n").at(-1) ?? "").said;
  };
  for (const [name, args] of Object.entries(examples)) {
    const expected = JSON.parse(
      JSON.stringify(
        readCommandLine(name as CommandName, [...args, ...(name === "grade" ? ["x"] : [])]).options,
      ),
    );
    const apart = args.flatMap((arg) => arg.split("="));
    const [joined, separate] = await Promise.all([throughNpm(name, args), throughNpm(name, apart)]);
    // npm 11 takes --plays for five options of one letter, and leaves the number behind.
    if (name === "generate") assert.match(joined, /takes no words, got "5"/);
    else assert.deepEqual(joined, expected, name);
    if (args.some((arg) => arg.includes("=")))
      assert.match(String(separate), /npm kept --|takes no words/, name);
    else assert.deepEqual(separate, expected, name);
  }
});
