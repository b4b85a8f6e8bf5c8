// All rows of a table, compared with the raw rows, and their order within each answer.

import { type Row, scanTable } from "@sparkify/compare";
import type { Client } from "cassandra-driver";
import { comparedColumns, type Facts, hasherOf } from "./facts.js";
import type { ModelQuery } from "./query.js";
import {
  boundBy,
  compareBy,
  type OrderBy,
  orderOf,
  type Question,
  type RawRow,
  rawValue,
} from "./question.js";
import type { ModelTable } from "./table.js";

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
  const stored = { rows: 0, missing: facts.keys, altered: 0, extra: 0 };
  const order = orderInTable(table, query, question, facts.telling[0] ?? {});
  const given = table.columns.filter(({ raw }) => raw && boundBy(question).includes(raw));
  const group = given.length > 0 ? given : table.partitionKey;
  const compared = comparedColumns(table);
  const hasher = hasherOf(table);
  // Ranges are read side by side. What is shown comes from the first of them, so that it is the same in every run.
  const seen = Array.from({ length: ranges }, () => ({
    altered: [] as Row[],
    extra: [] as Row[],
    answers: new Answers(order),
  }));
  const scanned = {
    name: table.name,
    columns: table.columns,
    partitionKeys: table.partitionKey.map(({ name }) => name),
  };
  await scanTable(client, scanned, {
    ranges,
    onPage(rows, range) {
      const { answers, ...different } = seen[range] as (typeof seen)[number];
      for (const found of rows) {
        const likeness = facts.expected.meet(hasher.hash((at) => found[compared[at]?.name ?? ""]));
        const isShown = likeness !== "equal" && different[likeness].length < examples;
        stored.rows++;
        if (likeness !== "extra") stored.missing--;
        if (likeness !== "equal") stored[likeness]++;
        if (!isShown && order.by.length === 0) continue;
        const row = Object.fromEntries(
          table.columns.map(({ name, values }) => [name, values.shown(found[name])]),
        );
        if (isShown) different[likeness].push(row);
        answers.add(JSON.stringify(group.map(({ name }) => row[name])), row);
      }
    },
  });
  for (const { answers } of seen) answers.close();
  const firstOf = (kind: "altered" | "extra") => seen.flatMap((range) => range[kind]).slice(0, examples);
  return {
    ...stored,
    examples: { altered: firstOf("altered"), extra: firstOf("extra") },
    disordered: seen.reduce((sum, { answers }) => sum + answers.disordered, 0),
    disorder: seen.find(({ answers }) => answers.disordered > 0)?.answers.disorder ?? [],
  };
}

/** The rows of a range, answer by answer: those that are found by the same values come one after the other. */
class Answers {
  disordered = 0;
  /** The rows of the first answer that is not in order, as they come. */
  disorder: Row[] = [];
  #rows: Row[] = [];
  #current = "";

  constructor(readonly order: Order) {}

  /** @param asked what the row's answer is found by */
  add(asked: string, row: Row): void {
    if (asked !== this.#current) this.close();
    this.#current = asked;
    this.#rows.push(row);
  }

  close(): void {
    const rows = this.#rows;
    this.#rows = [];
    if (!isDisordered(rows, this.order)) return;
    this.disordered++;
    if (this.disorder.length === 0) this.disorder = this.order.reversed ? rows.reverse() : rows;
  }
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
  return {
    by,
    numbers,
    reversed: !!first && !!clustering && first.descending !== (clustering.order === "desc"),
  };
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
