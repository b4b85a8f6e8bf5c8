// How far a long work is.

export interface Progress {
  /** Rows done. */
  rows: number;
  /** How much of the work is done, from 0 to 1. */
  share: number;
  /** Requests that had to be sent again. */
  retries?: number;
}

/** Progress in words: rows, rows a second, time left, retries. */
export function progressText({ rows, share, retries = 0 }: Progress, seconds: number): string {
  const count = (number: number) => Math.round(number).toLocaleString("en");
  const parts = [`${count(rows)} rows`, `${count(rows / Math.max(seconds, 0.001))} rows/s`];
  if (share > 0 && share < 1) parts.push(`${Math.ceil((seconds / share) * (1 - share))} s left`);
  if (retries > 0) parts.push(`${count(retries)} retries`);
  return parts.join(", ");
}
