import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  eventDataDirectory,
  projectRoot,
  readEmbeddedNode,
  SparkifyError,
  shortPath,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";

test("the project's folder is found from the library, the work folder from the environment", () => {
  assert.ok(existsSync(join(projectRoot, "lib", "src", "project.ts")));
  assert.equal(workDirectory, process.env.SPARKIFY_WORK_DIR);
  assert.equal(streamlinedCsv, join(workDirectory, "event_datafile_new.csv"));
  assert.equal(eventDataDirectory, join(projectRoot, "event_data"));
});

test("the embedded node of the tests says its port, name and process", () => {
  const text = readFileSync(join(workDirectory, ".cassandra", "node.json"), "utf8");
  const node = readEmbeddedNode();
  assert.deepEqual(node, JSON.parse(text));
  assert.ok((node?.port ?? 0) > 1023);
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
