// The statements of a table.

import { quoted } from "@sparkify/cql";
import type { Asked } from "./asked.js";
import type { Table } from "./proposal.js";

const indent = "  ";

/** CREATE TABLE, its columns in the order of the key. */
export function createCql(keyspace: string, { name, columns, ...key }: Table): string {
  const names = Object.keys(columns).map((column) => quoted(column));
  const width = Math.max(...names.map((column) => column.length));
  const lines = Object.entries(columns).map(([column, type]) => {
    const isStatic = key.static.includes(column) ? " static" : "";
    return `${indent}${quoted(column).padEnd(width)} ${type}${isStatic},`;
  });
  const partitionKey = key.partitionKey.map(quoted).join(", ");
  const clustering = key.clustering.map(([column]) => `, ${quoted(column)}`).join("");
  const orders = key.clustering.map(([column, order]) => `${quoted(column)} ${order.toUpperCase()}`);
  const isDescending = key.clustering.some(([, order]) => order === "desc");
  return [
    `CREATE TABLE IF NOT EXISTS ${quoted(keyspace)}.${quoted(name)} (`,
    ...lines,
    `${indent}PRIMARY KEY ((${partitionKey})${clustering})`,
    isDescending ? `) WITH CLUSTERING ORDER BY (${orders.join(", ")})` : ")",
  ].join("\n");
}

/** The columns that a query compares with =, in the order of its markers: that of the key. */
export function boundColumns({ partitionKey, clustering, bucket }: Table, asked: Asked): string[] {
  const given = asked.given.map(({ cqlName }) => cqlName);
  const keys = [...partitionKey, ...clustering.map(([column]) => column)];
  return [
    ...keys.filter((column) => given.includes(column) || column === bucket?.column),
    ...given.filter((column) => !keys.includes(column)),
  ];
}

/** SELECT with a marker for each value that is given; of a bucketed table it asks one bucket. */
export function selectCql(keyspace: string, table: Table, asked: Asked): string {
  const { between, limit } = asked;
  const answer = asked.answer.map(({ cqlName }) => quoted(cqlName)).join(", ");
  const conditions = boundColumns(table, asked).map((column) => `${quoted(column)} = ?`);
  if (between) {
    const column = quoted(between.cqlName);
    conditions.push(`${column} >= ?`, `${column} <= ?`);
  }
  return [
    `SELECT ${answer} FROM ${quoted(keyspace)}.${quoted(table.name)}`,
    `${indent}WHERE ${conditions.join(" AND ")}${limit === undefined ? "" : ` LIMIT ${limit}`}`,
  ].join("\n");
}
