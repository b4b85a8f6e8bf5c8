// Whether the answers are shown, and what is left behind.

import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";
import type { Assessment } from "../grade.js";
import type { CellResult, RunResult } from "../run.js";
import type { Answered } from "./answered.js";
import { shareOf } from "./share.js";

/** Without what printing adds to a text. */
const bare = (text: string) => text.replace(/["'\\]/g, "").replace(/\s+/g, " ");

const unescaped = (html: string) =>
  html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll(/&(quot|#39|#x27|apos);/g, "")
    .replaceAll("&amp;", "&");

/** A table that is shown may cut long texts. */
const beginning = (text: string) => text.slice(0, 20).trim();

/** What the answers are looked for in. */
export interface Shown {
  run: RunResult;
  /** What the submission was run with. */
  plays: RawPlay[];
  /** What everybody knows: the same, or with other answers than those. */
  published: RawPlay[];
}

/** Whether the exercise's answers are in the output, and come from Cassandra. */
export function judgeResults(answered: Answered[], shown: Shown): Assessment {
  const faults = answered.map((one) => faultOf(one, shown));
  return {
    ...shareOf(faults.map((fault) => fault === undefined)),
    evidence:
      faults.filter((fault) => fault !== undefined).join("; ") ||
      "the answers of all three questions are in the output",
  };
}

/** What is wrong with a question's answer; undefined where all of it is in the output. */
function faultOf(one: Answered, shown: Shown): string | undefined {
  const { asked, asking, replay } = one;
  const { id, question, example } = asked;
  const parts = answerIn(one, shown.plays);
  const absent = notIn(outputSince(one, counting(shown)), parts);
  if (absent === undefined) {
    if (!replay) return undefined;
    const given = parts.filter(({ raw }) => !replay.missing.includes(raw));
    const other = notIn(JSON.stringify(replay.first), given);
    return other === undefined
      ? undefined
      : `${id}: "${other}" is in the output, but the SELECT does not return it`;
  }
  const known = writtenDown(one, shown);
  if (known !== undefined)
    return `${id}: the output has the published "${known}", but in the logs that it was run with the answer is "${absent}"`;
  const values: Row = { ...example };
  const written: Row = { ...asking?.values };
  const others = question.given
    .filter((raw) => written[raw] !== undefined && String(written[raw]) !== String(values[raw]))
    .map((raw) => `${raw} ${JSON.stringify(written[raw])} in place of ${values[raw]}`);
  const where = asking ? " of its SELECT or later" : "";
  const why = others.length > 0 ? `; the SELECT asks for ${others.join(", ")}` : "";
  return `${id}: "${absent}" is not in the output${where}${why}`;
}

/** A text of an answer, and the raw column that it is of. */
interface Part {
  raw: string;
  text: string;
}

/** The texts of a question's answer in some logs. A length is left out: it may be rounded. */
function answerIn({ asked: { question, example } }: Answered, plays: RawPlay[]): Part[] {
  const values: Row = { ...example };
  const isExample = (play: Row) => question.given.every((raw) => String(play[raw]) === String(values[raw]));
  return plays
    .map((play): Row => ({ ...play }))
    .filter(isExample)
    .flatMap((play) =>
      question.answer.filter((raw) => raw !== "length").map((raw) => ({ raw, text: String(play[raw]) })),
    );
}

/** The first of the texts that is not in the whole; undefined where all are. */
const notIn = (whole: string, parts: Part[]): string | undefined => {
  const bareWhole = bare(whole);
  return parts.find(({ text }) => !bareWhole.includes(beginning(bare(text))))?.text;
};

const withoutFailed = (cells: CellResult[]) => cells.filter(({ error, problem }) => !error && !problem);

/**
 * The cells whose output counts. With the published logs those that fail do not: a submission is run with them since it may
 * fail with others alone, and what it shows before it fails may be anything.
 */
const counting = ({ run, plays, published }: Shown) =>
  plays === published ? withoutFailed(run.cells) : run.cells;

/** What was shown before the question was asked is no answer: a file that was printed, for instance. */
const outputSince = ({ asking }: Answered, cells: CellResult[]): string =>
  unescaped(cells.flatMap(({ shown, ended }) => (ended >= (asking?.time ?? 0) ? [shown] : [])).join("\n"));

/**
 * The beginning of an answer that is in the output in place of the one that Cassandra has: it was written down, in one piece
 * or in many. What a cell shows that fails may be there to be compared.
 */
function writtenDown(one: Answered, { run, plays, published }: Shown): string | undefined {
  const known = answerIn(one, published);
  const isSame =
    notIn(
      answerIn(one, plays)
        .map(({ text }) => text)
        .join("\n"),
      known,
    ) === undefined;
  const output = outputSince(one, withoutFailed(run.cells));
  if (isSame || known.length === 0 || notIn(output, known) !== undefined) return undefined;
  return known[0]?.text;
}

/**
 * Whether a notebook that fails may be right with the logs that everybody has: a cell fails, the code knows the answers of
 * those logs, and no output has them. One that compares its answers with them stops where they are others.
 * @param source all code
 */
export function comparesWithPublished(answered: Answered[], shown: Shown, source: string): boolean {
  const code = withoutComments(source);
  const isKnown = (one: Answered) =>
    answerIn(one, shown.published).some(({ text }) => notIn(code, [{ raw: "", text }]) === undefined);
  return (
    shown.run.cells.some(({ error }) => error) &&
    answered.some(isKnown) &&
    answered.every((one) => writtenDown(one, shown) === undefined)
  );
}

const withoutComments = (source: string) =>
  source
    .split("\n")
    .map((line) => line.replace(/(^|\s)(#|\/\/).*$/, ""))
    .join("\n");

/** Whether the tables are dropped in the end, and the connection is closed. @param source all code */
export function judgeCleanup(answered: Answered[], source: string): Assessment {
  const used = answered.flatMap(({ table }) => table ?? []);
  const left = used.filter(({ dropped }) => dropped === undefined);
  const dropped = used.length > 0 && left.length === 0;
  const code = withoutComments(source);
  const closed =
    /\.\s*shutdown\s*\(/.test(code) ||
    /\bwith\b[^\n]{0,200}(\bCluster\s{0,9}\(|\.connect\s{0,9}\()/.test(code);
  return {
    verdict: dropped && closed ? "pass" : dropped || closed ? "partial" : "fail",
    evidence: [
      dropped
        ? "the tables were dropped after the SELECTs"
        : `not dropped: ${[...new Set(left.map(({ name }) => name))].join(", ") || "no table was seen"}`,
      closed ? "the connection is closed" : "shutdown() is not called",
    ].join("; "),
  };
}
