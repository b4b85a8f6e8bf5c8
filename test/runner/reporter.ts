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
    const results = modules.flatMap(({ children }) => [...children.allTests()].map((test) => test.result()));
    const count = (state: string) => results.filter((result) => result.state === state).length;
    const failedFiles = modules.filter((module) => !module.ok());
    const reasons = new Map<string, number>();
    for (const result of results)
      if (result.state === "skipped") {
        const note = result.note ?? "no reason is given";
        reasons.set(note, (reasons.get(note) ?? 0) + 1);
      }
    for (const { moduleId } of failedFiles) this.log(`✘ ${this.relative(moduleId)}`);
    for (const [note, times] of reasons) this.log(`${times} skipped: ${note}`);
    // A file that fails by itself, for instance because it took too long, has no test that failed.
    const failed = Math.max(count("failed"), failedFiles.length, errors.length);
    this.log(`${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
  }
}
