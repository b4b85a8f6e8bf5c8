// Names of raw columns, and of the table's columns that hold them.

/** session, item, in, session: the words of itemInSession, ITEM_IN_SESSION and "Item in-session", in any alphabet. */
export const wordsOf = (name: string): string[] =>
  name
    .normalize("NFC")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");

/**
 * The column that holds a raw column, by the usual name, unquoted: firstName, "First Name" and FIRST_NAME are first_name.
 * A name without a letter or digit stays as it is.
 */
export const columnNameOf = (raw: string): string => wordsOf(raw).join("_") || raw;

/** `session_id`, `sessionId`, `sessionid`, `SessionID` and `session-id` are one name. */
const plainName = (name: string) => wordsOf(name).join("") || name;

/** From the surest likeness to the least. */
const likenesses: ((column: string, raw: string) => boolean)[] = [
  (column, raw) => column === raw,
  (column, raw) => column === columnNameOf(raw),
  (column, raw) => plainName(column) === plainName(raw),
];

/** The raw columns by the columns of their names. None belongs to two. */
export function rawByColumn(columns: string[], rawNames: string[]): Map<string, string> {
  const found = new Map<string, string>();
  const left = new Set(rawNames);
  for (const isAlike of likenesses) {
    for (const column of columns) {
      const raw = found.has(column) ? undefined : [...left].find((name) => isAlike(column, name));
      if (raw === undefined) continue;
      found.set(column, raw);
      left.delete(raw);
    }
  }
  return found;
}
