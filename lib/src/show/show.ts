// What a cell shows: tables, plots, diagrams, a progress bar. Everything is plain HTML or SVG, so that it looks
// the same in JupyterLab, VS Code and on a page of a repository.

import { createRequire } from "node:module";
import type { Display } from "tslab";
import { type Progress, progressText } from "../progress.js";

/** A danfojs DataFrame, as far as a table needs it. */
interface Frame {
  columns: string[];
  values: unknown;
}

export interface TableOptions {
  /** A line above the table. */
  caption?: string;
  /** The most rows to show. @default 10 */
  limit?: number;
  /** Columns whose values differ from run to run. @default none */
  volatile?: string[];
}

/** Shows rows as a table: objects, rows of a query's result, or a danfojs DataFrame. */
export function showTable(rows: Iterable<object> | Frame, options: TableOptions = {}): void {
  showHtml(tableHtml(rows, options));
}

export function tableHtml(
  rows: Iterable<object> | Frame,
  { caption, limit = 10, volatile = [] }: TableOptions,
): string {
  const { columns, values } = toTable(rows);
  const numeric = columns.map((_, index) => values.every((row) => typeof row[index] === "number"));
  const cells = (tag: string, row: unknown[]) =>
    row
      .map((value, index) => {
        const align = numeric[index] ? "right" : "left";
        const isVolatile = tag === "td" && volatile.includes(columns[index] as string);
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
    return { columns: rows.columns, values: rows.values as unknown[][] };
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

export interface PictureOptions {
  /** For a picture that differs from run to run. @default false */
  volatile?: boolean;
}

/**
 * Draws a chart as SVG; no browser is needed.
 * @param spec a Vega-Lite specification (https://vega.github.io/vega-lite/docs/)
 */
export async function showPlot(spec: object, options: PictureOptions = {}): Promise<void> {
  showSvg(await plotSvg(spec), options);
}

/** The SVG of a chart, for a page. */
export async function plotSvg(spec: object): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const framed = { background: "white", padding: 8, ...spec } as Parameters<typeof compile>[0];
  const view = new vega.View(vega.parse(compile(framed).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** A bar that fills in place while a cell works. */
export interface ProgressBar {
  update(progress: Progress): void;
  /** Fills the bar, and says how much was done in which time. */
  finish(): void;
}

/** Shows a progress bar with the count of rows, the rate and, while it runs, the time left. */
export function showProgress(title: string): ProgressBar {
  const display = tslab().newDisplay();
  const started = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  let last: Progress = { rows: 0, share: 0 };
  const draw = ({ rows, share, retries = 0 }: Progress) => {
    drawn = performance.now();
    const seconds = (drawn - started) / 1000;
    const [count = "", ...rest] = progressText({ rows, share, retries }, seconds).split(
      /, (?=[\d,]+ rows\/s)/,
    );
    const html =
      `<div role="progressbar" aria-valuenow="${Math.round(share * 100)}" style="max-width:640px">` +
      `<div>${escapeHtml(title)}: ${count}${volatileHtml(` (${rest.join(", ")}, ${seconds.toFixed(1)} s)`)}</div>` +
      `<div style="background:#d9e2ec;height:10px;border-radius:5px">` +
      `<div style="background:#2a7f62;height:10px;border-radius:5px;width:${(share * 100).toFixed(1)}%"></div></div></div>`;
    try {
      display.html(html);
    } catch {
      // The kernel's socket takes one message at a time. A bar can wait; the work that it shows must not fail for it.
      setTimeout(() => draw(last), 50).unref();
    }
  };
  draw(last);
  return {
    update(progress) {
      last = progress;
      if (performance.now() - drawn >= 100) draw(progress);
    },
    finish() {
      last = { ...last, share: 1 };
      draw(last);
    },
  };
}

/** Marks text that differs from run to run (times, rates): a run that differs in nothing else is the same. */
export function volatileHtml(text: string): string {
  return `<span class="volatile">${escapeHtml(text)}</span>`;
}

export function showHtml(html: string): void {
  tslab().display.html(html);
}

export function showSvg(svg: string, { volatile = false }: PictureOptions = {}): void {
  tslab().display.svg(volatile ? svg.replace("<svg ", '<svg data-volatile="" ') : svg);
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** The kernel's own module; loaded when something is shown, because the commands run without a kernel. */
function tslab(): { display: Display; newDisplay(): Display } {
  return createRequire(import.meta.url)("tslab");
}
