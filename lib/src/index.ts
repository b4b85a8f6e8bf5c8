export { check, checkAnswer, needRows, needTables } from "./check.js";
export { connect, describeCluster } from "./connect/connect.js";
export { createKeyspaceCql, createKeyspaceIfMissing, dropKeyspace } from "./connect/keyspaces.js";
export {
  clusterSettings,
  embeddedNode,
  eventDataDirectory,
  projectRoot,
  readEmbeddedNode,
  shortPath,
  streamlinedCsv,
  workDirectory,
} from "./connect/settings.js";
export { distinct, lastByKey, type RawPlay, readRawPlays, tellingCases } from "./raw-plays.js";
export { showPlot } from "./show/plot.js";
export { showProgress } from "./show/progress.js";
export { showTable } from "./show/table.js";
