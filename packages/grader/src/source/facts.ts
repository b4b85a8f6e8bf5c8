// What sources say of files, modules and programs, as parsers find it.

/**
 * An expression, as far as it may be a path; null where nothing is known of it.
 * - `"data"`: a text
 * - `["name", "folder"]`, `["of", object, "attribute"]`, `["item", list]`
 * - `["call", function, arguments, those with names]`
 * - `["+" | "/" | "%", left, right]`, `["joined", parts]` of a text with values in it
 * - `["list", items]`, `["either", choices]`
 */
export type Expression =
  | null
  | string
  | ["name", string]
  | ["of", Expression, string]
  | ["item", Expression]
  | ["call", Expression, Expression[], Record<string, Expression>]
  | ["+" | "/" | "%", Expression, Expression]
  | ["joined" | "list" | "either", Expression[]];

/** What one source says. */
export interface Facts {
  /** Whether it could be parsed. */
  known: boolean;
  /** Modules that it imports, as `package.module`; in TypeScript as they are written. */
  imports: string[];
  /** What names are given, also attributes (`.name`) and what functions return (`name()`). */
  assigned: [name: string, value: Expression][];
  /** Its functions with their parameters. */
  functions: [name: string, parameters: string[]][];
  /** All calls, and paths that are made with `/`. */
  calls: Expression[];
}

/** A cell or a module. */
export interface Source {
  language: "python" | "typescript";
  text: string;
  /** The folder that it is in, relative to the notebooks. */
  at: string;
}
