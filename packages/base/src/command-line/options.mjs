// The kinds of options that commands declare: what each takes, in which words it is asked for, how a text is read.

import { isIP } from "node:net";

/**
 * @template Value
 * @typedef {object} Option
 * @property {string} means what it is for, in some words
 * @property {Value} standard its value when it is not given
 * @property {(text: string) => Value | undefined} read undefined where the text is no such value
 * @property {string} [label] what stands for the value in the help; an option without one is on or off
 * @property {string} [expected] what a value has to be: "takes ..."
 * @property {string} [example] a value that is right
 * @property {string} [otherwise] the help's words for `standard`, where there are better ones
 * @property {boolean} [repeated] it may be given more than once
 * @property {string} [npmName] npm 11 takes a name that begins one of its own options for that option
 */

/**
 * As npm writes it into the environment.
 * @param {string} text
 */
const onOrOff = (text) => (text === "true" ? true : ["", "false", "null"].includes(text) ? false : undefined);

/**
 * On when it is given.
 * @param {string} means
 * @returns {Option<boolean>}
 */
export const on = (means) => ({ means, standard: false, read: onOrOff });

/**
 * On unless `--no-` and its name is given.
 * @param {string} means what `--no-...` does
 * @returns {Option<boolean>}
 */
export const off = (means) => ({ means, standard: true, read: onOrOff });

/**
 * A text that is not empty, as a path.
 * @param {string} means
 * @param {{ label: string, example: string, otherwise?: string, npmName?: string }} about
 * @returns {Option<string | undefined>}
 */
export const text = (means, { label, example, ...rest }) => ({
  means,
  label,
  example,
  standard: undefined,
  expected: `a ${label.toLowerCase()}, for instance ${example}`,
  read: (given) => (given.trim() === "" ? undefined : given),
  ...rest,
});

/**
 * Names with commas between them.
 * @param {string} means
 * @param {{ example: string }} about
 * @returns {Option<string[] | undefined>}
 */
export const names = (means, { example }) => ({
  means,
  label: "NAME,NAME",
  example,
  standard: undefined,
  expected: `names with commas between them, for instance ${example}`,
  read(given) {
    const all = given.split(",").map((name) => name.trim());
    return all.includes("") ? undefined : all;
  },
});

/**
 * Words; each time the option is given adds one.
 * @param {string} means
 * @param {{ example: string }} about
 * @returns {Option<string[]>}
 */
export const words = (means, { example }) => ({
  means,
  label: "WORD",
  example,
  standard: [],
  repeated: true,
  expected: `a word, for instance ${example}`,
  read: (given) => (given.trim() === "" ? undefined : [given]),
});

/**
 * Some of these; each time the option is given adds one.
 * @param {string} means
 * @param {string[]} all
 * @returns {Option<string[]>}
 */
export const someOf = (means, all) => ({
  means,
  label: all.join("|"),
  example: /** @type {string} */ (all[0]),
  standard: [],
  repeated: true,
  expected: `one of ${all.join(", ")}`,
  read: (given) => (all.includes(given) ? [given] : undefined),
});

/**
 * One of these, or none.
 * @template {string} Name
 * @param {string} means
 * @param {readonly Name[]} all
 * @param {{ otherwise: string }} about
 * @returns {Option<Name | undefined>}
 */
export const oneOf = (means, all, { otherwise }) => ({
  means,
  label: all.join("|"),
  example: /** @type {string} */ (all[0]),
  standard: undefined,
  otherwise,
  expected: `one of ${all.join(", ")}`,
  read: (given) => all.find((name) => name === given),
});

/**
 * A whole number.
 * @template {number | undefined} Standard
 * @param {string} means
 * @param {{ least: number, most: number, standard: Standard, example?: string, otherwise?: string }} about
 * @returns {Option<number | Standard>}
 */
export const whole = (means, { least, most, standard, example = String(standard), ...rest }) => ({
  means,
  label: "N",
  example,
  standard,
  expected: `a whole number from ${least} to ${most}`,
  read(given) {
    const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    return least <= number && number <= most ? number : undefined;
  },
  ...rest,
});

/** A timer takes no more: 2 ** 31 - 1 ms. */
const mostSeconds = 2_000_000;

/**
 * Seconds, more than 0.
 * @param {string} means
 * @param {{ standard: number }} about
 * @returns {Option<number>}
 */
export const seconds = (means, { standard }) => ({
  means,
  label: "SECONDS",
  example: String(standard),
  standard,
  expected: `seconds, more than 0 and at most ${mostSeconds}`,
  read(given) {
    const number = /^\d{1,7}(\.\d{1,6})?$/.test(given) ? Number(given) : Number.NaN;
    return 0 < number && number <= mostSeconds ? number : undefined;
  },
});

/**
 * A day of the calendar, as 2018-11-30.
 * @param {string} means
 * @param {{ example: string, npmName?: string }} about
 * @returns {Option<string | undefined>}
 */
export const day = (means, { example, ...rest }) => ({
  means,
  label: "DAY",
  example,
  standard: undefined,
  expected: `a day of the calendar as ${example}`,
  read(given) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(given)) return undefined;
    const date = new Date(`${given}T00:00:00Z`); // the 30th of February becomes the 2nd of March
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(given) ? given : undefined;
  },
  ...rest,
});

/**
 * What a command takes beside its options.
 * @typedef {object} Words
 * @property {string} label
 * @property {string} means
 * @property {string} example
 * @property {number} most
 * @property {number} [least]
 * @property {string} expected
 * @property {(text: string, place: number) => boolean} isRight the place is counted from 0
 */

/**
 * @param {string} label
 * @param {string} means
 * @param {{ example: string, least?: number }} about
 * @returns {Words}
 */
export const anyWords = (label, means, about) => ({
  label: `${label}...`,
  means,
  most: Number.POSITIVE_INFINITY,
  expected: `a ${label.toLowerCase()}, for instance ${about.example}`,
  isRight: (word) => word.trim() !== "",
  ...about,
});

/**
 * One of these, and what it is to be done with.
 * @param {string[]} actions
 * @param {string} means
 * @param {{ example: string }} about
 * @returns {Words}
 */
export const actionAndPaths = (actions, means, about) => ({
  label: `${actions.join("|")} PATH...`,
  means,
  most: Number.POSITIVE_INFINITY,
  least: 2,
  expected: `one of ${actions.join(", ")} and a path, for instance ${about.example}`,
  isRight: (word, place) => (place === 0 ? actions.includes(word) : word.trim() !== ""),
  ...about,
});

/**
 * @param {string[]} all
 * @param {string} means
 * @returns {Words}
 */
export const oneWordOf = (all, means) => ({
  label: all.join("|"),
  means,
  example: /** @type {string} */ (all[0]),
  most: 1,
  expected: `one of ${all.join(", ")}`,
  isRight: (word) => all.includes(word),
});

/**
 * @param {string} means
 * @returns {Words}
 */
export const addresses = (means) => ({
  label: "ADDRESS...",
  means,
  example: "127.0.0.1",
  most: Number.POSITIVE_INFINITY,
  expected: "an IP address, for instance 127.0.0.1",
  isRight: (word) => isIP(word) !== 0,
});
