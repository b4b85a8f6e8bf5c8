// What the fault experiments share: logs of any size, loads as processes, and the comparison at the end.
// With SOAK=1 (npm run soak) each takes a million rows or many tries; npm test has a short form.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareTables } from "@sparkify/compare";
import { writeDailyLogs } from "@sparkify/generator";
import { connect, projectRoot, workDirectory } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { walkthroughTables } from "../../tools/walkthrough.js";
import { newFolder, startScript } from "../command.js";

/** A folder of daily logs with so many song plays. */
export async function logsWith(plays: number): Promise<string> {
  const folder = join(workDirectory, `logs-${plays}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  await writeDailyLogs(folder, plays);
  return folder;
}

export interface Load {
  child: ChildProcess;
  output(): string;
  /** What the load's closing report says; undefined where it was killed before. */
  report(): Record<string, unknown> | undefined;
  ended: Promise<number | null>;
}

/** Loads of the same logs into the same cluster, each a process. */
export class Loads {
  readonly #work = newFolder("faults");

  constructor(
    readonly logs: string,
    readonly contactPoints: string,
  ) {}

  /** `npm run load`. */
  start(...args: string[]): Load {
    return this.#startCommand("load", args, {});
  }

  /** `npm run spark`. */
  startSpark(settings: NodeJS.ProcessEnv, ...args: string[]): Load {
    return this.#startCommand("spark", args, settings);
  }

  #startCommand(command: string, args: string[], settings: NodeJS.ProcessEnv): Load {
    const env = {
      ...process.env,
      EVENT_DATA_DIR: this.logs,
      SPARKIFY_WORK_DIR: this.#work,
      CASSANDRA_CONTACT_POINTS: this.contactPoints,
      ...settings,
    };
    const child = spawn(process.execPath, [startScript, command, ...args], {
      cwd: projectRoot,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    const reportFile = join(this.#work, "out", `${command}.json`);
    return {
      child,
      output: () => output,
      report: () => (existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, "utf8")) : undefined),
      ended: new Promise((resolve) => child.once("close", resolve)),
    };
  }

  /** Waits until the load has begun to write, or to write some table. */
  async writing(load: Load, table = "the tables"): Promise<void> {
    while (!load.output().includes(`… Load ${table}`)) {
      assert.equal(load.child.exitCode, null, load.output());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  get checkpoint(): string {
    return join(this.#work, "out", "load.checkpoint.json");
  }

  get csv(): string {
    return join(this.#work, "event_datafile_new.csv");
  }

  connect(): Promise<Client> {
    process.env.CASSANDRA_CONTACT_POINTS = this.contactPoints;
    return connect().finally(() => delete process.env.CASSANDRA_CONTACT_POINTS);
  }

  async dropTables(): Promise<void> {
    const client = await this.connect();
    for (const { name } of walkthroughTables()) await client.execute(`DROP TABLE IF EXISTS ${name}`);
    await client.shutdown();
  }

  /** Compares every row of every table with the CSV: nothing lost, nothing altered, nothing extra. */
  async expectAllRows(plays: number): Promise<void> {
    const client = await this.connect();
    try {
      const tables = walkthroughTables().map(({ name }) => name);
      const comparison = await compareTables(client, { csv: this.csv, tables });
      for (const { name, csvRows, missing, altered, extra, rows } of comparison.tables) {
        assert.deepEqual(
          { name, csvRows, missing, altered, extra },
          { name, csvRows: plays, missing: 0, altered: 0, extra: 0 },
        );
        assert.ok(rows > 0);
      }
    } finally {
      await client.shutdown();
    }
  }
}

/** Ends a load as a crash would. */
export function kill({ child }: Load): void {
  process.kill(-(child.pid as number), "SIGKILL");
}
