import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { note, type StepEvent, step, withStepsTold } from "@sparkify/base/install/step";
import { test, vi } from "vitest";

test("who does a command's work hears of its steps, and nothing is printed", async () => {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  const heard: StepEvent[] = [];
  const work = async () => {
    await step("Start", () => sleep(1));
    note("a word");
    await step("Load", async () => assert.fail("no"));
  };
  await assert.rejects(() => withStepsTold((event) => void heard.push(event), work), /no/);
  assert.deepEqual(
    heard.map((event) => (event.event === "note" ? event.text : `${event.event} ${event.title}`)),
    ["begun Start", "done Start", "a word", "begun Load", "failed Load"],
  );
  assert.equal(printed.mock.calls.length, 0);

  await step("Stop", () => sleep(1));
  assert.match(String(printed.mock.calls.at(-1)), /^✔ Stop \(0\.\d s\)$/);
  printed.mockRestore();
});
