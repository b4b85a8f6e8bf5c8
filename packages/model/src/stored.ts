// All rows of a table, compared with the raw rows, and their order within each answer.

import { type Row, scanTable } from "@sparkify/compare";
import type { Client, types } from "cassandra-driver";
import { comparedColumns, type Facts, hasherOf } from "./facts.js";
import type { ModelQuery } from "./query.js";
import { boundBy, compareBy, type OrderBy, orderOf, type Question, type RawTypes } from "./question.js";
import { columnFor, type ModelTable } from "./table.js";

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
 * @param types in whose order the values should come
 */
export async function readStored(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  facts: Facts,
  types: RawTypes,
): Promise<Stored> {
  const stored = { rows: 0, missing: facts.keys, altered: 0, extra: 0 };
  const order = orderInTable(table, query, question, types);
  const given = boundBy(question).flatMap((name) => columnFor(table, name) ?? []);
  const group = given.length > 0 ? given : table.partitionKey;
  const compared = comparedColumns(table);
  const hasher = hasherOf(table);
  // Ranges are read side by side. What is shown comes from the first of them, so that it is the same in every run.
  const seen = Array.from({ length: ranges }, () => ({
    altered: [] as Row[],
    extra: [] as Row[],
    answers: new Answers(order, table),
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
        if (isShown) different[likeness].push(shownRow(table, found));
        if (order.by.length > 0)
          answers.add(JSON.stringify(group.map(({ name, values }) => values.key(found[name]))), found);
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

const shownRow = ({ columns }: ModelTable, found: types.Row): Row =>
  Object.fromEntries(columns.map(({ name, values }) => [name, values.shown(found[name])]));

/** The rows of a range, answer by answer: those that are found by the same values come one after the other. */
class Answers {
  disordered = 0;
  /** The rows of the first answer that is not in order, as they come. */
  disorder: Row[] = [];
  #rows: types.Row[] = [];
  #current = "";

  constructor(
    readonly order: Order,
    readonly table: ModelTable,
  ) {}

  /** @param asked what the row's answer is found by */
  add(asked: string, row: types.Row): void {
    if (asked !== this.#current) this.close();
    this.#current = asked;
    this.#rows.push(row);
  }

  close(): void {
    const rows = this.#rows;
    this.#rows = [];
    if (!isDisordered(rows, this.order)) return;
    this.disordered++;
    if (this.disorder.length > 0) return;
    const shown = rows.map((row) => shownRow(this.table, row));
    this.disorder = this.order.reversed ? shown.reverse() : shown;
  }
}

interface Order {
  /** The columns of the table that the question orders by, in the order of their raw values, whatever type keeps them. */
  by: OrderBy[];
  /** Whether the query turns the table's order around. */
  reversed: boolean;
}

function orderInTable(table: ModelTable, query: ModelQuery, question: Question, types: RawTypes): Order {
  const by = orderOf(question, types).flatMap((order) => {
    const found = columnFor(table, order.column);
    return found ? [{ ...order, column: found.name, type: order.type ?? found.values }] : [];
  });
  const [first] = query.orderBy;
  const clustering = table.clustering.find(({ name }) => name === first?.column);
  return { by, reversed: !!first && !!clustering && first.descending !== (clustering.order === "desc") };
}

function isDisordered(rows: types.Row[], { by, reversed }: Order): boolean {
  return rows.some((row, index) => {
    const next = rows[index + 1];
    return next !== undefined && (reversed ? compareBy(by, next, row) > 0 : compareBy(by, row, next) > 0);
  });
}
