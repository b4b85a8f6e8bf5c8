// NAME.model.yaml: where the rows are, and the questions.

import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { valueType } from "@sparkify/cql";
import { Ajv, type ErrorObject } from "ajv";
import { isNode, LineCounter, parseDocument } from "yaml";

/** How the data will grow. */
export interface Growth {
  factor: number;
  /** `rows`: each value of what is given gets more rows. `keys`: new values come, and old ones stay as large. */
  by: "rows" | "keys";
}

/** A question as the file has it; columns are named as in the source. */
export interface FileQuestion {
  name?: string;
  text: string;
  given: string[];
  between?: string;
  each?: string[];
  order?: string[];
  answer: string[];
  limit?: number;
  growth?: Growth;
  /** A value for each column of `given`, and `[from, to]` for `between`. */
  example?: Record<string, unknown>;
}

export interface ModelFile {
  path: string;
  /** `sensors` of `sensors.model.yaml`. */
  name: string;
  /** Its folder: where relative paths begin. */
  folder: string;
  keyspace: string;
  source: { files: string[] } | { sql: string };
  event: string[];
  /** CQL types that are not inferred. */
  columns: Record<string, string>;
  questions: FileQuestion[];
  /** The line of a place in the file, as `["questions", 0, "given"]`; of what is around it where it is not there. */
  lineOf(path: Path): number;
}

export type Path = (string | number)[];

/** An error of a place in the file. */
export const fileError = (file: Pick<ModelFile, "path" | "lineOf">, at: Path, message: string) =>
  new SparkifyError(`${shortPath(file.path)}, line ${file.lineOf(at)}: ${message}`, {
    where: { file: file.path, line: file.lineOf(at) },
  });

const schemaPath = resolve(import.meta.dirname, "..", "..", "model.schema.json");

/**
 * Reads a model.
 * @throws SparkifyError where it cannot be read, is no YAML, or is not as the schema says: with file, line, what was expected
 *   and what came
 */
export function readModelFile(written: string): ModelFile {
  const path = resolve(written);
  const lines = new LineCounter();
  const document = parseDocument(textOf(path), { lineCounter: lines, prettyErrors: false });
  const lineOf = (at: Path): number => {
    for (let end = at.length; end >= 0; end--) {
      const node = end === 0 ? document.contents : document.getIn(at.slice(0, end), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const [broken] = document.errors;
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new SparkifyError(`${shortPath(path)}, line ${line}: this is no YAML: ${broken.message}`, {
      where: { file: path, line },
    });
  }
  const content = document.toJS();
  const validate = new Ajv({ allErrors: true, strict: false }).compile(
    JSON.parse(readFileSync(schemaPath, "utf8")),
  );
  if (!validate(content)) {
    const { at, message } = worst(validate.errors ?? [], content);
    throw fileError({ path, lineOf }, at, message);
  }
  const { source, columns = {}, questions, ...rest } = content as Content;
  const file: ModelFile = {
    ...rest,
    path,
    name: basename(path).replace(/(\.model)?\.ya?ml$/i, ""),
    folder: dirname(path),
    source: "sql" in source ? source : { files: [source.files].flat() },
    columns,
    questions: questions.map(({ growth, ...question }) =>
      growth ? { ...question, growth: { by: "rows", ...growth } } : question,
    ),
    lineOf,
  };
  checkTypes(file);
  checkNames(file);
  return file;
}

interface Content {
  keyspace: string;
  source: { files: string | string[] } | { sql: string };
  event: string[];
  columns?: Record<string, string>;
  questions: (Omit<FileQuestion, "growth"> & { growth?: { factor: number; by?: Growth["by"] } })[];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "is not there" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
    throw new SparkifyError(
      `${shortPath(path)} ${why}. A model is a file as NAME.model.yaml; npm run model -- profile PATH writes one to begin with.`,
      { where: { file: path } },
    );
  }
}

/** The mistake to name: of several for one place the one that says most. */
function worst(errors: ErrorObject[], content: unknown): { at: Path; message: string } {
  const said = errors.filter(({ keyword }) => !["anyOf", "if"].includes(keyword));
  const error =
    said.find(({ keyword }) => keyword === "additionalProperties") ?? said[0] ?? (errors[0] as ErrorObject);
  const at = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const came =
    JSON.stringify(at.reduce<unknown>((value, part) => (value as JsonObject)?.[part], content)) ?? "nothing";
  const short = came.length > 60 ? `${came.slice(0, 60)}...` : came;
  const what = at.length > 0 ? at.join(".") : "the file";
  const { params } = error;
  switch (error.keyword) {
    case "required":
      return { at, message: `${what} lacks ${params.missingProperty}.` };
    case "additionalProperties": {
      const known = Object.keys((error.parentSchema as JsonObject | undefined)?.properties ?? {});
      return {
        at: [...at, params.additionalProperty],
        message: `${what} has ${params.additionalProperty}, which nothing is called here.${known.length > 0 ? ` Known: ${known.join(", ")}.` : ""}`,
      };
    }
    case "minProperties":
    case "maxProperties":
      return { at, message: `${what} takes one of files and sql.` };
    case "type":
      return { at, message: `${what} was expected to be of type ${params.type}; it is ${short}.` };
    case "enum":
      return {
        at,
        message: `${what} was expected to be one of ${params.allowedValues.join(", ")}; it is ${short}.`,
      };
    case "pattern":
      return {
        at,
        message: `${what} was expected to be a name of lower-case letters, digits and _ that begins with a letter, at most 48; it is ${short}.`,
      };
    case "uniqueItems":
      return { at, message: `${what} names a column twice: ${short}.` };
    default:
      return { at, message: `${what} ${error.message}; it is ${short}.` };
  }
}

type JsonObject = Record<string | number, unknown>;

function checkTypes(file: ModelFile): void {
  for (const [column, type] of Object.entries(file.columns)) {
    try {
      valueType(type);
    } catch {
      throw fileError(
        file,
        ["columns", column],
        `columns.${column} was expected to be a type of CQL, as text, int, timestamp or set<text>; it is ${JSON.stringify(type)}.`,
      );
    }
  }
}

function checkNames({ questions, ...file }: ModelFile): void {
  const seen = new Map<string, number>();
  for (const [index, { name }] of questions.entries()) {
    if (name === undefined) continue;
    const first = seen.get(name);
    if (first !== undefined)
      throw fileError(
        file,
        ["questions", index, "name"],
        `two questions are called ${name}; the other one is in line ${file.lineOf(["questions", first, "name"])}. Each is a table: give one of them another name.`,
      );
    seen.set(name, index);
  }
}
