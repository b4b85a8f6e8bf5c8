// NAME.model.yaml to begin with: what is known is written down, what only the author knows is asked.

import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { ColumnProfile, Profile } from "./profile.js";
import { count, keyText } from "./words.js";

/** Where the commented question begins and ends. */
export const questionMarks = {
  begin: "  # --- a question, to begin with ---",
  end: "  # --- end of the question ---",
};

/**
 * @param folder where the file is going to be
 * @param patterns the files, absolute
 * @param schema the path of the JSON schema
 */
export function starterModel(profile: Profile, folder: string, patterns: string[], schema: string): string {
  const { name, rows, columns, keys } = profile;
  const files = patterns.map((path) => scalar(slashes(relative(folder, path) || ".")));
  const [event, ...others] = keys.sets;
  // What is known for sure is no comment.
  const types = columns.map((column) => {
    const { otherForm } = column;
    const isSure = otherForm && !otherForm.orElse;
    return `${isSure ? " " : "#"}   ${scalar(column.name)}: ${isSure ? otherForm.type : column.type}${hint(column, rows)}`;
  });
  const isSome = types.some((line) => line.startsWith(" "));
  return `# yaml-language-server: $schema=${schemaLink(folder, schema)}

keyspace: ${keyspaceOf(name)}

source:
  files: ${files.length === 1 ? files[0] : `[${files.join(", ")}]`}

# What tells two rows apart? No two different rows of ${count(rows)} have the same values here${event ? "" : ": nothing was found, name it yourself"}.
event: [${(event ?? columns.slice(0, 1).map((column) => column.name)).map(scalar).join(", ")}]
${others.map((set) => `#   or: [${set.map(scalar).join(", ")}]   (${keyText(set)})\n`).join("")}
# The types that were found. Take away the # of ${isSome ? "" : "columns: and of "}a column to give it another one.
${isSome ? "" : "# "}columns:
${types.join("\n")}

# What will be asked? Each question becomes a table.
questions:
${questionMarks.begin}
${questionLines(columns, event ?? [])
  .map((line) => `  # ${line}`)
  .join("\n")}
${questionMarks.end}
`;
}

function hint({ empty, distinct, isEstimate, isWhole, otherForm }: ColumnProfile, rows: number): string {
  const parts = [
    `${isEstimate ? "about " : ""}${count(distinct)} different`,
    ...(empty > 0 ? [empty === rows ? "always empty" : `${count(empty)} empty`] : []),
    ...(otherForm
      ? [`written as ${otherForm.written}${otherForm.orElse ? ` or ${otherForm.orElse}` : ""}`]
      : []),
    ...(isWhole ? ["all whole: int or bigint where it is an id, timestamp where it is milliseconds"] : []),
  ];
  return `   # ${parts.join(", ")}`;
}

/** A question that the data can answer: by the column that has the most values, though many rows each. */
function questionLines(columns: ColumnProfile[], event: string[]): string[] {
  const rest = (given: ColumnProfile) => columns.filter((column) => column !== given);
  const able = columns.filter(
    ({ empty, type, example }) =>
      empty === 0 && example !== null && /^(text|int|bigint|uuid|date)$/.test(type),
  );
  const repeated = able.filter(({ frequent }) => (frequent[0]?.rows ?? 0) > 1);
  const [given] = [repeated, able, columns].flatMap((some) =>
    [...some].sort((one, other) => rank(other) - rank(one)),
  );
  if (!given) return [];
  const order = rest(given).find(({ name, type }) => event.includes(name) && /^(timestamp|date)$/.test(type));
  const answer = rest(given)
    .filter(({ name }) => !event.includes(name))
    .slice(0, 3);
  const answered = answer.length > 0 ? answer : [given];
  return [
    `- text: which ${plain(answered[0])} has a ${plain(given)}?     # in words`,
    `  given: [${scalar(given.name)}]     # compared with =`,
    ...(order ? [`  order: [${scalar(`${order.name} desc`)}]     # the newest first`] : []),
    `  answer: [${answered.map(({ name }) => scalar(name)).join(", ")}]`,
    ...(given.example === null ? [] : [`  example: {${scalar(given.name)}: ${scalar(given.example)}}`]),
    "  # more: name, between, each, limit, growth; see docs/model.md",
  ];
}

/** Of columns with many rows each the one with the most values; of others the first. */
const rank = ({ distinct, frequent, empty }: ColumnProfile) =>
  (empty === 0 ? 1e12 : 0) + ((frequent[0]?.rows ?? 0) > 1 ? distinct : 0);

const plain = (column: ColumnProfile | undefined) =>
  (column?.name ?? "").replace(/[^\p{L}\p{N}_ -]/gu, " ").trim() || "value";

const slashes = (path: string) => path.replaceAll("\\", "/");

/** A value of YAML, in quotes where it would be something else without. */
export function scalar(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain =
    /^[\p{L}_./][\p{L}\p{N}_./-]*( (asc|desc))?$/u.test(value) &&
    !/^(true|false|null|yes|no|on|off|\.inf|\.nan)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

/** A name that a keyspace can have. */
export function keyspaceOf(name: string): string {
  const plainName = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 40);
  return plainName === "" || plainName.startsWith("system") ? `my_${plainName || "data"}` : plainName;
}

/** Relative where that is possible: on another drive of Windows it is not. */
function schemaLink(folder: string, schema: string): string {
  const path = relative(folder, schema);
  const isElsewhere = /^[A-Za-z]:/.test(path) || path.startsWith("\\\\");
  return isElsewhere
    ? pathToFileURL(schema).href
    : encodeURI(slashes(path.startsWith(".") ? path : `./${path}`));
}
