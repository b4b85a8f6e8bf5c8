// Questions that another one's table could answer too.

import type { Asked } from "./asked.js";
import type { Proposal, Table } from "./proposal.js";
import { count } from "./words.js";

/** Says of each question which other one's table could serve it, with what that saves and costs. */
export function withSharedTables(proposals: Proposal[], questions: Asked[]): Proposal[] {
  return proposals.map((proposal, index) => {
    const asked = questions[index];
    if (!asked || !proposal.table) return proposal;
    const other = proposals.find(
      ({ table }, at) => at !== index && table && !table.bucket && canServe(table, asked),
    );
    if (!other?.table) return proposal;
    const text = `${other.question} could answer this question too: its partition key is given here. That saves a table: one write less for each row, and ${count(proposal.tableRows)} rows. It costs that the two questions can no longer change by themselves, and that an answer reads within a larger partition (${count(other.largestPartition?.rows ?? 0)} rows at most, here ${count(proposal.largestPartition?.rows ?? 0)}).`;
    return { ...proposal, servedBy: { question: other.question, text } };
  });
}

/** Whether a table's partition key is given, and what else is given leads its rows, which are told apart and ordered as asked. */
function canServe(table: Table, asked: Asked): boolean {
  const given = asked.given.map(({ cqlName }) => cqlName);
  if (!table.partitionKey.every((column) => given.includes(column))) return false;
  if (!asked.answer.every(({ cqlName }) => cqlName in table.columns)) return false;
  const clustering = table.clustering.map(([column]) => column);
  const rest = given.filter((column) => !table.partitionKey.includes(column));
  if (!rest.every((column) => clustering.slice(0, rest.length).includes(column))) return false;
  const after = table.clustering.slice(rest.length);
  if (asked.between && after[0]?.[0] !== asked.between.cqlName) return false;
  const isOrdered = asked.order.every(
    ({ column, order }, place) => after[place]?.[0] === column.cqlName && after[place]?.[1] === order,
  );
  const facts = new Set([...given, ...asked.each.map(({ cqlName }) => cqlName)]);
  const key = [...table.partitionKey, ...clustering];
  return isOrdered && key.length === facts.size && key.every((column) => facts.has(column));
}
