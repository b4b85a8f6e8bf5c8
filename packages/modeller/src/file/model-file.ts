// NAME.model.yaml: where the rows are, and the questions.

import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { checksOf } from "./checks.js";
import type { FileQuestion, Growth, ModelFile } from "./model.js";
import { shapeMistakes } from "./shape.js";
import { type Mistake, type Path, readYaml } from "./yaml.js";

export { readOrder } from "./checks.js";
export type { FileQuestion, Growth, ModelFile } from "./model.js";
export type { Path } from "./yaml.js";

/** An error of a place in the file. */
export const fileError = (file: Pick<ModelFile, "path" | "lineOf">, at: Path, message: string) =>
  errorOf(file, [{ at, message }]);

/** One error for all mistakes, in the order of their lines: a line each. */
function errorOf({ path, lineOf }: Pick<ModelFile, "path" | "lineOf">, mistakes: Mistake[]): SparkifyError {
  const placed = mistakes
    .map(({ at, message }) => ({ line: lineOf(at), message }))
    .sort((one, other) => one.line - other.line);
  const text = placed.map(({ line, message }) => `${shortPath(path)}, line ${line}: ${message}`).join("\n");
  return new SparkifyError(text, { where: { file: path, line: placed[0]?.line ?? 1 } });
}

/**
 * Reads a model.
 * @throws SparkifyError where it cannot be read, is no YAML, is not as the schema says, or contradicts itself: with file, line,
 *   what was expected and what came, of every mistake
 * @example const { questions } = readModelFile("models/sparkify.model.yaml");
 */
export function readModelFile(written: string): ModelFile {
  const path = resolve(written);
  const { content, lineOf, mistakes: notYaml } = readYaml(textOf(path));
  const mistakes = notYaml.length > 0 ? notYaml : shapeMistakes(content);
  if (mistakes.length > 0) throw errorOf({ path, lineOf }, mistakes);
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
  const contradictions = checksOf(file);
  if (contradictions.length > 0) throw errorOf(file, contradictions);
  return file;
}

/** What the schema says of the file. */
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
