// Notebooks as files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Output {
  /** By type; text is in one piece or in lines, data of a JSON type is as it is. */
  data?: Record<string, unknown>;
}

export interface Cell {
  cell_type: "markdown" | "code";
  id: string;
  metadata: { tags?: string[] };
  source: string[];
  outputs?: Output[];
}

export interface Notebook {
  cells: Cell[];
  metadata: {
    /** Of a notebook that was written for a reader's own model: what a run of it must check. */
    sparkify?: { tables: string[] };
  };
}

/** Where the notebooks of a course are. Folders may be missing. */
export interface Walkthrough {
  /** The main sequence. */
  main: string;
  /** The name of its first notebook, which has links, and no code to run. */
  contents: string;
  labs: string;
  exercises: string;
  solutions: string;
  /** The notebooks of the reader's own models, a folder for each. */
  own: string;
}

/** The folders of notebooks that there are, the main sequence first. */
export function foldersOf({ main, labs, exercises, solutions }: Walkthrough): string[] {
  return [main, labs, exercises, solutions].filter((folder) => existsSync(folder));
}

/** The names of a folder's notebooks, in their order. */
export function notebooksIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
}

export const readNotebook = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Notebook;

/** A notebook as Jupyter writes it, so that saving it there changes nothing. */
export const notebookText = (notebook: Notebook) => `${JSON.stringify(notebook, null, 1)}\n`;

/** What all cells show. */
export const outputsOf = ({ cells }: Notebook): Output[] => cells.flatMap(({ outputs }) => outputs ?? []);

/** Whether a cell has a tag. */
export const hasTag = ({ metadata }: Cell, tag: string) => metadata.tags?.includes(tag) ?? false;

/** The path of each notebook in a folder that has code to run. */
export function runnable(folder: string, { contents }: Walkthrough): string[] {
  return notebooksIn(folder)
    .filter((name) => name !== contents)
    .map((name) => join(folder, name));
}
