import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { temporaryFolder, write } from "../../../test/support.js";

test("a folder that may not be read is named", (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  write(join(folder, "2018-11-01-events.csv"), "1");
  mkdirSync(join(folder, "locked"), { mode: 0 });
  // Root may read everything, so the child becomes somebody else.
  const program = `
    const { findEventFiles } = require("@sparkify/loader");
    if (process.getuid() === 0) process.setuid(65534);
    try { findEventFiles(process.argv[1]); } catch (error) { console.log(error.name + ": " + error.message); }`;
  const options = { cwd: projectRoot, encoding: "utf8" } as const;
  const { stdout } = spawnSync(process.execPath, ["-e", program, folder], options);
  assert.ok(
    stdout.startsWith(`SparkifyError: The event directory ${join(folder, "locked")} may not be read`),
  );
  assert.match(stdout, /EVENT_DATA_DIR=path npm start/);
});
