// Rows as text, and what the makers of data have in common.

/**
 * CSV with a header, in the columns of the first row.
 * @param {Record<string, unknown>[]} rows
 */
export function csv(rows, { delimiter = ",", end = "\n" } = {}) {
  const field = (value) => {
    const text = String(value ?? "");
    return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  return lines.map((values) => values.map(field).join(delimiter) + end).join("");
}

/** @param {object[]} rows */
export const jsonLines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** 0 to `count` - 1. */
export const upTo = (count) => Array.from({ length: count }, (_, index) => index);

/** A version 4 UUID by the seeded chance. */
export function uuid(random) {
  const hex = upTo(32).map(() => random.whole(0, 15).toString(16));
  hex[12] = "4";
  hex[16] = "89ab"[random.whole(0, 3)];
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** ISO text of a time so many minutes after another one. */
export const minutesAfter = (start, minutes) => new Date(Date.parse(start) + minutes * 60_000).toISOString();

export const dayAfter = (start, days) => minutesAfter(`${start}T00:00:00Z`, days * 1440).slice(0, 10);

/** `2026-01-05T08:30:00.000Z` as `2026-01-05 08:30:00`. */
export const plainTime = (iso) => iso.slice(0, 19).replace("T", " ");

/** Two digits after the point, always. */
export const cents = (amount) => (amount / 100).toFixed(2);
