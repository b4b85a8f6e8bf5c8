// Reads the verdicts that the checks left in the outputs of executed notebooks.

import { readFileSync } from "node:fs";
import { type Verdict, verdictAttribute } from "@sparkify/lib";

interface Notebook {
  cells: { cell_type: string; outputs?: { data?: Record<string, string | string[]> }[] }[];
}

const pattern = new RegExp(`${verdictAttribute}="([^"]*)"`, "g");

export function readVerdicts(notebookFile: string): Verdict[] {
  const notebook = JSON.parse(readFileSync(notebookFile, "utf8")) as Notebook;
  return notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .flatMap((output) => [...[output.data?.["text/html"] ?? []].flat().join("").matchAll(pattern)])
    .map(([, text = ""]) => JSON.parse(unescapeHtml(text)) as Verdict);
}

function unescapeHtml(text: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] as string);
}
