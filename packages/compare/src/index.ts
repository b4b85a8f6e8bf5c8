export { compareTables } from "./compare.js";
export { HashIndex } from "./hash-index.js";
export { hashText } from "./hash64.js";
export { HashedRows } from "./hashed-rows.js";
export { countLines, parseCsv } from "./parsed-csv.js";
export { scanRange, tokenRanges } from "./scan-table.js";
