// What a reader may type behind a command, and what npm does to it on the way.

import assert from "node:assert/strict";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder, runProgram } from "../../../test/command.js";
import { type CommandName, commands } from "../src/command-line/commands.mjs";
import { helpOf } from "../src/command-line/help.mjs";
import { isSlipOf, readCommandLine } from "../src/command-line/read.mjs";
import { examples } from "./command-line-examples.js";

const refused = (name: CommandName, args: string[], env: NodeJS.ProcessEnv, message: string) =>
  assert.throws(
    () => readCommandLine(name, args, env),
    (error: Error & { exitCode: number }) => {
      assert.equal(error.message, message);
      assert.equal(error.exitCode, 2);
      return true;
    },
    `${name} ${args.join(" ")} ${JSON.stringify(env)}`,
  );

test("options are read as they are declared", () => {
  const args = ["--dry-run", "--from", "2018-11-02", "--to=2018-11-03", "--tables", "a, b"];
  const { options, words } = readCommandLine("load", [...args, "--max-errors", "0"]);
  assert.deepEqual(options, {
    dryRun: true,
    from: "2018-11-02",
    to: "2018-11-03",
    tables: ["a", "b"],
    maxErrors: 0,
    concurrency: 128,
    skipFiles: false,
    resume: false,
  });
  assert.deepEqual(words, []);
  assert.deepEqual(readCommandLine("lab", ["--no-browser"]).options, { browser: false });
  assert.deepEqual(readCommandLine("lab", []).options, { browser: true });
  assert.deepEqual(readCommandLine("run", ["--lab", "growth", "--lab", "keys"]).options.lab, [
    "growth",
    "keys",
  ]);
  const grade = readCommandLine("grade", ["a", "--cell-timeout", "0.5", "b"]);
  assert.deepEqual([grade.options.cellTimeout, grade.options.timeout, grade.words], [0.5, 600, ["a", "b"]]);
  // pnpm and Yarn hand the -- on.
  assert.equal(readCommandLine("load", ["--", "--dry-run"]).options.dryRun, true);
});

test("what cannot be meant is refused in a sentence: what was expected, what came, where to look", () => {
  const tries: [CommandName, string[], string][] = [
    ["load", ["--from", "2018-02-30"], '--from takes a day of the calendar as 2018-11-01, got "2018-02-30"'],
    ["load", ["--from", "1.11.2018"], '--from takes a day of the calendar as 2018-11-01, got "1.11.2018"'],
    ["load", ["--to", "2018-13-01"], '--to takes a day of the calendar as 2018-11-30, got "2018-13-01"'],
    ["load", ["--from"], "--from takes a day of the calendar as 2018-11-01, got none"],
    ["load", ["--from", "--resume"], "--from takes a day of the calendar as 2018-11-01, got none"],
    [
      "load",
      ["--from", "2018-11-03", "--to", "2018-11-01"],
      "--from 2018-11-03 is later than --to 2018-11-01",
    ],
    ["load", ["--max-errors", "1e99"], '--max-errors takes a whole number from 0 to 1000000000, got "1e99"'],
    ["load", ["--max-errors=-1"], '--max-errors takes a whole number from 0 to 1000000000, got "-1"'],
    ["load", ["--max-errors="], '--max-errors takes a whole number from 0 to 1000000000, got ""'],
    ["load", ["--concurrency", "0x10"], '--concurrency takes a whole number from 1 to 32768, got "0x10"'],
    [
      "load",
      ["--tables", "a,,b"],
      '--tables takes names with commas between them, for instance users_by_song,song_by_session_item, got "a,,b"',
    ],
    ["load", ["--resume", "--resume"], "--resume was given twice"],
    ["load", ["--resume=yes"], '--resume takes no value, got "yes"'],
    ["load", ["--no-dry-run"], "npm run load has no option --no-dry-run"],
    ["load", ["--dryrun"], "npm run load has no option --dryrun, but --dry-run"],
    ["load", ["--constructor"], "npm run load has no option --constructor"],
    ["load", ["-x"], "npm run load has no option -x"],
    ["load", ["now"], 'npm run load takes no words, got "now" (an option stands behind a --)'],
    ["run", ["--bogus"], "npm start has no option --bogus"],
    [
      "run",
      ["--cell-timeout", "1e99"],
      '--cell-timeout takes seconds, more than 0 and at most 2000000, got "1e99"',
    ],
    ["run", ["--notebooks="], '--notebooks takes a folder, for instance my-notebooks, got ""'],
    ["verify", ["--bogus"], "npm run verify has no option --bogus"],
    ["grade", ["x", "--timeout", "x"], '--timeout takes seconds, more than 0 and at most 2000000, got "x"'],
    ["grade", ["x", "--timeout", "0"], '--timeout takes seconds, more than 0 and at most 2000000, got "0"'],
    ["grade", ["x", "--jobs", "0"], '--jobs takes a whole number from 1 to 64, got "0"'],
    ["grade", [], "npm run grade takes a path, for instance submissions, got none"],
    [
      "generate",
      ["--plays", "-1", "--to", "x"],
      '--plays takes a whole number from 1 to 999999999, got "-1"',
    ],
    ["generate", ["--plays", "5"], "--plays and --to belong together"],
    ["generate", ["--to", "x"], "--plays and --to belong together"],
    ["bench", ["--job", "lode"], '--job takes one of load, denormalize, latency, spark, got "lode"'],
    ["cassandra", ["begin"], 'npm run cassandra takes one of status, start, stop, destroy, got "begin"'],
    [
      "cassandra",
      ["stop", "start"],
      'npm run cassandra takes one word, got "start" (an option stands behind a --)',
    ],
    ["cluster", ["kill"], 'npm run cluster takes an IP address, for instance 127.0.0.1, got "kill"'],
  ];
  for (const [name, args, message] of tries)
    refused(name, args, {}, `${message}. See: ${commands[name].line} -- --help`);
});

test("what npm kept to itself is taken and said, or refused with the line to type", () => {
  const taken = (name: CommandName, env: NodeJS.ProcessEnv) => readCommandLine(name, [], env);
  const env = { npm_config_dry_run: "true", npm_config_max_errors: "0", npm_config_yes: "", other: "x" };
  const { options, notes } = taken("load", env);
  assert.deepEqual(
    [(options as { dryRun: boolean }).dryRun, (options as { maxErrors: number }).maxErrors],
    [true, 0],
  );
  assert.deepEqual(notes, [
    "npm kept --dry-run to itself; it is taken as: npm run load -- --dry-run",
    "npm kept --max-errors 0 to itself; it is taken as: npm run load -- --max-errors 0",
  ]);
  // No command that this one starts may take them once more.
  assert.deepEqual(env, { npm_config_yes: "", other: "x" });
  assert.deepEqual(taken("load", { NPM_CONFIG_DRY_RUN: "true" }).options, {
    ...readCommandLine("load", []).options,
    dryRun: true,
  });
  assert.deepEqual(taken("run", { npm_config_lab: "growth\n\nkeys" }).options, {
    ...readCommandLine("run", []).options,
    lab: ["growth", "keys"],
  });
  // npm's own option `browser` may name one.
  assert.deepEqual(taken("lab", { npm_config_browser: "firefox" }).options, { browser: true });
  assert.deepEqual(taken("lab", { npm_config_browser: "" }).options, { browser: false });
  // Of --no-sandbox npm makes a sandbox that is none, and there is an option of that name, too.
  const unguarded = readCommandLine("grade", ["x"], { npm_config_sandbox: "" });
  assert.deepEqual([unguarded.options.noSandbox, unguarded.options.sandbox], [true, undefined]);
  assert.deepEqual(unguarded.notes, [
    "npm kept --no-sandbox to itself; it is taken as: npm run grade -- --no-sandbox",
  ]);
  // What stands behind the -- is meant.
  assert.equal(readCommandLine("grade", ["x", "--jobs", "2"], { npm_config_jobs: "max" }).options.jobs, 2);

  const kept = (name: string) => `npm kept ${name} to itself, because there is no -- before it. Type: `;
  const { npm_config_from, ...fromTo } = {
    npm_config_from: "true",
    npm_config_token_description: "2018-11-03",
  };
  refused("load", ["2018-11-01"], { npm_config_from }, `${kept("--from")}npm run load -- --from 2018-11-01`);
  refused(
    "load",
    ["2018-11-01"],
    { npm_config_from, ...fromTo },
    `${kept("--from")}npm run load -- --from 2018-11-01 --to 2018-11-03`,
  );
  refused(
    "grade",
    ["4", "sub"],
    { npm_config_jobs: "true" },
    `${kept("--jobs")}npm run grade -- --jobs 4 sub`,
  );
  refused(
    "load",
    [],
    { npm_config_max_errors: "many" },
    `${kept("--max-errors")}npm run load -- --max-errors 100`,
  );
  refused("load", [], { npm_config_resume: "yes" }, `${kept("--resume")}npm run load -- --resume`);
});

test("nothing is done where a dry run was asked for in any spelling, and there is none", () => {
  for (const name of Object.keys(commands) as CommandName[]) {
    const { line } = commands[name];
    for (const npm_config of ["npm_config_dry_run", "npm_config_dryrun", "NPM_CONFIG_DRY_RUN"]) {
      const words = name === "grade" ? ["x"] : [];
      const spelled = npm_config.endsWith("dryrun") ? "--dryrun" : "--dry-run";
      const env = { [npm_config]: "true" };
      if (name !== "load")
        refused(
          name,
          words,
          env,
          `npm kept ${spelled} to itself, and ${line} has no dry run, so nothing was done. See: ${line} -- --help`,
        );
      else if (spelled === "--dryrun")
        refused(
          name,
          words,
          env,
          "npm kept --dryrun to itself. If --dry-run is meant, type: npm run load -- --dry-run",
        );
      else assert.equal((readCommandLine(name, words, env).options as { dryRun: boolean }).dryRun, true);
    }
  }
});

test("one wrong letter is a slip, two are another name", () => {
  for (const slip of ["dryrun", "dry_run", "dryRun", "dry-rum", "dry-ru", "drry-run", "dyr-run"])
    assert.ok(isSlipOf(slip, "dryRun"), slip);
  for (const other of ["dry", "run", "rdy-rnu", "cache", "dry-runner"])
    assert.ok(!isSlipOf(other, "dryRun"), other);
  assert.ok(!isSlipOf("tag", "tab"), "short names are all alike");
});

test("help is there before anything is installed, for every command, and names each of its options", async () => {
  const clone = newFolder("clone");
  for (const room of ["tools", join("packages", "base", "src")])
    cpSync(join(projectRoot, room), join(clone, room), { recursive: true });
  const start = join(clone, "tools", "start.mjs");
  const run = (args: string[]) => runProgram(process.execPath, [start, ...args], {}, clone);
  for (const [name, flag] of [
    ["run", "--help"],
    ["load", "-h"],
    ["grade", "--help"],
  ] as const) {
    const { code, output } = await run([name, "--bogus", flag]);
    assert.equal(code, 0, output);
    assert.equal(output, `${helpOf(name)}\n`);
  }
  for (const [name, args] of Object.entries(examples))
    for (const arg of args)
      assert.ok(helpOf(name as CommandName).includes(`  ${arg.split("=")[0]} `), `${name} ${arg}`);
  const all = await run(["--help"]);
  assert.equal(all.code, 0);
  for (const { line } of Object.values(commands)) assert.ok(all.output.includes(`  ${line} `), line);
  const wrong = await run(["lode"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.output, /There is no command "lode"\. .*npm run load /s);
  const bogus = await run(["verify", "--bogus"]);
  assert.deepEqual(
    [bogus.code, bogus.output],
    [2, "\n✘ npm run verify has no option --bogus. See: npm run verify -- --help\n"],
  );
  assert.deepEqual(readdirSync(clone), ["packages", "tools"], "nothing was set up");
});
