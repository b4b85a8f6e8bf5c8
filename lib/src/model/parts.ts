// For tools that judge models themselves, such as the grader: `@sparkify/lib/model`. Cells import the index alone.

export { type SchemaColumn, schemaColumns } from "../show/columns";
export { namingFaults } from "./naming";
export { comparable, project } from "./probes";
export { ask, type ModelQuery, readQuery } from "./query";
export { answerOf, compareBy, factOf, orderOf, textOf } from "./question";
export { asStored, fromCassandra, type ModelTable, readModelTable } from "./table";
