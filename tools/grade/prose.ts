// What is written around the code. Whether it is good only a reader can say: it is put before the reviewer.

import type { Finding } from "./grade.js";
import type { Cell } from "./notebook.js";

/** Lines of the exercise's template are nobody's own words. */
const template =
  /TO-?DO|^#+\s*(Part [IVX]+\b|Import Python packages|Creating list of filepaths|Processing the files|First, you will|Now you are ready|Begin writing your|Create a Cluster|Create Keyspace|Set Keyspace|Now we need to create|Create queries to ask|Drop the tables|Close the session|Add in your|Query [123]:|Give me )|^The event_datafile_new|^The image below is a screenshot|^- (artist|firstName|gender|item number|last name|length|level|location|sessionId|song title|userId)\b|^Part II?\b|CSV file titled/i;

const comment = /^\s*(#|\/\/|--)\s?(?!!)(.*)$/;

/** The words of a cell that are for readers, without those of the template. */
function wordsOf({ kind, source }: Cell): string {
  const lines = source.split("\n");
  const own =
    kind === "markdown"
      ? lines.filter((line) => !template.test(line.trim()))
      : [
          ...lines.flatMap((line) => {
            const [, , text] = comment.exec(line) ?? [];
            return text !== undefined && !template.test(line.trim()) && !template.test(text.trim())
              ? [text]
              : [];
          }),
          ...docstrings(source),
        ];
  return own
    .join("\n")
    .replace(/!\[[^\]]*\]\([^)]*\)|<[^>]+>/g, "")
    .trim();
}

/** Texts between three quotes that are no CQL. */
function docstrings(source: string): string[] {
  return [...source.matchAll(/^[ \t]*("""|''')([\s\S]*?)\1/gm), ...source.matchAll(/\/\*+([\s\S]*?)\*\//g)]
    .map((match) => (match[2] ?? match[1] ?? "").trim())
    .filter((text) => !/^\s*(CREATE|INSERT|SELECT|DROP)\b/i.test(text));
}

const isProse = (text: string) => (text.match(/\p{L}{2,}/gu) ?? []).length >= 5;
const cut = (text: string) => (text.length > 700 ? `${text.slice(0, 700)} …` : text);

/** The text beside the statements: in the cell itself, and in the text cells just before and after it. */
function near(cells: Cell[], isMeant: (cell: Cell) => boolean): string[] {
  const found = new Set<number>();
  for (const [index, cell] of cells.entries()) {
    if (cell.kind !== "code" || !isMeant(cell)) continue;
    found.add(index);
    for (let before = index - 1; before >= 0 && before >= index - 3; before--) {
      if (cells[before]?.kind !== "markdown") {
        if (before < index - 1) break;
        continue;
      }
      found.add(before);
    }
    if (cells[index + 1]?.kind === "markdown") found.add(index + 1);
  }
  return [...found].sort((a, b) => a - b).flatMap((index) => wordsOf(cells[index] as Cell) || []);
}

const aboutTables = ({ source }: Cell) => /\b(CREATE\s+TABLE|SELECT)\b/i.test(source);

export function judgeDescribed(cells: Cell[]): Finding {
  // Where the statements are in modules beside the notebook, all of its words may be about them.
  const beside = cells.some((cell) => cell.kind === "code" && aboutTables(cell))
    ? near(cells, aboutTables)
    : cells.map(wordsOf);
  const texts = beside.filter(isProse);
  if (texts.length === 0)
    return {
      verdict: "fail",
      evidence: "no words beside the tables and queries, neither in text cells nor in comments",
    };
  return {
    verdict: "ask",
    evidence: cut(texts.join("\n")),
    details: [
      { title: "What is written beside the tables and queries", text: texts.join("\n\n").slice(0, 6000) },
    ],
  };
}

export function judgeReasoning(cells: Cell[]): Finding {
  const texts = cells.flatMap((cell) => {
    const lines = wordsOf(cell)
      .split(/\n\s*\n|(?<=[.!?])\s+(?=[\p{Lu}])/u)
      .filter((line) =>
        /\b(partition|cluster(ing|ed|s)?\b|primary|composite|compound|key\b|keys\b|unique)/i.test(line),
      );
    const text = lines.join("\n").trim();
    return isProse(text) ? [text] : [];
  });
  if (texts.length === 0)
    return { verdict: "fail", evidence: "nothing is said of partition key, clustering columns or keys" };
  return {
    verdict: "ask",
    evidence: cut(texts.join("\n")),
    details: [{ title: "What is said of the keys", text: texts.join("\n\n").slice(0, 6000) }],
  };
}

export function judgeTodos(cells: Cell[]): Finding {
  const found = cells.flatMap(({ kind, source }, index) =>
    source
      .split("\n")
      .filter(
        (line) =>
          /\bTO-?DO\b/i.test(line) && (kind === "markdown" || /(#|\/\/|--|\*|["']).*\bTO-?DO\b/i.test(line)),
      )
      .map((line) => `cell ${index + 1}: ${line.trim().slice(0, 120)}`),
  );
  return found.length === 0
    ? { verdict: "pass", evidence: "none are left" }
    : {
        verdict: "fail",
        evidence: `${found.length} left: ${found.slice(0, 3).join("; ")}`,
        details: [{ title: "TO-DOs", text: found.join("\n") }],
      };
}
