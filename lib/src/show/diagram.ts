// A table's Chebotko diagram, drawn from the live schema: its columns with their types, K for the partition
// key, C with an arrow for a clustering column and its order.

import type { Client } from "cassandra-driver";
import { SparkifyError } from "../project";
import { escapeHtml, showSvg } from "./show";

interface Column {
  column_name: string;
  kind: "partition_key" | "clustering" | "static" | "regular";
  position: number;
  clustering_order: "asc" | "desc" | "none";
  type: string;
}

const kinds = ["partition_key", "clustering", "static", "regular"];

/** Shows the diagram of a table. @param table with its keyspace, as `sparkify.users_by_song` */
export async function showTableDiagram(client: Client, table: string): Promise<void> {
  showSvg(await tableDiagram(client, table));
}

/** The diagram as SVG text. */
export async function tableDiagram(client: Client, table: string): Promise<string> {
  const [keyspace, name] = table.split(".");
  const { rows } = await client.execute(
    "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?",
    [keyspace, name],
    { prepare: true },
  );
  if (rows.length === 0) throw new SparkifyError(`The table ${table} does not exist.`);
  const columns = (rows as unknown as Column[]).sort(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.position - b.position,
  );
  return drawTable(name ?? table, columns);
}

function drawTable(name: string, columns: Column[]): string {
  const width = 420;
  const rowHeight = 26;
  const height = (columns.length + 1) * rowHeight + 8;
  const marks: Record<Column["kind"], (column: Column) => string> = {
    partition_key: () => "K",
    clustering: ({ clustering_order: order }) => (order === "desc" ? "C↓" : "C↑"),
    static: () => "S",
    regular: () => "",
  };
  const fills = { partition_key: "#f6d9b8", clustering: "#cfe3f5", static: "#e5e0f0", regular: "#ffffff" };
  const lines = columns.map((column, index) => {
    const top = (index + 1) * rowHeight + 4;
    return (
      `<rect x="4" y="${top}" width="${width - 8}" height="${rowHeight}" fill="${fills[column.kind]}" stroke="#9aa5b1"/>` +
      text(14, top, column.column_name, column.kind === "regular" ? "" : ' font-weight="bold"') +
      text(250, top, column.type, ' fill="#52606d"') +
      text(380, top, marks[column.kind](column), ' font-weight="bold"')
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14">
<rect x="4" y="4" width="${width - 8}" height="${rowHeight}" fill="#243b53"/>
${text(14, 4, name, ' font-weight="bold" fill="#ffffff"')}
${lines.join("\n")}
</svg>`;

  function text(x: number, top: number, content: string, attributes: string): string {
    return `<text x="${x}" y="${top + 18}"${attributes}>${escapeHtml(content)}</text>`;
  }
}
