// The links at the head and foot of each notebook, written anew from the order of the files.

import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type Cell,
  foldersOf,
  hasTag,
  notebooksIn,
  notebookText,
  readNotebook,
  type Walkthrough,
} from "./notebook.js";

/** The notebook's text with its links in place, given all notebooks of the folder. */
export function withNavigation(folder: string, name: string, { main, contents }: Walkthrough): string {
  const names = notebooksIn(folder);
  const notebook = readNotebook(join(folder, name));
  const position = names.indexOf(name);
  const link = (text: string, file: string | undefined) => (file ? [`[${text}](${file})`] : []);
  const title = (file: string | undefined) => file?.replace(/\.ipynb$/, "");
  const [previous, next] = [names[position - 1], names[position + 1]];
  const toContents = relative(folder, join(main, contents)).replaceAll("\\", "/");
  const line = [
    ...link(`← ${title(previous)}`, previous),
    ...(name === contents ? [] : link("contents", toContents)),
    ...link(`${title(next)} →`, next),
  ].join(" | ");
  const story = notebook.cells.filter((cell) => !hasTag(cell, "navigation"));
  const [head, foot] = [navigationCell("head", line), navigationCell("foot", line)];
  return notebookText({ ...notebook, cells: [head, ...story, foot] });
}

export function navigationCell(place: "head" | "foot", line: string): Cell {
  return {
    cell_type: "markdown",
    id: `navigation-${place}`,
    metadata: { tags: ["navigation"] },
    source: [line],
  };
}

export function writeNavigation(walkthrough: Walkthrough): void {
  for (const folder of foldersOf(walkthrough)) {
    for (const name of notebooksIn(folder))
      writeFileSync(join(folder, name), withNavigation(folder, name, walkthrough));
  }
}
