// The text form of the daily logs.

/** Quoted only where it must be. */
export const csvField = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const written: string[] = [];

/** As a spreadsheet program spoils long numbers: 1541638123456 becomes 1.54164E+12. Remembered, for it is asked often. */
export function scientific(milliseconds: number): string {
  const key = Math.round(milliseconds / 1e7);
  written[key] ??= `${key / 1e5}E+12`;
  return written[key] as string;
}
