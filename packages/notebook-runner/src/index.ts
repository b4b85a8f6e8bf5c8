export { launchBrowser } from "./browser/browser.js";
export {
  followLink,
  notebook,
  type OpenLab,
  openLab,
  runAllCells,
  startAllCells,
} from "./browser/open-lab.js";
export { solutionsOf, textsIn } from "./notebooks/derive.js";
export { withNavigation } from "./notebooks/navigation.js";
export { foldersOf, notebooksIn, readNotebook, type Walkthrough } from "./notebooks/notebook.js";
export { lastingText } from "./notebooks/outputs.js";
export { executeNotebooks } from "./run/execute.js";
