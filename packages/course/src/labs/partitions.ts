// The rows of a small table as they lie: partition beside partition in the order of their tokens, each in a colour of
// its own, and in a partition row after row in the order of the clustering columns.

import { SparkifyError } from "@sparkify/base/errors";
import { drawnText, namedSvg } from "@sparkify/base/page";
import { quoted } from "@sparkify/cql";
import { showSvg } from "@sparkify/lib/show";
import type { Client, types } from "cassandra-driver";
import { type IndexedColumn, indexedColumns, markOf } from "../diagrams/columns.js";
import { fitted, textWidth } from "../diagrams/svg-text.js";

export interface PartitionsOptions {
  /** The most rows to show. @default 20 */
  limit?: number;
  /** The columns to show beside the key. @default all that there is room for */
  columns?: string[];
  /** A line above the rows. @default the table's name */
  title?: string;
}

/**
 * Shows the first rows of a table by partition.
 * @param table with its keyspace
 * @example await showPartitions(client, "sparkify.users_by_song", { limit: 12 });
 */
export async function showPartitions(
  client: Client,
  table: string,
  options: PartitionsOptions = {},
): Promise<void> {
  showSvg(await partitionsSvg(client, table, options));
}

/** The same as SVG text. */
export async function partitionsSvg(
  client: Client,
  table: string,
  { limit = 20, columns: wanted, title = table }: PartitionsOptions = {},
): Promise<string> {
  const all = await indexedColumns(client, table);
  const key = all.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
  const others = wanted ? wanted.map((name) => columnOf(all, name, table)) : all;
  const columns = [...new Set([...key, ...others])];
  const token = `token(${all
    .filter(({ kind }) => kind === "partition_key")
    .map(({ name }) => quoted(name))
    .join(", ")})`;
  const { rows } = await client.execute(
    `SELECT ${[token, ...columns.map(({ name }) => quoted(name))].join(", ")} FROM ${table} LIMIT ?`,
    [limit + 1],
    { prepare: true, fetchSize: limit + 1 },
  );
  return draw(title, columns, byPartition(rows.slice(0, limit), columns), rows.length > limit);
}

function columnOf(all: IndexedColumn[], name: string, table: string): IndexedColumn {
  const found = all.find((column) => column.name === name);
  if (found) return found;
  throw new SparkifyError(
    `The table ${table} has no column ${name}: its columns are ${all.map((one) => one.name).join(", ")}.`,
  );
}

interface Partition {
  token: string;
  rows: string[][];
}

/** Cassandra gives the rows of a partition one after the other. */
function byPartition(rows: types.Row[], columns: IndexedColumn[]): Partition[] {
  const keys = columns.filter(({ kind }) => kind === "partition_key").length;
  const partitions: Partition[] = [];
  for (const row of rows) {
    const token = String(row.get(0));
    const values = columns.map((_, index) => valueText(row.get(index + 1)));
    const last = partitions.at(-1);
    const isSame =
      last?.token === token && String(last.rows[0]?.slice(0, keys)) === String(values.slice(0, keys));
    if (isSame) last.rows.push(values);
    else partitions.push({ token, rows: [values] });
  }
  return partitions;
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `0x${value.toString("hex")}`;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? JSON.stringify(value) : String(value);
}

const size = 13;
const rowHeight = 24;
const headerHeight = 26;
/** Between two partitions. */
const gap = 8;
const padding = 8;
/** What a cell of JupyterLab has room for in a window 1280 pixels wide. */
const mostWidth = 832;
const tokenWidth = textWidth("-0000000000000000000", size) + 2 * padding;
const leastWidth = 64;
/** Light enough for dark text; neighbours differ also for those who do not see colours well. */
const colours = ["#f6d9b8", "#cfe3f5", "#d9ead3", "#f5d5e8", "#fff2cc", "#d5d8f0", "#e8d9c5", "#d0ece7"];

/** A column as it is drawn. */
interface Drawn {
  isKey: boolean;
  header: string;
  left: number;
  width: number;
}

function draw(title: string, all: IndexedColumn[], partitions: Partition[], isCut: boolean): string {
  const columns = drawnColumns(all, partitions);
  const width = 8 + tokenWidth + sum(columns.map((column) => column.width));
  const parts: string[] = [
    text(4, 20, fitted(title, width - 8, 15, true), ' font-weight="bold" font-size="15"'),
    box(4, 30, width - 8, headerHeight, "#243b53"),
    text(4 + padding, 48, "token ↓", ' fill="#ffffff"'),
    ...columns.map((column) =>
      text(
        column.left + padding,
        48,
        fitted(column.header, column.width - 2 * padding, size, true),
        ' fill="#ffffff" font-weight="bold"',
      ),
    ),
  ];
  let top = 30 + headerHeight + gap;
  for (const [number, partition] of partitions.entries()) {
    parts.push(...drawnPartition(partition, columns, top, colours[number % colours.length] as string));
    top += partition.rows.length * rowHeight + gap;
  }
  for (const note of notes(all.slice(columns.length), partitions, isCut)) {
    parts.push(text(4, top + 13, fitted(note, width - 8, size), ' fill="#52606d"'));
    top += 20;
  }
  const height = top + 4;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${size}">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${parts.filter((part) => part !== "").join("\n")}
</svg>`;
  const rows = partitions.map(({ token, rows }) => `${rows.length} at ${token}`);
  const key = all.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
  const shown = key.map((column) => `${column.name} ${markOf(column)}`).join(", ");
  return namedSvg(
    svg,
    `${title}, by partition`,
    `The key: ${shown}. Rows at each token: ${rows.join(", ") || "none"}`,
  );
}

/** As many of the columns as there is room for. */
function drawnColumns(all: IndexedColumn[], partitions: Partition[]): Drawn[] {
  const headers = all.map((column) => [column.name, markOf(column)].filter((part) => part !== "").join(" "));
  const rows = partitions.flatMap((partition) => partition.rows);
  const natural = headers.map((header, index) => {
    const texts = [header, ...rows.map((row) => (row[index] as string).slice(0, 200))];
    return 2 * padding + Math.max(...texts.map((shown) => textWidth(shown, size, true)));
  });
  let left = 4 + tokenWidth;
  return shared(natural, mostWidth - tokenWidth).map((width, index) => {
    left += width;
    const isKey = all[index]?.kind === "partition_key";
    return { isKey, header: headers[index] as string, left: left - width, width };
  });
}

function drawnPartition({ token, rows }: Partition, columns: Drawn[], top: number, colour: string): string[] {
  const cells = rows.flatMap((row, place) =>
    columns.flatMap(({ isKey, left, width }, index) => {
      const y = top + place * rowHeight;
      const shown = fitted(row[index] as string, width - 2 * padding, size, isKey);
      return [
        box(left, y, width, rowHeight, colour),
        text(left + padding, y + 17, shown, isKey ? ' font-weight="bold"' : ""),
      ];
    }),
  );
  return [
    box(4, top, tokenWidth, rows.length * rowHeight, colour),
    text(4 + padding, top + 17, token, ' fill="#52606d"'),
    ...cells,
  ];
}

/** The widths of as many columns as there is room for: the widest ones give way first. */
function shared(natural: number[], room: number): number[] {
  for (let count = natural.length; ; count--) {
    const widths = natural.slice(0, count);
    if (sum(widths) <= room) return widths;
    let cap = Math.max(...widths);
    while (cap > leastWidth && sum(widths.map((width) => Math.min(width, cap))) > room) cap--;
    const capped = widths.map((width) => Math.min(width, cap));
    if (sum(capped) <= room || count === 1) return capped;
  }
}

function notes(left: IndexedColumn[], partitions: Partition[], isCut: boolean): string[] {
  const rows = sum(partitions.map((partition) => partition.rows.length));
  return [
    ...(rows === 0 ? ["no rows"] : []),
    ...(isCut ? [`… the first ${rows} rows; there are more`] : []),
    ...(left.length > 0 ? [`not shown: ${left.map(({ name }) => name).join(", ")}`] : []),
  ];
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const box = (x: number, y: number, width: number, height: number, fill: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" stroke="#9aa5b1"/>`;

const text = (x: number, y: number, content: string, attributes: string) =>
  content === "" ? "" : `<text x="${x}" y="${y}"${attributes}>${drawnText(content)}</text>`;
