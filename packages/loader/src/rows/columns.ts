// The columns of the logs, and the names that are taken for them.

/** The columns of an event log, as Sparkify's app writes them. */
export const eventColumns = [
  "artist",
  "auth",
  "firstName",
  "gender",
  "itemInSession",
  "lastName",
  "length",
  "level",
  "location",
  "method",
  "page",
  "registration",
  "sessionId",
  "song",
  "status",
  "ts",
  "userId",
] as const;

/** The columns of the streamlined CSV, in its order. A log must have them; the others may be missing. */
export const streamlinedColumns = [
  "artist",
  "firstName",
  "gender",
  "itemInSession",
  "lastName",
  "length",
  "level",
  "location",
  "sessionId",
  "song",
  "userId",
] as const;

export type Column = (typeof eventColumns)[number];

const plain = (name: string) => name.toLowerCase().replace(/[\s\p{P}\p{S}\p{Z}]/gu, "");
const byPlainName = new Map<string, Column>(eventColumns.map((column) => [plain(column), column]));

/**
 * The column that a name stands for, in any case and style: sessionId, SessionId, session_id, "SESSION ID".
 * @returns undefined for a name that is none of them
 */
export const columnOf = (name: string): Column | undefined => byPlainName.get(plain(name));
