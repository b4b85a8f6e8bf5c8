// Text that was encoded as UTF-8 more than once: "Björk" becomes "BjÃ¶rk", then "BjÃÂ¶rk".

import { isUtf8 } from "node:buffer";
import { readCsv } from "../rows/csv-cursor.js";

/**
 * Undoes every needless encoding: reads the characters as bytes (latin-1) and those bytes as UTF-8, as long
 * as that is possible and changes something. Text that was encoded once comes back as it is.
 * @returns the text and how many rounds were undone
 * @example repairText("BjÃ¶rk"); // { text: "Björk", rounds: 1 }
 */
export function repairText(text: string): { text: string; rounds: number } {
  for (let rounds = 0; ; rounds++) {
    const decoded = decodeOnce(text);
    if (decoded === undefined) return { text, rounds };
    text = decoded;
  }
}

function decodeOnce(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is just which code points occur
  if (/^[\x00-\x7f]*$/.test(text) || /[^\x00-\xff]/.test(text)) return undefined;
  const bytes = Buffer.from(text, "latin1");
  // Where it is not UTF-8, these characters are meant as they are.
  return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

/**
 * Whether a CSV holds text that was encoded too often. One that was made with `repair` holds none.
 * @example const isAsItCame = await holdsTextEncodedTooOften("plays.csv");
 */
export async function holdsTextEncodedTooOften(csv: string): Promise<boolean> {
  for await (const record of readCsv(csv))
    while (record.next())
      if (record.mayBeEncodedTooOften && record.texts().some((text) => repairText(text).rounds > 0))
        return true;
  return false;
}
