// What Cassandra saw: its audit log, statement by statement.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { tokensOf } from "@sparkify/cql";
import { isOfUsers } from "./keyspaces.js";

/** A statement that a submission has sent. */
export interface Statement {
  /** Milliseconds since 1970. */
  time: number;
  /** Cassandra's word for it: SELECT, CREATE_TABLE, UPDATE, PREPARE_STATEMENT, ... */
  type: string;
  keyspace: string | undefined;
  cql: string;
  /** Cassandra's message where it refused the statement. */
  refused?: string;
}

/** Stands for a line's end within a statement, see logback.xml. */
const lineEnd = "␤";
const operation = "|operation:";
/** Characters of a statement that are kept: no statement of the exercise is longer. */
const longest = 100_000;

/** The size of the log now, for {@link readAudit}. */
export const auditSize = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The statements that a part of the log holds, those of the drivers themselves left out. */
export function readAudit(file: string, from: number, to: number): Statement[] {
  const statements: Statement[] = [];
  let used: string | undefined;
  for (const line of linesOf(file, from, to)) {
    const at = line.indexOf(operation);
    if (!line.startsWith("user:") || at === -1) continue;
    const fields = line
      .slice(0, at)
      .split("|")
      .map((field) => field.split(":", 2));
    const { timestamp, type = "", category, ks } = Object.fromEntries(fields) as Record<string, string>;
    if (ks !== undefined && !isOfUsers(ks)) continue;
    if (type === "USE_KEYSPACE") used = ks;
    const text = line.slice(at + operation.length).replaceAll(lineEnd, "\n");
    const said = category === "ERROR" ? withoutMessage(text) : { cql: text.slice(0, longest).trim() };
    statements.push({ time: Number(timestamp), type, keyspace: ks ?? used, ...said });
  }
  return statements;
}

/** A refused statement has Cassandra's message behind it. The message may hold semicolons, but no statement does at its end. */
function withoutMessage(text: string): { cql: string; refused: string } {
  if (text.length > longest) return { cql: text.slice(0, longest).trim(), refused: text.slice(-500) };
  const end = endOfStatement(text);
  // A statement whose quotes do not end: the message is behind the last semicolon.
  const at = end < text.length ? end : Math.max(text.lastIndexOf("; "), 0) || text.length;
  return { cql: text.slice(0, at).trim(), refused: text.slice(at).replace(/^[;\s]+/, "") };
}

/** Where the first semicolon outside of quotes and comments is. */
const endOfStatement = (text: string) =>
  tokensOf(text).find(({ kind, text: sign }) => kind === "sign" && sign === ";")?.start ?? text.length;

function* linesOf(file: string, from: number, to: number): Generator<string> {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(2 ** 20);
    let rest: Buffer = Buffer.alloc(0);
    for (let at = from; at < to; ) {
      const count = readSync(descriptor, bytes, 0, Math.min(bytes.length, to - at), at);
      if (count === 0) break;
      at += count;
      rest = Buffer.concat([rest, bytes.subarray(0, count)]);
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        yield rest.subarray(0, end).toString();
        rest = rest.subarray(end + 1);
      }
    }
    if (rest.length > 0) yield rest.toString();
  } finally {
    closeSync(descriptor);
  }
}
