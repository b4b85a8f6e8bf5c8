// Which notebooks there are: what is below them is told, and names none.

import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import type { Walkthrough } from "@sparkify/notebook-runner";

const main = join(projectRoot, "notebooks");

export const walkthrough: Walkthrough = {
  main,
  contents: "00-contents.ipynb",
  labs: join(main, "labs"),
  exercises: join(main, "exercises"),
  solutions: join(main, "exercises", "solutions"),
};
