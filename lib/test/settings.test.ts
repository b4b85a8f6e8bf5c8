import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { SparkifyError } from "@sparkify/base/errors";
import { test } from "vitest";
import { projectRoot, shortPath, streamlinedCsv, workDirectory } from "../src/connect/settings.js";

test("a run writes to the folder that SPARKIFY_WORK_DIR names", () => {
  assert.equal(workDirectory, process.env.SPARKIFY_WORK_DIR);
  assert.equal(streamlinedCsv, join(workDirectory, "event_datafile_new.csv"));
});

test("paths are short inside the project only", () => {
  assert.equal(shortPath(projectRoot), ".");
  assert.equal(shortPath(join(projectRoot, "event_data", "x.csv")), "event_data/x.csv");
  assert.equal(shortPath(join(projectRoot, "..data")), "..data");
  assert.equal(shortPath(join(tmpdir(), "logs")), join(tmpdir(), "logs"));
});

test("an error for the reader is printed without a stack", () => {
  assert.equal(inspect(new SparkifyError("Do this.")), "SparkifyError: Do this.");
});
