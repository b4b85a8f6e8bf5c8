// Tables.

import { escapeHtml } from "@sparkify/base/page";
import { showHtml, volatileHtml } from "./display.js";

/** A danfojs DataFrame, as far as a table needs it. */
interface Frame {
  columns: string[];
  values: unknown;
  index?: unknown[];
}

export interface TableOptions {
  /** A line above the table. */
  caption?: string;
  /** The most rows to show. @default 10 */
  limit?: number;
  /** Columns whose values differ from run to run. @default none */
  volatile?: string[];
}

/**
 * Shows rows as a table: objects, rows of a query's result, or a danfojs DataFrame, with its index where that has names.
 * @example showTable(plays, { caption: "The first plays", limit: 5 });
 */
export function showTable(rows: Iterable<object> | Frame, options: TableOptions = {}): void {
  showHtml(tableHtml(rows, options));
}

/** The same as HTML. */
export function tableHtml(
  rows: Iterable<object> | Frame,
  { caption, limit = 10, volatile = [] }: TableOptions,
): string {
  const { columns, values } = toTable(rows);
  const numeric = columns.map((_, index) => values.every((row) => typeof row[index] === "number"));
  const cells = (kind: string, row: unknown[]) =>
    row
      .map((value, index) => {
        const tag = value === "" ? "td" : kind; // the corner above an index is no head of anything
        const align = numeric[index] ? "right" : "left";
        const isVolatile = kind === "td" && volatile.includes(columns[index] as string);
        const text = isVolatile ? volatileHtml(cellText(value)) : escapeHtml(cellText(value));
        return `<${tag} style="text-align:${align};white-space:pre-wrap">${text}</${tag}>`;
      })
      .join("");
  const body = values.slice(0, limit).map((row) => `<tr>${cells("td", row)}</tr>`);
  const more =
    values.length > limit ? `<p>… ${(values.length - limit).toLocaleString("en")} more rows</p>` : "";
  const title = caption ? `<caption style="text-align:left"><b>${escapeHtml(caption)}</b></caption>` : "";
  return `<table>${title}<thead><tr>${cells("th", columns)}</tr></thead><tbody>${body.join("\n")}</tbody></table>${more}`;
}

function toTable(rows: Iterable<object> | Frame): { columns: string[]; values: unknown[][] } {
  if ("columns" in rows && "values" in rows && Array.isArray(rows.values)) {
    const { columns, values, index = [] } = rows;
    if (!index.some((label) => typeof label === "string")) return { columns, values };
    return { columns: ["", ...columns], values: values.map((row, at) => [index[at], ...row]) };
  }
  const list = [...(rows as Iterable<object>)];
  const columns = list[0] ? Object.keys(list[0]) : ["(no rows)"];
  return {
    columns,
    values: list.map((row) => columns.map((column) => (row as Record<string, unknown>)[column])),
  };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  const json = JSON.stringify(value);
  return json.startsWith('"') ? JSON.parse(json) : json; // a bigint, a date or a UUID of Cassandra's is one word
}
