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
export { notebookFolders, readNotebook, withNavigation } from "./notebooks/navigation.js";
export { lastingText } from "./notebooks/outputs.js";
