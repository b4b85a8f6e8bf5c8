export { type Finding, type Point, showFindings } from "./findings.js";
export { insertRaw } from "./insert-raw.js";
export { type JudgeOptions, checkModel, judgeModel } from "./judge.js";
export { namingFaults } from "./naming.js";
export { comparable, project } from "./probes.js";
export { type ModelQuery, type Trace, ask, readQuery, traceQuery } from "./query.js";
export { type Question, type RawRow, answerOf, compareBy, factOf, orderOf, questions, textOf } from "./question.js";
export { type ModelTable, asStored, fromCassandra, readModelTable } from "./table.js";
