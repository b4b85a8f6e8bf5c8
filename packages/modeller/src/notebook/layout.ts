// Statements of CQL within cells: as many lines as a cell has room for.

import type { Bucket, Table } from "../propose/proposal.js";
import { literal, template } from "./escape.js";

const width = 96;

/** A list in lines of bounded width. */
export function wrapped(items: string[], indent: string, first = indent, most = width): string {
  const lines: string[] = [];
  let line = first;
  for (const [index, item] of items.entries()) {
    const piece = item + (index < items.length - 1 ? "," : "");
    if (line.length + piece.length + 1 > most && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${line.trim() === "" || line.endsWith("(") ? "" : " "}${piece}`;
  }
  return [...lines, line].join("\n");
}

const mostLinesOfList = 8;

/** A list under a name: in one line, or in some lines of a cell. */
export function listCell(name: string, items: string[]): string[] {
  const one = `const ${name} = [${items.join(", ")}];`;
  if (one.length <= width) return [one];
  for (let wide = width; ; wide += 20) {
    const lines = wrapped(items, "  ", "  ", wide).split("\n");
    if (lines.length <= mostLinesOfList)
      return [`const ${name} = [`, ...lines.slice(0, -1), `${lines.at(-1)},`, "];"];
  }
}

/** A cell's line or lines that keep a statement under a name. */
export const statement = (name: string, cql: string): string[] =>
  `const ${name} = ${template(cql)};`.split("\n");

/** CREATE TABLE in at most some lines: several columns to a line where there are many. */
export function shortCreate(create: string, most: number): string {
  const lines = create.split("\n");
  if (lines.length <= most) return create;
  const [head = "", ...rest] = lines;
  const tail = rest.splice(-2);
  const perLine = Math.ceil(rest.length / Math.max(1, most - 3));
  const columns = rest.map((line) => line.trim().replace(/ {2,}/g, " "));
  const packed: string[] = [];
  for (let at = 0; at < columns.length; at += perLine)
    packed.push(`  ${columns.slice(at, at + perLine).join(" ")}`);
  return [head, ...packed, ...tail].join("\n");
}

/** SELECT with its columns in lines of bounded width. */
export function shortSelect(select: string): string {
  const [, list = "", rest = ""] = /^SELECT (.*?) (FROM [\s\S]*)$/.exec(select) ?? [];
  const items = list.split(", ");
  const head = wrapped(items, "    ", "SELECT");
  const [from = "", ...conditions] = rest.split("\n");
  const joined = head.split("\n").at(-1)?.length ?? 0;
  const before = joined + from.length + 1 > width ? "\n  " : " ";
  return [`${head}${before}${from}`, ...conditions].join("\n");
}

/** INSERT with a marker for each column. */
export function insertCql(fullName: string, columns: string[]): string {
  const markers = columns.map(() => "?");
  return [
    `INSERT INTO ${fullName}`,
    `${wrapped(columns, "   ", "  (")})`,
    `${wrapped(markers, "   ", "  VALUES (")})`,
  ].join("\n");
}

/** The columns of a table in the order of its key. */
export const tableColumns = ({ columns }: Table) => Object.keys(columns);

/** A bucket, written down in a cell. */
export function bucketLiteral({ column, of, by, count, type }: Bucket): string {
  const parts = [
    `column: ${literal(column)}`,
    `of: ${literal(of)}`,
    `by: ${literal(by)}`,
    ...(count === undefined ? [] : [`count: ${count}`]),
    `type: ${literal(type)}`,
  ];
  return `{ ${parts.join(", ")} }`;
}
