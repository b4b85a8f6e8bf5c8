// The numbers and words of the rules, stated once: for this package and for the Spark job.

/** A record that is longer is rejected, so that a quote which never closes cannot fill the memory. Bytes. */
export const longestRecord = 1024 * 1024;

/** The largest `int` of Cassandra. */
export const largestWholeNumber = 2_147_483_647;

/** A number of seconds must be shorter: no double is larger than 1.8E+308. Characters. */
export const tooLongForSeconds = 300;

/** Why a row is rejected. `%d` stands for a number. */
export const reasons = {
  tooLong: `longer than ${longestRecord} bytes`,
  openTooLong: `a quote that does not close within ${longestRecord} bytes`,
  neverCloses: "a quote that never closes",
  strayQuote: "a quote that is neither doubled nor at the end of its field",
  joinedFields: "several lines, and more fields than the %d of the header",
  joinedQuote: "several lines, and a quote inside a field that has none around it",
  fields: "%d fields where the header has %d",
  nul: "a NUL byte",
  notUtf8: "bytes that are not UTF-8",
  growing: "the file was still being written, and this row has no line end yet",
  empty: "empty",
  notWhole: `not a whole number from 0 to ${largestWholeNumber}`,
  notSeconds: "not a number of seconds, as 215.5",
  noSong: "empty, though there is an artist",
  notJson: "not a JSON object in one line",
  notJsonValue: "neither a text nor a number",
  twoKeys: "two keys of the object name this column",
} as const;
