// Whether two runs of a notebook say the same.

import { notebookText, outputsOf, readNotebook } from "./notebook.js";

/** Text and pictures that differ from run to run, as lib/src/show marks them. */
const volatile = {
  "text/html": /<span class="volatile">[^<]*<\/span>/g,
  "image/svg+xml": /^<svg data-volatile="" .*$/s,
};

/** A notebook's text without what differs from run to run: times, and pictures of times. */
export function lastingText(file: string): string {
  const notebook = readNotebook(file);
  for (const { data } of outputsOf(notebook)) {
    for (const [type, marked] of Object.entries(volatile))
      if (data?.[type] !== undefined) data[type] = [data[type]].flat().join("").replace(marked, "");
  }
  return notebookText(notebook);
}
