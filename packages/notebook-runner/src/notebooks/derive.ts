// The learner's copy of a notebook of exercises: the same cells, without what is tagged "solution".

import { navigationCell } from "./navigation.js";
import { type Cell, hasTag, type Notebook } from "./notebook.js";

/** The texts that a cell of a solution gives names to: create3, query3. */
export function textsIn({ source }: Cell): Map<string, string> {
  const texts = source.join("").matchAll(/^const (\w+) = `([^`]*)`;$/gm);
  return new Map(Array.from(texts, ([, name = "", text = ""]) => [name, text]));
}

/** Both solutions and what explains them. */
export const solutionsOf = ({ cells }: Notebook) => cells.filter((cell) => hasTag(cell, "solution"));

/** The learner's copy. The navigation and, where no cell has changed, the outputs stay those of the present copy. */
export function derive(solutions: Notebook, present?: Notebook): Notebook {
  const story = solutions.cells.filter((cell) => !hasTag(cell, "navigation")).flatMap(learnersCell);
  if (present && sameStory(present, story)) return present;
  const [head, foot] = present?.cells.filter((cell) => hasTag(cell, "navigation")) ?? [];
  return {
    ...solutions,
    // A new copy gets its links with those of the other notebooks.
    cells: [head ?? navigationCell("head", ""), ...story, foot ?? navigationCell("foot", "")],
  };
}

function learnersCell(cell: Cell): Cell[] {
  const fresh = cell.cell_type === "code" ? { execution_count: null, outputs: [] } : {};
  if (!hasTag(cell, "solution")) return [{ ...cell, ...fresh }];
  if (cell.cell_type === "markdown") return []; // it explains the solution
  const empty = [...textsIn(cell).keys()].map((name) => `const ${name} = \`\n\`;`).join("\n");
  return [{ ...cell, ...fresh, metadata: {}, source: empty.split(/(?<=\n)/) }];
}

/** Whether a copy has these cells between its navigation, whatever their outputs are. */
function sameStory({ cells }: Notebook, story: Cell[]): boolean {
  const written = (some: Cell[]) =>
    JSON.stringify(
      some.map(({ cell_type, id, metadata, source }) => [cell_type, id, metadata, source.join("")]),
    );
  return written(cells.filter((cell) => !hasTag(cell, "navigation"))) === written(story);
}
