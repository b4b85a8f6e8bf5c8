// Each file with its time as it ends, failures with their whole error at the end; then why tests were skipped, and in the
// last line how many tests had which end.

import { DefaultReporter, type SerializedError, type TestModule, type TestRunEndReason } from "vitest/node";

export default class Reporter extends DefaultReporter {
  /** The summary is the one below. */
  override reportTestSummary(): void {}

  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const reasons = new Map<string, number>();
    let passed = 0;
    let failed = 0;
    let skipped = 0;
    for (const module of modules) {
      const results = [...module.children.allTests()].map((test) => test.result());
      passed += results.filter(({ state }) => state === "passed").length;
      for (const result of results)
        if (result.state === "skipped") {
          skipped++;
          const note = result.note ?? "no reason is given";
          reasons.set(note, (reasons.get(note) ?? 0) + 1);
        }
      if (["passed", "skipped"].includes(module.state())) continue;
      // A file that fails by itself, for instance because it was ended, has no test that failed.
      failed += Math.max(1, results.filter(({ state }) => state === "failed").length);
      this.log(`✘ ${this.relative(module.moduleId)}`);
    }
    for (const [note, times] of reasons) this.log(`${times} skipped: ${note}`);
    this.log(`${passed} passed, ${Math.max(failed, errors.length)} failed, ${skipped} skipped`);
  }
}
