import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { generatedEvents } from "@sparkify/course";
import { findEventFiles } from "@sparkify/loader";
import { test } from "vitest";

test("a lab's logs are made on first use", async () => {
  const folder = await generatedEvents(10_000);
  assert.equal(findEventFiles(folder).files.length, 30);
  const { mtimeMs } = statSync(folder);
  assert.equal(await generatedEvents(10_000), folder);
  assert.equal(statSync(folder).mtimeMs, mtimeMs);
});
