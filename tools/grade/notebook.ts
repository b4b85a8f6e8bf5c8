// A notebook's file, as far as a grader needs it.

import { readFileSync } from "node:fs";

export interface Cell {
  kind: "code" | "markdown";
  source: string;
}

export interface Notebook {
  kernel: string;
  cells: Cell[];
}

/** What keeps a submission from being graded. Its message is for the reviewer. */
export class NotGradable extends Error {}

/** @throws NotGradable where the file is no notebook */
export function readNotebook(path: string): Notebook {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  } catch (error) {
    throw new NotGradable(`The file is not JSON, so it is no notebook: ${(error as Error).message}`);
  }
  const { cells, worksheets, metadata } = (json ?? {}) as Record<string, unknown>;
  // Version 3 of the format, of before 2015, keeps the cells in worksheets, and their source as `input`.
  const [sheet] = Array.isArray(worksheets) ? (worksheets as { cells?: unknown }[]) : [];
  const list = Array.isArray(cells) ? cells : sheet?.cells;
  if (!Array.isArray(list))
    throw new NotGradable("The file is JSON, but it has no cells, so it is no notebook.");
  const { kernelspec, language_info: language } = (metadata ?? {}) as Record<string, { name?: unknown }>;
  const named = kernelspec?.name ?? (language?.name === "typescript" ? "tslab" : "python3");
  return {
    kernel: String(named),
    cells: list.flatMap((cell: Record<string, unknown>): Cell[] => {
      const text = cell?.source ?? cell?.input ?? "";
      const source = Array.isArray(text) ? text.join("") : String(text);
      if (cell?.cell_type === "code") return [{ kind: "code", source }];
      return cell?.cell_type === "markdown" ? [{ kind: "markdown", source }] : [];
    }),
  };
}
