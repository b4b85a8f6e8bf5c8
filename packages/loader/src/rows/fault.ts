// What is wrong with a file none of whose rows can be read without a guess.

import { shortPath } from "@sparkify/base/short-path";
import { type Fault, UnreadableFile } from "../files/unreadable-file.js";
import { type Column, columnOf, streamlinedColumns } from "./columns.js";
import { delimiters, type Header, headerIn, sampleRows } from "./header.js";

/** How files begin that are no text. */
const archives: [start: number[], name: string][] = [
  [[0x50, 0x4b], "a ZIP archive, as an .xlsx workbook is one"],
  [[0x1f, 0x8b], "zipped twice"],
  [[0x42, 0x5a, 0x68], "packed by bzip2"],
  [[0xfd, 0x37, 0x7a], "packed by xz"],
  [[0x28, 0xb5, 0x2f, 0xfd], "packed by Zstandard"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook"],
];

const addHeader =
  "Expected is a header of these names in any order, with commas, semicolons, tabs or | between them, or JSON lines " +
  `with them: ${streamlinedColumns.join(", ")}.`;

export function fault(reason: string, firstLine: string, missing: Column[] = [], help = addHeader): Fault {
  return { reason, firstLine: printable(firstLine), missing, help };
}

/** Says what is wrong with a file whose first line, at that place of the lines, is no header of CSV. */
export function faultOf(head: Buffer, lines: string[], first: number, best: Header): Fault {
  const line = lines[first] as string;
  const archive = archives.find(([start]) => start.every((byte, place) => head[place] === byte));
  if (archive) return fault(`it is ${archive[1]}`, "", [], "Unpack it, or save it as CSV.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just these tell that it is no text
  if (/[\x00-\x08\x0e-\x1f\ufffd]/.test(line))
    return fault("it is no text in UTF-8 or UTF-16", line, [], "Save it as CSV in UTF-8.");
  if (/^\s*\[/.test(line))
    return fault("it is one JSON array", line, [], "Write each object on a line of its own.");
  // One name alone may be a song that is called "song".
  if (best.missing.length < streamlinedColumns.length - 1) return faultOfHeader(line, best);
  const isHeader = (text: string) => {
    const other = { bytes: Buffer.from(text), isWhole: true };
    return delimiters.some((delimiter) => headerIn(other, delimiter).missing.length === 0);
  };
  const later = lines.slice(0, sampleRows).findIndex(isHeader);
  if (later < 0) return fault("it has no header line", line, best.missing);
  return fault(`its header is line ${later + 1}, after other lines`, line, [], "Delete the lines before it.");
}

function faultOfHeader(line: string, { names, missing, twice }: Header): Fault {
  if (twice === undefined) return fault("its header lacks columns that are needed", line, missing);
  const same = names.filter((name) => columnOf(name) === twice);
  const reason = `its header names the column ${twice} ${same.length} times (${same.join(", ")})`;
  return fault(reason, line, missing, "Leave one of them.");
}

/** A line as it may be shown: without signs that move the cursor, and not too long. */
export function printable(line: string): string {
  const shown = line.slice(0, 100).replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, "·");
  return line.length > 100 ? `${shown}…` : shown;
}

/** The error for a log that has a fault. */
export function unusable(path: string, found: Fault): UnreadableFile {
  const { reason, firstLine, missing, help } = found;
  const first = firstLine === "" ? "" : ` Its first line: ${firstLine}`;
  const isSome = missing.length > 0 && missing.length < streamlinedColumns.length;
  const lacks = isSome ? ` Missing: ${missing.join(", ")}.` : "";
  const message = `The log ${shortPath(path)} cannot be read: ${reason}.${lacks}${first}\n  ${help}`;
  return new UnreadableFile(path, message, found);
}
