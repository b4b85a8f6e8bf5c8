// What a run of Vitest counted. Its reporter (test/runner/reporter.ts) writes it, npm test adds it up.

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Why tests were skipped, and how many for each reason. */
  reasons: Record<string, number>;
  /** The files with failures, from the project's folder. */
  failedFiles: string[];
}

export function sum(one: Counts, other: Counts): Counts {
  const reasons = { ...one.reasons };
  for (const [reason, times] of Object.entries(other.reasons))
    reasons[reason] = (reasons[reason] ?? 0) + times;
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    reasons,
    failedFiles: [...one.failedFiles, ...other.failedFiles],
  };
}

export const total = ({ passed, failed, skipped }: Counts) => passed + failed + skipped;

/** The last lines of npm test: where failures are, why tests were skipped, how many tests had which end. */
export const textOf = ({ passed, failed, skipped, reasons, failedFiles }: Counts) =>
  [
    ...failedFiles.map((file) => `✘ ${file}`),
    ...Object.entries(reasons).map(([reason, times]) => `${times} skipped: ${reason}`),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join("\n");
