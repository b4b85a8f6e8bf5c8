// The three questions, with the example that every submission answers.

import type { RawPlay } from "@sparkify/lib";
import { type Question, questions } from "@sparkify/model";

/** A question of the exercise. */
export interface Asked {
  id: "q1" | "q2" | "q3";
  question: Question;
  /** What the exercise gives. */
  example: Partial<RawPlay>;
}

/** The questions, in the order of the exercise. */
export const asked: Asked[] = [
  { id: "q1", question: questions.songBySessionItem, example: { sessionId: 338, itemInSession: 4 } },
  { id: "q2", question: questions.songsByUserSession, example: { userId: 10, sessionId: 182 } },
  { id: "q3", question: questions.usersBySong, example: { song: "All Hands Against His Own" } },
];
