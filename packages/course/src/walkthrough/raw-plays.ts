// The song plays of the raw logs, as the streamlined CSV has them.

import { existsSync } from "node:fs";
import { escapeHtml } from "@sparkify/base/page";
import { eventDataDirectory, type RawPlay, readRawPlays, shortPath, streamlinedCsv } from "@sparkify/lib";
import { showHtml } from "@sparkify/lib/show";
import { holdsTextEncodedTooOften, repairText } from "@sparkify/loader";
import { rowsInWords } from "./rows-in-words.js";

/**
 * Reads the song plays of the raw logs a second time, by code that shares nothing with the loader, for what is compared with
 * the tables. Text that was encoded too often is repaired where it is in the CSV, so that this is chosen in one place; that
 * it is done, the cell says.
 * @param csv the streamlined CSV; where it is not there yet, every value is as it came
 * @example const plays = await rawPlaysAsIn(streamlinedCsv);
 */
export async function rawPlaysAsIn(csv = streamlinedCsv): Promise<RawPlay[]> {
  const plays = readRawPlays(eventDataDirectory);
  const isDamaged = (value: unknown) => typeof value === "string" && repairText(value).rounds > 0;
  const damaged = plays.filter((play) => Object.values(play).some(isDamaged)).length;
  if (damaged === 0 || !existsSync(csv) || (await holdsTextEncodedTooOften(csv))) return plays;
  showHtml(
    `<div>The text of ${rowsInWords(damaged)} is repaired, as it is in ${escapeHtml(shortPath(csv))}.</div>`,
  );
  return readRawPlays(eventDataDirectory, true);
}
