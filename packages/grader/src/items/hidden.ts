// Code that a reader of the notebook does not see: an encoded text that is decoded and run.

import type { Detail } from "../grade.js";
import type { Cell } from "../notebook.js";

const decodes =
  /\b(?:b16decode|b32decode|b64decode|urlsafe_b64decode|b85decode|a85decode|unhexlify|fromhex|decompress|rot13|atob)\b|\b(?:marshal|pickle|dill)\s{0,9}\.\s{0,9}loads?\b|["'](?:base64|hex)["']/;
const runs =
  /\b(?:exec|eval|compile|__import__|Function|runInThisContext|runInNewContext|FunctionType)\s{0,9}\(/;
/** A picture as a text is long as well, but it is not run. */
const blob = /[A-Za-z0-9+/=_-]{400}|(?:\\x[0-9a-f]{2}){100}/;

/** What a reviewer is told of it. @param place what the cell is called */
export function hiddenIn({ source }: Pick<Cell, "source">, place: string): Detail[] {
  if (!runs.test(source) || !(decodes.test(source) || blob.test(source))) return [];
  const text = source.length > 1500 ? `${source.slice(0, 1500)} …` : source;
  return [{ title: `${place} runs code that is encoded in a text: what it does cannot be read there`, text }];
}
