// The one place that knows CQL's grammar.

export { batchLimits, bytesBesideValues } from "./batch-limits.js";
export {
  readOwnTypes,
  type SchemaColumn,
  schemaColumns,
  type TypedColumn,
  typedColumns,
  withKeyspace,
} from "./schema.js";
export { type Condition, readSelect, type Select } from "./select.js";
export {
  columnsOfCreate,
  csvColumnOf,
  type Insert,
  isOneStatement,
  onTable,
  readInsert,
  readTableName,
  statementsIn,
  type TableName,
  tableOf,
  withProperty,
  writtenTable,
} from "./statements.js";
export { isWord, literalOf, nameOf, plainCql, quoted, type Token, tokensOf } from "./tokens.js";
export { type OwnTypes, type Shown, type ValueType, valueType } from "./value-types.js";
