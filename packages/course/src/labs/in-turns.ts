// Ways to do one thing, timed in turns; and what a node counts of them.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { withKeyspace } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { percentile } from "./percentile.js";

/** A way to do something, with what is to be shown of it. */
interface Sending {
  /** @param round a number that no other call gets */
  send(round: number): Promise<unknown>;
}

type Timed<Way> = Omit<Way, "send"> & {
  /** The median of the rounds. */
  milliseconds: number;
  /** Between which times half of the rounds lie, as `1.9 to 2.6`: where those of two ways overlap, neither is the faster one. */
  "half of them": string;
};

/** The first rounds are not timed: database and driver meet the statements in them. */
const warmUp = 20;

/**
 * Times ways that take turns, so that whatever else the machine is doing affects all of them equally.
 * @example showTable(await timeInTurns([{ update: "plain", send: () => run(update, [50]) }]));
 */
export async function timeInTurns<Way extends Sending>(ways: Way[], rounds = 60): Promise<Timed<Way>[]> {
  const times = ways.map((): number[] => []);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [index, way] of ways.entries()) {
      const started = performance.now();
      await way.send(round);
      if (round >= warmUp) times[index]?.push(performance.now() - started);
    }
  }
  return ways.map(({ send: _, ...shown }, index) => {
    const at = (percent: number) => Number(percentile(times[index] ?? [], percent).toFixed(2));
    return { ...shown, milliseconds: at(50), "half of them": `${at(25)} to ${at(75)}` };
  });
}

/** A logged batch is taken out of the log a moment after it was acknowledged. */
const settles = 300;

/**
 * How many writes the node makes to each of some tables while something is done: Cassandra counts them itself. On more
 * than one node it is what the coordinator's count says.
 * @param tables with their keyspaces
 * @throws SparkifyError where Cassandra counts no such table
 * @example const [toTable, toLog] = await writesDuring(client, ["app.plays", "system.batches"], () => send());
 */
export async function writesDuring(
  client: Client,
  tables: string[],
  work: () => Promise<unknown>,
): Promise<number[]> {
  const before = await Promise.all(tables.map((table) => writesTo(client, table)));
  await work();
  await sleep(settles);
  const after = await Promise.all(tables.map((table) => writesTo(client, table)));
  return after.map((count, index) => count - (before[index] ?? 0));
}

async function writesTo(client: Client, name: string): Promise<number> {
  const { keyspace, table } = withKeyspace(name);
  const cql = `SELECT * FROM system_views.local_write_latency WHERE keyspace_name = ? AND table_name = ?`;
  const row = (await client.execute(cql, [keyspace, table], { prepare: true })).first();
  if (!row) throw new SparkifyError(`Cassandra counts no writes to a table ${name}.`);
  return Number(row.get("count"));
}
