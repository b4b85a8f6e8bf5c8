// The one place that knows CQL's grammar.

export { type Condition, readSelect, type Select } from "./select.js";
export {
  columnsOfCreate,
  type Insert,
  isOneStatement,
  onTable,
  readInsert,
  readTableName,
  type TableName,
  tableOf,
  writtenTable,
} from "./statements.js";
export { literalOf, nameOf, plainCql, quoted, type Token, tokensOf } from "./tokens.js";
