// Other models for a question, as somebody might try them, and what each loses.

import { quoted } from "@sparkify/cql";
import { type Finding, findingText, type RawRow } from "@sparkify/model";
import type { SourceColumn } from "../source/source.js";
import type { Asked } from "./asked.js";
import type { Court, Tried } from "./court.js";
import { createCql, selectCql } from "./cql.js";
import { judgedQuestion } from "./judged-rows.js";
import type { Rival, Size, Table } from "./proposal.js";
import { sizeText } from "./words.js";

/** What is tried against a proposed table. */
export interface Contest {
  court: Court;
  keyspace: string;
  asked: Asked;
  table: Table;
  /** The name that the proposed table has in the court, with the rows. */
  proposed: Tried & { as: string };
  /** The rows that it was judged by. */
  rows: RawRow[];
  /** The largest partition without a bucket, grown. */
  unsplit: Size;
}

type Idea = Tried & { name: string };
type Order = "asc" | "desc";

/** Points by how much is lost. */
const gravest: Finding["point"][] = [
  "answers the query without filtering",
  "loses nothing",
  "right order",
  "no needless duplicates",
  "right types",
];

/** Tries the rivals; those that lose nothing are none. */
export async function rivalsOf(contest: Contest): Promise<Rival[]> {
  const rivals: Rival[] = [];
  for (const idea of otherKeys(contest)) {
    const lost = await loses(contest, idea);
    if (lost) rivals.push(lost);
  }
  return [...rivals, ...withoutBucket(contest), ...wholeKey(contest), ...(await oneTableForAll(contest))];
}

async function loses({ court, asked, table, rows }: Contest, idea: Idea): Promise<Rival | undefined> {
  const { name, create, select } = idea;
  const findings = await court
    .judge(idea, court.nameFor("rival"), judgedQuestion(asked, table.bucket), rows, false)
    .catch((error: Error & { code?: number }) => {
      // What Cassandra refuses to make is no rival; a cluster that is lost is another matter.
      if (error.code === undefined) throw error;
      return [];
    });
  const [lost] = gravest.flatMap(
    (point) => findings.find((one) => one.point === point && one.verdict === "fail") ?? [],
  );
  if (!lost) return undefined;
  return {
    name,
    create,
    select,
    point: lost.point,
    evidence: findingText(lost),
    ...(lost.rows && { rows: lost.rows.slice(0, 6) }),
  };
}

/** The same table with another key. */
function otherKeys({ keyspace, asked, table }: Contest): Idea[] {
  const { clustering, columns } = table;
  const idea = (name: string, changes: Partial<Table>): Idea => {
    const other = inKeyOrder({ ...table, ...changes });
    return { name, create: createCql(keyspace, other), select: selectCql(keyspace, other, asked) };
  };
  const ideas: Idea[] = [];
  const last = clustering.at(-1)?.[0];
  const asksFor = [...asked.given, asked.between].map((column) => column?.cqlName);
  if (last !== undefined && !asksFor.includes(last))
    ideas.push(
      idea(`shorter key: without ${last}`, {
        clustering: clustering.slice(0, -1),
        static: clustering.length === 1 ? [] : table.static,
      }),
    );
  const [first] = asked.order;
  if (first) {
    const { cqlName, type } = first.column;
    const turned: Order = first.order === "asc" ? "desc" : "asc";
    ideas.push(
      idea(`other order: ${cqlName} ${turned}`, {
        clustering: clustering.map(([column, order]) => [column, column === cqlName ? turned : order]),
      }),
    );
    if (/^(tinyint|smallint|int|bigint|varint|double|decimal)$/.test(type))
      ideas.push(idea(`other type: ${cqlName} text`, { columns: { ...columns, [cqlName]: "text" } }));
  }
  const names = nameColumns(asked);
  const [id] = asked.each;
  if (id && names.length > 0)
    ideas.push(
      idea(`name instead of id: ${names.join(", ")} in the place of ${id.cqlName}`, {
        clustering: [
          ...clustering.filter(([column]) => column !== id.cqlName),
          ...names.map((column): [string, Order] => [column, "asc"]),
        ],
        static: table.static.filter((column) => !names.includes(column)),
        columns: Object.fromEntries(Object.entries(columns).filter(([column]) => column !== id.cqlName)),
      }),
    );
  return ideas;
}

/** A table's columns in the order of its key. */
function inKeyOrder(table: Table): Table {
  const key = [...table.partitionKey, ...table.clustering.map(([column]) => column), ...table.static];
  const names = [...key, ...Object.keys(table.columns).filter((column) => !key.includes(column))];
  return {
    ...table,
    columns: Object.fromEntries(names.map((name) => [name, table.columns[name] as string])),
  };
}

/** Names in an answer that one could take for what tells its rows apart. */
function nameColumns({ each, answer, given, order }: Asked): string[] {
  const [id] = each;
  if (!id || each.length > 1 || order.length > 0 || !/^(int|bigint|uuid|text)$/.test(id.type)) return [];
  return answer
    .filter((column) => column.type === "text" && column !== id && !given.includes(column))
    .filter(({ cqlName }) => /name|title|label/.test(cqlName))
    .map(({ cqlName }) => cqlName);
}

function withoutBucket({ keyspace, asked, table, unsplit }: Contest): Rival[] {
  const { bucket, ...rest } = table;
  if (!bucket) return [];
  const whole = without(rest, bucket.column);
  return [
    {
      name: `no bucket: all rows of one ${asked.given.map(({ cqlName }) => cqlName).join(", ")} in a partition`,
      create: createCql(keyspace, whole),
      select: selectCql(keyspace, whole, asked),
      point: "partition size",
      evidence: `its largest partition would have ${sizeText(unsplit)}${asked.growth.factor > 1 ? ` when it has grown ${asked.growth.factor} times` : ""}; the limits are 100,000 values and 100 MB`,
    },
  ];
}

function without(table: Table, column: string): Table {
  return {
    ...table,
    partitionKey: table.partitionKey.filter((name) => name !== column),
    columns: Object.fromEntries(Object.entries(table.columns).filter(([name]) => name !== column)),
  };
}

/** The other right key of a question whose answer is one row. */
function wholeKey({ keyspace, asked, table }: Contest): Rival[] {
  if (asked.each.length > 0 || table.clustering.length === 0) return [];
  const moved = table.clustering.map(([column]) => column);
  const whole: Table = {
    ...table,
    partitionKey: [...table.partitionKey, ...moved],
    clustering: [],
    static: [],
  };
  return [
    {
      name: `whole key: ${moved.join(", ")} in the partition key too`,
      create: createCql(keyspace, whole),
      select: selectCql(keyspace, whole, asked),
      point: "",
      evidence: `as good for this question: each row is a partition of its own. But all rows of one ${table.partitionKey.join(", ")}, or a range of them, then need a request for each`,
    },
  ];
}

/** Rows of a table that is asked the wrong way. */
const mostRows = 5000;

/** One table for everything, by what tells its rows apart: asked by filtering, or through an index. */
async function oneTableForAll(contest: Contest): Promise<Rival[]> {
  const { court, keyspace, asked, proposed, rows } = contest;
  const given = asked.given.map(({ cqlName }) => cqlName);
  const first = asked.event.find(({ cqlName }) => !given.includes(cqlName));
  const sample = rows[Math.floor(rows.length / 2)];
  if (!first || !sample) return [];
  const base = tableByEvent(contest, first);
  const create = createCql(keyspace, base);
  const select = selectCql(keyspace, base, asked);
  const some = rows.slice(0, mostRows);
  const plain = court.nameFor("base");
  await court.make({ create, select }, plain, some);
  const refused = await court.time({ create, select }, plain, sample);
  const own = await court.time(proposed, proposed.as, sample);
  const rival = async (name: string, tried: Tried, as: string, text: string): Promise<Rival[]> => {
    const taken = await court.time(tried, as, sample);
    if (typeof taken !== "number" || typeof own !== "number") return [];
    const times = { rival: rounded(taken), proposed: rounded(own) };
    const { create: made, select: asks } = tried;
    const evidence = `${text} With ${some.length.toLocaleString("en")} rows an answer took ${times.rival} ms, of the proposed table ${times.proposed} ms`;
    return [{ name, create: made, select: asks, point, evidence, milliseconds: times }];
  };
  const point: Finding["point"] = "answers the query without filtering";
  const filtering = await rival(
    `ALLOW FILTERING: one table by ${first.cqlName}`,
    { create, select: `${select} ALLOW FILTERING` },
    plain,
    `${typeof refused === "string" ? `Without ALLOW FILTERING Cassandra refuses: "${refused}". ` : ""}With it, rows are read only to be thrown away: all partitions of all nodes, and more with every row.`,
  );
  const all = `${quoted(keyspace)}.${quoted(base.name)}`;
  const indexes = given.map((column) => `CREATE INDEX ON ${all} (${quoted(column)}) USING 'sai'`);
  const indexed: Tried = { create: `${create};\n${indexes.join(";\n")}`, select };
  const withIndexes = court.nameFor("base");
  const isMade = await court
    .make({ create, select, indexes }, withIndexes, some)
    .then(() => true)
    .catch(() => false); // older releases know no such index
  if (!isMade) return filtering;
  const index = await rival(
    `an index on ${given.join(", ")}: one table by ${first.cqlName}`,
    indexed,
    withIndexes,
    "Through an index Cassandra asks every node for its part of the answer, and reads a partition for each row.",
  );
  return [...filtering, ...index];
}

const rounded = (milliseconds: number) => Number(milliseconds.toFixed(1));

function tableByEvent({ asked, table }: Contest, first: SourceColumn): Table {
  const { bucket, ...plain } = table;
  const rest = asked.event.filter((column) => column !== first);
  const columns = { ...table.columns };
  if (bucket) delete columns[bucket.column];
  for (const { cqlName, type } of asked.event) columns[cqlName] = type;
  return inKeyOrder({
    ...plain,
    name: `rows_by_${first.cqlName.replace(/[^a-z0-9_]/g, "")}`.slice(0, 48),
    partitionKey: [first.cqlName],
    clustering: rest.map(({ cqlName }) => [cqlName, "asc"]),
    static: [],
    columns,
  });
}
