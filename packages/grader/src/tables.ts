// The tables of a submission: those that are there, and those it has dropped, brought back. Each with its rows and what
// its columns hold.

import { quoted, tableOf } from "@sparkify/cql";
import type { RawPlay } from "@sparkify/lib";
import { type SchemaColumn, schemaColumns } from "@sparkify/lib/show";
import { fromCassandra } from "@sparkify/model";
import type { types } from "cassandra-driver";
import type { Statement } from "./audit.js";
import { type Held, heldBy } from "./columns.js";
import type { GradingNode, Snapshot } from "./node.js";

export interface Table {
  keyspace: string;
  /** As the submission calls it. */
  name: string;
  /** Where it can be read, with its keyspace, as in CQL. */
  full: string;
  columns: SchemaColumn[];
  rows: Record<string, unknown>[];
  held: Map<string, Held>;
  /** The statements that made it and filled it, where they were seen. */
  create: string | undefined;
  /** A CREATE TABLE IF NOT EXISTS that did nothing, as another one had made the table. */
  ignored: string | undefined;
  insert: string | undefined;
  /** Where Cassandra refused INSERTs: how often, and its message for the first one. */
  refused: { count: number; message: string; cql: string } | undefined;
  /** When it was dropped; undefined for a table that is there. */
  dropped: number | undefined;
}

/** More rows of a table are not read. */
const mostRows = 200_000;
/** In bytes: a table with larger rows is not one of song plays, and reading many of them could end the node. */
const largestRow = 100_000;

const bytesOf = (row: types.Row, columns: SchemaColumn[]) =>
  columns.reduce((sum, { name }) => {
    const value: unknown = row.get(name);
    return sum + (Buffer.isBuffer(value) ? value.length : String(value).length);
  }, 0);

/** More tables than any submission needs. */
const mostTables = 24;

/** Our own judge of models makes keyspaces of this name, in notebooks that call it. */
const isScratch = (keyspace: string) => keyspace.startsWith("sparkify_scratch_");

export class Tables {
  readonly #known = new Map<string, Promise<Table | undefined>>();

  private constructor(
    private readonly node: GradingNode,
    private readonly plays: RawPlay[],
    private readonly statements: Statement[],
    private readonly live: { keyspace: string; table: string }[],
    private readonly snapshots: Snapshot[],
  ) {}

  /** @param since when the submission's run began: earlier snapshots are not its own */
  static async of(
    node: GradingNode,
    plays: RawPlay[],
    statements: Statement[],
    since: number,
  ): Promise<Tables> {
    const live = (await node.tables()).filter(({ keyspace }) => !isScratch(keyspace));
    const snapshots = node.snapshots(since).filter(({ keyspace }) => !isScratch(keyspace));
    return new Tables(node, plays, statements, live, snapshots);
  }

  /** The table of the name that was there at a time; undefined where there never was one. */
  async at(keyspace: string, name: string, time: number): Promise<Table | undefined> {
    const own = this.snapshots.filter((one) => one.keyspace === keyspace && one.table === name);
    // The earliest drop after that time; they come latest first.
    const snapshot = own.filter(({ dropped }) => dropped >= time).at(-1);
    if (snapshot) return this.read(keyspace, name, snapshot);
    const isThere = this.live.some((one) => one.keyspace === keyspace && one.table === name);
    return isThere ? this.read(keyspace, name) : undefined;
  }

  /** Every table, in the order of their making; of a name the last one that held something. */
  async all(): Promise<Table[]> {
    const names = new Map<string, { keyspace: string; name: string }>();
    for (const { type, cql, keyspace } of this.statements) {
      const made = type === "CREATE_TABLE" ? tableOf("CREATE TABLE", cql) : undefined;
      const in_ = made?.keyspace ?? keyspace;
      if (made && in_ && !isScratch(in_))
        names.set(`${in_} ${made.table}`, { keyspace: in_, name: made.table });
    }
    const found: Table[] = [];
    for (const { keyspace, name } of [...names.values()].slice(0, mostTables)) {
      const live = this.live.some((one) => one.keyspace === keyspace && one.table === name);
      const dropped = this.snapshots.filter((one) => one.keyspace === keyspace && one.table === name);
      const snapshot = dropped.find(({ bytes }) => bytes > 0) ?? dropped[0];
      const table = live
        ? await this.read(keyspace, name)
        : snapshot && (await this.read(keyspace, name, snapshot));
      if (table) found.push(table);
    }
    return found;
  }

  /** @returns undefined for a table whose rows are too large for song plays */
  private read(keyspace: string, name: string, snapshot?: Snapshot): Promise<Table | undefined> {
    const key = `${keyspace} ${name} ${snapshot?.dropped ?? "live"}`;
    let table = this.#known.get(key);
    if (!table) {
      table = this.readNow(keyspace, name, snapshot);
      this.#known.set(key, table);
    }
    return table;
  }

  private async readNow(keyspace: string, name: string, snapshot?: Snapshot): Promise<Table | undefined> {
    const { client } = this.node;
    const full = snapshot
      ? await this.node.restore(snapshot, this.#known.size)
      : `${quoted(keyspace)}.${quoted(name)}`;
    const columns = await schemaColumns(client, full);
    const rows: Table["rows"] = [];
    client.metadata.clearPrepared();
    const first = await client.execute(`SELECT * FROM ${full} LIMIT 3`, [], { prepare: true });
    if (first.rows.some((row) => bytesOf(row, columns) > largestRow)) return undefined;
    const result = await client.execute(`SELECT * FROM ${full}`, [], { prepare: true, fetchSize: 5000 });
    for await (const row of result) {
      rows.push(
        Object.fromEntries(columns.map((column) => [column.name, fromCassandra(row.get(column.name))])),
      );
      if (rows.length >= mostRows) break;
    }
    const held = heldBy(
      columns.map((column) => column.name),
      rows,
      this.plays,
    );
    const until = snapshot?.dropped ?? Number.POSITIVE_INFINITY;
    const about = (kind: "CREATE TABLE" | "INSERT INTO" | "DROP TABLE") => (one: Statement) => {
      const meant = one.time <= until ? tableOf(kind, one.cql) : undefined;
      return meant?.table === name && (meant.keyspace ?? one.keyspace) === keyspace;
    };
    const endsAll = ({ type, time, cql }: Statement) =>
      type === "DROP_KEYSPACE" &&
      time <= until &&
      cql
        .replace(/[\s";]+$/, "")
        .replace(/^.*[\s"]/s, "")
        .toLowerCase() === keyspace.toLowerCase();
    const accepted = this.statements.filter((one) => one.refused === undefined);
    const refused = this.statements.filter((one) => one.refused !== undefined).filter(about("INSERT INTO"));
    return {
      keyspace,
      name,
      full,
      columns,
      rows,
      held,
      dropped: snapshot?.dropped,
      ...createdBy(
        accepted.filter((one) => about("CREATE TABLE")(one) || about("DROP TABLE")(one) || endsAll(one)),
      ),
      insert: accepted.filter(about("INSERT INTO")).at(-1)?.cql,
      refused: refused[0] && {
        count: refused.length,
        cql: refused[0].cql,
        message: refused[0].refused || "its log gives no reason",
      },
    };
  }
}

/** Of the statements that made and dropped a table up to its end: the one that made it, and one that came too late. */
function createdBy(statements: Statement[]): Pick<Table, "create" | "ignored"> {
  let made: { create: string | undefined; ignored: string | undefined } = {
    create: undefined,
    ignored: undefined,
  };
  const isEnd = ({ type }: Statement) => type !== "CREATE_TABLE";
  // The last one is its own end, where it was dropped.
  const last = statements.at(-1);
  const life = last && isEnd(last) ? statements.slice(0, -1) : statements;
  const plain = (cql: string | undefined) => cql?.replace(/\s+/g, "").replace(/;$/, "").toLowerCase();
  for (const statement of life) {
    const { cql } = statement;
    if (isEnd(statement)) made = { create: undefined, ignored: undefined };
    else if (made.create === undefined) made.create = cql;
    else if (plain(cql) !== plain(made.create)) made.ignored = cql;
  }
  return made;
}
