// The Cassandra that submissions are run against: one for each job, emptied between submissions. It keeps an audit log
// of all statements, and a snapshot of every table that is dropped.

import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import {
  isWord,
  onTable,
  quoted,
  statementsIn,
  type TableName,
  tableOf,
  tokensOf,
  withProperty,
} from "@sparkify/cql";
import { canListen, EmbeddedCassandra, logsOf } from "@sparkify/embedded-cassandra";
import { embeddedNode } from "@sparkify/lib";
import { Client } from "cassandra-driver";
import { auditSize, readAudit, type Statement } from "./audit.js";
import { resource } from "./resources.js";

/** Where every submission looks for Cassandra. */
export const port = 9042;

/** Where tables that a submission has dropped are brought back to. */
export const gradingKeyspace = "sparkify_grading";

const isOfUsers = (keyspace: string) => !/^system(_|$)/.test(keyspace);
const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";

/** @throws SparkifyError where another program listens on the port */
export async function portMustBeFree(): Promise<void> {
  if (await canListen(port)) return;
  throw new SparkifyError(
    `Submissions look for Cassandra on port ${port} of this machine, but another program listens there. ` +
      "Stop it (npm run cassandra -- stop, for the walkthrough's own node) and run the command again. " +
      "With bubblewrap on Linux the grader needs no free port.",
  );
}

/** A table that was dropped: its snapshot's folder. */
export interface Snapshot {
  keyspace: string;
  table: string;
  /** When it was dropped, in milliseconds since 1970. */
  dropped: number;
  folder: string;
  /** Bytes of its rows; 0 for a table without any. */
  bytes: number;
}

/** The node of a job. */
export class GradingNode {
  readonly #node: EmbeddedCassandra;
  #client: Client | undefined;

  constructor(readonly directory: string) {
    this.#node = new EmbeddedCassandra({
      directory,
      program: embeddedNode().program,
      name: "The node of the grader",
      clusterName: "sparkify-grading",
      port,
      storagePort: 7042,
      timeoutSeconds: 180,
      writesArchive: false,
      logback: resource("logback.xml"),
      yaml: {
        auto_snapshot: true,
        audit_logging_options: { enabled: true, logger: [{ class_name: "FileAuditLogger" }] },
      },
    });
  }

  get client(): Client {
    if (!this.#client) throw new Error("the node is not started");
    return this.#client;
  }

  /** Starts a node without any data. @throws SparkifyError where the port is taken, or the node does not come up */
  async startFresh(): Promise<void> {
    await this.stop();
    await portMustBeFree();
    await this.#node.destroy();
    await this.launch();
  }

  private async launch(): Promise<void> {
    await this.#node.start();
    await this.reconnect();
  }

  get isAlive(): boolean {
    return this.#node.pid !== undefined;
  }

  /** A new client, which knows nothing of earlier tables. */
  async reconnect(): Promise<void> {
    await this.#client?.shutdown();
    this.#client = new Client({
      contactPoints: [`127.0.0.1:${port}`],
      localDataCenter: "datacenter1",
      socketOptions: { readTimeout: 60_000 },
    });
    await this.#client.connect();
  }

  /**
   * Makes sure that the node answers after a submission's run: one that has ended is started again with its data.
   * @returns what was wrong with it
   */
  async reviveAfterRun(): Promise<string | undefined> {
    const ended = !this.isAlive;
    try {
      if (!ended) {
        await this.reconnect();
        return undefined;
      }
    } catch {
      // It runs, but it does not answer.
    }
    const what = ended ? "It ended" : "It did not answer any more";
    await this.stop();
    try {
      await this.launch();
      return `${what}, and was started again with its data.`;
    } catch {
      await this.startFresh();
      return `${what}, and could only be started again without its data.`;
    }
  }

  async stop(): Promise<void> {
    await this.#client?.shutdown().catch(() => {});
    this.#client = undefined;
    await this.#node.kill();
  }

  /** Brings the node to the state of a new one: emptied if it answers, else started anew. */
  async makeEmpty(): Promise<void> {
    if (this.isAlive) {
      try {
        await this.dropAll();
        return;
      } catch {
        // It does not answer as it should.
      }
    }
    for (let attempt = 1; ; attempt++) {
      try {
        await this.startFresh();
        return;
      } catch (error) {
        // On a busy machine a start can fail.
        if (attempt === 3) throw error;
      }
    }
  }

  private async dropAll(): Promise<void> {
    await this.reconnect();
    const options = { readTimeout: 60_000 };
    for (const keyspace of await this.keyspaces())
      await this.client.execute(`DROP KEYSPACE IF EXISTS ${quoted(keyspace)}`, [], options);
    const data = join(this.directory, "data");
    for (const keyspace of readdirSync(data))
      if (isOfUsers(keyspace)) rmSync(join(data, keyspace), { recursive: true, force: true });
    await this.reconnect();
  }

  private async keyspaces(): Promise<string[]> {
    const { rows } = await this.client.execute("SELECT keyspace_name FROM system_schema.keyspaces");
    return rows.map((row) => String(row.keyspace_name)).filter(isOfUsers);
  }

  private get auditFile(): string {
    return join(logsOf(this.directory), "audit.log");
  }

  /** What is in the audit log up to now. */
  mark(): number {
    return auditSize(this.auditFile);
  }

  /** The statements between two marks. */
  statements(from: number, to: number): Statement[] {
    return readAudit(this.auditFile, from, to);
  }

  /** The tables that exist, by keyspace. */
  async tables(): Promise<{ keyspace: string; table: string }[]> {
    const { rows } = await this.client.execute("SELECT keyspace_name, table_name FROM system_schema.tables");
    return rows
      .map((row) => ({ keyspace: String(row.keyspace_name), table: String(row.table_name) }))
      .filter(({ keyspace }) => isOfUsers(keyspace));
  }

  /** The tables that were dropped since, the last one first. */
  snapshots(since: number): Snapshot[] {
    const found: Snapshot[] = [];
    const data = join(this.directory, "data");
    for (const keyspace of readdirSync(data).filter(isOfUsers)) {
      for (const folderName of readdirSync(join(data, keyspace))) {
        const snapshots = join(data, keyspace, folderName, "snapshots");
        if (!existsSync(snapshots)) continue;
        for (const name of readdirSync(snapshots)) {
          const [, time, table] = name.match(/^dropped-(\d+)-(.+)$/) ?? [];
          if (!time || !table || Number(time) < since) continue;
          const folder = join(snapshots, name);
          const bytes = readdirSync(folder)
            .filter((file) => file.endsWith("-Data.db"))
            .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
          found.push({ keyspace, table, dropped: Number(time), folder, bytes });
        }
      }
    }
    return found.sort((a, b) => b.dropped - a.dropped);
  }

  /**
   * Brings a dropped table back in the grading keyspace. Cassandra takes the data files that it finds in the folder of a
   * table that it creates.
   * @returns its name with the keyspace
   */
  async restore({ table, folder }: Snapshot, number: number): Promise<string> {
    await this.client.execute(
      `CREATE KEYSPACE IF NOT EXISTS ${gradingKeyspace} WITH replication = ${replication} AND durable_writes = false`,
    );
    // A name of its own: a table can be dropped and made again. Its own name is seen in the statements.
    const name = `t${number}_${table}`.slice(0, 48);
    const id = randomUUID();
    const target = join(this.directory, "data", gradingKeyspace, `${name}-${id.replaceAll("-", "")}`);
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(folder).filter((file) => /^[a-z]{2}-/.test(file)))
      copyFileSync(join(folder, file), join(target, file));
    const statements = statementsIn(readFileSync(join(folder, "schema.cql"), "utf8"));
    const create = statements.find((cql) => tableOf("CREATE TABLE", cql)) ?? "";
    const dropped = tableOf("CREATE TABLE", create) as TableName;
    const full = `${gradingKeyspace}.${quoted(name)}`;
    const copied = withProperty(withProperty(create, "id", id), "allow_auto_snapshot", "false");
    await this.client.execute(onTable(copied, dropped, full));
    const indexes = statements.filter((cql) =>
      tokensOf(cql)
        .slice(0, 3)
        .some((token) => isWord(token, "INDEX")),
    );
    for (const [number, cql] of indexes.entries())
      await this.#index(onTable(cql, dropped, full), `${name}_${number}`.toLowerCase().replace(/\W/g, "_"));
    return full;
  }

  /** Makes an index under another name, and waits until it is built. */
  async #index(cql: string, name: string): Promise<void> {
    const tokens = tokensOf(cql);
    const called = tokens[tokens.findIndex((token) => isWord(token, "ON")) - 1];
    await this.client.execute(`${cql.slice(0, called?.start)}${name}${cql.slice(called?.end)}`);
    const built = `SELECT index_name FROM system."IndexInfo" WHERE table_name = ? AND index_name = ?`;
    for (let tries = 0; tries < 100; tries++) {
      const { rowLength } = await this.client.execute(built, [gradingKeyspace, name], { prepare: true });
      if (rowLength > 0) break;
      await sleep(100);
    }
  }

  /** Forgets the brought-back tables, before a second run. */
  async dropRestored(): Promise<void> {
    await this.client.execute(`DROP KEYSPACE IF EXISTS ${gradingKeyspace}`);
    rmSync(join(this.directory, "data", gradingKeyspace), { recursive: true, force: true });
  }
}
