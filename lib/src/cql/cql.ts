// The one place that knows CQL's grammar: `@sparkify/lib/cql`.

export { type Condition, readSelect, type Select } from "./select";
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
} from "./statements";
export { literalOf, nameOf, plainCql, quoted, type Token, tokensOf } from "./tokens";
