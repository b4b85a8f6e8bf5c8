// Reads a command line as its command declares it: from the arguments, and from what npm kept of them.
//
// npm takes an option that is not behind `--` for one of its own, and tells the script of it only in its environment:
// `npm run load --dry-run` calls the script without arguments, with npm_config_dry_run=true. `--max-errors=5` becomes
// npm_config_max_errors=5; of `--max-errors 5` there is npm_config_max_errors=true, and 5 is an argument.

import { parseArgs } from "node:util";
import { SparkifyError } from "../errors.mjs";
import { commands, written } from "./commands.mjs";

/** @typedef {import("./options.mjs").Option<any>} Option */
/** @typedef {import("./commands.mjs").Declared<Record<string, Option>>} AnyCommand */

/** A command line that cannot be meant. */
export class UsageError extends SparkifyError {
  exitCode = 2;
}

/**
 * @template {import("./commands.mjs").CommandName} Name
 * @param {Name} name
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] where npm leaves what it kept; what is taken from there is deleted, so that no command
 *   which this one starts takes it too
 * @returns {{ help: boolean, options: import("./commands.mjs").OptionsOf<Name>, words: string[], notes: string[] }} notes
 *   tell the reader what was taken from npm
 * @throws {UsageError}
 */
export function readCommandLine(name, args, env = {}) {
  const declared = /** @type {AnyCommand} */ (commands[name]);
  // pnpm and Yarn hand the `--` on.
  const { help, given, words } = readArguments(declared, args[0] === "--" ? args.slice(1) : args);
  if (help) return { help, options: /** @type {any} */ ({}), words, notes: [] };
  const kept = keptByNpm(declared, env);
  const taken = kept.filter(({ key }) => !given.has(key));
  refuseWhatNpmHides(declared, taken, env, words);
  const options = Object.fromEntries(
    Object.entries(declared.options).map(([key, { standard }]) => [
      key,
      given.get(key) ?? taken.find((it) => it.key === key)?.value ?? standard,
    ]),
  );
  checkWords(declared, words);
  const contradiction = declared.contradiction?.(options);
  if (contradiction) throw wrong(declared, contradiction);
  for (const { variable } of kept) delete env[variable];
  const notes = taken.map(
    ({ typed }) => `npm kept ${typed} to itself; it is taken as: ${declared.line} -- ${typed}`,
  );
  return { help, options: /** @type {any} */ (options), words, notes };
}

/** @param {AnyCommand} declared @param {string} what */
const wrong = (declared, what) => new UsageError(`${what}. See: ${declared.line} -- --help`);

/**
 * @param {AnyCommand} declared
 * @param {string[]} args
 */
function readArguments(declared, args) {
  const types = Object.entries(declared.options).map(([key, { label, repeated = false }]) => [
    written(key),
    { type: /** @type {"string" | "boolean"} */ (label ? "string" : "boolean"), multiple: repeated },
  ]);
  const { tokens } = parseArgs({
    args,
    options: { ...Object.fromEntries(types), help: { type: "boolean", short: "h" } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const help = tokens.some((token) => token.kind === "option" && token.name === "help");
  /** @type {Map<string, unknown>} */
  const given = new Map();
  /** @type {string[]} */
  const words = [];
  for (const token of help ? [] : tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const { key, option } = find(declared, token.rawName);
    const value = valueIn(declared, option, token);
    if (given.has(key) && !option.repeated) throw wrong(declared, `${token.rawName} was given twice`);
    given.set(key, option.repeated ? [.../** @type {any[]} */ (given.get(key) ?? []), ...value] : value);
  }
  return { help, given, words };
}

/**
 * @param {AnyCommand} declared
 * @param {string} rawName as it was typed
 */
function find(declared, rawName) {
  for (const [key, option] of Object.entries(declared.options))
    if (rawName === spelled(key, option)) return { key, option };
  const meant = Object.entries(declared.options).find(([key]) => isSlipOf(rawName, key));
  throw wrong(
    declared,
    `${declared.line} has no option ${rawName}${meant ? `, but ${spelled(...meant)}` : ""}`,
  );
}

/** @param {string} key @param {Option} option */
const spelled = (key, { standard }) => `--${standard === true ? "no-" : ""}${written(key)}`;

/**
 * @param {AnyCommand} declared
 * @param {Option} option
 * @param {{ rawName: string, value?: string | undefined, inlineValue?: boolean | undefined }} token
 */
function valueIn(declared, option, { rawName, value, inlineValue }) {
  if (!option.label) {
    if (value === undefined) return !option.standard;
    throw wrong(declared, `${rawName} takes no value, got ${JSON.stringify(value)}`);
  }
  if (
    value === undefined ||
    (!inlineValue && value.startsWith("-") && value.length > 1 && !/^-\d/.test(value))
  )
    throw wrong(declared, `${rawName} takes ${option.expected}, got none`);
  const read = option.read(value);
  if (read === undefined)
    throw wrong(declared, `${rawName} takes ${option.expected}, got ${JSON.stringify(value)}`);
  return read;
}

/**
 * An option of the command that npm kept.
 * @typedef {object} Kept
 * @property {string} key
 * @property {Option} option
 * @property {string} variable
 * @property {unknown} value undefined where its value went elsewhere, or is none
 * @property {string} typed as it belongs behind the `--`
 */

/**
 * @param {AnyCommand} declared
 * @param {NodeJS.ProcessEnv} env
 * @returns {Kept[]}
 */
function keptByNpm(declared, env) {
  return npmConfig(env).flatMap(({ variable, name: given, value }) => {
    // Of --no-name npm makes a name that is false; an option may be called that.
    const isNegated =
      ["", "false"].includes(value) &&
      Object.keys(declared.options).some((it) => written(it) === `no-${given}`);
    const [name, text] = isNegated ? [`no-${given}`, "true"] : [given, value];
    const [key, option] =
      Object.entries(declared.options).find(([it, { npmName }]) => [written(it), npmName].includes(name)) ??
      [];
    if (!key || !option) return [];
    const kept = { key, option, variable };
    const dashed = spelled(key, option);
    if (!option.label) {
      const value = option.read(text);
      // Not said, or as without it. npm has an option `browser` of its own, which names one.
      if (value === option.standard || (value === undefined && option.standard)) return [];
      return [{ ...kept, value, typed: dashed }];
    }
    // Of an option that was given more than once npm puts two line breaks between the values.
    const texts = option.repeated ? text.split("\n\n") : [text];
    const values = texts.map((it) => (it === "true" ? undefined : option.read(it)));
    return [
      {
        ...kept,
        value: values.includes(undefined) ? undefined : option.repeated ? values.flat() : values[0],
        typed: texts.map((it) => `${dashed} ${it}`).join(" "),
      },
    ];
  });
}

/** @param {NodeJS.ProcessEnv} env */
function npmConfig(env) {
  return Object.entries(env).flatMap(([variable, value]) => {
    const [, name] = /^npm_config_(.+)$/i.exec(variable) ?? [];
    return name && value !== undefined
      ? [{ variable, name: name.toLowerCase().replaceAll("_", "-"), value }]
      : [];
  });
}

/**
 * Stops where npm left too little to know what was meant; above all nothing is written when a dry run was asked for.
 * @param {AnyCommand} declared
 * @param {Kept[]} kept
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} words
 */
function refuseWhatNpmHides(declared, kept, env, words) {
  const lost = kept.filter(({ value }) => value === undefined);
  if (lost.length > 0) {
    const names = lost.map(({ key, option }) => spelled(key, option)).join(" and ");
    throw new UsageError(
      `npm kept ${names} to itself, because there is no -- before it. Type: ${rightLine(declared, kept, words)}`,
    );
  }
  const known = new Set(
    Object.entries(declared.options).flatMap(([key, { npmName }]) => [written(key), npmName]),
  );
  for (const { name, value } of npmConfig(env)) {
    if (known.has(name) || ["", "false", "null"].includes(value)) continue;
    const meant = Object.entries(declared.options).find(([key]) => isSlipOf(name, key));
    if (meant) {
      const line = `${declared.line} -- ${spelled(...meant)}`;
      throw new UsageError(`npm kept --${name} to itself. If ${spelled(...meant)} is meant, type: ${line}`);
    }
    if (bare(name) === "dryrun")
      throw new UsageError(
        `npm kept --${name} to itself, and ${declared.line} has no dry run, so nothing was done. See: ${declared.line} -- --help`,
      );
  }
}

/**
 * The line to type, with values that npm handed on as words back at their options.
 * @param {AnyCommand} declared
 * @param {Kept[]} kept
 * @param {string[]} words
 */
function rightLine(declared, kept, words) {
  const left = [...words];
  const parts = kept.map(({ key, option, value, typed }) => {
    if (value !== undefined || !option.label) return typed;
    const at = left.findIndex((word) => option.read(word) !== undefined);
    return `${spelled(key, option)} ${at < 0 ? option.example : left.splice(at, 1)[0]}`;
  });
  return [declared.line, "--", ...parts, ...(declared.words ? left : [])].join(" ");
}

/** @param {AnyCommand} declared @param {string[]} words */
function checkWords(declared, words) {
  const { line, words: takes } = declared;
  const most = takes?.most ?? 0;
  const surplus = words[most];
  if (!takes || surplus !== undefined) {
    if (surplus === undefined) return;
    throw wrong(
      declared,
      `${line} takes ${takes ? "one word" : "no words"}, got ${JSON.stringify(surplus)} (an option stands behind a --)`,
    );
  }
  const strange = words.find((word, place) => !takes.isRight(word, place));
  if (strange !== undefined)
    throw wrong(declared, `${line} takes ${takes.expected}, got ${JSON.stringify(strange)}`);
  if (words.length < (takes.least ?? 0))
    throw wrong(declared, `${line} takes ${takes.expected}, got ${words.join(" ") || "none"}`);
}

/** @param {string} name */
const bare = (name) => name.replaceAll(/[-_]/g, "").toLowerCase();

/**
 * Whether a name is an option's name with one letter wrong, or other dashes and capitals.
 * @param {string} name
 * @param {string} key
 */
export function isSlipOf(name, key) {
  const [one, other] = [bare(name), bare(key)];
  if (one === other) return true;
  if (Math.min(one.length, other.length) < 5) return false;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let same = 0;
  while (short[same] === long[same] && same < short.length) same++;
  const rest = long.slice(same + 1);
  const swapped = `${long[same + 1] ?? ""}${long[same] ?? ""}${long.slice(same + 2)}`;
  return short.length === long.length
    ? rest === short.slice(same + 1) || swapped === short.slice(same)
    : rest === short.slice(same);
}
