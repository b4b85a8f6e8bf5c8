// Numbers and names in what is said of a proposal.

import type { Size } from "./proposal.js";

export const names = (columns: { name: string }[]) => columns.map(({ name }) => name).join(", ");

export const count = (number: number) => number.toLocaleString("en");

export const sizeText = ({ rows, values, bytes }: Size) =>
  `${count(rows)} rows, ${count(values)} values, ${bytes < 100_000 ? `${count(bytes)} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MB`}`;
