export { type BatchOptions, gradeBatch } from "./batch.js";
export type { Assessment, Detail, Grade, Item, Verdict } from "./grade.js";
export { systemVariables } from "./kernels.js";
export { port } from "./node.js";
export { writeReports } from "./report/write.js";
export { type ItemId, type RubricItem, readRubric } from "./rubric.js";
export type { RunSettings } from "./run.js";
export { findBubblewrap, whyNoSandbox } from "./sandbox.js";
export { findSubmissions, type Submission } from "./submissions.js";
