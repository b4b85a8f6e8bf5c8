// The names of columns in CQL.

import { csvColumnOf } from "@sparkify/cql";

/** Session id, sessionId and SESSION-ID are session_id. Letters of other alphabets stay. */
export function snakeCase(name: string): string {
  const words = name
    .normalize("NFC")
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  return words.join("_") || "column";
}

/**
 * Names for columns, each once: of two that would be the same the later one gets a number. They are told apart by what a
 * CSV for the loader calls them, where a_1 and a1 are one.
 */
export function cqlNames(columns: string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    columns.map((column) => {
      const plain = snakeCase(column);
      let name = plain;
      for (let number = 2; taken.has(csvColumnOf(name)); number++) name = `${plain}_${number}`;
      taken.add(csvColumnOf(name));
      return [column, name];
    }),
  );
}
