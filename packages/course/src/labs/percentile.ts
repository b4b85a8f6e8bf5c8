/** The value that so many percent of some numbers do not pass; 0 where there are none. */
export function percentile(numbers: number[], percent: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = Math.ceil((percent * sorted.length) / 100 - 1e-9) - 1; // 0.999 x 1000 is a little more than 999
  return sorted[Math.min(sorted.length - 1, Math.max(0, place))] ?? 0;
}
