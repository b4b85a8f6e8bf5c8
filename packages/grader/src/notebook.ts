// A notebook's file, as far as a grader needs it.

import { basename } from "node:path";
import { textOf } from "./files.js";

/** A cell, or a module of the learner's own. */
export interface Cell {
  kind: "code" | "markdown";
  source: string;
  /** The module beside the notebook that it stands for. */
  file?: string;
  /** What it is called, where that is known. */
  name?: string;
}

/** A notebook that can be run. */
export interface Notebook {
  kernel: string;
  cells: Cell[];
}

interface Metadata {
  kernelspec?: { name?: unknown; language?: unknown };
  language_info?: { name?: unknown; version?: unknown };
}

/**
 * The kernel of a notebook. Editors and conda give kernels names that no other machine has (`conda-env-sparkify-py`,
 * `python_defaultSpec_1601949666717`): there the language says which one is meant.
 */
function kernelOf({ kernelspec, language_info: info }: Metadata): string {
  const name = kernelspec?.name === undefined ? undefined : String(kernelspec.name);
  const language = String(info?.name ?? kernelspec?.language ?? (name === undefined ? "python" : ""));
  if (
    /^python/i.test(language) &&
    !/^python2/.test(name ?? "") &&
    !String(info?.version ?? "").startsWith("2.")
  )
    return "python3";
  if (/^typescript$/i.test(language) && !/deno|bun/i.test(name ?? "")) return "tslab";
  return name ?? language;
}

/** The sources of its code cells. */
export const codeCells = (notebook?: Pick<Notebook, "cells">): string[] =>
  (notebook?.cells ?? []).flatMap(({ kind, source }) => (kind === "code" ? [source] : []));

/** What a cell is called, everywhere: cells with code are counted, from 1, in each notebook anew. */
export const cellName = (number: number, notebook: number, notebooks: { path: string }[]): string =>
  `code cell ${number}${notebooks.length > 1 ? ` of ${basename(notebooks[notebook]?.path ?? "")}` : ""}`;

/** All cells with what they are called: a text is named after the code that it follows. */
export const namedCells = (notebooks: { path: string; notebook: Notebook }[]): Cell[] =>
  notebooks.flatMap(({ notebook }, index) => {
    let count = 0;
    return notebook.cells.map((cell) => {
      if (cell.kind === "code") count++;
      const code = cellName(count, index, notebooks);
      const text = count === 0 ? "the text at the beginning" : `the text after ${code}`;
      return { ...cell, name: cell.kind === "code" ? code : text };
    });
  });

/** Whether source code holds the words of a statement of CQL, such as `CREATE TABLE`, on whatever lines. */
export const mentions = (source: string, words: string): boolean =>
  new RegExp(`\\b${words.replaceAll(" ", "\\s+")}\\b`, "i").test(source);

/** What keeps a submission from being graded. Its message is for the reviewer. */
export class NotGradable extends Error {}

/** In bytes, with its outputs: larger ones are not read. */
export const largestNotebook = 32 * 2 ** 20;

/** Reads a notebook of version 3 or 4 of the format. @throws NotGradable where the file is none */
export function readNotebook(path: string): Notebook {
  let text: string;
  try {
    text = textOf(path, largestNotebook);
  } catch (error) {
    throw new NotGradable(`The notebook cannot be read: ${(error as Error).message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new NotGradable(`The file is not JSON, so it is no notebook: ${(error as Error).message}`);
  }
  const { cells, worksheets, metadata } = (json ?? {}) as Record<string, unknown>;
  // Version 3 of the format, of before 2015, keeps the cells in worksheets, and their source as `input`.
  const [sheet] = Array.isArray(worksheets) ? (worksheets as { cells?: unknown }[]) : [];
  const list = Array.isArray(cells) ? cells : sheet?.cells;
  if (!Array.isArray(list))
    throw new NotGradable("The file is JSON, but it has no cells, so it is no notebook.");
  return {
    kernel: kernelOf((metadata ?? {}) as Metadata),
    cells: list.flatMap((cell: Record<string, unknown>): Cell[] => {
      const text = cell?.source ?? cell?.input ?? "";
      const source = Array.isArray(text) ? text.join("") : String(text);
      if (cell?.cell_type === "code") return [{ kind: "code", source }];
      return cell?.cell_type === "markdown" ? [{ kind: "markdown", source }] : [];
    }),
  };
}
