// Whether the answers are shown, and what is left behind.

import type { RawPlay } from "@sparkify/lib";
import type { Finding } from "../grade.js";
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

export function judgeResults(answered: Answered[], run: RunResult, plays: RawPlay[]): Finding {
  // What was shown before the question was asked is no answer: a file that was printed, for instance.
  const shownSince = (time: number) =>
    bare(unescaped(run.cells.flatMap(({ shown, ended }) => (ended >= time ? [shown] : [])).join("\n")));
  const missing: string[] = [];
  const right = answered.map(({ asked, asking }) => {
    const written: Record<string, unknown> = { ...asking?.values };
    const example: Record<string, unknown> = { ...asked.example };
    const others = asked.question.given.filter(
      (raw) => written[raw] !== undefined && String(written[raw]) !== String(example[raw]),
    );
    const rows = plays.filter((play) =>
      asked.question.given.every((raw) => String(play[raw as keyof RawPlay]) === String(example[raw])),
    );
    const texts = rows.flatMap((play) =>
      asked.question.answer
        .filter((raw) => raw !== "length")
        .map((raw) => String(play[raw as keyof RawPlay])),
    );
    const text = shownSince(asking?.time ?? 0);
    const absent = texts.find((one) => !text.includes(beginning(bare(one))));
    if (absent !== undefined) {
      const why = others.map((raw) => `${raw} ${JSON.stringify(written[raw])} in place of ${example[raw]}`);
      const told = why.length > 0 ? `; the SELECT asks for ${why.join(", ")}` : "";
      missing.push(
        `${asked.id}: "${absent}" is not in the output${asking ? " of its SELECT or later" : ""}${told}`,
      );
    }
    return texts.length > 0 && absent === undefined;
  });
  return {
    ...shareOf(right),
    evidence:
      missing.length > 0 ? missing.join("; ") : "the answers of all three questions are in the output",
  };
}

export function judgeCleanup(answered: Answered[], source: string): Finding {
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
