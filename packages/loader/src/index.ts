export { batchCql, batches, batchLimits, orderByPartition } from "./load/batches.js";
export { type Insert, insertCql, readInsert, type Value } from "./load/insert.js";
export { load, needStreamlinedCsv } from "./load/load.js";
export { Sender } from "./load/sender.js";
export { Window, windowRows } from "./load/window.js";
export { eventColumns, streamlinedColumns } from "./logs/columns.js";
export { readCsv } from "./logs/csv.js";
export {
  type DenormalizeReport,
  denormalize,
  leastUselessRows,
  notPlainLogs,
  readAsText,
  UnreadableLogs,
  unreadLog,
  uselessLog,
} from "./logs/denormalize.js";
export { beyondPlainCsv, dialectOf, printable, type Reading } from "./logs/dialect.js";
export { type EventFile, findEventFiles, readEvents } from "./logs/events.js";
export { commonestReasons, rejectedCsv } from "./logs/rejected.js";
export { repairText } from "./logs/repair-text.js";
export { largestWholeNumber, longestRecord, reasons, tooLongForSeconds } from "./logs/rules.js";
export { showDenormalized } from "./show-denormalized.js";
export { chooseTables, createMissingTables, tableDefinitions } from "./tables.js";
