import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { embedded, newFolder, runCommand, runProgram } from "../../../test/command.js";
import type { answersMessage } from "../src/latency/questions.js";
import { messagesIn } from "../src/messages.js";

test("the three questions are asked at a steady rate, and each answer's time is kept", async () => {
  const env = { SPARKIFY_WORK_DIR: newFolder("latency"), CASSANDRA_CONTACT_POINTS: embedded() };
  const loaded = await runCommand(["load"], env);
  assert.equal(loaded.code, 0, loaded.output);
  const script = join(projectRoot, "packages", "bench", "dist", "latency", "ask.js");
  const csv = join(env.SPARKIFY_WORK_DIR, "event_datafile_new.csv");
  const { code, output } = await runProgram(process.execPath, [script, csv, "60", "1", "0.5"], env);
  assert.equal(code, 0, output);
  const [said] = messagesIn<ReturnType<typeof answersMessage>>(output, "answers");
  const answers = said?.answers ?? assert.fail(output);
  assert.deepEqual(
    answers.map(({ question, empty }) => [question, empty]),
    [1, 2, 3].map((number) => [`question ${number}`, 0]),
  );
  for (const { count, p50Ms, p99Ms, maxMs } of answers) {
    assert.ok(Math.abs(count - 20) <= 1, output);
    assert.ok(0 < p50Ms && p50Ms <= p99Ms && p50Ms <= maxMs, output);
  }
});
