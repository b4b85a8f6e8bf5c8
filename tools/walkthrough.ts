// What the commands need to know of the notebooks: the one place that names them.

import { join } from "node:path";
import { root } from "@sparkify/base/root";
import { chooseTables, type TableDefinition, tableDefinitions } from "@sparkify/loader";
import type { Walkthrough } from "@sparkify/notebook-runner";

const main = join(root, "notebooks");

export const walkthrough: Walkthrough = {
  main,
  contents: "00-contents.ipynb",
  labs: join(main, "labs"),
  exercises: join(main, "exercises"),
  solutions: join(main, "exercises", "solutions"),
  own: join(main, "own"),
};

/** The tables of the walkthrough. Their one definition is the CQL in the notebook's cells. */
export const walkthroughTables = (): TableDefinition[] =>
  tableDefinitions(join(main, "03-create-tables.ipynb"));

/** The names of those that are asked for; of all for none. */
export const chooseWalkthroughTables = (names: string[]) =>
  chooseTables(walkthroughTables(), names).map(({ name }) => name);

/** What `npm run verify` tells the reader to do. */
export const compareAdvice = {
  csv: "Run the notebook 02-denormalize-csv",
  tables: "Run the notebook 03-create-tables",
  anew: "The notebooks 03-create-tables and 04-insert-rows make the tables anew.",
};
