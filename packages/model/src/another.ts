// Another value of the same kind, for rows that are made to collide. Values are as they are shown: dates, times, UUIDs and
// numbers of more than 53 bits are text.

const day = 86_400_000;

/** What a text may be, and another one of its kind. */
const forms: [RegExp, (text: string, step: number) => string][] = [
  [/^\d{4}-\d\d-\d\d$/, (text, step) => new Date(Date.parse(text) + step * day).toISOString().slice(0, 10)],
  [
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/,
    (text, step) => new Date(Date.parse(text) + step * 1000).toISOString(),
  ],
  [/^\d\d:\d\d:\d\d(\.\d{1,9})?$/, laterClock],
  [
    /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i,
    (text, step) => {
      const end = (BigInt(`0x${text.slice(-12)}`) + BigInt(step)) & 0xffff_ffff_ffffn;
      return `${text.slice(0, -12)}${end.toString(16).padStart(12, "0")}`;
    },
  ],
  [/^\d{1,3}(\.\d{1,3}){3}$/, otherAddress],
  // An address of IPv6: one of those that are kept for examples.
  [/^[\da-f]*:[\da-f:]*:[\da-f:]*$/i, (_, step) => `2001:db8::${(step % 0xffff).toString(16)}`],
  [/^-?\d+$/, (text, step) => String(BigInt(text) + BigInt(step))],
  [
    /^-?\d+\.\d+$/,
    (text, step) => {
      const [whole = "0", fraction = ""] = text.split(".");
      // Away from zero, so that the fraction means the same.
      return `${text.startsWith("-") ? BigInt(whole) - BigInt(step) : BigInt(whole) + BigInt(step)}.${fraction}`;
    },
  ],
];

/**
 * Another value of the same kind.
 * @param step how far away; different steps give different values, as far as the kind has so many
 */
export function another(value: unknown, step = 1): unknown {
  if (typeof value === "number") return value + step;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.length > 0 ? value.map((one) => another(one, step)) : value;
  const text = String(value);
  const [, changed] = forms.find(([form]) => form.test(text)) ?? [];
  return changed ? changed(text, step) : `${text} (${step})`;
}

function laterClock(text: string, step: number): string {
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(0, 8).split(":").map(Number);
  const later = (hours * 3600 + minutes * 60 + seconds + step) % 86_400;
  const parts = [later / 3600, (later / 60) % 60, later % 60];
  return parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":") + text.slice(8);
}

function otherAddress(text: string, step: number): string {
  const [a, b, c = 0, d = 0] = text.split(".").map(Number);
  const end = (c * 256 + d + step) % 65_536;
  return `${a}.${b}.${end >> 8}.${end & 255}`;
}

/** A day or a moment, as text. */
export const isMoment = (value: unknown): value is string =>
  typeof value === "string" && forms.slice(0, 2).some(([form]) => form.test(value));
