// Text that was encoded as UTF-8 more than once: "Björk" becomes "BjÃ¶rk", then "BjÃÂ¶rk".

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Undoes every needless encoding: reads the characters as bytes (latin-1) and those bytes as UTF-8, as long
 * as that is possible and changes something. Text that was encoded once comes back as it is.
 * @returns the text and how many rounds were undone
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
  try {
    return utf8.decode(Buffer.from(text, "latin1"));
  } catch {
    return undefined; // not UTF-8, so these characters are meant as they are
  }
}
