// Keyspaces in which tables are tried: like the reader's own, and gone when the last trial is over.

import { randomBytes } from "node:crypto";
import { nameOf, onTable, quoted, readOwnTypes, type TableName, writtenTable } from "@sparkify/cql";
import type { Client } from "cassandra-driver";

/** Tables come and go slower than the driver waits when the machine is busy: a dropped one is written to disk first. */
const patient = { readTimeout: 60_000 };
/** A keyspace takes longer to drop the more tables it has. */
const mostTables = 20;

/** A scratch keyspace, and how many need it. */
interface Scratch {
  name: string;
  replication: string;
  created: Promise<unknown>;
  tables: number;
  users: number;
}

/** Whenever one is dropped, Cassandra writes all its own tables that have changed to disk, so trials share them. */
interface Shared {
  /** Those with room for more tables, by their replication. */
  open: Map<string, Scratch>;
  /** Keyspaces that some work has made for itself: copies of its tables may be there too. */
  lent: Map<string, Scratch>;
  /** What each work needs that lets its trials share: see {@link sharingScratch}. */
  kept: Set<Set<Scratch>>;
}

const sharedBy = new WeakMap<Client, Shared>();

function sharedOf(client: Client): Shared {
  const shared = sharedBy.get(client) ?? { open: new Map(), lent: new Map(), kept: new Set() };
  sharedBy.set(client, shared);
  return shared;
}

/**
 * Lets the trials of some work share scratch keyspaces, not only those that go on at the same time.
 * @param work when it ends, however it does, what it made in them is dropped
 * @param keyspace one that was made for the work, and that the caller drops: copies of its tables are tried there as well
 */
export async function sharingScratch<Result>(
  client: Client,
  work: () => Promise<Result>,
  keyspace = "",
): Promise<Result> {
  const { kept, lent } = sharedOf(client);
  const own = new Set<Scratch>();
  kept.add(own);
  if (keyspace !== "") lent.set(keyspace, lentScratch(keyspace));
  try {
    return await work();
  } finally {
    kept.delete(own);
    lent.delete(keyspace);
    for (const scratch of own) await leave(client, scratch);
  }
}

/**
 * Makes an empty copy of a table in a scratch keyspace, with its indexes, and drops it when the work is done.
 * @param original with its keyspace
 * @param work gets the copy's name, as in CQL
 * @throws what Cassandra says where it refuses to make the copy
 */
export async function withEmptyCopy<Result>(
  client: Client,
  original: TableName,
  work: (copy: string) => Promise<Result>,
): Promise<Result> {
  const { keyspace = "" } = original;
  const described = await client.execute(`DESCRIBE TABLE ${writtenTable(original)}`);
  const creates = described.rows
    .filter(({ type }) => type === "table" || type === "index")
    .map((row) => String(row.create_statement));
  const hasTypes = (await readOwnTypes(client, keyspace)).size > 0;
  const replication = await replicationOf(client, keyspace);
  // The names of indexes and types are the keyspace's: two copies would be in each other's way.
  const scratch = enter(client, keyspace, replication, creates.length > 1 || hasTypes);
  try {
    await scratch.created;
    if (hasTypes) await createTypes(client, keyspace, scratch.name);
    const copy = writtenTable({ keyspace: scratch.name, table: `sparkify_tried_${scratch.tables++}` });
    for (const create of creates) await client.execute(onTable(create, original, copy), [], patient);
    return await work(copy);
  } finally {
    await leave(client, scratch);
  }
}

/** Whoever drops it has the last word: it is never left by all. */
const lentScratch = (name: string): Scratch => ({
  name,
  replication: "",
  created: Promise.resolve(),
  tables: 0,
  users: 1,
});

function enter(client: Client, keyspace: string, replication: string, isAlone: boolean): Scratch {
  const { open, lent, kept } = sharedOf(client);
  const withRoom = [lent.get(keyspace), open.get(replication)].find((one) => one && one.tables < mostTables);
  let scratch = isAlone ? undefined : withRoom;
  if (!scratch) {
    const name = `sparkify_scratch_${randomBytes(5).toString("hex")}`;
    const created = client.execute(`CREATE KEYSPACE ${name} WITH replication = ${replication}`, [], patient);
    scratch = { name, replication, created, tables: 0, users: 0 };
    if (!isAlone) open.set(replication, scratch);
  }
  scratch.users++;
  if (isAlone) return scratch;
  for (const works of kept)
    if (!works.has(scratch)) {
      works.add(scratch);
      scratch.users++;
    }
  return scratch;
}

async function leave(client: Client, scratch: Scratch): Promise<void> {
  scratch.users--;
  if (scratch.users > 0) return;
  const { open } = sharedOf(client);
  if (open.get(scratch.replication) === scratch) open.delete(scratch.replication);
  await client.execute(`DROP KEYSPACE IF EXISTS ${scratch.name}`, [], patient);
}

/** As it is written in CQL. */
async function replicationOf(client: Client, keyspace: string): Promise<string> {
  const query = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?";
  const found = (await client.execute(query, [keyspace], { prepare: true })).first();
  const options = Object.entries(found?.get("replication") as Record<string, string>);
  return `{${options.map((option) => option.map((text) => `'${text}'`).join(": ")).join(", ")}}`;
}

async function createTypes(client: Client, keyspace: string, scratch: string): Promise<void> {
  const described = await client.execute(`DESCRIBE KEYSPACE ${quoted(keyspace)}`);
  for (const { type, name, create_statement: statement } of described.rows) {
    const table = nameOf(String(name));
    if (type === "type")
      await client.execute(
        onTable(statement, { keyspace, table }, writtenTable({ keyspace: scratch, table })),
        [],
        patient,
      );
  }
}
