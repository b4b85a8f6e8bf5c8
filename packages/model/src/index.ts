export { type Finding, type Point, showFindings } from "./findings.js";
export { insertRaw } from "./insert-raw.js";
export { checkModel, type JudgeOptions, judgeModel } from "./judge.js";
export { namingFaults } from "./naming.js";
export { comparable, project } from "./probes.js";
export { ask, type ModelQuery, readQuery, type Trace, traceQuery } from "./query.js";
export {
  answerOf,
  compareBy,
  factOf,
  orderOf,
  type Question,
  questions,
  type RawRow,
  textOf,
} from "./question.js";
export { asStored, fromCassandra, type ModelTable, readModelTable } from "./table.js";
