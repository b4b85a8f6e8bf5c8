// Everything that a cell may call.

export * from "./check/check";
export * from "./check/expected";
export * from "./cluster/connect";
export { contactPointsFromEnvironment } from "./cluster/contactPoints";
export { dropKeyspace } from "./cluster/dropKeyspace";
export * from "./compare/compare";
export {
  type Attempt,
  checkExercise,
  type Judged,
  judgeExercise,
  showPoints,
  showRawRows,
} from "./exercises/checkExercise";
export { exercises } from "./exercises/exercises";
export * from "./labs/generatedEvents";
export * from "./labs/readings";
export * from "./labs/sparkJob";
export * from "./labs/threeNodes";
export * from "./labs/tokenRing";
export * from "./labs/ways";
export * from "./load/batches";
export * from "./load/insert";
export * from "./load/load";
export * from "./load/window";
export * from "./logs/columns";
export * from "./logs/csv";
export * from "./logs/denormalize";
export {
  beyondPlainCsv,
  type Dialect,
  dialectOf,
  peculiarities,
  printable,
  type Reading,
  readLog,
  UnusableFile,
} from "./logs/dialect";
export * from "./logs/eventLog";
export * from "./logs/events";
export * from "./logs/rejected";
export * from "./logs/repairText";
export * from "./logs/rules";
export { UnreadableFile } from "./logs/textFile";
export { type Finding, type Point, showFindings } from "./model/findings";
export { insertRaw } from "./model/insertRaw";
export * from "./model/judge";
export { type Trace, traceQuery } from "./model/query";
export { answerOf, type Question, questions } from "./model/question";
export { playsInCsv, type RawRows } from "./model/rows";
export * from "./progress";
export * from "./project";
export * from "./show/diagram";
export * from "./show/partitions";
export * from "./show/show";
