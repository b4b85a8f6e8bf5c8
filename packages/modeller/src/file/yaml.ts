// YAML as it was written: what it says, in which line, and what is wrong with it.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";

/** A place in the file: keys of maps, and places in lists from 0. */
export type Path = (string | number)[];

/** What is wrong, and where. */
export interface Mistake {
  at: Path;
  message: string;
}

export interface Yaml {
  content: unknown;
  /** The line of a place, from 1; of what is around it where it is not there. */
  lineOf(at: Path): number;
  /** Why it cannot be read as YAML. */
  mistakes: Mistake[];
}

/** Reads a text. Numbers that JavaScript would not keep as they are written become text. */
export function readYaml(text: string): Yaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [broken] = document.errors;
  if (broken) {
    const line = lineAt(broken.pos[0]);
    return {
      content: null,
      lineOf: () => line,
      mistakes: [{ at: [], message: wordsOf(broken, text) }],
    };
  }
  keepNumbers(document);
  const lineOf = (at: Path) => lineAt(offsetOf(document, at));
  try {
    return { content: document.toJS(), lineOf, mistakes: [] };
  } catch (error) {
    const message = `this is no YAML: ${(error as Error).message}. A text that begins with * or & takes quotes.`;
    return { content: null, lineOf, mistakes: [{ at: [], message }] };
  }
}

function wordsOf({ code, message, pos }: YAMLError, text: string): string {
  if (code === "DUPLICATE_KEY") {
    const key = /^("[^"]*"|'[^']*'|[^:\n]*)/.exec(text.slice(pos[0]))?.[0].trim();
    return `${key} stands here for the second time. Each key was expected once: delete one of the two.`;
  }
  if (code === "TAB_AS_INDENT")
    return "a tab stands at the beginning of the line. YAML expects spaces there: put two in its place.";
  if (code === "MULTIPLE_DOCS")
    return "a second model begins here, after ---. One was expected: put the other one into a file of its own.";
  return `this is no YAML, here or just before: ${message}.`;
}

/** 007, 1.50 and numbers of twenty digits would come back as others. */
function keepNumbers(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      const { value, source = "" } = node;
      const isChanged = /^-?[\d.]+$/.test(source) && String(value) !== source;
      if ((typeof value === "number" || typeof value === "bigint") && isChanged) node.value = source;
    },
  });
}

/** Where a place begins: of a value in a map its key. */
function offsetOf(document: Document, at: Path): number {
  let node: unknown = document.contents;
  let offset = (document.contents as { range?: number[] } | null)?.range?.[0] ?? 0;
  for (const step of at) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return offset;
      offset = (pair.key as { range?: number[] }).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as { range?: number[] } | undefined;
      offset = item?.range?.[0] ?? offset;
      node = item;
    }
  }
  return offset;
}
