// The rows of a CSV, for the judge: he shares no reader with those he judges.

import { createReadStream } from "node:fs";

/** Calls `onRow` with the fields of every row, the header's first. Quotes, doubled quotes and both line ends are known. */
export async function readRows(path: string, onRow: (fields: string[]) => void): Promise<void> {
  let text = "";
  const source = createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 20 });
  for await (const chunk of source as AsyncIterable<string>) {
    text += chunk;
    text = text.slice(takeRows(text, onRow));
  }
  if (text !== "" && takeRows(`${text}\n`, onRow) === 0) throw new Error(`${path} ends inside of quotes`);
}

/** @returns where the first row begins that is not yet whole */
function takeRows(text: string, onRow: (fields: string[]) => void): number {
  let rowStart = 0;
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    let end: number;
    if (text[at] === '"') {
      let quote = text.indexOf('"', at + 1);
      let doubled = false;
      while (quote >= 0 && text[quote + 1] === '"') {
        doubled = true;
        quote = text.indexOf('"', quote + 2);
      }
      if (quote < 0 || quote + 1 >= text.length) return rowStart;
      const field = text.slice(at + 1, quote);
      fields.push(doubled ? field.replaceAll('""', '"') : field);
      end = quote + 1;
      if (text[end] === "\r") end++;
    } else {
      end = at;
      while (end < text.length && text[end] !== "," && text[end] !== "\n") end++;
      fields.push(text.slice(at, text[end - 1] === "\r" && text[end] === "\n" ? end - 1 : end));
    }
    if (end >= text.length) return rowStart;
    at = end + 1;
    if (text[end] === "\n") {
      if (fields.length > 1 || fields[0] !== "") onRow(fields);
      fields = [];
      rowStart = at;
    } else if (text[end] !== ",")
      throw new Error(`text after a closing quote: ${text.slice(at - 40, at + 40)}`);
  }
  return rowStart;
}

/** Calls `onRow` with every row under the header, as an object with the columns' names. */
export async function readRecords(path: string, onRow: (row: Record<string, string>) => void): Promise<void> {
  let header: string[] | undefined;
  await readRows(path, (fields) => {
    if (!header) header = fields;
    else onRow(Object.fromEntries(header.map((name, index) => [name, fields[index] ?? ""])));
  });
}
