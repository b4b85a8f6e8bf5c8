// The first notebook: a look at the files.

import { sqlName } from "../source/duckdb.js";
import { rowsTable, type Source, type SourceColumn } from "../source/source.js";
import type { Context } from "./context.js";
import { Draft } from "./draft.js";
import { code, codes, literal, plain, tableRow } from "./escape.js";

export async function filesNotebook(context: Context): Promise<Draft> {
  const { file, source, modelPath, names } = context;
  const draft = new Draft();
  const hasFiles = source.files.length > 0;
  draft
    .text(
      `# 1. Look at the files`,
      `Before you model anything, look at what there is. This notebook belongs to the model ${code(file.name)}: it reads the rows that the model names, and shows their columns, their types and the values that the questions ask by.`,
      `**It needs** the model's file, ${code(modelPath)}, and ${hasFiles ? "the files that its `source` names" : "what the query in its `source` reads"}. If one of them is missing, the second code cell says which.`,
    )
    .code(
      `import { showPlot, showTable } from "@sparkify/lib";`,
      `import { openModel } from "@sparkify/modeller";`,
    )
    .text(
      "All imports of a notebook stand in its first cell. `openModel` reads the model and its rows into **DuckDB**, a database without a server that is good at questions about whole files. Nothing is changed in your files.",
    )
    .code(
      `const model = await openModel(${literal(modelPath)});`,
      `\`\${model.rows} rows, \${model.width} columns\`;`,
    )
    .text(
      "So many rows were read. A row that cannot be read, or whose value is none of its column's type, costs only itself; the next notebook lists such rows with their reasons.",
    );
  if (hasFiles)
    draft
      .text("## Which files are there?", "Each file with the way it was read, and how many rows it gave:")
      .code("showTable(model.files, { limit: 20 });")
      .text(
        "Look for a file that is missing here, and for one that does not belong. A file with far fewer rows than the others is worth a second look.",
      );
  draft
    .text(
      "## Which columns are there?",
      "Each column, its name in CQL, its type, how many rows have no value of it, and how many different values it has. A CSV knows no types, so the type is the **narrowest** of Cassandra's that keeps every value of the column without loss, unless the model names another one.",
    )
    .code(`showTable(await model.columns(), { limit: ${source.columns.length} });`)
    .text(...typeTexts(source.columns))
    .text(
      "## What does a row look like?",
      "The first three rows. They lie on their side here, a line for each column, so that a wide row fits the page:",
    )
    .code(`showTable(await model.firstRows(3), { limit: ${source.columns.length} });`)
    .text(
      "Read a row from top to bottom, and ask what it is: an event that has happened, a state that changes, a thing? The questions below are asked of such rows.",
    );
  questionsPart(draft, context);
  givenPart(draft, context);
  await timePart(draft, context);
  draft
    .code("model.close();")
    .text(
      "## What you have learned",
      [
        "- How many rows and columns there are, and which type keeps every value of a column.",
        "- Which columns have rows without a value: such rows cannot be in a table that has the column in its key.",
        "- What tells two rows apart, and by which columns the questions ask.",
      ].join("\n"),
      `Next, [${names.csv}](${names.csv}.ipynb): the rows become one file for the tables.`,
    );
  return draft;
}

function typeTexts(columns: SourceColumn[]): string[] {
  const texts = [
    "A number that begins with zeros, or one that is an identifier, is better kept as text: nobody adds it up, and `007` is not 7. Say so in the model's `columns` where it is read as a number.",
  ];
  const empty = columns.filter(({ nulls }) => nulls > 0);
  if (empty.length > 0)
    texts.push(
      `${empty.length === 1 ? "One column has" : `${empty.length} columns have`} rows without a value: ${codes(empty.slice(0, 12).map(({ name }) => name))}${empty.length > 12 ? " and others" : ""}. In a table that is no harm outside the key; inside the key Cassandra takes no empty value.`,
    );
  else texts.push("No column has a row without a value. So no row must be left out of any table.");
  return texts;
}

function questionsPart(draft: Draft, { questions, failed, file }: Context): void {
  const lines = questions.map(({ number, asked }) =>
    tableRow(
      `${number}`,
      plain(asked.text),
      codes(asked.given.map(({ name }) => name)),
      asked.between ? code(asked.between.name) : "",
      asked.order.map(({ column, order }) => `${code(column.name)} ${order}`).join(", "),
      codes(asked.answer.map(({ name }) => name)),
    ),
  );
  draft.text(
    "## Which questions are asked?",
    "Cassandra is modelled from the questions. These are the ones of the model, with what each is **given**, of which column it gives a **range**, and in which **order** it wants the answer:",
    ["| | question | given | range | order | answer |", "|---|---|---|---|---|---|", ...lines].join("\n"),
    failed.length > 0
      ? `${failed.length === 1 ? "One question of the model has" : `${failed.length} questions of the model have`} no table that can be right: ${codes(failed.map(({ question }) => question))}. The third notebook says why.`
      : undefined,
  );
  const event = file.event.map(literal).join(", ");
  draft
    .text(
      "## What tells two rows apart?",
      `The model says that ${codes(file.event)} ${file.event.length === 1 ? "does" : "do together"}. That is an assumption, and it can be counted: how many different values ${file.event.length === 1 ? "does it" : "do they"} have, in how many rows?`,
    )
    .code(
      `const events = await model.different([${event}]);`,
      `\`\${events} different of \${model.rows} rows\`;`,
    )
    .text(
      "Where both numbers are equal, each row is an event of its own. Where the first is smaller, some rows come twice: in a table the later one takes the place of the earlier, because an INSERT in Cassandra is an **upsert**.",
    );
}

/** The most frequent values of what is given. */
function givenPart(draft: Draft, { questions }: Context): void {
  const given = [...new Set(questions.flatMap(({ asked }) => asked.given))].slice(0, 4);
  draft.text(
    "## By which values are they asked?",
    "What is given becomes the partition key: all rows of one value lie together. So look at the most frequent values of these columns. One that holds most of the rows makes a large partition, and that partition only grows.",
  );
  for (const { name } of given)
    draft
      .text(`The most frequent values of ${code(name)}:`)
      .code(`showTable(await model.frequent(${literal(name)}));`)
      .text(
        "The first line is the largest group. Compare it with the last one that is shown: the more even they are, the more evenly the rows will lie on the nodes.",
      );
}

const stretches = { year: 31_556_952, month: 2_629_746, week: 604_800, day: 86_400, hour: 3_600 };

/** Rows over time, or the most frequent values as a picture. */
async function timePart(draft: Draft, { source, questions }: Context): Promise<void> {
  const used = questions.flatMap(({ csv }) => csv.columns);
  const isTime = ({ type }: SourceColumn) => type === "timestamp" || type === "date";
  const time = used.find(isTime) ?? source.columns.find(isTime);
  const by = time && (await stretchOf(source, time));
  if (time && by) {
    picture(draft, {
      title: `## Rows over time`,
      before: `How do the rows spread over ${code(time.name)}? Count them for each ${by}; the picture takes two steps, the values first:`,
      values: `const counts = await model.overTime(${literal(time.name)}, ${literal(by)});`,
      description: `Rows for each ${by} of ${time.name}, as bars`,
      x: `{ field: "time", type: "temporal", title: ${literal(by)} }`,
      after: `Look for gaps, and for a ${by} that is much higher than the others. Where rows keep coming, a partition that holds all of them has no end; then a bucket of time keeps it small.`,
    });
    return;
  }
  const [given] = questions.flatMap(({ asked }) => asked.given);
  if (!given) return;
  picture(draft, {
    title: `## How evenly are they spread?`,
    before: `The same as a picture, for the forty most frequent values of ${code(given.name)}. It takes two steps, the values first:`,
    values: `const counts = await model.frequent(${literal(given.name)}, 40);`,
    description: `Rows for each of the most frequent values of ${given.name}, as bars`,
    x: `{ field: "value", type: "nominal", sort: "-y", title: ${literal(given.name)} }`,
    after:
      "A flat row of bars is what Cassandra likes: partitions of one size. A single high bar is a partition that everybody asks for and that grows faster than the others.",
  });
}

interface Picture {
  title: string;
  before: string;
  values: string;
  description: string;
  x: string;
  after: string;
}

function picture(draft: Draft, { title, before, values, description, x, after }: Picture): void {
  draft
    .text(title, before)
    .code(values, `\`\${counts.length} bars\`;`)
    .text(
      "`showPlot` takes a [Vega-Lite](https://vega.github.io/vega-lite/) specification: the data, a mark, and which field goes where. The description is for readers who do not see the picture.",
    )
    .code(
      "await showPlot({",
      `  description: ${literal(description)},`,
      "  width: 500,",
      "  data: { values: counts },",
      `  mark: "bar",`,
      `  encoding: { x: ${x}, y: { field: "rows", type: "quantitative" } },`,
      "});",
    )
    .text(after);
}

/** The stretch that makes a picture of some ten bars; undefined where there is no time at all. */
async function stretchOf(source: Source, { name }: SourceColumn): Promise<string | undefined> {
  const column = sqlName(name);
  const { seconds } = await source.database.one(
    `SELECT epoch(max(${column})) - epoch(min(${column})) AS seconds FROM ${rowsTable}`,
  );
  if (seconds === null) return undefined;
  const few = 60;
  const found = Object.entries(stretches).filter(([, length]) => Number(seconds) / length <= few);
  return found.at(-1)?.[0] ?? "year";
}
