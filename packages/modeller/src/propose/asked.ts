// A question of the file, with the source's columns in the place of their names.

import { valueType } from "@sparkify/cql";
import { type FileQuestion, fileError, type Growth, type ModelFile, type Path } from "../file/model-file.js";
import type { Source, SourceColumn } from "../source/source.js";

export interface OrderColumn {
  column: SourceColumn;
  order: "asc" | "desc";
}

export interface Asked {
  /** The table's name. */
  name: string;
  text: string;
  given: SourceColumn[];
  between?: SourceColumn;
  each: SourceColumn[];
  /** Without columns that are given: they are the same in all rows of an answer. */
  order: OrderColumn[];
  answer: SourceColumn[];
  limit?: number;
  growth: Growth;
  event: SourceColumn[];
  example?: Example;
  /** Whether the file gives the table its name. */
  isNamed: boolean;
}

/** Values to ask for, as text that CQL writes. */
export interface Example {
  /** By the source's name of each column that is given. */
  given: Record<string, string>;
  from?: string;
  upTo?: string;
}

/**
 * Finds the columns that the questions name.
 * @throws SparkifyError where the source has no such column, a bound cannot be compared, or an example is none of the column's type
 */
export function askedOf(file: ModelFile, source: Source): Asked[] {
  const event = file.event.map((name, index) => columnOf(file, source, name, ["event", index]));
  const taken = new Set(file.questions.flatMap(({ name }) => name ?? []));
  return file.questions.map((question, index) => {
    const at = ["questions", index];
    const list = (key: "given" | "each" | "answer") =>
      (question[key] ?? []).map((name, place) => columnOf(file, source, name, [...at, key, place]));
    const given = list("given");
    const between =
      question.between === undefined
        ? undefined
        : columnOf(file, source, question.between, [...at, "between"]);
    if (between && !isOrdered(between.type))
      throw fileError(
        file,
        [...at, "between"],
        `a range of ${between.name} cannot be given: its type is ${between.type}, of which no value is less than another. Expected a number, a text, a date or a time.`,
      );
    const each = question.each ? list("each") : event.filter((column) => !given.includes(column));
    if (between && !each.includes(between) && !given.includes(between)) each.push(between);
    const order = (question.order ?? []).map((text, place): OrderColumn => {
      const [, name = text, direction = "asc"] = /^(.*?)(?:\s+(asc|desc))?$/i.exec(text.trim()) ?? [];
      return {
        column: columnOf(file, source, name, [...at, "order", place]),
        order: direction.toLowerCase() as "asc" | "desc",
      };
    });
    const answer = list("answer");
    const name = question.name ?? proposedName(given, each, answer, taken);
    taken.add(name);
    const example = exampleOf(file, question, at, given, between);
    return {
      name,
      text: question.text,
      given,
      ...(between && { between }),
      each: each.filter((column) => !given.includes(column)),
      order: order.filter(({ column }) => !given.includes(column)),
      answer,
      ...(question.limit !== undefined && { limit: question.limit }),
      growth: question.growth ?? { factor: 1, by: "rows" },
      event,
      ...(example && { example }),
      isNamed: question.name !== undefined,
    };
  });
}

function columnOf(file: ModelFile, source: Source, name: string, at: Path): SourceColumn {
  const found = source.column(name);
  if (found) return found;
  throw fileError(
    file,
    at,
    `the source has no column ${name}. It has ${source.columns.map((column) => column.name).join(", ")}.`,
  );
}

/** Types that Cassandra takes in a key. */
export const isKeyType = (type: string) => !/^(list|set|map)<|^(duration|counter)$/i.test(type);

/** Types of which a range makes sense. */
const isOrdered = (type: string) => isKeyType(type) && !/^(boolean|uuid|inet|blob|frozen<)/i.test(type);

/** Letters that a table's name may have: größe becomes grosse, and of other alphabets nothing is left. */
const plainLetters = (word: string) =>
  word
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/[^a-z0-9_]/g, "")
    .replace(/^_+|_+$/g, "");

const singular = (word: string) => word.replace(/_(id|key|code|no|number|name)$/, "");

/** What an answer holds, by what it is found: values_by_sensor. */
function proposedName(
  given: SourceColumn[],
  each: SourceColumn[],
  answer: SourceColumn[],
  taken: Set<string>,
): string {
  const known = [...given, ...each];
  const about = answer.find((column) => !known.includes(column)) ?? answer[0];
  const noun = singular(about?.cqlName ?? "row");
  const many = each.length === 0 ? noun : noun.endsWith("s") ? noun : `${noun}s`;
  const words = [many, "by", ...given.map(({ cqlName }) => singular(cqlName))].map(plainLetters);
  const plain =
    words
      .filter((word) => word !== "")
      .join("_")
      .replace(/^[^a-z]+/, "") || "answers";
  let name = plain.slice(0, 44);
  for (let number = 2; taken.has(name); number++) name = `${plain.slice(0, 44)}_${number}`;
  return name;
}

function exampleOf(
  file: ModelFile,
  question: FileQuestion,
  at: Path,
  given: SourceColumn[],
  between: SourceColumn | undefined,
): Example | undefined {
  const { example } = question;
  if (!example) return undefined;
  const valueIn = (column: SourceColumn, name: string) => {
    const key = Object.keys(example).find(
      (one) => one === name || one.toLowerCase() === column.name.toLowerCase(),
    );
    if (key === undefined)
      throw fileError(file, [...at, "example"], `the example gives no value for ${column.name}.`);
    return [key, example[key]] as const;
  };
  const text = (column: SourceColumn, value: unknown, key: string) => {
    const written = String(value);
    const read = valueType(column.type).parse(written);
    if (read !== undefined && read !== null && value !== null && typeof value !== "object") return written;
    throw fileError(
      file,
      [...at, "example", key],
      `the example's ${column.name} was expected to be of type ${column.type}; it is ${JSON.stringify(value)}.`,
    );
  };
  const values = given.map((column, index) => {
    const [key, value] = valueIn(column, question.given[index] as string);
    return [column.name, text(column, value, key)] as const;
  });
  if (!between) return { given: Object.fromEntries(values) };
  const [key, bounds] = valueIn(between, question.between as string);
  if (!Array.isArray(bounds) || bounds.length !== 2)
    throw fileError(
      file,
      [...at, "example", key],
      `the example's ${between.name} was expected to be a range, as [from, to]; it is ${JSON.stringify(bounds)}.`,
    );
  return {
    given: Object.fromEntries(values),
    from: text(between, bounds[0], key),
    upTo: text(between, bounds[1], key),
  };
}
