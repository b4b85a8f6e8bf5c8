// What node's test runner tells, as data: a line of JSON for each test.

/** @typedef {{ name: string, ok: boolean, skipped?: string }} TestResult `skipped` is the reason */

/** @param {AsyncIterable<import("node:test/reporters").TestEvent>} events */
export default async function* results(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, details, skip } = data;
    if (details.type === "suite" && skip === undefined) continue;
    /** @type {TestResult} */
    const result = { name, ok: type === "test:pass" };
    if (skip !== undefined) result.skipped = typeof skip === "string" ? skip : "no reason is given";
    yield `${JSON.stringify(result)}\n`;
  }
}
