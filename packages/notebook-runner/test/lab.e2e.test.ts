// npm run lab: how the reader's browser gets to it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { embedded, newFolder, ofProcesses, startScript } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";

/** A browser that notes how it was started, and stays. */
function fakeBrowser(folder: string): { program: string; notes: string } {
  const [program, notes] = [join(folder, "browser"), join(folder, "notes")];
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" > "${notes}.new"\nmv "${notes}.new" "${notes}"\nexec sleep 600\n`,
    {
      mode: 0o755,
    },
  );
  return { program, notes };
}

const onLinux = process.platform === "linux" ? false : "command lines are read from /proc, which is Linux's";

testUnless(onLinux)(
  "the browser opens the lab through a file of the reader's own, and no command line has the token",
  async (t) => {
    const work = newFolder("lab");
    const { program, notes } = fakeBrowser(work);
    const lab = spawn(process.execPath, [startScript, "lab"], {
      env: {
        ...process.env,
        SPARKIFY_WORK_DIR: work,
        CASSANDRA_CONTACT_POINTS: embedded(),
        BROWSER: program,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => lab.once("close", resolve));
    t.onTestFinished(() => {
      if (lab.exitCode === null) lab.kill("SIGKILL");
    });
    let output = "";
    lab.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    const isShown = () => /token=\w/.test(output) && existsSync(notes);
    for (let waited = 0; waited < 600 && !isShown(); waited++) await sleep(100);
    const [url = "", token = ""] = output.match(/http:\S+[?&]token=(\w+)/) ?? [];
    assert.notEqual(token, "", output);

    const [page = ""] = readFileSync(notes, "utf8").split("\n");
    assert.match(page, /^file:\/\//);
    const file = fileURLToPath(page);
    assert.equal(statSync(file).mode & 0o077, 0, "only the reader can read it");
    assert.equal(statSync(dirname(file)).mode & 0o077, 0, "nor look into its folder");
    const [, target] =
      readFileSync(file, "utf8").match(/http-equiv="refresh" content="0; url=([^"]+)"/) ?? [];
    assert.equal(target, url);
    assert.equal((await fetch(url)).status, 200);

    const commandLines = ofProcesses((read) => [read("cmdline").replaceAll("\0", " ")]);
    assert.ok(
      commandLines.some((line) => line.includes(page)),
      "the browser runs",
    );
    assert.deepEqual(
      commandLines.filter((line) => line.includes(token)),
      [],
    );

    lab.kill("SIGTERM");
    assert.equal(await ended, 143);
    assert.ok(!existsSync(file), "the file goes with the lab");
    const left = ofProcesses((read, pid) =>
      read("environ").includes(program) && pid !== process.pid
        ? [{ pid, line: read("cmdline").replaceAll("\0", " ").trim() }]
        : [],
    );
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    const names = left.map(({ line }) => line.replace(/^.*webbrowser.*$/, "opens the browser"));
    assert.deepEqual(names.sort(), ["opens the browser", "sleep 600"], "only the reader's browser stays");
  },
);
