/** `1 row`, `6,820 rows`. */
export const rowsInWords = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
