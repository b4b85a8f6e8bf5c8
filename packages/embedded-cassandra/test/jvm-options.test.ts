import assert from "node:assert/strict";
import { test } from "vitest";
import { jvmOptions } from "../src/jvm-options.js";

test("a node syncs what it writes, unless its data need not outlive the machine", () => {
  const unsynced = /skip_sync=true/;
  const unflushed = /flush_local_schema_changes=false/;
  const options = (settings: Parameters<typeof jvmOptions>[0]) => jvmOptions(settings).join(" ");
  for (const settings of [{}, { bulk: true }, { dataOutlives: "machine" }] as const) {
    assert.doesNotMatch(options(settings), unsynced);
    assert.doesNotMatch(options(settings), unflushed);
  }
  const process = options({ dataOutlives: "process" });
  assert.match(process, unsynced);
  assert.doesNotMatch(process, unflushed);
  const nothing = options({ dataOutlives: "nothing" });
  assert.match(nothing, unsynced);
  assert.match(nothing, unflushed);
});
