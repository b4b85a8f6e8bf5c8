// Text in a drawing: how wide it will be, and shortened where it does not fit.

/** A generous guess, because the reader's font is not known: fonts differ by a fifth. */
export function textWidth(text: string, size: number, bold = false): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0x1f000) width += 1.4;
    else if (code >= 0x1100) width += 1.05;
    else if (/[ .,:;'|!ijl()[\]]/.test(character)) width += 0.42;
    else if (/[mwMW@%]/.test(character)) width += 0.98;
    else width += /[A-Z_<>↑↓+]/.test(character) ? 0.76 : 0.64;
  }
  return Math.ceil(width * size * (bold ? 1.1 : 1));
}

/** The text as it is where it fits, or its beginning with an ellipsis. */
export function fitted(text: string, width: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const characters = [...text.slice(0, 400)]; // not one of them is cut in two
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, size, bold) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
