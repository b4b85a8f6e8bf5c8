// The learner's copy of a notebook of exercises: the same cells, without what is tagged "solution".

import type { Cell, Notebook } from "./navigation.js";

const has = ({ metadata }: Cell, tag: string) => metadata.tags?.includes(tag) ?? false;

/** The texts that a cell of a solution gives names to: create3, query3. */
export function textsIn({ source }: Cell): Map<string, string> {
  const texts = source.join("").matchAll(/^const (\w+) = `([^`]*)`;$/gm);
  return new Map(Array.from(texts, ([, name = "", text = ""]) => [name, text]));
}

/** Both solutions and what explains them. */
export const solutionsOf = ({ cells }: Notebook) => cells.filter((cell) => has(cell, "solution"));

/** The learner's copy. The navigation and, where no cell has changed, the outputs stay those of the present copy. */
export function derive(solutions: Notebook, present?: Notebook): Notebook {
  const story = solutions.cells.filter((cell) => !has(cell, "navigation")).flatMap(learnersCell);
  if (present && sameStory(present, story)) return present;
  const [head, foot] = present?.cells.filter((cell) => has(cell, "navigation")) ?? [];
  return {
    ...solutions,
    cells: [head ?? navigation("navigation-head"), ...story, foot ?? navigation("navigation-foot")],
  };
}

function learnersCell(cell: Cell): Cell[] {
  const fresh = cell.cell_type === "code" ? { execution_count: null, outputs: [] } : {};
  if (!has(cell, "solution")) return [{ ...cell, ...fresh }];
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
  return written(cells.filter((cell) => !has(cell, "navigation"))) === written(story);
}

const navigation = (id: string): Cell => ({
  cell_type: "markdown",
  id,
  metadata: { tags: ["navigation"] },
  source: ["[contents](../00-contents.ipynb)"],
});
