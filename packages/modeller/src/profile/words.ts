// How the page, the terminal and the model say numbers and values.

import { shortPath } from "@sparkify/base/short-path";
import type { ColumnProfile } from "./profile.js";

export const count = (number: number) => number.toLocaleString("en");

/** A part of a whole; never 0 % of something, nor 100 % of what is not all. */
export function percent(part: number, whole: number): string {
  const share = (100 * part) / Math.max(1, whole);
  if (part > 0 && share < 0.1) return "under 0.1 %";
  if (part < whole && share > 99.9) return "over 99.9 %";
  return `${share.toFixed(share < 10 && share > 0 ? 1 : 0)} %`;
}

/** What a column of texts should be instead; undefined where nothing is known. */
export function adviceOf({ otherForm }: Pick<ColumnProfile, "otherForm">): string | undefined {
  if (!otherForm) return undefined;
  const { type, written, orElse } = otherForm;
  return orElse
    ? `written as ${written}, or as ${orElse}: say which with source.sql, or it sorts by its characters`
    : `written as ${written}: name it ${type} in columns, or it sorts by its characters`;
}

/** A value on one line, not too long. */
export function shortened(value: string, most = 60): string {
  const line = value.replace(/\s+/g, " ");
  const signs = [...line];
  return signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : line;
}

export const keyText = (set: string[]) => set.join(" + ");

/** A path as readers want it. */
export const pathText = (path: string | null) => (path === null ? "" : shortPath(path));
