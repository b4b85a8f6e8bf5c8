export {
  check,
  checkAnswer,
  needRows,
  needTables,
  showVerdict,
  type Verdict,
  verdictAttribute,
  verdictLine,
} from "./check.js";
export { connect, createKeyspaceCql, createKeyspaceIfMissing, describeCluster } from "./connect/connect.js";
export { contactPointsFromEnvironment } from "./connect/contact-points.js";
export { dropKeyspace } from "./connect/drop-keyspace.js";
export { type Progress, progressText } from "./progress.js";
export {
  embeddedNode,
  eventDataDirectory,
  projectRoot,
  readEmbeddedNode,
  shortPath,
  streamlinedCsv,
  workDirectory,
} from "./project.js";
export { distinct, lastByKey, type RawPlay, readRawPlays, tellingCases } from "./raw-plays.js";
export {
  type IndexedColumn,
  indexedColumns,
  markOf,
  type SchemaColumn,
  schemaColumns,
} from "./show/columns.js";
export { showTableDiagram, tableDiagram } from "./show/diagram.js";
export {
  escapeHtml,
  plotSvg,
  showHtml,
  showPlot,
  showProgress,
  showSvg,
  showTable,
  tableHtml,
  volatileHtml,
} from "./show/show.js";
export { fitted, svgText, textWidth } from "./show/svg-text.js";
