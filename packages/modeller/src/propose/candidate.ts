// The table of a question, by rule: equality, range, order, uniqueness; then static columns and size.

import type { Source, SourceColumn } from "../source/source.js";
import type { Asked } from "./asked.js";
import { columnsAsked, determinedBy, listOf, soundRows } from "./facts.js";
import type { Note, Reason, Size, Table } from "./proposal.js";
import { reasonsFor, type Sizes } from "./reasons.js";
import { bucketsRead, findBucket, isSmall, largestPartition, type Shape } from "./sizes.js";
import { whyNone } from "./why-none.js";
import { sizeText } from "./words.js";

/** A table that is to be proved. */
export interface Found extends Sizes {
  table: Table;
  shape: Shape;
  /** No two rows have one key. */
  isUnique: boolean;
  partitionsPerAnswer: number;
}

export interface Candidate {
  /** Undefined where no table can be right: the notes say why. */
  found?: Found;
  reasons: Reason[];
  notes: Note[];
}

type Directions = Map<SourceColumn, "asc" | "desc">;

/** The table, its size, and the reasoning. */
export async function candidateFor(source: Source, asked: Asked): Promise<Candidate> {
  const notes = await whyNone(source, asked);
  if (notes.length > 0) return { reasons: [], notes };
  const directions = directionsOf(asked);
  const isUnique = await keysAreUnique(source, asked, [...asked.given, ...directions.keys()]);
  const partitionKey = await partitionKeyOf(source, asked, directions, isUnique);
  const plain = shapeOf(asked, partitionKey, directions, []);
  const statics = directions.size > 0 ? await determinedBy(source, asked, plain.regular) : [];
  const whole = shapeOf(asked, partitionKey, directions, statics);
  const unsplit = await largestPartition(source, asked, whole, isUnique);
  const needsBucket = !isSmall(unsplit.later) && whole.clustering.length > 0;
  const bucket = needsBucket ? await findBucket(source, asked, whole, isUnique) : undefined;
  const shape = bucket ? { ...whole, bucket } : whole;
  const { size, later } = bucket ? await largestPartition(source, asked, shape, isUnique) : unsplit;
  const sizes = { size, later, unsplit: unsplit.later };
  const partitionsPerAnswer = bucket ? await bucketsRead(source, asked, bucket) : 1;
  const table = tableOf(asked, shape, directions);
  return {
    found: { table, shape, isUnique, partitionsPerAnswer, ...sizes },
    reasons: reasonsFor(asked, shape, sizes),
    notes: isSmall(later) ? [] : tooLarge(later),
  };
}

/** The clustering columns beside what is given: range, order, uniqueness. */
function directionsOf({ given, between, each, order }: Asked): Directions {
  const directions: Directions = new Map();
  const [first] = order;
  if (between && !given.includes(between))
    directions.set(between, first?.column === between ? first.order : "asc");
  for (const { column, order: direction } of order)
    if (!directions.has(column)) directions.set(column, direction);
  for (const column of each) if (!directions.has(column)) directions.set(column, "asc");
  return directions;
}

/** What is given; where an answer is one row, without its last column as long as the partitions stay far from the limits. */
async function partitionKeyOf(
  source: Source,
  asked: Asked,
  directions: Directions,
  isUnique: boolean,
): Promise<SourceColumn[]> {
  const shorter = asked.given.slice(0, -1);
  if (directions.size > 0 || shorter.length === 0) return asked.given;
  const { later } = await largestPartition(source, asked, shapeOf(asked, shorter, directions, []), isUnique);
  return isComfortable(later) ? shorter : asked.given;
}

/** Far from the limits: a partition that more questions may share. */
const isComfortable = ({ rows, values, bytes }: Size) =>
  Math.max(rows, values) <= 10_000 && bytes <= 10 * 1024 * 1024;

function shapeOf(
  asked: Asked,
  partitionKey: SourceColumn[],
  directions: Directions,
  statics: SourceColumn[],
): Shape {
  const inKey = [...asked.given, ...directions.keys()];
  return {
    partitionKey,
    clustering: inKey.filter((column) => !partitionKey.includes(column)),
    statics,
    regular: asked.answer.filter((column) => !inKey.includes(column) && !statics.includes(column)),
  };
}

const tooLarge = (later: Size): Note[] => [
  {
    kind: "fail",
    text: `The largest partition becomes too large: ${sizeText(later)}; 100,000 values and 100 MB are the limits that Cassandra's documentation gives.`,
  },
  { kind: "change", text: "Give the question something more with =, as a day or a region." },
];

async function keysAreUnique(source: Source, asked: Asked, key: SourceColumn[]): Promise<boolean> {
  const rows = soundRows(asked);
  const { all, keys } = await source.database.one(
    `SELECT (SELECT count(*) FROM ${rows}) AS "all", (SELECT count(*) FROM (SELECT 1 FROM ${rows} GROUP BY ${listOf(key)})) AS keys`,
  );
  return Number(all) === Number(keys);
}

function tableOf(asked: Asked, shape: Shape, directions: Directions): Table {
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
