// The outputs that the committed notebooks carry: those of one full run, without what differs from run to run.

import { notebookText, readNotebook } from "./navigation.js";

/** The text of an executed notebook, ready to be committed. */
export function committable(executedFile: string): string {
  const notebook = readNotebook(executedFile);
  for (const output of notebook.cells.flatMap((cell) => cell.outputs ?? [])) {
    const html = output.data?.["text/html"];
    if (!output.data || html === undefined) continue;
    const text = [html]
      .flat()
      .join("")
      .replace(/<span class="volatile">[^<]*<\/span>/g, "");
    output.data["text/html"] = text.split(/(?<=\n)/);
  }
  return notebookText(notebook);
}
