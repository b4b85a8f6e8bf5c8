// Tests that cannot run everywhere: each is skipped with its reason, which the last lines of `npm test` count.

import { describe, type TestContext, test } from "vitest";

/** `test`, or where there is a reason, one that is skipped with it: `testUnless(longForm)("a million rows", ...)`. */
export const testUnless =
  (reason: string | false | undefined) => (name: string, body: (t: TestContext) => unknown) =>
    reason ? test(name, (t) => t.skip(reason)) : test(name, async (t) => void (await body(t)));

/** The same for all tests of a group, which count as one where they are skipped. */
export const describeUnless =
  (reason: string | false | undefined, group: typeof describe | typeof describe.concurrent = describe) =>
  (name: string, body: () => void) =>
    reason ? test(name, (t) => t.skip(reason)) : group(name, body);
