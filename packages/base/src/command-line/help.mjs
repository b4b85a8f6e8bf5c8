// What `--help` prints.

import { commands, written } from "./commands.mjs";

/** @param {import("./commands.mjs").CommandName} name */
export function helpOf(name) {
  /** @type {import("./commands.mjs").Declared<Record<string, import("./options.mjs").Option<any>>>} */
  const { line, does, options, words } = commands[name];
  const rows = Object.entries(options).map(([key, option]) => [
    spelled(key, option),
    `${option.means}${otherwise(option)}`,
  ]);
  if (words) rows.unshift([words.label, `${words.means}; for instance ${words.example}`]);
  rows.push(["--help, -h", "this text"]);
  const takes = [...(words ? [words.label] : []), ...(Object.keys(options).length > 0 ? ["[OPTIONS]"] : [])];
  return `${line}: ${does}.\n\nUse: ${line}${takes.length > 0 ? ` -- ${takes.join(" ")}` : ""}\n\n${table(rows)}`;
}

export function helpOfAll() {
  return `The commands (each tells its options with -- --help):\n\n${table(
    Object.values(commands).map(({ line, does }) => [line, does]),
  )}`;
}

/** @param {string} key @param {import("./options.mjs").Option<any>} option */
function spelled(key, { label, standard }) {
  if (label) return `--${written(key)} ${label}`;
  return standard === true ? `--no-${written(key)}` : `--${written(key)}`;
}

/** @param {import("./options.mjs").Option<any>} option */
function otherwise({ label, otherwise: words, standard, example }) {
  if (!label) return "";
  if (words) return ` (otherwise ${words})`;
  return typeof standard === "number" ? ` (otherwise ${standard})` : `; for instance ${example}`;
}

/** @param {string[][]} rows */
function table(rows) {
  const width = Math.max(...rows.map(([first = ""]) => first.length).filter((length) => length < 30), 10);
  return rows.map(([first = "", second]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}
