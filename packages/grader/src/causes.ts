// The exercise's well-known mistakes: one may show in several items.

/** The causes that are known, each with what to do about it. */
export const causes = {
  "rows without a song": "Leave out the lines of the logs that have no artist: in them no song was played.",
  "ALLOW FILTERING":
    "Make a table whose key is what the question gives; ALLOW FILTERING reads every row to throw most of them away.",
  "float for a length": "float keeps seven digits: 495.3073 comes back as 495.30731. Use double or decimal.",
  "text for a number": "As text 10 comes before 9: ids and positions are int or bigint.",
  "a name in the key": "Two people can have one name: the user's id belongs into the key, not the name.",
  "descending order":
    "The question asks for the order in which songs were played: ascending, which is what Cassandra does unasked.",
} as const;

export type Cause = keyof typeof causes;
