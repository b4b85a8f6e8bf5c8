// The links at the head and foot of each notebook, written anew from the order of the files.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { projectRoot } from "@sparkify/lib";

export interface Cell {
  cell_type: "markdown" | "code";
  id: string;
  metadata: { tags?: string[] };
  source: string[];
  outputs?: { data?: Record<string, string | string[]> }[];
}

export interface Notebook {
  cells: Cell[];
  metadata: object;
}

export const readNotebook = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Notebook;

/** Notebooks are written as Jupyter writes them, so that saving one there changes nothing. */
export const notebookText = (notebook: Notebook) => `${JSON.stringify(notebook, null, 1)}\n`;

/** It has links, and no code to run. */
export const contents = "00-contents.ipynb";

const root = join(projectRoot, "notebooks");

/** The folders of notebooks, the main sequence first. */
export const notebookFolders = [
  root,
  join(root, "labs"),
  join(root, "exercises"),
  join(root, "exercises", "solutions"),
].filter(existsSync);

/** The notebook's text with its links in place, given all notebooks of the folder. */
export function withNavigation(folder: string, name: string): string {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ipynb"))
    .sort();
  const notebook = readNotebook(join(folder, name));
  const position = names.indexOf(name);
  const link = (text: string, file: string | undefined) => (file ? [`[${text}](${file})`] : []);
  const title = (file: string | undefined) => file?.replace(/\.ipynb$/, "");
  const [previous, next] = [names[position - 1], names[position + 1]];
  const line = [
    ...link(`← ${title(previous)}`, previous),
    ...(name === contents
      ? []
      : link("contents", relative(folder, join(root, contents)).replaceAll("\\", "/"))),
    ...link(`${title(next)} →`, next),
  ].join(" | ");
  const cell = (id: string): Cell => ({
    cell_type: "markdown",
    id,
    metadata: { tags: ["navigation"] },
    source: [line],
  });
  const story = notebook.cells.filter(({ metadata }) => !metadata.tags?.includes("navigation"));
  return notebookText({ ...notebook, cells: [cell("navigation-head"), ...story, cell("navigation-foot")] });
}

export function writeNavigation(): void {
  for (const folder of notebookFolders) {
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".ipynb"))) {
      writeFileSync(join(folder, name), withNavigation(folder, name));
    }
  }
}
