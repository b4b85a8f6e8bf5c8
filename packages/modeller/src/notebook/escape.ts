// Text of a model within a notebook: in Markdown, in TypeScript. In CQL it is never pasted.

/** Signs that Markdown, HTML or formulas (in JupyterLab) could take for their own. */
const special = /[&<>\\`*_[\]{}#|~$!@^]/g;

const entity = (sign: string) => `&#${sign.codePointAt(0)};`;

/** A text as it is, on one line of Markdown. */
export const plain = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}])/gu, "\u0000") // within a word it means nothing
    .replace(special, entity)
    .replaceAll("\u0000", "_");

/** A name in Markdown, in the letters of code. */
export const code = (name: string) =>
  /^[\p{L}\p{M}\p{N}_.<>(),/:]([\p{L}\p{M}\p{N}_.<>(), /:-]*[\p{L}\p{M}\p{N}_.<>(),/:])?$/u.test(name)
    ? `\`${name}\``
    : `<code>${plain(name)}</code>`;

/** A list of names. */
export const codes = (names: string[]) => names.map(code).join(", ");

/** A value as TypeScript writes it. */
export const literal = (value: unknown) => JSON.stringify(value);

/** Text between backquotes of TypeScript. */
export const template = (text: string) => `\`${text.replace(/[\\`]|\$(?=\{)/g, "\\$&")}\``;

/** A key of an object. */
export const objectKey = (name: string) => (isWord(name) ? name : literal(name));

/** A part of an object. */
export const member = (object: string, name: string) =>
  isWord(name) ? `${object}.${name}` : `${object}[${literal(name)}]`;

const isWord = (name: string) => /^[a-z_][a-z0-9_]*$/i.test(name);

/** A line of a table. */
export const tableRow = (...cells: string[]) => `| ${cells.join(" | ")} |`;
