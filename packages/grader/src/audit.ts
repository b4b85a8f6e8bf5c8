// What Cassandra saw: its audit log, statement by statement.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { tokensOf } from "@sparkify/cql";

export interface Statement {
  /** Milliseconds since 1970. */
  time: number;
  /** Cassandra's word for it: SELECT, CREATE_TABLE, UPDATE, PREPARE_STATEMENT, ... */
  type: string;
  keyspace: string | undefined;
  table: string | undefined;
  cql: string;
  /** Cassandra's message where it refused the statement. */
  refused?: string;
}

/** Stands for a line's end within a statement, see logback.xml. */
const lineEnd = "␤";
const entry = /^user:[^|]*\|host:[^|]*\|source:[^|]*\|port:\d+\|timestamp:(\d+)\|type:(\w+)\|category:(\w+)/;

/** The size of the log now, for {@link readAudit}. */
export function auditSize(file: string): number {
  const descriptor = openSync(file, "a+");
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

/** The statements that a part of the log holds, those of the drivers themselves left out. */
export function readAudit(file: string, from: number, to: number): Statement[] {
  const statements: Statement[] = [];
  let used: string | undefined;
  for (const line of linesOf(file, from, to)) {
    const head = entry.exec(line);
    const at = line.indexOf("|operation:");
    if (!head || at === -1) continue;
    const fields = new Map(
      line
        .slice(0, at)
        .split("|")
        .map((field) => {
          const colon = field.indexOf(":");
          return [field.slice(0, colon), field.slice(colon + 1)] as const;
        }),
    );
    const [, time, type = "", category] = head;
    const text = line.slice(at + "|operation:".length).replaceAll(lineEnd, "\n");
    const keyspace = fields.get("ks") || undefined;
    if (keyspace && /^system(_|$)/.test(keyspace)) continue;
    if (type === "USE_KEYSPACE") used = keyspace;
    const statement = { time: Number(time), type, keyspace: keyspace ?? used, table: fields.get("scope") };
    if (category === "ERROR") {
      const { cql, refused } = withoutMessage(text);
      statements.push({ ...statement, cql, refused });
    } else statements.push({ ...statement, cql: text.trim() });
  }
  return statements;
}

/** A refused statement has Cassandra's message behind it. The message may hold semicolons, but no statement does at its end. */
function withoutMessage(text: string): { cql: string; refused: string } {
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
