// The Cassandra that a submission is run against. It keeps an audit log of all statements, and a snapshot of every table that
// is dropped.

import { randomUUID } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { privateFolder } from "@sparkify/base/private-folder";
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
import { Client, policies } from "cassandra-driver";
import { auditSize, readAudit, type Statement } from "./audit.js";
import { removeAll } from "./files.js";
import type { Gate } from "./gate.js";
import { isOfUsers } from "./keyspaces.js";
import { resource } from "./resources.js";

/** Where every submission looks for Cassandra. */
export const port = 9042;

/** Where tables that a submission has dropped are brought back to. */
export const gradingKeyspace = "sparkify_grading";

/** As long as the drivers of submissions wait, see hooks/. */
const patience = "60s";

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

/** @param heap of Java; @default that of a short-lived node */
const nodeIn = (directory: string, heap?: string) =>
  new EmbeddedCassandra({
    directory,
    program: embeddedNode().program,
    name: "The node of the grader",
    firstPort: 9142, // 9042 is the gate's
    timeoutSeconds: 180,
    writesArchive: false,
    dataOutlives: "process",
    logback: resource("logback.xml"),
    yaml: {
      auto_snapshot: true,
      audit_logging_options: { enabled: true, logger: [{ class_name: "FileAuditLogger" }] },
      commitlog_sync_period: "100ms", // what comes after the last sync is lost where a submission ends its node
      commitlog_total_space: "256MiB", // the usual 8 GB would pass the limit of disk
      // The usual 2 to 12 seconds can be too few on a busy machine, and a refused row would be the learner's loss.
      read_request_timeout: patience,
      range_request_timeout: patience,
      write_request_timeout: patience,
      truncate_request_timeout: patience,
      request_timeout: patience,
      native_transport_timeout: patience,
    },
    ...(heap === undefined ? {} : { heap }),
  });

/** The node of a submission. */
export class GradingNode {
  #node: EmbeddedCassandra;
  #client: Client | undefined;
  #port: number | undefined;

  /** @param gate through which the submission finds it: it must lead here also when the node was started again */
  constructor(
    readonly directory: string,
    private readonly gate: Gate,
  ) {
    this.#node = nodeIn(directory);
  }

  get client(): Client {
    if (!this.#client) throw new Error("the node is not started");
    return this.#client;
  }

  /** Where it listens. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Starts it with the data that it has. @throws SparkifyError where it does not come up */
  async start(): Promise<void> {
    const { port } = await this.#node.start();
    this.#port = port;
    await this.reconnect();
  }

  get isAlive(): boolean {
    return this.#node.pid !== undefined;
  }

  /** A new client, which knows nothing of earlier tables. */
  async reconnect(): Promise<void> {
    await this.#client?.shutdown();
    const here = `127.0.0.1:${this.#port}`;
    const { AllowListPolicy, RoundRobinPolicy } = policies.loadBalancing;
    this.#client = new Client({
      contactPoints: [here],
      localDataCenter: "datacenter1",
      // A submission may have written other nodes and data centres into Cassandra's own tables.
      policies: { loadBalancing: new AllowListPolicy(new RoundRobinPolicy(), [here]) },
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
      this.#node = nodeIn(this.directory, "1G"); // what it has still to write into its tables may need more memory
      await this.#startAgain();
      return `${what}, and was started again with its data.`;
    } catch {
      // With what it holds it does not start.
    }
    await this.#destroyData();
    await this.#startAgain();
    return `${what}, and could only be started again without its data.`;
  }

  /** Deletes all but the log of its statements, which is still to be judged. */
  async #destroyData(): Promise<void> {
    const kept = `${this.directory}-audit.log`;
    if (existsSync(this.auditFile)) renameSync(this.auditFile, kept);
    await this.destroy();
    if (!existsSync(kept)) return;
    privateFolder(this.directory);
    privateFolder(logsOf(this.directory));
    renameSync(kept, this.auditFile);
  }

  async #startAgain(): Promise<void> {
    await this.start();
    this.gate.leadTo(this.#port);
  }

  async stop(): Promise<void> {
    await this.#client?.shutdown().catch(() => {});
    this.#client = undefined;
    await this.#node.kill();
  }

  /** Ends it and deletes what it held. */
  async destroy(): Promise<void> {
    await this.stop();
    removeAll(this.directory);
  }

  /** The log of all statements. */
  get auditFile(): string {
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
