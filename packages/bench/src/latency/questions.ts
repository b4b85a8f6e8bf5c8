// The three questions of the walkthrough.

export interface Question {
  name: string;
  cql: string;
  /** The columns of the CSV whose values are bound. */
  parameters: string[];
}

/** How long the answers to one question took. */
export interface Answers {
  question: string;
  count: number;
  /** How many answers had no row. */
  empty: number;
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  maxMs: number;
}

/** What the process that asks prints in the end. */
export const answersMessage = (answers: Answers[]) => ({ event: "answers", answers });

export const questions: readonly Question[] = [
  {
    name: "question 1",
    cql: "SELECT artist, song, length FROM sparkify.song_by_session_item WHERE session_id = ? AND item_in_session = ?",
    parameters: ["sessionId", "itemInSession"],
  },
  {
    name: "question 2",
    cql: "SELECT artist, song, first_name, last_name FROM sparkify.songs_by_user_session WHERE user_id = ? AND session_id = ?",
    parameters: ["userId", "sessionId"],
  },
  {
    name: "question 3",
    cql: "SELECT first_name, last_name FROM sparkify.users_by_song WHERE song = ?",
    parameters: ["song"],
  },
];
