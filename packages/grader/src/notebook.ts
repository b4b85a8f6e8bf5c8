// A notebook's file, as far as a grader needs it.

import { readFileSync } from "node:fs";

export interface Cell {
  kind: "code" | "markdown";
  source: string;
  /** The module beside the notebook that it stands for. */
  file?: string;
}

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
