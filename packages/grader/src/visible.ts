// What a submission says, on a terminal.

/**
 * A text whose control characters, line ends and turns of direction are written out: a file's name with a line end would
 * print a line that looks like the grader's own, and others move the cursor or change what is above.
 */
export const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
  );
