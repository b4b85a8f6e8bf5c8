// What packages need to show something themselves; cells use what the library itself exports.

export { showVerdict, type Verdict, verdictLine, verdictType } from "../check.js";
export { showHtml, showSvg, volatileHtml } from "./display.js";
export { plotSvg } from "./plot.js";
export { type Progress, progressText } from "./progress.js";
export { tableHtml } from "./table.js";
