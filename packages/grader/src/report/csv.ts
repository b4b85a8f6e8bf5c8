// Lines of CSV that a spreadsheet program takes for nothing but text.

/** A spreadsheet program takes a field that begins with one of these for a formula, some also in full width (＝). */
const field = (value: unknown) => {
  const text = String(value ?? "");
  return `"${(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};

/** A line with its end. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(field).join(",")}\r\n`;
