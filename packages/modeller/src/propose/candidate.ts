// The table of a question, by rule: equality, range, order, uniqueness; then types, static columns and size.

import type { Source, SourceColumn } from "../source/source.js";
import { type Asked, isKeyType } from "./asked.js";
import {
  columnsAsked,
  conflict,
  determinedBy,
  factColumns,
  listOf,
  neededColumns,
  soundRows,
} from "./facts.js";
import type { Note, Reason, Size, Table } from "./proposal.js";
import { bucketsRead, findBucket, isSmall, largestPartition, type Shape } from "./sizes.js";

export interface Candidate {
  /** Undefined where no table can be right: the notes say why. */
  table?: Table;
  shape?: Shape;
  /** No two rows have one key. */
  isUnique: boolean;
  size?: Size;
  later?: Size;
  partitions?: number;
  partitionsPerAnswer: number;
  reasons: Reason[];
  notes: Note[];
}

const names = (columns: { name: string }[]) => columns.map(({ name }) => name).join(", ");
const count = (number: number) => number.toLocaleString("en");

/** Why no table can be right whatever its key; nothing where one can. */
async function whyNone(source: Source, asked: Asked): Promise<Note[]> {
  const { between, order, given, each } = asked;
  const unfit = neededColumns(asked).find(({ type }) => !isKeyType(type));
  if (unfit)
    return [
      { kind: "fail", text: `${unfit.name} is of type ${unfit.type}, which Cassandra takes in no key.` },
      {
        kind: "change",
        text: `Ask by another column, or say in \`columns\` that ${unfit.name} is a frozen<${unfit.type}> or a text.`,
      },
    ];
  const lossy = columnsAsked(asked).filter(({ loses }) => loses);
  if (lossy.length > 0) return lossy.flatMap(lossNotes);
  const [first] = order;
  if (between && first && first.column !== between && !given.includes(between))
    return [
      {
        kind: "fail",
        text: `The range of ${between.name} and the order by ${first.column.name} disagree: the rows of a partition are sorted in one way only, and a range is one stretch of them only where they are sorted by its column first.`,
      },
      {
        kind: "change",
        text: `Order by ${between.name} first (${[`${between.name} ${first.order}`, ...order.map(({ column, order: direction }) => `${column.name} ${direction}`)].join(", ")}) and sort the answer in the application, or give no range.`,
      },
    ];
  const fact = factColumns(asked);
  const said = [...order.map(({ column }) => column), ...asked.answer];
  const found = await conflict(source, asked, fact, said);
  if (!found) return [];
  const differing = names(found.differing);
  const isEvent = asked.event.every((column) => fact.includes(column));
  return [
    {
      kind: "fail",
      text: `${names(fact)} ${`${fact.length === 1 ? "does" : "do"} not ${isEvent ? "tell the rows apart" : "make one fact"}`}: ${count(found.facts)} of them ${found.facts === 1 ? "has" : "have"} several values of ${differing}. With one key the later row would overwrite the earlier one.`,
      rows: found.rows,
    },
    {
      kind: "change",
      text: `Name in \`${isEvent ? "event" : "each"}\` what tells these rows apart (beside ${names(isEvent ? asked.event : each) || "nothing yet"})${isEvent ? ", or give the rows an id: source.sql with row_number() OVER () AS id" : `, or ask for the latest: each with a time, \`order\` by it descending, and a limit`}.`,
    },
  ];
}

const lossNotes = ({ name, type, loses }: SourceColumn): Note[] => [
  {
    kind: "fail",
    text: `${name} is a ${type} in \`columns\`, which does not keep ${count(loses?.rows ?? 0)} of its values: ${loses?.example} becomes ${loses?.becomes}.`,
    rows: [{ [name]: loses?.example ?? null, becomes: loses?.becomes ?? null }],
  },
  {
    kind: "change",
    text: `Leave ${name} out of \`columns\`: then it gets the narrowest type that keeps every value. Or name another one.`,
  },
];

/** The table, its size, and the reasoning. */
export async function candidateFor(source: Source, asked: Asked): Promise<Candidate> {
  const notes = await whyNone(source, asked);
  const reasons: Reason[] = [];
  if (notes.length > 0) return { isUnique: false, partitionsPerAnswer: 0, reasons, notes };
  const { given, between, each, order } = asked;
  const clustering = new Map<SourceColumn, "asc" | "desc">();
  if (between && !given.includes(between))
    clustering.set(between, order[0]?.column === between ? order[0].order : "asc");
  for (const { column, order: direction } of order)
    if (!clustering.has(column)) clustering.set(column, direction);
  for (const column of each) if (!clustering.has(column)) clustering.set(column, "asc");
  let partitionKey = given;
  const isUnique = await keysAreUnique(source, asked, [...given, ...clustering.keys()]);
  const shapeOf = (statics: SourceColumn[]): Shape => {
    const inKey = [...given, ...clustering.keys()];
    return {
      partitionKey,
      clustering: inKey.filter((column) => !partitionKey.includes(column)),
      statics,
      regular: asked.answer.filter((column) => !inKey.includes(column) && !statics.includes(column)),
    };
  };
  reasons.push({
    step: "given",
    text: `${names(given)} ${given.length === 1 ? "is" : "are"} given with =: the partition key, so that one request goes to one partition.`,
  });
  const shorter = given.slice(0, -1);
  const last = given.at(-1) as SourceColumn;
  if (clustering.size === 0 && shorter.length > 0) {
    partitionKey = shorter;
    const { later } = await largestPartition(source, asked, shapeOf([]), isUnique);
    if (isComfortable(later))
      reasons.push({
        step: "size",
        text: `An answer is one row, and all rows of one ${names(shorter)} are few (at most ${count(later.rows)}${asked.growth.factor > 1 ? ", grown" : ""}): so ${last.name} becomes a clustering column, and ${names(shorter)} alone partitions. One request then also gives a range of ${last.name}, or all of it. ((${names(given)})) is as good for this question.`,
      });
    else partitionKey = given;
  }
  if (between)
    reasons.push({
      step: "range",
      text: `A range of ${between.name} is given: it is the first clustering column, so that a range is one stretch of a partition.`,
    });
  if (order.length > 0)
    reasons.push({
      step: "order",
      text: `The rows come by ${order.map(({ column, order: direction }) => `${column.name} ${direction}`).join(", ")}: clustering columns in this order and direction, so that no sort is needed.`,
    });
  const rest = each.filter((column) => column !== between && !order.some((one) => one.column === column));
  if (rest.length > 0)
    reasons.push({
      step: "told apart",
      text: `${names(rest)} tells the rows of an answer apart: without it one would overwrite another.`,
    });
  else if (clustering.size > 0)
    reasons.push({ step: "told apart", text: "These columns tell the rows of an answer apart already." });
  const statics = clustering.size > 0 ? await determinedBy(source, asked, shapeOf([]).regular) : [];
  if (statics.length > 0)
    reasons.push({
      step: "static",
      text: `${names(statics)} ${statics.length === 1 ? "has" : "have"} one value for each ${names(given)}: static, kept once for each partition.`,
    });

  let shape = shapeOf(statics);
  let { size, later, partitions } = await largestPartition(source, asked, shape, isUnique);
  if (!isSmall(later) && shape.clustering.length > 0) {
    const bucket = await findBucket(source, asked, shape, isUnique);
    if (bucket) {
      reasons.push({
        step: "size",
        text: `The largest partition${asked.growth.factor > 1 ? `, grown ${count(asked.growth.factor)} times,` : ""} would have ${sizeText(later)}: too many. So ${bucket.by === "hash" ? `a hash of ${bucket.of} in ${bucket.count} buckets` : `the ${bucket.by} of ${bucket.of}`} splits it: ${bucket.column}.`,
      });
      shape = { ...shape, bucket };
      ({ size, later, partitions } = await largestPartition(source, asked, shape, isUnique));
    }
  }
  if (!isSmall(later))
    notes.push(
      {
        kind: "fail",
        text: `The largest partition becomes too large: ${sizeText(later)}; 100,000 values and 100 MB are the limits that Cassandra's documentation gives.`,
      },
      { kind: "change", text: "Give the question something more with =, as a day or a region." },
    );
  else
    reasons.push({
      step: "size",
      text: `The largest partition has ${sizeText(size)}${asked.growth.factor > 1 ? `; grown ${sizeText(later)}` : ""}.`,
    });
  return {
    table: tableOf(asked, shape, clustering),
    shape,
    isUnique,
    size,
    later,
    partitions,
    partitionsPerAnswer: shape.bucket ? await bucketsRead(source, asked, shape.bucket) : 1,
    reasons,
    notes,
  };
}

export const sizeText = ({ rows, values, bytes }: Size) =>
  `${count(rows)} rows, ${count(values)} values, ${bytes < 100_000 ? `${count(bytes)} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MB`}`;

/** Far from the limits: a partition that more questions may share. */
const isComfortable = ({ rows, values, bytes }: Size) =>
  Math.max(rows, values) <= 10_000 && bytes <= 10 * 1024 * 1024;

async function keysAreUnique(source: Source, asked: Asked, key: SourceColumn[]): Promise<boolean> {
  const rows = soundRows(asked);
  const { all, keys } = await source.database.one(
    `SELECT (SELECT count(*) FROM ${rows}) AS "all", (SELECT count(*) FROM (SELECT 1 FROM ${rows} GROUP BY ${listOf(key)})) AS keys`,
  );
  return Number(all) === Number(keys);
}

function tableOf(asked: Asked, shape: Shape, directions: Map<SourceColumn, "asc" | "desc">): Table {
  const { partitionKey, clustering, statics, bucket } = shape;
  const columns: Record<string, string> = {};
  const add = ({ cqlName, type }: SourceColumn) => {
    columns[cqlName] = type;
  };
  partitionKey.forEach(add);
  if (bucket) columns[bucket.column] = bucket.type;
  clustering.forEach(add);
  statics.forEach(add);
  for (const column of columnsAsked(asked)) if (!(column.cqlName in columns)) add(column);
  return {
    name: asked.name,
    partitionKey: [...partitionKey.map(({ cqlName }) => cqlName), ...(bucket ? [bucket.column] : [])],
    clustering: clustering.map((column) => [column.cqlName, directions.get(column) ?? "asc"]),
    static: statics.map(({ cqlName }) => cqlName),
    columns,
    ...(bucket && { bucket }),
  };
}
