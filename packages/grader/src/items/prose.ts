// What is written around the code. Whether it is good only a reader can say: it is put before the reviewer.

import { tokensOf } from "@sparkify/cql";
import type { Assessment } from "../grade.js";
import { type Cell, mentions } from "../notebook.js";

/** Lines of the exercise's template are nobody's own words. As regular expressions, each for the beginning of a line. */
const templateLines = [
  "TO-?DO",
  "Part I+\\b",
  "Import Python packages",
  "Creat(e|ing) (a )?(list of filepaths|Cluster|Keyspace|for loop to create a list of files|queries to ask)",
  "Create a for loop",
  "(Processing|Get your current|join the|for every filepath|reading csv|creating a (csv reader|smaller event)|initiating an empty)",
  "(extracting each|uncomment the code|check(ing)? (the number of rows|your current)|skip header|Set Keyspace)",
  "(First, you will|Now you are ready|Begin writing your|Now we need to create|With Apache Cassandra you|We have provided)",
  "Drop the tables?\\b.*(before|$)",
  "Close the session( and cluster connection)?",
  "(Add in (your|the)|Assign (the INSERT|which column)|For e\\.g\\.|Do a SELECT to verify|COPY AND REPEAT|(PLEASE RUN )?THE FOLLOWING CODE)",
  "(This should make a connection|To establish connection|\\(?127\\.0\\.0\\.1\\)?|Apache Cassandra tables)",
  "(sessionId ?=|(for )?user_?id ?=|and sessionid ?=)",
  "(The event_datafile_new|CSV file titled|The image below is a screenshot)",
  "(artist|firstName( of user)?|gender( of user)?|item number.*|last name.*|length.*|level.*|location.*|sessionId|song title|userId)$",
];
const template = new RegExp(`^(${templateLines.join("|")})`, "i");
/** The three questions as the template puts them. */
const question = /^Give me\b/i;

/** A line without what marks it up: "## Query 1: ", "- ", "### 2. ". */
const bareLine = (line: string) =>
  line
    .replace(/^[\s#>*-]+/, "")
    .replace(/^((quer(y|ies)|question)\s*\d*|\d+)\s*[.:)-]\s*/i, "")
    .replace(/[\s\\]+$/, "");

const comment = /^\s*(?:#+|\/\/+|--)\s?(?!!)(.*)$/;

/** Code that is commented out, or stands in a text. */
const disabled = new RegExp(
  `^\\s*(${[
    "[\\w.]+\\s*(\\(.*\\)|=.*)\\s*;?",
    "(for|while|if|elif|with|def|class)\\b.*:|(else|try|finally|except\\b.*)\\s*:",
    "import\\s+[\\w.]+( as \\w+)?|from\\s+[\\w.]+\\s+import\\b.*",
    "[%!]\\w+.*|[)\\]}][\\s;,)]*",
    "(CREATE|DROP|ALTER)\\s+(TABLE|KEYSPACE|INDEX)\\b.*|(INSERT INTO|SELECT|FROM|WHERE|VALUES|PRIMARY KEY|AND)\\s*[\\w*(].*",
    "[\"'][^\"']*[\"']\\s*[,;+)]*",
  ].join("|")})\\s*$`,
);
/** A heading, or a line in bold alone; one that is a sentence of many words says something. */
const heading = /^\s*(#{1,6}\s+|\*\*(?=.*\*\*:?\s*$)|__(?=.*__:?\s*$)|<h\d\b)/i;
const isShort = (line: string) =>
  (line.match(/[\p{L}\d]+/gu) ?? []).length <= (/[.!]\W*$/.test(line) ? 10 : 25);
const isHeading = (line: string) =>
  /^\s*(=+|-{3,}|\*{3,})\s*$/.test(line) || (heading.test(line) && isShort(line));

/** The words of a cell that are for readers, without those of the template. */
function wordsOf({ kind, source }: Cell): string {
  const lines =
    kind === "markdown"
      ? source
          .replace(/^(`{3,}|~{3,})[\s\S]*?(^\1|$(?![\s\S]))/gm, "")
          .replace(/^(.+)\n(=+|-{3,})[ \t]*$/gm, (all, line: string) => (isShort(line) ? "" : all))
          .split("\n")
          .filter((line) => !disabled.test(line) && !isHeading(line))
      : [
          ...source
            .split("\n")
            .flatMap((line) => comment.exec(line)?.[1] ?? [])
            .filter((line) => !disabled.test(line) && !(/^[^\p{Ll}]*$/u.test(line) && isShort(line))),
          ...docstrings(source).flatMap((text) => text.split("\n")),
        ];
  return lines
    .filter((line) => !template.test(bareLine(line)) && !question.test(bareLine(line)))
    .map((line) => line.replace(/\\\s*$/, ""))
    .join("\n")
    .replace(/!\[[^\]]*\]\([^)]*\)|<[^>]+>/g, "")
    .trim();
}

/** Texts between three quotes that stand for themselves, without their lists of arguments; and block comments. */
function docstrings(source: string): string[] {
  const quoted = [...source.matchAll(/("""|''')([\s\S]*?)\1/g)].flatMap(({ 0: all, 2: text = "", index }) => {
    const before = source.slice(0, index);
    const after = source.slice(index + all.length);
    const stands =
      /(^|\n)[ \t]*$/.test(before) && !/[([{=,+]\s*$/.test(before) && /^[ \t]*(#|\n|$)/.test(after);
    return stands ? [text] : [];
  });
  const blocks = [...source.matchAll(/\/\*+([\s\S]*?)\*\//g)].map(([, text = ""]) => text);
  return [...quoted, ...blocks]
    .map((text) =>
      text.replace(/^\s*(args|arguments|parameters|params|returns?|raises|yields?)\s*:?\s*$[\s\S]*/im, ""),
    )
    .map((text) =>
      text.replace(/^\s*(args|arguments|parameters|returns?|raises|:param|:return|@param).*$/gim, "").trim(),
    )
    .filter((text) => !statements.includes(tokensOf(text)[0]?.text.toUpperCase() ?? ""));
}

/** The words that the statements of submissions begin with. */
const statements = ["CREATE", "INSERT", "SELECT", "DROP"];

const isProse = (text: string) => (text.match(/\p{L}{2,}/gu) ?? []).length >= 5;

/** Characters that stand beside an item; where there are more, all of them are below it. */
const mostBeside = 900;

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

const aboutTables = ({ source }: Cell) => mentions(source, "CREATE TABLE") || mentions(source, "SELECT");

/** What is written is put before the reviewer, once. */
function assess(texts: string[], title: string): Assessment {
  const all = texts.join("\n\n");
  if (all.length <= mostBeside) return { verdict: "ask", evidence: all };
  const evidence = `${texts.length} ${texts.length === 1 ? "text" : "texts"} with ${all.match(/[\p{L}\d]+/gu)?.length} words`;
  return { verdict: "ask", evidence, details: [{ title, text: all.slice(0, 12_000) }] };
}

/** Each line once, whatever is copied from cell to cell. */
function unique(texts: string[]): string[] {
  const seen = new Set<string>();
  return texts.flatMap((text) => {
    const left = text.split("\n").filter((line) => {
      const key = line
        .replace(/[^\p{L}\d]+/gu, " ")
        .trim()
        .toLowerCase();
      return key === "" || (!seen.has(key) && seen.add(key));
    });
    const kept = left
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
    return kept === "" ? [] : [kept];
  });
}

/** The words beside tables and queries; where the statements are in modules, all words may be about them. */
function besideTables(cells: Cell[]): string[] {
  const beside = near(cells, aboutTables).filter(isProse);
  return beside.length > 0 ? beside : cells.map(wordsOf).filter(isProse);
}

const sentencesOf = (text: string) => text.split(/\n\s*\n|(?<=[.!?])\s+(?=[\p{Lu}])/u);

/** Whether words beside the tables and queries say what they are for. What they say of keys is quoted with the keys. */
export function judgeDescribed(cells: Cell[]): Assessment {
  const texts = unique(besideTables(cells));
  const others = texts
    .map((text) =>
      sentencesOf(text)
        .filter((sentence) => !aboutKeys.test(sentence))
        .join("\n")
        .trim(),
    )
    .filter(isProse);
  if (others.length > 0) return assess(others, "What is written beside the tables and queries");
  if (texts.length > 0)
    return {
      verdict: "ask",
      evidence: "what is written beside the tables and queries is all of keys: see there",
    };
  const isAsked = cells.some(({ kind, source }) => {
    // The template has the three questions in one cell, and each in a comment. One in a text cell of its own was put there.
    const lines = source.split("\n").filter((line) => question.test(bareLine(line)));
    return kind === "markdown" && lines.length === 1;
  });
  return isAsked
    ? {
        verdict: "ask",
        evidence: "the exercise's own questions, as headings of the queries, and no other words",
      }
    : { verdict: "fail", evidence: "no words of the learner's own, neither in text cells nor in comments" };
}

const aboutKeys =
  /\b(partition(s|ed|ing)?|clustering|clustered|cluster (by|columns?|keys?|order)|primary key|composite|compound|uniquely|unique (row|record|key|identif)\w*|keys?)\b/i;

/** Whether something is said of the keys. */
export function judgeReasoning(cells: Cell[]): Assessment {
  const texts = unique(
    cells.map((cell) =>
      sentencesOf(wordsOf(cell))
        .filter((sentence) => aboutKeys.test(sentence))
        .join("\n\n")
        .trim(),
    ),
  ).filter(isProse);
  return texts.length > 0
    ? assess(texts, "What is said of the keys")
    : { verdict: "fail", evidence: "nothing is said of partition key, clustering columns or keys" };
}

/** Whether the template's TO-DO lines are gone. */
export function judgeTodos(cells: Cell[]): Assessment {
  const found = cells.flatMap(({ kind, source, file, name }) =>
    source
      .split("\n")
      .filter(
        (line) =>
          /\bTO-?DO\b/i.test(line) && (kind === "markdown" || /(#|\/\/|--|\*|["']).*\bTO-?DO\b/i.test(line)),
      )
      .map((line) => `${file ?? name}: ${line.trim().slice(0, 120)}`),
  );
  return found.length === 0
    ? { verdict: "pass", evidence: "none are left" }
    : {
        verdict: "fail",
        evidence: `${found.length} left: ${found.slice(0, 3).join("; ")}`,
        details: [{ title: "TO-DOs", text: found.join("\n") }],
      };
}
