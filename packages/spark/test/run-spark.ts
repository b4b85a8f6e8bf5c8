// Runs of `npm run spark`, and a look at what they leave in Cassandra.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareTables } from "@sparkify/compare";
import { connect } from "@sparkify/lib";
import { embedded, newFolder, runCommand } from "../../../test/command.js";
import { walkthroughTables } from "../../../tools/walkthrough.js";

/** Runs `npm run spark` with a work folder of its own. */
export async function spark(args: string[], env: NodeJS.ProcessEnv = {}, work = newFolder("spark")) {
  const ended = await runCommand(["spark", ...args], {
    SPARKIFY_WORK_DIR: work,
    CASSANDRA_CONTACT_POINTS: embedded(),
    ...env,
  });
  const file = join(work, "out", "spark.json");
  return {
    ...ended,
    work,
    report: existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined,
    csv: join(work, "event_datafile_new.csv"),
    rejected: join(work, "out", "rejected.csv"),
  };
}

export async function emptyTables(): Promise<void> {
  const client = await connect();
  for (const { name } of walkthroughTables()) await client.execute(`DROP TABLE IF EXISTS ${name}`);
  await client.shutdown();
}

/** Compares every row of every table with a CSV. */
export async function expectTables(csv: string): Promise<void> {
  const client = await connect();
  try {
    const { ok, tables } = await compareTables(client, {
      csv,
      tables: walkthroughTables().map(({ name }) => name),
    });
    assert.ok(ok, JSON.stringify(tables, null, 1));
  } finally {
    await client.shutdown();
  }
}
