export { type ExpectedRow, expectedAnswer, expectedTable } from "./expected.js";
export { bytesText, findingText, hintText } from "./finding-text.js";
export type { AlteredColumn, Evidence, Finding, Point } from "./findings.js";
export { insertRaw } from "./insert-raw.js";
export { type JudgeOptions, judgeModel, type Model } from "./judge.js";
export { columnNameOf } from "./names.js";
export { type NamingFault, namingFaults, namingText } from "./naming.js";
export { alikeIn, ranks } from "./points/answers.js";
export { inQuestion } from "./points/keys.js";
export { comparable, project } from "./probes.js";
export { ask, type ModelQuery, readQuery, type Trace, traceQuery, unknownIn } from "./query.js";
export {
  answerOf,
  compareBy,
  factOf,
  orderOf,
  type Question,
  questions,
  type RawRow,
  type RawTypes,
  textOf,
} from "./question.js";
export { playsInCsv, type RawRows, type RowSource } from "./rows.js";
export { sharingScratch } from "./scratch.js";
export { bytesOfType, mostBytes, mostValues, type PartitionSize, partitionSize } from "./size.js";
export { type ModelColumn, type ModelTable, rawTypesOf, readModelTable } from "./table.js";
