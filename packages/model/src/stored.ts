// All rows of a table, compared with the raw rows, and their order within each partition.

import { hashText, scanRange, tokenRanges } from "@sparkify/compare";
import type { Client, types } from "cassandra-driver";
import type { Facts } from "./facts.js";
import type { ModelQuery } from "./query.js";
import { compareBy, type OrderBy, orderOf, type Question, type RawRow, rawValue } from "./question.js";
import { fromCassandra, type ModelTable } from "./table.js";

type Row = Record<string, unknown>;

export interface Stored {
  rows: number;
  missing: number;
  altered: number;
  extra: number;
  /** Up to three. */
  examples: { altered: Row[]; extra: Row[] };
  /** How many answers come in another order than asked for, and one of them: its rows as they come. */
  disordered: number;
  disorder: Row[];
}

const ranges = 24;
const rangesAtOnce = 4;
const examples = 3;

/**
 * Reads the whole table, in token ranges.
 * @param facts what it should hold; each row is taken off
 */
export async function readStored(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  facts: Facts,
): Promise<Stored> {
  const keys = table.primaryKey;
  const others = table.columns.filter((column) => !keys.includes(column) && column.from);
  const stored: Stored = {
    rows: 0,
    missing: facts.keys,
    altered: 0,
    extra: 0,
    disordered: 0,
    disorder: [],
    examples: { altered: [], extra: [] },
  };
  const order = orderInTable(table, query, question, facts.telling[0] ?? {});
  const given = table.columns.filter(({ raw }) => raw && question.given.includes(raw));
  const group = given.length > 0 ? given : table.partitionKey;
  const hashes = new Int32Array(4);
  const pending = [...(await tokenRanges(client, ranges)).entries()];
  // Ranges are read side by side. What is shown comes from the first of them, so that it is the same in every run.
  const seen = pending.map(() => ({ altered: [] as Row[], extra: [] as Row[], disorder: [] as Row[] }));
  const scanned = {
    name: table.name,
    columns: table.columns,
    partitionKeys: table.partitionKey.map(({ name }) => name),
  };
  const plain = (row: types.Row): Row =>
    Object.fromEntries(table.columns.map(({ name }) => [name, fromCassandra(row.get(name))]));
  const textOf = (columns: { name: string }[], row: Row) =>
    JSON.stringify(columns.map(({ name }) => row[name]));

  const work = async () => {
    for (let next = pending.shift(); next; next = pending.shift()) {
      const [number, range] = next;
      const own = seen[number] as (typeof seen)[number];
      let current = "";
      let answer: Row[] = [];
      const closeAnswer = () => {
        if (isDisordered(answer, order)) {
          stored.disordered++;
          if (own.disorder.length === 0) own.disorder = order.reversed ? answer.reverse() : answer;
        }
        answer = [];
      };
      await scanRange(client, scanned, range, (rows) => {
        for (const found of rows) {
          const row = plain(found);
          stored.rows++;
          hashText(textOf(keys, row), hashes, 0);
          hashText(textOf(others, row), hashes, 2);
          const finding = facts.expected.meet(hashes);
          if (finding !== "extra") stored.missing--;
          if (finding !== "equal") {
            stored[finding]++;
            if (own[finding].length < examples) own[finding].push(row);
          }
          if (order.by.length === 0) continue;
          const asked = textOf(group, row);
          if (asked !== current) closeAnswer();
          current = asked;
          answer.push(row);
        }
      });
      closeAnswer();
    }
  };
  await Promise.all(Array.from({ length: rangesAtOnce }, work));
  const firstOf = (kind: "altered" | "extra") => seen.flatMap((own) => own[kind]).slice(0, examples);
  return {
    ...stored,
    examples: { altered: firstOf("altered"), extra: firstOf("extra") },
    disorder: seen.find(({ disorder }) => disorder.length > 0)?.disorder ?? [],
  };
}

interface Order {
  /** The columns of the table that the question orders by; values of numbers as numbers. */
  by: OrderBy[];
  /** Those of them whose raw values are numbers, whatever type keeps them. */
  numbers: string[];
  /** Whether the query turns the table's order around. */
  reversed: boolean;
}

function orderInTable(table: ModelTable, query: ModelQuery, question: Question, sample: RawRow): Order {
  const numbers: string[] = [];
  const by = orderOf(question).flatMap(({ column, sign }) => {
    const found = table.columns.find(({ raw }) => raw === column);
    if (found && typeof rawValue(sample, column) === "number") numbers.push(found.name);
    return found ? [{ column: found.name, sign }] : [];
  });
  const [first] = query.orderBy;
  const clustering = table.clustering.find(({ name }) => name === first?.column);
  return { by, numbers, reversed: !!first && !!clustering && first.descending !== clustering.descending };
}

/** Numbers that are kept as text are compared as the numbers that they are. */
function isDisordered(rows: Row[], { by, numbers, reversed }: Order): boolean {
  const compared = rows.map((row) =>
    Object.fromEntries(
      by.map(({ column }) => [column, numbers.includes(column) ? Number(row[column]) : row[column]]),
    ),
  );
  return compared.some((row, index) => {
    const next = compared[index + 1];
    return next !== undefined && (reversed ? compareBy(by, next, row) > 0 : compareBy(by, row, next) > 0);
  });
}
