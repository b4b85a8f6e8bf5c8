// Why no table can be right for a question, whatever its key, and what to change.

import type { Source, SourceColumn } from "../source/source.js";
import { type Asked, isKeyType } from "./asked.js";
import { columnsAsked, conflict, factColumns, neededColumns } from "./facts.js";
import type { Note } from "./proposal.js";
import { count, names } from "./words.js";

/** Nothing where a table can be right. */
export async function whyNone(source: Source, asked: Asked): Promise<Note[]> {
  const unfit = neededColumns(asked).find(({ type }) => !isKeyType(type));
  if (unfit) return unfitNotes(unfit);
  const lossy = columnsAsked(asked).filter(({ loses }) => loses);
  if (lossy.length > 0) return lossy.flatMap(lossNotes);
  const misordered = [...(asked.between ? [asked.between] : []), ...asked.order.map(({ column }) => column)];
  const disguised = misordered.find(({ otherForm }) => otherForm);
  if (disguised) return disguisedNotes(disguised);
  const disagreeing = disagreement(asked);
  return disagreeing.length > 0 ? disagreeing : contradiction(source, asked);
}

const unfitNotes = ({ name, type }: SourceColumn): Note[] => [
  { kind: "fail", text: `${name} is of type ${type}, which Cassandra takes in no key.` },
  {
    kind: "change",
    text: `Ask by another column, or say in \`columns\` that ${name} is a frozen<${type}> or a text.`,
  },
];

/** A range is one stretch of a partition only where its column sorts first. */
function disagreement({ between, order }: Asked): Note[] {
  const [first] = order;
  if (!between || !first || first.column === between) return [];
  const right = [`${between.name} ${first.order}`, ...order.map((one) => `${one.column.name} ${one.order}`)];
  return [
    {
      kind: "fail",
      text: `The range of ${between.name} and the order by ${first.column.name} disagree: the rows of a partition are sorted in one way only, and a range is one stretch of them only where they are sorted by its column first.`,
    },
    {
      kind: "change",
      text: `Order by ${between.name} first (${right.join(", ")}) and sort the answer in the application, or give no range.`,
    },
  ];
}

/** Rows that are one fact, and say different things of it. */
async function contradiction(source: Source, asked: Asked): Promise<Note[]> {
  const { order, answer, event, each } = asked;
  const fact = factColumns(asked);
  const found = await conflict(source, asked, fact, [...order.map(({ column }) => column), ...answer]);
  if (!found) return [];
  const isEvent = event.every((column) => fact.includes(column));
  const what = `${fact.length === 1 ? "does" : "do"} not ${isEvent ? "tell the rows apart" : "make one fact"}`;
  const several = `${count(found.facts)} of them ${found.facts === 1 ? "has" : "have"} several values of ${names(found.differing)}`;
  const instead = isEvent
    ? "or give the rows an id: source.sql with row_number() OVER () AS id"
    : "or ask for the latest: each with a time, `order` by it descending, and a limit";
  return [
    {
      kind: "fail",
      text: `${names(fact)} ${what}: ${several}. With one key the later row would overwrite the earlier one.`,
      rows: found.rows,
    },
    {
      kind: "change",
      text: `Name in \`${isEvent ? "event" : "each"}\` what tells these rows apart (beside ${names(isEvent ? event : each) || "nothing yet"}), ${instead}.`,
    },
  ];
}

/** Texts that are times or numbers, and would be in the order of their characters. */
function disguisedNotes({ name, otherForm }: SourceColumn): Note[] {
  if (!otherForm) return [];
  const { type, written, orElse, example } = otherForm;
  const right = orElse
    ? `Its values can be read as ${written} and as ${orElse}: say which with \`source.sql\`, see docs/model.md.`
    : `Say in \`columns\` that ${name} is a ${type}: it is then read as it is written.`;
  return [
    {
      kind: "fail",
      text: `${name} is a text, and all of its values are written as ${written}: ${example}. Texts are sorted by their characters, so an order or a range of them is not that of their values.`,
    },
    {
      kind: "change",
      text: `${right} If the order of the characters is what you want, say there that it is a text.`,
    },
  ];
}

const lossNotes = ({ name, type, loses }: SourceColumn): Note[] => [
  {
    kind: "fail",
    text: `${name} is a ${type} in \`columns\`, which does not keep ${count(loses?.rows ?? 0)} of its values: ${loses?.example} becomes ${loses?.becomes}.`,
    rows: [{ [name]: loses?.example ?? null, becomes: loses?.becomes ?? null }],
  },
  {
    kind: "change",
    text: `Leave ${name} out of \`columns\`: then it gets the narrowest type that keeps every value. Or name another one.`,
  },
];
