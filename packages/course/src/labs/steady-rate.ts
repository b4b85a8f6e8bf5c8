// Several clients that ask at a steady rate, as users do: they do not wait until the database is ready for them.

import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "cassandra-driver";
import { percentile } from "./percentile.js";
import { type Execute, isLate, type Way, withWay } from "./ways.js";

export interface SteadyRate {
  /** How many ask at once, each a question after the other. @default 16 */
  clients?: number;
  /** Questions a second, of all clients together. @default 200 */
  rate?: number;
  /** For how long questions are due. @default 5 */
  seconds?: number;
}

export interface SteadyTimes {
  way: string;
  /** Why there is not what this way needs; then nothing else is known. */
  missing?: string;
  questions?: number;
  /** Milliseconds from when a question was due until its answer was there: the median, and what 90, 99 and 99.9 % do not pass. */
  "50 %"?: number;
  "90 %"?: number;
  "99 %"?: number;
  "99.9 %"?: number;
  /** Questions without an answer when twice the time was over. They count with the time until then. */
  unanswered?: number;
}

/**
 * Asks at a steady rate. A question's time counts from when it was due: where the database stalls, all that were due
 * meanwhile have waited, and a client that waits for an answer before it asks again would hide that.
 * @param values what to ask for, one after the other
 * @example showTable([await askSteadily(client, ownTable, songs, { rate: 100, seconds: 3 })]);
 */
export async function askSteadily(
  client: Client,
  way: Way,
  values: string[],
  { clients = 16, rate = 200, seconds = 5 }: SteadyRate = {},
): Promise<SteadyTimes> {
  const execute: Execute = async (cql, parameters) =>
    (await client.execute(cql, parameters, { prepare: true })).rows;
  const measured = await withWay(client, way, values, execute, async () => {
    const ask = (number: number) => way.ask(execute, values[number % values.length] as string);
    await warmUp(ask, clients);
    return times(ask, { clients, rate, seconds });
  });
  if ("missing" in measured) return { way: way.name, missing: measured.missing };
  const all = measured.waited;
  const at = (percent: number) => Number(percentile(all, percent).toPrecision(2));
  return {
    way: way.name,
    questions: all.length,
    "50 %": at(50),
    "90 %": at(90),
    "99 %": at(99),
    "99.9 %": at(99.9),
    unanswered: measured.unanswered,
  };
}

const warmUpSeconds = 1;

async function warmUp(ask: (number: number) => Promise<unknown>, clients: number): Promise<void> {
  const until = performance.now() + warmUpSeconds * 1000;
  const one = async (client: number) => {
    for (let number = client; performance.now() < until; number += clients)
      await ask(number).catch(unlessWrong);
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => one(client)));
}

/** What is late counts as not answered; what is wrong in a query is thrown. */
function unlessWrong(error: unknown): void {
  if (!isLate(error)) throw error;
}

async function times(
  ask: (number: number) => Promise<unknown>,
  { clients, rate, seconds }: Required<SteadyRate>,
): Promise<{ waited: number[]; unanswered: number }> {
  const count = Math.round(rate * seconds);
  const began = performance.now();
  const due = (number: number) => began + (number * 1000) / rate;
  const end = began + 2 * seconds * 1000;
  const waited: number[] = [];
  const one = async (client: number) => {
    for (let number = client; number < count; number += clients) {
      const early = due(number) - performance.now();
      if (early > 0) await sleep(early);
      if (performance.now() > end) return;
      const answered = await ask(number).then(() => true, unlessWrong);
      const now = performance.now();
      if (answered && now <= end) waited.push(now - due(number));
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => one(client)));
  const unanswered = count - waited.length;
  // Of which they are is not known: they are the last ones at the earliest.
  const late = Array.from({ length: unanswered }, (_, index) => end - due(count - 1 - index));
  return { waited: [...waited, ...late], unanswered };
}
