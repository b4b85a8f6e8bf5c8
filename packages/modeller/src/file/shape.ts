// Whether a model has the shape that model.schema.json asks for, in words for its author.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Mistake, Path } from "./yaml.js";

/** The published schema; editors complete and check with it. */
export const schemaPath = resolve(import.meta.dirname, "..", "..", "model.schema.json");

let validate: ValidateFunction | undefined;

/** What is not as the schema says. */
export function shapeMistakes(content: unknown): Mistake[] {
  if (content === null || content === undefined)
    return [
      {
        at: [],
        message: "the file is empty. Expected keyspace, source, event and questions; see docs/model.md.",
      },
    ];
  validate ??= new Ajv({ allErrors: true, strict: false, verbose: true }).compile(
    JSON.parse(readFileSync(schemaPath, "utf8")),
  );
  if (validate(content)) return [];
  const told = new Map<string, Mistake>();
  for (const error of validate.errors ?? []) {
    if (error.keyword === "anyOf") continue; // its parts say more
    const at = pathOf(error.instancePath);
    const place = JSON.stringify([at, error.params.missingProperty, error.params.additionalProperty]);
    if (!told.has(place)) told.set(place, mistakeOf(error, at, content));
  }
  return [...told.values()];
}

const pathOf = (pointer: string): Path =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** A place as readers say it: `given of question 2`. */
export function placeName(at: Path): string {
  const [first, number, ...rest] = at;
  if (at.length === 0) return "the file";
  if (first !== "questions" || typeof number !== "number") return at.join(".");
  const question = `question ${number + 1}`;
  return rest.length === 0 ? question : `${rest.join(".")} of ${question}`;
}

const valueAt = (content: unknown, at: Path): unknown =>
  at.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | null)?.[part], content);

function written(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** What each type of the schema is called, and an example where one helps. */
const kinds: Record<string, string> = {
  array: "a list, as [sensor, ts]",
  object: "keys with values, a line each",
  string: "a text",
  integer: "a whole number",
  number: "a number",
};

function mistakeOf(error: ErrorObject, at: Path, content: unknown): Mistake {
  const { keyword, params, schema } = error;
  const what = placeName(at);
  const came = valueAt(content, at);
  const expected = (form: string, hint = "") => ({
    at,
    message: `${what} was expected to be ${form}; it is ${written(came)}.${hint}`,
  });
  switch (keyword) {
    case "required":
      return { at, message: `${what} lacks ${params.missingProperty}.` };
    case "additionalProperties": {
      const key = params.additionalProperty as string;
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      const message = `${what} has ${key}, which nothing is called here. Expected: ${known.join(", ")}.`;
      return { at: [...at, key], message };
    }
    case "type":
      return at.length === 1 && at[0] === "questions" && came === null
        ? { at, message: "there is no question yet. Write the first one, or take away the # before it." }
        : expected(kinds[params.type] ?? params.type, quotesHint(params.type, came));
    case "minProperties":
    case "maxProperties":
      return { at, message: `${what} was expected to have one of files and sql; it is ${written(came)}.` };
    case "enum":
      return expected(`one of ${params.allowedValues.join(", ")}`);
    case "pattern":
      return expected(
        at.includes("order")
          ? "a column with its direction, as ts desc"
          : "a name of lower-case letters, digits and _ that begins with a letter, at most 48",
      );
    case "uniqueItems":
      return { at, message: `${what} names a column twice: ${written(came)}.` };
    case "minimum":
      return expected(`at least ${schema}`);
    case "maximum":
      return expected(`at most ${schema}`);
    case "minItems":
    case "minLength":
      return { at, message: `${what} is empty.` };
    default:
      return { at, message: `${what} ${error.message}; it is ${written(came)}.` };
  }
}

/** A column that is called 2018 or true. */
const quotesHint = (type: string, came: unknown) =>
  type === "string" && ["number", "boolean"].includes(typeof came) ? ` Put it in quotes: "${came}".` : "";
