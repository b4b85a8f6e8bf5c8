import { setTimeout as sleep } from "node:timers/promises";

/**
 * Starts attempts one after the other, each when the one before has failed or has not answered for `patienceMs`: one
 * that never answers holds up the others for that long only.
 * @template Result
 * @param {(() => Promise<Result>)[]} attempts
 * @param {number} patienceMs
 * @returns {Promise<Result>} the first success
 * @throws AggregateError with the error of every attempt, in order
 */
export async function firstAnswer(attempts, patienceMs) {
  /** @type {Promise<Result>[]} */
  const running = [];
  for (const attempt of attempts) {
    const latest = attempt();
    running.push(latest);
    const patience = new AbortController();
    const isAnswered = await Promise.race([
      Promise.any(running).then(() => true),
      latest.then(() => true),
      sleep(patienceMs, false, { signal: patience.signal }),
    ]).catch(() => false);
    patience.abort();
    if (isAnswered) break;
  }
  return Promise.any(running);
}
