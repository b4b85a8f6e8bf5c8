export {
  type Advice,
  type CompareOptions,
  type Comparison,
  compareTables,
} from "./compare.js";
export { checkTable, compareRows, type Row, type RowsComparison } from "./compare-rows.js";
export type { TableComparison } from "./examples.js";
export { HashIndex } from "./hash-index.js";
export { hashText } from "./hash64.js";
export { HashedRows, type Likeness, RowHasher } from "./hashed-rows.js";
export { countLines, parseCsv } from "./parsed-csv.js";
export { scanTable } from "./scan-table.js";
