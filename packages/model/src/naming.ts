// Names and the order of columns: Cassandra does not care, readers do.

import { columnsOfCreate, readInsert, readTableName } from "@sparkify/cql";
import type { ModelQuery } from "./query.js";
import type { Question } from "./question.js";
import type { ModelTable } from "./table.js";

/** What a reader would stumble over; nothing where all is well. */
export function namingFaults(
  table: ModelTable,
  query: Pick<ModelQuery, "where">,
  question: Question,
  { create, insert }: { create?: string | undefined; insert?: string | undefined },
): string[] {
  const key = table.primaryKey.map(({ name }) => name);
  const faults: string[] = [];
  const follows = (statement: string, columns: string[]) => {
    const wanted = key.filter((name) => columns.includes(name));
    const got = columns.filter((name) => key.includes(name));
    const first = columns.slice(0, statement === "SELECT" ? undefined : key.length);
    const inFront = statement === "SELECT" || wanted.every((name) => first.includes(name));
    if (String(got) !== String(wanted) || !inFront)
      faults.push(`${statement} names ${columns.join(", ")}; the key's order is ${key.join(", ")}`);
  };
  if (create) follows("CREATE TABLE", columnsOfCreate(create));
  const inserted = insert && readInsert(insert);
  if (inserted) follows("INSERT", inserted.columns);
  follows("SELECT", query.where);

  const own = readTableName(table.name)?.table ?? "";
  const said = own.toLowerCase();
  const given = question.given.map((column) => wordsOf(column)[0] ?? column);
  if (!given.some((word) => said.includes(word)))
    faults.push(`the name ${own} does not say by what its rows are found: ${given.join(", ")}`);
  return faults;
}

/** session, item, in, session: the words of itemInSession. */
const wordsOf = (column: string) =>
  column
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[ _]+/);
