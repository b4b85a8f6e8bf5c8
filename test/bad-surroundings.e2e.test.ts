// What goes wrong around the project: each with a clear message and a non-zero exit.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, projectRoot, shortPath } from "@sparkify/lib";
import { describe, test } from "vitest";
import {
  embedded,
  longForm,
  newFolder,
  processesWith,
  runCommand,
  runProgram,
  startScript,
  writeNotebook,
} from "./command.js";
import { testUnless } from "./unless.js";

/** Runs findPython with the given PATH folders and environment. */
function findPython(env: NodeJS.ProcessEnv) {
  const module = join(projectRoot, "packages", "base", "src", "install", "find-python.mjs");
  const code = `import(${JSON.stringify(module)}).then(({ findPython }) => console.log(findPython())).catch((error) => { console.error(error.message); process.exit(1); })`;
  return runProgram(process.execPath, ["-e", code], env);
}

/** A stand-in for an interpreter, that answers the question for its version with these lines. */
function fakePython(lines: string[]): string {
  const folder = newFolder("python");
  for (const name of ["python3", "python", "py"]) {
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' ${lines.join(" ")}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

// Two at a time, each in a folder of its own: most of the time goes into starting processes.
describe.concurrent("bad surroundings", () => {
  test("no Python: the message says what to install", async () => {
    const { code, output } = await findPython({ PATH: newFolder("empty"), PYTHON: "" });
    assert.equal(code, 1);
    assert.match(output, /Python 3\.10 or newer.*is needed.*None was found.*python3, python, py -3/s);
  });

  test("a Python that is too old is named with its version", async () => {
    const { code, output } = await findPython({
      PATH: fakePython(["3", "9", "/old/python3", "venv"]),
      PYTHON: "",
    });
    assert.equal(code, 1);
    assert.match(output, /\/old\/python3 is Python 3\.9, too old/);
  });

  test("a Python without the venv module: the message names the package", async () => {
    const folder = fakePython(["3", "12", "/usr/bin/python3", "'no venv'"]);
    const { code, output } = await findPython({ PATH: folder, PYTHON: "" });
    assert.equal(code, 1);
    assert.match(output, /no venv module.*python3-venv/);
  });

  test("what Python prints before it answers does not hide the answer", async () => {
    const folder = fakePython(["'a greeting'", "3", "12", "/usr/bin/python3", "venv"]);
    const { code, output } = await findPython({ PATH: folder, PYTHON: "" });
    assert.deepEqual([code, output.trim()], [0, "/usr/bin/python3"]);
  });

  test("a Node that is too old is named with its version", async () => {
    const preload = join(newFolder("node"), "old.cjs");
    writeFileSync(
      preload,
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } });',
    );
    const { code, output } = await runCommand(["run"], {}, { nodeArgs: ["--require", preload] });
    assert.equal(code, 1);
    assert.match(output, /Node 18\.20\.4 is too old.*20\.19 or newer/s);
  });

  test("a registry that does not answer: the message says so, and that the next run goes on", async () => {
    const clone = newFolder("clone");
    const rooms = ["lib/package.json", "packages/base", "packages/embedded-cassandra", "tools"];
    for (const name of ["package.json", "package-lock.json", ".npmrc", ...rooms]) {
      cpSync(join(projectRoot, name), join(clone, name), { recursive: true });
    }
    const env = {
      npm_config_registry: "http://127.0.0.1:9/",
      npm_config_cache: newFolder("npm-cache"),
      npm_config_fetch_retry_mintimeout: "10",
      npm_config_fetch_retry_maxtimeout: "20",
      PIP_INDEX_URL: "http://127.0.0.1:9/",
      PIP_NO_CACHE_DIR: "1",
    };
    const { code, output } = await runProgram(
      process.execPath,
      [join(clone, "tools", "start.mjs"), "run"],
      env,
      clone,
    );
    assert.equal(code, 1);
    assert.match(output, /A package registry does not answer.*goes on where it stopped/s);
  });

  test("a missing event directory is named, before anything is started", async () => {
    const missing = join(newFolder("events"), "nothing-here");
    const { code, output } = await runCommand(["run"], { EVENT_DATA_DIR: missing });
    assert.equal(code, 1);
    assert.ok(output.includes(missing) && /does not exist/.test(output), output);
    assert.match(output, /EVENT_DATA_DIR=/);
    assert.doesNotMatch(output, /Start Cassandra/);
  });

  test("an event directory without logs is named, with what was passed over", async () => {
    const folder = newFolder("events");
    writeFileSync(join(folder, "notes.txt"), "no log");
    const { code, output } = await runCommand(["run"], { EVENT_DATA_DIR: folder });
    assert.equal(code, 1);
    assert.match(output, /holds no daily CSV log.*notes\.txt: not a \.csv file/s);
  });

  test("a log with other columns fails the run, names the file and the columns, and the rest is not run", async () => {
    const folder = newFolder("events");
    const log = join(folder, "2018-11-01-events.csv");
    writeFileSync(log, "artist,title,seconds\nSomebody,Something,100\n");
    const notebooks = newFolder("notebooks");
    writeNotebook(notebooks, "01-reads", [
      'import { eventDataDirectory } from "@sparkify/lib";\nimport { findEventFiles, readEvents } from "@sparkify/loader";',
      "await readEvents(findEventFiles(eventDataDirectory).files);",
    ]);
    writeNotebook(notebooks, "02-after", ["1 + 1"]);
    const { code, output } = await runCommand(["run", "--notebooks", notebooks], {
      EVENT_DATA_DIR: folder,
      SPARKIFY_WORK_DIR: newFolder("other-columns"),
      CASSANDRA_CONTACT_POINTS: embedded(),
    });
    assert.equal(code, 1);
    assert.ok(output.includes(shortPath(log)), output);
    assert.match(output, /Missing: .*sessionId.*Its first line: artist,title,seconds/);
    assert.match(output, /01-reads, code cell 2/);
    assert.match(output, /02-after +not run/);
  });

  // In npm test of the loader itself: packages/loader/test/denormalize.test.ts.
  testUnless(longForm)("a full disk stops the run and leaves the earlier CSV as it was", async () => {
    const work = newFolder("full-disk");
    const target = join(work, "event_datafile_new.csv");
    writeFileSync(target, "from an earlier run\n");
    symlinkSync("/dev/full", `${target}.partial`);
    const notebooks = newFolder("notebooks");
    writeNotebook(notebooks, "01-full", [
      'import { eventDataDirectory, streamlinedCsv } from "@sparkify/lib";',
      'import { denormalize, findEventFiles } from "@sparkify/loader";',
      "await denormalize({ files: findEventFiles(eventDataDirectory).files, target: streamlinedCsv });",
    ]);
    const { code, output } = await runCommand(["run", "--notebooks", notebooks], {
      SPARKIFY_WORK_DIR: work,
      CASSANDRA_CONTACT_POINTS: embedded(),
    });
    assert.equal(code, 1);
    assert.match(output, /The disk is full/);
    assert.equal(readFileSync(target, "utf8"), "from an earlier run\n");
  });

  // In npm test of connect(), lib/test/connect.integration.test.ts; how a run shows it is seen with a role that is refused.
  testUnless(longForm)(
    "a contact point that is not Cassandra fails with its address, in the run's report",
    async () => {
      const server = createServer((socket) => socket.end("220 not Cassandra\r\n")).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { port: number };
      const notebooks = newFolder("notebooks");
      writeNotebook(notebooks, "01-connect", [
        'import { connect } from "@sparkify/lib";',
        "const client = await connect();",
      ]);
      const { code, output } = await runCommand(["run", "--notebooks", notebooks], {
        CASSANDRA_CONTACT_POINTS: `127.0.0.1:${port}`,
      });
      server.close();
      assert.equal(code, 1);
      assert.match(output, new RegExp(`No connection to the cluster at 127\\.0\\.0\\.1:${port}`));
    },
  );

  // In npm test of the parts: a node's own tests (packages/embedded-cassandra/test/node.integration.test.ts), connect()'s.
  testUnless(longForm)(
    "a taken port, a database that dies between two notebooks, a kill -9: the next start repairs it all",
    async (t) => {
      const work = newFolder("node");
      const env = { SPARKIFY_WORK_DIR: work };
      t.onTestFinished(async () => void (await runCommand(["cassandra", "destroy"], env)));
      const state = () => JSON.parse(readFileSync(join(work, ".cassandra", "node.json"), "utf8"));

      // Something else on the port that the node would take.
      mkdirSync(join(work, ".cassandra"));
      const squatter = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => squatter.once("listening", resolve));
      const { port } = squatter.address() as { port: number };
      writeFileSync(
        join(work, ".cassandra", "node.json"),
        JSON.stringify({ port, clusterName: "sparkify-port-test" }),
      );
      const started = await runCommand(["cassandra", "start"], env);
      assert.equal(started.code, 0, started.output);
      assert.notEqual(state().port, port);
      squatter.close();

      const again = await runCommand(["cassandra", "start"], env);
      assert.equal(again.code, 0, again.output);
      const { pid } = state();
      assert.match(again.output, new RegExp(`process ${pid}\\b`), "a second start finds the first node");

      const notebooks = newFolder("notebooks");
      writeNotebook(notebooks, "01-write", [
        'import { connect, createKeyspaceCql } from "@sparkify/lib";',
        "const client = await connect();",
        'await client.execute(await createKeyspaceCql(client, "kept"));\nawait client.execute("CREATE TABLE kept.t (id int PRIMARY KEY)");\nawait client.execute("INSERT INTO kept.t (id) VALUES (7)");\nawait client.shutdown();',
        // The commit log is synced every second; what is older survives.
        `await new Promise((resolve) => setTimeout(resolve, 2500));\nprocess.kill(${pid}, "SIGKILL");`,
      ]);
      writeNotebook(notebooks, "02-read", [
        'import { connect } from "@sparkify/lib";',
        "const client = await connect();",
      ]);
      const died = await runCommand(["run", "--notebooks", notebooks], env);
      assert.equal(died.code, 1);
      assert.match(died.output, /✔ 01-write/);
      assert.match(
        died.output,
        /02-read, code cell 2.*No connection to the embedded node at 127\.0\.0\.1:\d+.*npm run cassandra -- start/s,
      );

      const repaired = await runCommand(["cassandra", "start"], env);
      assert.equal(repaired.code, 0, repaired.output);
      const client = await connect({ embedded: state() });
      const { rows } = await client.execute("SELECT id FROM kept.t").finally(() => client.shutdown());
      assert.deepEqual(
        rows.map(({ id }) => id),
        [7],
      );

      const destroyed = await runCommand(["cassandra", "destroy"], env);
      assert.equal(destroyed.code, 0, destroyed.output);
      assert.equal(existsSync(join(work, ".cassandra", "data")), false);
      assert.deepEqual(processesWith(work), []);
    },
  );

  // Takes a minute, most of it waiting for processes to start: in npm run soak.
  testUnless(longForm)("two clones that start at the same moment do not disturb each other", async (t) => {
    const clones = [newFolder("clone-a"), newFolder("clone-b")].map((work) => ({ SPARKIFY_WORK_DIR: work }));
    t.onTestFinished(async () => {
      await Promise.all(clones.map((env) => runCommand(["cassandra", "destroy"], env)));
    });
    const started = await Promise.all(clones.map((env) => runCommand(["cassandra", "start"], env)));
    for (const { code, output } of started) assert.equal(code, 0, output);
    const ports = started.map(({ output }) => /127\.0\.0\.1:(\d+)/.exec(output)?.[1]);
    assert.notEqual(ports[0], ports[1]);
  });

  test("a Cassandra that does not come up fails the run, with the reason and a report", async () => {
    const work = newFolder("no-node");
    mkdirSync(join(work, ".cassandra"));
    writeFileSync(join(work, ".cassandra", "data"), "a file where a folder belongs");
    const notebooks = newFolder("notebooks");
    writeNotebook(notebooks, "01-no-database", ["1 + 1"]);
    writeNotebook(notebooks, "02-database", ['import { connect } from "@sparkify/lib";', "await connect();"]);
    const { code, output } = await runCommand(["run", "--notebooks", notebooks], { SPARKIFY_WORK_DIR: work });
    assert.equal(code, 1);
    assert.match(
      output,
      /✔ 01-no-database.*✘ 02-database.*Cassandra ended while it was starting: Not a directory \S+\. .*\n.*Its logs are in /s,
    );
    assert.doesNotMatch(output, /CassandraDaemon|\bat org\.|WARN/);
    assert.equal(JSON.parse(readFileSync(join(work, "out", "report.json"), "utf8")).ok, false);
    assert.deepEqual(processesWith(work), []);
  });

  for (const [moment, when] of [
    ["while Cassandra starts", /… Run 01-quick/],
    ["while notebooks run", /… Run 02-slow/],
  ] as const) {
    testUnless(moment === "while Cassandra starts" && longForm)(
      `Ctrl-C ${moment} stops every child process`,
      async () => {
        const work = newFolder("interrupted");
        const notebooks = newFolder("notebooks");
        writeNotebook(notebooks, "01-quick", ["1 + 1"]);
        writeNotebook(notebooks, "02-slow", [
          'import { connect } from "@sparkify/lib";',
          "await connect();",
          "await new Promise((resolve) => setTimeout(resolve, 100_000));",
        ]);
        const child = spawn(process.execPath, [startScript, "run", "--notebooks", notebooks], {
          env: { ...process.env, SPARKIFY_WORK_DIR: work },
          stdio: ["ignore", "pipe", "pipe"],
        });
        const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
        let output = "";
        const begun = new Promise<void>((resolve) => {
          child.stdout.setEncoding("utf8").on("data", (text) => {
            output += text;
            if (when.test(output)) resolve();
          });
        });
        await Promise.race([begun, ended.then(() => assert.fail(`it ended too early:\n${output}`))]);
        await sleep(1500);
        assert.ok(
          processesWith(work).length >= 3,
          `the command, the runner and a kernel are running:\n${output}`,
        );
        child.kill("SIGINT");
        assert.equal(await ended, 130);
        assert.deepEqual(processesWith(work), []);
      },
    );
  }
});
