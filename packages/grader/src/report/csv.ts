// Lines of CSV that a spreadsheet program takes for nothing but text.

/** A line with its end. It needs nothing from without: the review's page has its text. */
export const csvLine = (values: readonly unknown[]): string => {
  // A spreadsheet program takes a field that begins with one of these for a formula, some also in full width (＝).
  const isFormula = (text: string) =>
    /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const field = (text: string) => `"${(isFormula(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `${values.map((value) => field(String(value ?? ""))).join(",")}\r\n`;
};
