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

/** Whether the exercise's answers are in the output. */
export function judgeResults(answered: Answered[], run: RunResult, plays: RawPlay[]): Assessment {
  const missing = answered.map((one) => missingAnswer(one, run, plays));
  const faults = missing.filter((fault) => fault !== undefined);
  return {
    ...shareOf(missing.map((fault) => fault === undefined)),
    evidence: faults.join("; ") || "the answers of all three questions are in the output",
  };
}

/** What of a question's answer is not in the output; undefined where all of it is. */
function missingAnswer(
  { asked, asking }: Answered,
  { cells }: RunResult,
  plays: RawPlay[],
): string | undefined {
  const { given, answer } = asked.question;
  const example: Row = { ...asked.example };
  const written: Row = { ...asking?.values };
  const isExample = (play: Row) => given.every((raw) => String(play[raw]) === String(example[raw]));
  const texts = plays
    .map((play): Row => ({ ...play }))
    .filter(isExample)
    .flatMap((play) => answer.filter((raw) => raw !== "length").map((raw) => String(play[raw])));
  // What was shown before the question was asked is no answer: a file that was printed, for instance.
  const since = asking?.time ?? 0;
  const output = cells.flatMap(({ shown, ended }) => (ended >= since ? [shown] : [])).join("\n");
  const shownSince = bare(unescaped(output));
  const absent = texts.find((text) => !shownSince.includes(beginning(bare(text))));
  if (absent === undefined) return undefined;
  const others = given
    .filter((raw) => written[raw] !== undefined && String(written[raw]) !== String(example[raw]))
    .map((raw) => `${raw} ${JSON.stringify(written[raw])} in place of ${example[raw]}`);
  const where = asking ? " of its SELECT or later" : "";
  const why = others.length > 0 ? `; the SELECT asks for ${others.join(", ")}` : "";
  return `${asked.id}: "${absent}" is not in the output${where}${why}`;
}

/** Whether the tables are dropped in the end, and the connection is closed. @param source all code */
export function judgeCleanup(answered: Answered[], source: string): Assessment {
  const used = answered.flatMap(({ table }) => table ?? []);
  const left = used.filter(({ dropped }) => dropped === undefined);
  const dropped = used.length > 0 && left.length === 0;
  const code = source
    .split("\n")
    .map((line) => line.replace(/(^|\s)(#|\/\/).*$/, ""))
    .join("\n");
  const closed =
    /\.\s*shutdown\s*\(/.test(code) || /\bwith\b[^\n]*(\bCluster\s*\(|\.connect\s*\()/.test(code);
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
