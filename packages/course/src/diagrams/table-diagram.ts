// A table's Chebotko diagram, drawn from the live schema: its columns, K for the partition key, C with an arrow for a
// clustering column and its order, S for static, IDX for indexed, ++ for a counter. [a list], {a set}, <a map>.
// The physical diagram has the types too; the logical one is for thinking about keys.

import { drawnText, namedSvg } from "@sparkify/base/page";
import { showSvg } from "@sparkify/lib/show";
import type { Client } from "cassandra-driver";
import { type IndexedColumn, indexedColumns, markOf } from "./columns.js";
import { fitted, textWidth } from "./svg-text.js";

export interface DiagramOptions {
  /** Without types. @default false */
  logical?: boolean;
}

/**
 * Shows the diagram of a table.
 * @param table with its keyspace
 * @example await showTableDiagram(client, "sparkify.users_by_song");
 */
export async function showTableDiagram(
  client: Client,
  table: string,
  options: DiagramOptions = {},
): Promise<void> {
  const columns = await indexedColumns(client, table);
  const { svg } = drawColumns(table, columns, options);
  const names = columns.map((column) => `${column.name} ${markOf(column)}`.trim());
  showSvg(namedSvg(svg, `The table ${table}`, `Its columns: ${names.join(", ")}`));
}

/** A drawing, and its size in pixels. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
}

/** Draws the diagram. */
export async function tableDiagram(
  client: Client,
  table: string,
  options: DiagramOptions = {},
): Promise<Drawing> {
  return drawColumns(table, await indexedColumns(client, table), options);
}

/** Draws a table from its columns, which are in the order of the key; there need be no such table. */
export function drawColumns(
  table: string,
  columns: IndexedColumn[],
  { logical = false }: DiagramOptions = {},
): Drawing {
  const rows = columns.map((column) => ({
    name: collectionName(column),
    type: logical ? "" : column.type,
    mark: markOf(column),
    kind: column.kind,
  }));
  return drawTable(table.replaceAll('"', "").split(".").at(-1) ?? table, rows);
}

function collectionName({ name, type }: IndexedColumn): string {
  const [, kind] = type.match(/^(?:frozen<)?(list|set|map)</) ?? [];
  if (kind === "list") return `[${name}]`;
  if (kind === "set") return `{${name}}`;
  return kind === "map" ? `<${name}>` : name;
}

const fills = {
  partition_key: "#f6d9b8",
  clustering: "#cfe3f5",
  static: "#e5e0f0",
  regular: "#ffffff",
};

const size = 14;
const rowHeight = 26;
const gap = 20;
/** Of a name or a type: three columns fit a notebook. */
const widest = 360;

interface DrawnRow {
  name: string;
  type: string;
  mark: string;
  kind: IndexedColumn["kind"];
}

function drawTable(name: string, rows: DrawnRow[]): Drawing {
  const widthOf = (texts: string[], bold: boolean) =>
    Math.min(widest, Math.max(...texts.map((one) => textWidth(one, size, bold))));
  const names = widthOf(
    rows.map((row) => row.name),
    true,
  );
  const types = widthOf(
    rows.map((row) => row.type),
    false,
  );
  const marks = widthOf(
    rows.map((row) => row.mark),
    true,
  );
  const typesFrom = 14 + names + gap;
  const marksFrom = typesFrom + (types && types + gap);
  const width = Math.max(180, marksFrom + marks + 14, Math.min(840, textWidth(name, size, true) + 28));
  const height = (rows.length + 1) * rowHeight + 8;
  const lines = rows.map(({ name, type, mark, kind }, index) => {
    const top = (index + 1) * rowHeight + 4;
    const texts = [
      text(14, top, fitted(name, names, size, true), kind === "regular" ? "" : ' font-weight="bold"'),
      type && text(typesFrom, top, fitted(type, types, size), ' fill="#52606d"'),
      mark && text(marksFrom, top, mark, ' font-weight="bold"'),
    ];
    return `<rect x="4" y="${top}" width="${width - 8}" height="${rowHeight}" fill="${fills[kind]}" stroke="#9aa5b1"/>${texts.join("")}`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${size}">
<rect x="4" y="4" width="${width - 8}" height="${rowHeight}" fill="#243b53"/>
${text(14, 4, fitted(name, width - 28, size, true), ' font-weight="bold" fill="#ffffff"')}
${lines.join("\n")}
</svg>`;
  return { svg, width, height };
}

function text(x: number, top: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${top + 18}"${attributes}>${drawnText(content)}</text>`;
}
