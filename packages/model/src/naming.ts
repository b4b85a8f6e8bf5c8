// Names and the order of columns: Cassandra does not care, readers do.

import { columnsOfCreate, readInsert, readTableName } from "@sparkify/cql";
import { wordsOf } from "./names.js";
import type { ModelQuery } from "./query.js";
import type { Question } from "./question.js";
import type { ModelTable } from "./table.js";

export type NamingFault =
  /** The columns of a statement do not come in the order of the key. */
  | { kind: "order"; statement: "CREATE TABLE" | "INSERT" | "SELECT"; columns: string[]; key: string[] }
  /** The table's name does not say by what its rows are found. */
  | { kind: "name"; name: string; given: string[] };

/** A fault in words. */
export const namingText = (fault: NamingFault): string =>
  fault.kind === "order"
    ? `${fault.statement} names ${fault.columns.join(", ")}; the key's order is ${fault.key.join(", ")}`
    : `the name ${fault.name} does not say by what its rows are found: ${fault.given.join(", ")}`;

/** What a reader would stumble over; nothing where all is well. */
export function namingFaults(
  table: ModelTable,
  query: Pick<ModelQuery, "where">,
  question: Question,
  { create, insert }: { create?: string | undefined; insert?: string | undefined },
): NamingFault[] {
  const key = table.primaryKey.map(({ name }) => name);
  const faults: NamingFault[] = [];
  const follows = (statement: "CREATE TABLE" | "INSERT" | "SELECT", columns: string[]) => {
    const wanted = key.filter((name) => columns.includes(name));
    // A range names its column twice.
    const got = [...new Set(columns)].filter((name) => key.includes(name));
    const first = columns.slice(0, statement === "SELECT" ? undefined : key.length);
    const inFront = statement === "SELECT" || wanted.every((name) => first.includes(name));
    if (String(got) !== String(wanted) || !inFront) faults.push({ kind: "order", statement, columns, key });
  };
  if (create) follows("CREATE TABLE", columnsOfCreate(create));
  const inserted = insert && readInsert(insert);
  if (inserted) follows("INSERT", inserted.columns);
  follows("SELECT", query.where);

  const name = readTableName(table.name)?.table ?? "";
  const given = question.given.map((column) => wordsOf(column)[0] ?? column);
  // A table's name has no letters but these.
  const isNameable = given.some((word) => /^[a-z0-9]+$/.test(word));
  if (isNameable && !given.some((word) => name.toLowerCase().includes(word)))
    faults.push({ kind: "name", name, given });
  return faults;
}
