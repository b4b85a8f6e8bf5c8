// files -> rows -> plays -> csv -> tables: each folder knows those before it.

export { batchLimits } from "@sparkify/cql";
export { commonestReasons } from "./csv/rejected.js";
export {
  type DenormalizeReport,
  leastUselessRows,
  notPlainLogs,
  readAsText,
  type UnreadLog,
  unreadableLogs,
  unreadLog,
  uselessLog,
} from "./csv/report.js";
export * from "./denormalize.js";
export type { Fault } from "./files/unreadable-file.js";
export { readEvents } from "./plays/read-events.js";
export { holdsTextEncodedTooOften, repairText } from "./plays/repair-text.js";
export { eventColumns, streamlinedColumns } from "./rows/columns.js";
export { readCsv } from "./rows/csv-cursor.js";
export { dialectOf } from "./rows/dialect.js";
export { printable } from "./rows/fault.js";
export { beyondPlainCsv, type Reading } from "./rows/reading.js";
export { largestWholeNumber, longestRecord, reasons, tooLongForSeconds } from "./rows/rules.js";
export { batchCql, batches, orderByPartition } from "./tables/batches.js";
export {
  chooseTables,
  createMissingTables,
  type TableDefinition,
  tableDefinitions,
} from "./tables/definitions.js";
export { type Insert, insertCql, readInsert, type Value } from "./tables/insert.js";
export { type LoadOptions, type LoadReport, load, needStreamlinedCsv } from "./tables/load.js";
export { Sender } from "./tables/sender.js";
export { Window, windowRows } from "./tables/window.js";
