// Each file with its time as it ends, failures with their whole error at the end. What is counted goes into a file, for the last
// lines of npm test (tools/test/command.ts).

import { writeFileSync } from "node:fs";
import { DefaultReporter, type SerializedError, type TestModule, type TestRunEndReason } from "vitest/node";
import type { Counts } from "../../tools/test/counts.js";

export default class Reporter extends DefaultReporter {
  /** The summary is npm test's. */
  override reportTestSummary(): void {}

  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const counts: Counts = { passed: 0, failed: 0, skipped: 0, reasons: {}, failedFiles: [] };
    for (const module of modules) {
      const results = [...module.children.allTests()].map((test) => test.result());
      counts.passed += results.filter(({ state }) => state === "passed").length;
      for (const result of results)
        if (result.state === "skipped") {
          counts.skipped++;
          const note = result.note ?? "no reason is given";
          counts.reasons[note] = (counts.reasons[note] ?? 0) + 1;
        }
      if (["passed", "skipped"].includes(module.state())) continue;
      // A file that fails by itself, for instance because it was ended, has no test that failed.
      counts.failed += Math.max(1, results.filter(({ state }) => state === "failed").length);
      counts.failedFiles.push(this.relative(module.moduleId));
    }
    counts.failed = Math.max(counts.failed, errors.length);
    writeFileSync(process.env.TEST_COUNTS as string, JSON.stringify(counts));
  }
}
