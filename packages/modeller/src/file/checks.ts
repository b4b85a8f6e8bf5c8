// What a model of the right shape can still get wrong, as far as the file alone tells it.

import { valueType } from "@sparkify/cql";
import type { FileQuestion, ModelFile } from "./model.js";
import { placeName } from "./shape.js";
import type { Mistake, Path } from "./yaml.js";

/** A column of `order`, and its direction: `ts desc`. */
export function readOrder(written: string): { column: string; direction: "asc" | "desc" } {
  const [, column = written.trim(), direction = "asc"] = /^(.*\S)\s+(asc|desc)$/i.exec(written.trim()) ?? [];
  return { column, direction: direction.toLowerCase() as "asc" | "desc" };
}

/** The mistakes in a file. */
export const checksOf = (file: ModelFile): Mistake[] => [
  ...keyspaceMistakes(file),
  ...typeMistakes(file),
  ...nameMistakes(file),
  ...file.questions.flatMap((question, index) => questionMistakes(file, question, ["questions", index])),
];

function keyspaceMistakes({ keyspace }: ModelFile): Mistake[] {
  if (!/^system($|_)/.test(keyspace)) return [];
  const message = `keyspace was expected to be one of your own; ${keyspace} belongs to Cassandra.`;
  return [{ at: ["keyspace"], message }];
}

/** Types that values from files can have. */
const fromFiles =
  /^(ascii|bigint|blob|boolean|date|decimal|double|duration|float|inet|int|smallint|text|time|timestamp|timeuuid|tinyint|uuid|varchar|varint)$|^(frozen|list|set|map)<(?!.*\b(tuple|vector|counter)\b)/i;

function typeMistakes({ columns }: ModelFile): Mistake[] {
  return Object.entries(columns).flatMap(([column, type]) => {
    const isKnown = fromFiles.test(type.trim()) && isType(type);
    const message = `columns.${column} was expected to be a type of CQL, as text, int, timestamp or set<text>; it is ${JSON.stringify(type)}.`;
    return isKnown ? [] : [{ at: ["columns", column], message }];
  });
}

function isType(name: string): boolean {
  try {
    return valueType(name) !== undefined;
  } catch {
    return false;
  }
}

function nameMistakes({ questions, lineOf }: ModelFile): Mistake[] {
  const seen = new Map<string, number>();
  return questions.flatMap(({ name }, index) => {
    if (name === undefined) return [];
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    const message = `two questions are called ${name}; the other one is in line ${lineOf(["questions", first, "name"])}. Each is a table: give one of them another name.`;
    return [{ at: ["questions", index, "name"], message }];
  });
}

function questionMistakes(file: ModelFile, question: FileQuestion, at: Path): Mistake[] {
  const { given, between, each = [] } = question;
  const who = placeName(at);
  const mistakes: Mistake[] = [];
  if (between !== undefined && given.includes(between))
    mistakes.push({
      at: [...at, "between"],
      message: `${between} stands in between and in given of ${who}. Expected in one of them: given is compared with =, between has two bounds.`,
    });
  for (const [place, column] of each.entries())
    if (given.includes(column))
      mistakes.push({
        at: [...at, "each", place],
        message: `${column} stands in given and in each of ${who}. In one answer it is the same in every row: leave it out of each.`,
      });
  return [
    ...mistakes,
    ...orderMistakes(file, question, [...at, "order"]),
    ...exampleMistakes(file, question, [...at, "example"]),
  ];
}

const wordyDirection = /\s(ascending|descending|ascend|descend|increasing|decreasing)$/i;

function orderMistakes(file: ModelFile, question: FileQuestion, at: Path): Mistake[] {
  const known = [...file.event, ...question.given, ...question.answer, ...Object.keys(file.columns)];
  const seen = new Set<string>();
  return (question.order ?? []).flatMap((written, place) => {
    const { column } = readOrder(written);
    const here = [...at, place];
    if (seen.has(column))
      return [{ at: here, message: `${placeName(at)} names ${column} twice. Expected once.` }];
    seen.add(column);
    if (!wordyDirection.test(column) || known.includes(column)) return [];
    const message = `${placeName(at)} was expected to name a column with asc or desc, as ts desc; it is ${JSON.stringify(written)}.`;
    return [{ at: here, message }];
  });
}

function exampleMistakes(file: ModelFile, question: FileQuestion, at: Path): Mistake[] {
  const { example, given, between } = question;
  if (!example) return [];
  const wanted = between === undefined ? given : [...given, between];
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const missing = wanted.filter((column) => !Object.keys(example).some((key) => isSame(key, column)));
  const mistakes: Mistake[] = missing.map((column) => ({
    at,
    message: `${placeName(at)} was expected to have a value for each of ${wanted.join(", ")}; it has none for ${column}.`,
  }));
  for (const [key, value] of Object.entries(example)) {
    const here = [...at, key];
    if (!wanted.some((column) => isSame(column, key)))
      mistakes.push({
        at: here,
        message: `${placeName(at)} has a value for ${key}, which is not asked for. Expected: ${wanted.join(", ")}.`,
      });
    else if (value === null)
      mistakes.push({ at: here, message: `${placeName(at)} has no value for ${key}.` });
    else if (between !== undefined && isSame(key, between))
      mistakes.push(...boundMistakes(value, file.columns[between], here));
  }
  return mistakes;
}

function boundMistakes(value: unknown, type: string | undefined, at: Path): Mistake[] {
  const isPair =
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((bound) => bound !== null && typeof bound !== "object");
  if (!isPair) {
    const message = `${placeName(at)} was expected to be two bounds, as [from, to]; it is ${JSON.stringify(value)}.`;
    return [{ at, message }];
  }
  const [from, to] = value as [unknown, unknown];
  if (!isAfter(from, to, type)) return [];
  const message = `${placeName(at)} was expected to be [from, to]; ${from} is after ${to}.`;
  return [{ at, message }];
}

const dateForm = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?( ?Z|[+-]\d\d:?\d\d)?$/;

/** Whether one bound is surely after the other: of a text nobody knows here whether it is a number. */
function isAfter(from: unknown, to: unknown, type = ""): boolean {
  if (/^(text|varchar|ascii)$/i.test(type)) return String(from) > String(to);
  if (typeof from === "number" && typeof to === "number") return from > to;
  if (!dateForm.test(String(from)) || !dateForm.test(String(to))) return false;
  return instant(String(from)) > instant(String(to));
}

/** Without a zone it is UTC. */
const instant = (text: string) =>
  Date.parse(
    /\d\d:\d\d/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/.test(text)
      ? `${text.replace(" ", "T")}Z`
      : text.replace(/^(\S+) (\d)/, "$1T$2").replace(" Z", "Z"),
  );
