export { type FileQuestion, type Growth, type ModelFile, readModelFile } from "./file/model-file.js";
export { type NotebookOptions, notebook } from "./notebook/notebook.js";
export { type OpenedModel, openModel } from "./notebook/opened-model.js";
export type { Bucket, Note, Proposal, Reason, Rival, Size, Table } from "./propose/proposal.js";
export { type ProposeOptions, propose } from "./propose/propose.js";
export { reportHtml, type SourceSize } from "./report/report.js";
export { Rejected } from "./source/rejected.js";
export { Source, type SourceColumn } from "./source/source.js";
