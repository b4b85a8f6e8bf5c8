// What goes into a cell's output. Everything is plain HTML or SVG, so that it looks the same in JupyterLab, VS Code and on a
// page of a repository.

import { createRequire } from "node:module";
import { escapeHtml } from "@sparkify/base/page";
import type { Display } from "tslab";

const require = createRequire(import.meta.url);

/** The kernel's own module; loaded when something is shown, because the commands run without a kernel. */
export function tslab(): { display: Display; newDisplay(): Display } {
  return require("tslab");
}

/** Shows HTML in the cell's output. */
export function showHtml(html: string): void {
  tslab().display.html(html);
}

/**
 * Shows HTML together with data for programs, in one output: a program finds the data under its own type, and readers see
 * the HTML, because no notebook viewer knows that type.
 */
export function showHtmlWithData(html: string, type: string, data: unknown): void {
  // tslab's own display has room for one type.
  const {
    lastWriteDisplayData: write,
  }: typeof import("tslab/dist/jupyter.js") = require("tslab/dist/jupyter.js");
  if (!write) throw new Error("Only a cell can show something.");
  write({ data: { "text/html": html, [type]: data as string }, metadata: {}, transient: {} }, false);
}

export interface PictureOptions {
  /** For a picture that differs from run to run. @default false */
  volatile?: boolean;
}

/** Shows a drawing in the cell's output. */
export function showSvg(svg: string, { volatile = false }: PictureOptions = {}): void {
  tslab().display.svg(volatile ? svg.replace("<svg ", '<svg data-volatile="" ') : svg);
}

/** Marks text that differs from run to run (times, rates): a run that differs in nothing else is the same. */
export function volatileHtml(text: string): string {
  return `<span class="volatile">${escapeHtml(text)}</span>`;
}
