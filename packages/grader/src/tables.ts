// The tables of a submission: those that are there, and those it has dropped, brought back. Each with its rows and what
// its columns hold.

import type { Row } from "@sparkify/compare";
import {
  nameOf,
  plainCql,
  quoted,
  type TableName,
  type TypedColumn,
  tableOf,
  tokensOf,
  typedColumns,
} from "@sparkify/cql";
import type { RawPlay } from "@sparkify/lib";
import type { Client, types } from "cassandra-driver";
import type { Statement } from "./audit.js";
import { type Held, heldBy, lookedUp } from "./columns.js";
import type { GradingNode, Snapshot } from "./node.js";

/** A table of a submission, with all that is known of it. */
export interface Table extends History {
  keyspace: string;
  /** As the submission calls it. */
  name: string;
  /** Where it can be read, with its keyspace, as in CQL. */
  full: string;
  columns: TypedColumn[];
  rows: Row[];
  held: Map<string, Held>;
  /** When it was dropped; undefined for a table that is there. */
  dropped: number | undefined;
}

/** The statements that a table comes from, where they were seen. */
interface History {
  create: string | undefined;
  /** A CREATE TABLE IF NOT EXISTS that did nothing, as another one had made the table. */
  ignored: string | undefined;
  insert: string | undefined;
  /** Where Cassandra refused INSERTs: how often, and its message for the first one. */
  refused: { count: number; message: string; cql: string } | undefined;
}

/** More rows of a table are not read. */
const mostRows = 200_000;
/** In bytes: a table with larger rows is not one of song plays, and reading many of them could end the node. */
const largestRow = 100_000;

const bytesOf = (row: types.Row, columns: TypedColumn[]) =>
  columns.reduce((sum, { name }) => {
    const value: unknown = row.get(name);
    return sum + (Buffer.isBuffer(value) ? value.length : String(value).length);
  }, 0);

/** More tables than any submission needs. */
const mostTables = 24;

/** Our own judge of models makes keyspaces of this name, in notebooks that call it. */
const isScratch = (keyspace: string) => keyspace.startsWith("sparkify_scratch_");

/** All tables of a run, each read once. */
export class Tables {
  readonly #known = new Map<string, Promise<Table | undefined>>();
  /** Tables that Cassandra does not give back, with what it says. */
  readonly unreadable = new Map<string, string>();

  private constructor(
    private readonly node: GradingNode,
    private readonly plays: RawPlay[],
    private readonly statements: Statement[],
    private readonly live: { keyspace: string; table: string }[],
    private readonly snapshots: Snapshot[],
  ) {}

  /** @param since when the submission's run began: earlier snapshots are not its own */
  static async find(
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
    // The earliest drop after that time; they come latest first.
    const snapshot = this.#snapshotsOf(keyspace, name)
      .filter(({ dropped }) => dropped >= time)
      .at(-1);
    return snapshot || this.#isLive(keyspace, name) ? this.#read(keyspace, name, snapshot) : undefined;
  }

  /** Every table, in the order of their making; of a name the last one that held something. */
  async all(): Promise<Table[]> {
    const names = new Map<string, { keyspace: string; name: string }>();
    for (const { type, cql, keyspace: used } of this.statements) {
      const made = type === "CREATE_TABLE" ? tableOf("CREATE TABLE", cql) : undefined;
      const keyspace = made?.keyspace ?? used;
      if (made && keyspace && !isScratch(keyspace))
        names.set(`${keyspace} ${made.table}`, { keyspace, name: made.table });
    }
    const found: Table[] = [];
    for (const { keyspace, name } of [...names.values()].slice(0, mostTables)) {
      const isLive = this.#isLive(keyspace, name);
      const dropped = this.#snapshotsOf(keyspace, name);
      const snapshot = isLive ? undefined : (dropped.find(({ bytes }) => bytes > 0) ?? dropped[0]);
      const table = isLive || snapshot ? await this.#read(keyspace, name, snapshot) : undefined;
      if (table) found.push(table);
    }
    return found;
  }

  #isLive(keyspace: string, name: string): boolean {
    return this.live.some((one) => one.keyspace === keyspace && one.table === name);
  }

  #snapshotsOf(keyspace: string, name: string): Snapshot[] {
    return this.snapshots.filter((one) => one.keyspace === keyspace && one.table === name);
  }

  /** @returns undefined for a table whose rows are too large for song plays */
  #read(keyspace: string, name: string, snapshot?: Snapshot): Promise<Table | undefined> {
    const key = `${keyspace} ${name} ${snapshot?.dropped ?? "live"}`;
    const table = this.#known.get(key) ?? this.#readOrSay(keyspace, name, snapshot);
    this.#known.set(key, table);
    return table;
  }

  /** A table that cannot be brought back or read is a finding, and no end of the grading. */
  async #readOrSay(keyspace: string, name: string, snapshot?: Snapshot): Promise<Table | undefined> {
    try {
      return await this.#readNow(keyspace, name, snapshot);
    } catch (error) {
      this.unreadable.set(`${keyspace}.${name}`, (error as Error).message);
      return undefined;
    }
  }

  async #readNow(keyspace: string, name: string, snapshot?: Snapshot): Promise<Table | undefined> {
    const { client } = this.node;
    const full = snapshot
      ? await this.node.restore(snapshot, this.#known.size)
      : `${quoted(keyspace)}.${quoted(name)}`;
    const columns = await typedColumns(client, full);
    const rows = await readRows(client, full, columns);
    if (!rows) return undefined;
    const names = columns.map((column) => column.name);
    const held = heldBy(names, rows, this.plays);
    const computed = columns.filter(
      ({ name, kind }) => kind !== "regular" && kind !== "static" && !held.has(name),
    );
    for (const [name, value] of lookedUp(
      computed.map(({ name }) => name),
      rows,
      held,
      this.plays,
    ))
      held.set(name, value);
    return {
      keyspace,
      name,
      full,
      columns,
      rows,
      held,
      dropped: snapshot?.dropped,
      ...historyOf({ keyspace, table: name }, this.statements, snapshot?.dropped),
    };
  }
}

/** @returns undefined where they are too large */
async function readRows(client: Client, full: string, columns: TypedColumn[]): Promise<Row[] | undefined> {
  client.metadata.clearPrepared(); // the driver would go on with the columns of an earlier table of this name
  const first = await client.execute(`SELECT * FROM ${full} LIMIT 3`, [], { prepare: true });
  if (first.rows.some((row) => bytesOf(row, columns) > largestRow)) return undefined;
  const result = await client.execute(`SELECT * FROM ${full}`, [], { prepare: true, fetchSize: 5000 });
  const rows: Row[] = [];
  for await (const row of result) {
    rows.push(Object.fromEntries(columns.map(({ name, values }) => [name, values.shown(row.get(name))])));
    if (rows.length >= mostRows) break;
  }
  return rows;
}

/** What was said of a table up to its end. */
function historyOf(
  { keyspace, table }: TableName,
  statements: Statement[],
  end = Number.POSITIVE_INFINITY,
): History {
  const earlier = statements.filter(({ time }) => time <= end);
  const accepted = earlier.filter(({ refused }) => refused === undefined);
  const isAbout = (kind: "CREATE TABLE" | "INSERT INTO" | "DROP TABLE") => (one: Statement) => {
    const meant = tableOf(kind, one.cql);
    return meant?.table === table && (meant.keyspace ?? one.keyspace) === keyspace;
  };
  const isCreated = isAbout("CREATE TABLE");
  const isDropped = isAbout("DROP TABLE");
  const isEndOfAll = ({ type, cql }: Statement) => {
    if (type !== "DROP_KEYSPACE") return false;
    const named = tokensOf(cql)
      .filter(({ kind }) => kind === "name")
      .at(-1);
    return named !== undefined && nameOf(named.text) === keyspace;
  };
  const refused = earlier.filter((one) => one.refused !== undefined).filter(isAbout("INSERT INTO"));
  return {
    ...createdBy(accepted.filter((one) => isCreated(one) || isDropped(one) || isEndOfAll(one))),
    insert: [...accepted].reverse().find(isAbout("INSERT INTO"))?.cql,
    refused: refused[0] && {
      count: refused.length,
      cql: refused[0].cql,
      message: refused[0].refused || "its log gives no reason",
    },
  };
}

/** Of the statements that made and dropped a table up to its end: the one that made it, and one that came too late. */
function createdBy(statements: Statement[]): Pick<History, "create" | "ignored"> {
  let made: Pick<History, "create" | "ignored"> = { create: undefined, ignored: undefined };
  const isEnd = ({ type }: Statement) => type !== "CREATE_TABLE";
  // The last one is its own end, where it was dropped.
  const last = statements.at(-1);
  const life = last && isEnd(last) ? statements.slice(0, -1) : statements;
  const wording = (cql: string) =>
    tokensOf(plainCql(cql))
      .map(({ text }) => text.toLowerCase())
      .join(" ");
  for (const statement of life) {
    const { cql } = statement;
    if (isEnd(statement)) made = { create: undefined, ignored: undefined };
    else if (made.create === undefined) made.create = cql;
    else if (wording(cql) !== wording(made.create)) made.ignored = cql;
  }
  return made;
}
