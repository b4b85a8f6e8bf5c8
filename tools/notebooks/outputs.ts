// The outputs that the committed notebooks carry: those of one full run, without what differs from run to run.

import { notebookText, readNotebook } from "./navigation.js";

/** Text as volatileHtml marks it, with what is to be said in its place. */
const volatileText = /<span class="volatile"(?: data-saved="([^"]*)")?>[^<]*<\/span>/g;

/** A picture that differs from run to run begins with what is to be said in its place. */
const volatilePicture = /^<svg data-saved="([^"]*)" /;

/** The text of an executed notebook, ready to be committed. */
export function committable(executedFile: string): string {
  const notebook = readNotebook(executedFile);
  for (const { data } of notebook.cells.flatMap((cell) => cell.outputs ?? [])) {
    if (!data) continue;
    const [, instead] = textOf(data["image/svg+xml"]).match(volatilePicture) ?? [];
    if (instead !== undefined) {
      delete data["image/svg+xml"];
      data["text/html"] = [`<p><i>${instead}</i></p>`];
    } else if (data["text/html"] !== undefined) {
      const text = textOf(data["text/html"]).replace(volatileText, (_, saved = "") => saved);
      data["text/html"] = text.split(/(?<=\n)/);
    }
  }
  return notebookText(notebook);
}

const textOf = (content: string | string[] = "") => [content].flat().join("");
