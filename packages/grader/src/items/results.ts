// Whether the answers are shown, and what is left behind.

import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";
import type { Assessment } from "../grade.js";
import type { RunResult } from "../run.js";
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

/** Whether the exercise's answers are in the output, and come from Cassandra. @param source all code */
export function judgeResults(
  answered: Answered[],
  run: RunResult,
  plays: RawPlay[],
  source: string,
): Assessment {
  const missing = answered.map((one) => missingAnswer(one, run, plays, source));
  const faults = missing.filter((fault) => fault !== undefined);
  return {
    ...shareOf(missing.map((fault) => fault === undefined)),
    evidence: faults.join("; ") || "the answers of all three questions are in the output",
  };
}

/** What of a question's answer is not in the output; undefined where all of it is. */
function missingAnswer(
  { asked, asking, replay }: Answered,
  { cells }: RunResult,
  plays: RawPlay[],
  source: string,
): string | undefined {
  const { given, answer } = asked.question;
  const example: Row = { ...asked.example };
  const written: Row = { ...asking?.values };
  const isExample = (play: Row) => given.every((raw) => String(play[raw]) === String(example[raw]));
  const parts = plays
    .map((play): Row => ({ ...play }))
    .filter(isExample)
    .flatMap((play) =>
      answer.filter((raw) => raw !== "length").map((raw) => [raw, String(play[raw])] as const),
    );
  const texts = parts.map(([, text]) => text);
  // What was shown before the question was asked is no answer: a file that was printed, for instance.
  const since = asking?.time ?? 0;
  const output = cells.flatMap(({ shown, ended }) => (ended >= since ? [shown] : [])).join("\n");
  const shownSince = bare(unescaped(output));
  const absent = texts.find((text) => !shownSince.includes(beginning(bare(text))));
  if (absent === undefined) return writtenDown(asked.id, parts, replay, source);
  const others = given
    .filter((raw) => written[raw] !== undefined && String(written[raw]) !== String(example[raw]))
    .map((raw) => `${raw} ${JSON.stringify(written[raw])} in place of ${example[raw]}`);
  const where = asking ? " of its SELECT or later" : "";
  const why = others.length > 0 ? `; the SELECT asks for ${others.join(", ")}` : "";
  return `${asked.id}: "${absent}" is not in the output${where}${why}`;
}

/**
 * An answer that is shown, but was written down and not read from Cassandra: the SELECT does not give it, or all of it is in
 * the code.
 * @param parts the texts of the answer, by raw column
 */
function writtenDown(
  id: string,
  parts: (readonly [raw: string, text: string])[],
  replay: Answered["replay"],
  source: string,
): string | undefined {
  const isIn = (whole: string) => (text: string) => whole.includes(beginning(bare(text)));
  if (replay) {
    const returned = isIn(bare(JSON.stringify(replay.first)));
    const other = parts.find(([raw, text]) => !replay.missing.includes(raw) && !returned(text));
    if (other) return `${id}: "${other[1]}" is in the output, but the SELECT does not return it`;
  }
  const isWritten = isIn(bare(withoutComments(source)));
  const all = parts.length > 0 && parts.every(([, text]) => isWritten(text));
  return all ? `${id}: the answer is written in the code, so its output tells nothing` : undefined;
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
