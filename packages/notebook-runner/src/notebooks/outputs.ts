// Whether two runs of a notebook say the same.

import { notebookText, readNotebook } from "./navigation.js";

/** Text and pictures as lib/src/show marks them. */
const volatileText = /<span class="volatile">[^<]*<\/span>/g;
const volatilePicture = /^<svg data-volatile="" .*$/s;

/** A notebook's text without what differs from run to run: times, and pictures of times. */
export function lastingText(file: string): string {
  const notebook = readNotebook(file);
  for (const { data } of notebook.cells.flatMap((cell) => cell.outputs ?? [])) {
    for (const [type, pattern] of [
      ["text/html", volatileText] as const,
      ["image/svg+xml", volatilePicture] as const,
    ])
      if (data?.[type] !== undefined) data[type] = [data[type]].flat().join("").replace(pattern, "");
  }
  return notebookText(notebook);
}
