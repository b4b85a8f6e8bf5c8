// The fifth notebook: the questions, asked and checked.

import type { Context, WrittenQuestion } from "./context.js";
import { Draft } from "./draft.js";
import { code, literal, member, objectKey, plain, tableRow } from "./escape.js";
import { bucketLiteral, listCell, shortSelect, statement } from "./layout.js";

/** The driver gives the rest of an answer page by page. */
const rowsOfPage = 5000;

export function queriesNotebook(context: Context): Draft {
  const { modelPath, questions, names } = context;
  const draft = new Draft();
  const tables = questions.map(({ fullName }) => literal(fullName));
  draft
    .text(
      "# 5. Verify: ask the questions, check the answers",
      "Each question is a query on its own table: bound parameters, named columns, no `ALLOW FILTERING`. An answer is not right because it looks right, so each is computed a second time.",
      `**It needs** the filled tables from the notebook ${code(names.rows)}, and the model's rows to check against. The cell after the imports says what is missing, and which notebook makes it.`,
    )
    .code(
      `import { connect, needRows, showTable } from "@sparkify/lib";`,
      `import { openModel } from "@sparkify/modeller";`,
    )
    .code(
      "const client = await connect();",
      ...listCell("tables", tables),
      `const made = { createdIn: ${literal(names.tables)}, filledIn: ${literal(names.rows)} };`,
      "await needRows(client, tables, made);",
    )
    .text(
      "The tables are there and hold rows.",
      "## What the answers must be",
      "The rows are read from the source once more, by code that shares nothing with the way through Cassandra: no CSV of ours, no loader, no table.",
    )
    .code(`const model = await openModel(${literal(modelPath)});`, `\`\${model.rows} rows in the source\`;`)
    .text(
      "`expectedAnswer` answers a question a second time, by SQL: it looks at every one of these rows. Where a fact comes twice, the later one counts, as with an upsert. `checkAnswer` then compares both answers: the same rows, the same values, and the same order where the question asks for one.",
    );
  for (const question of questions) questionPart(draft, question);
  wholeTables(draft, questions);
  draft
    .text(
      "## Clean up",
      "Keep the tables to try queries of your own. To drop them, set `dropTables` to true and run the cell; the notebooks before this one bring them back.",
    )
    .code(
      "const dropTables = false;",
      `if (dropTables) for (const table of tables) await client.execute(\`DROP TABLE IF EXISTS \${table}\`);`,
      "model.close();",
      "await client.shutdown();",
    )
    .text("## What you have learned", summary(questions));
  return draft;
}

function questionPart(draft: Draft, question: WrittenQuestion): void {
  const { number, asked, given, range, table, proposal } = question;
  const isOwn = asked.example !== undefined;
  const pairs = Object.entries(given).map(([name, value]) => `${objectKey(name)}: ${literal(value)}`);
  draft
    .text(
      `## Question ${number}: ${code(asked.name)}`,
      `> **${plain(asked.text)}**`,
      isOwn
        ? "These are the values of the model's example. Change them and run the cells again: the check follows."
        : "The model has no example for this question, so these are the values of the first row. Change them and run the cells again: the check follows.",
    )
    .code(
      ...givenCell(`given${number}`, pairs),
      ...(range ? [`const range${number} = [${range.map(literal).join(", ")}];`] : []),
    )
    .text(
      `${pairs.length === 1 ? "One value is" : `${pairs.length} values are`} given with \`=\`${range && asked.between ? `, and of ${code(asked.between.cqlName)} a range: from the first value to the second, both included` : ""}. ${asked.order.length > 0 ? "The rows must come in order, and the query needs no `ORDER BY` for it: the order is part of the key." : "The question asks for no order; the rows have one all the same, that of the clustering columns."}${asked.limit === undefined ? "" : ` No more than ${asked.limit} rows are wanted.`}`,
    );
  if (table.bucket) bucketedPart(draft, question);
  else plainPart(draft, question);
  const options = [
    `given: given${number}`,
    ...(range ? [`range: range${number}`] : []),
    ...(table.bucket ? [`bucket: bucket${number}`] : []),
  ];
  const parameters = range ? `{ ...given${number}, range: range${number} }` : `given${number}`;
  draft
    .text("Is it the right answer? The source says what it must be, and the check compares every value:")
    .code(
      `const asked${number} = { ${options.join(", ")} };`,
      `const expected${number} = await model.expectedAnswer(${literal(asked.name)}, asked${number});`,
      "model.checkAnswer({",
      `  question: ${literal(asked.name)},`,
      `  cql: cql${number},`,
      `  parameters: ${parameters},`,
      `  rows: answer${number},`,
      `  expected: expected${number},`,
      ...(table.bucket ? [`  bucket: bucket${number},`] : []),
      "});",
    )
    .text(afterCheck(question, proposal.partitionsPerAnswer));
}

/** An object in one line, or with a line for each of its values. */
function givenCell(name: string, pairs: string[]): string[] {
  const one = `const ${name} = { ${pairs.join(", ")} };`;
  return one.length <= 100 ? [one] : [`const ${name} = {`, ...pairs.map((pair) => `  ${pair},`), "};"];
}

function plainPart(draft: Draft, { number, bound, range, select, proposal, asked }: WrittenQuestion): void {
  const values = [
    ...bound.map((name) => member(`given${number}`, name)),
    ...(range ? [`...range${number}`] : []),
  ];
  const isLong =
    (proposal.largestPartition?.rows ?? 0) > rowsOfPage && (asked.limit ?? Infinity) > rowsOfPage;
  const execute = `client.execute(cql${number}, values${number}, { prepare: true })`;
  draft
    .code(
      ...statement(`cql${number}`, shortSelect(select)),
      `const values${number} = [${values.join(", ")}];`,
      ...(isLong
        ? [
            `const answer${number} = [];`,
            `for await (const row of await ${execute}) answer${number}.push(row);`,
            `showTable(answer${number});`,
          ]
        : [`const { rows: answer${number} } = await ${execute};`, `showTable(answer${number});`]),
    )
    .text(
      "The values stand in the order of the markers, which is the order of the key. One request was sent, and one partition was read.",
      isLong
        ? "A long answer comes in pages of 5,000 rows; `for await` fetches the next one when it is needed."
        : undefined,
    );
}

/** A bucketed table is asked bucket by bucket. */
function bucketedPart(draft: Draft, question: WrittenQuestion): void {
  const { number, asked, bound, range, select, table, mustMerge, proposal } = question;
  const { bucket } = table;
  if (!bucket) return;
  const isHash = bucket.by === "hash";
  const stops = asked.limit !== undefined && !mustMerge;
  const values = bound.map((name) => (name === bucket.column ? "bucket" : member(`given${number}`, name)));
  if (range) values.push(`...range${number}`);
  const given = [
    `given: given${number}`,
    ...(range ? [`range: range${number}`] : []),
    `bucket: bucket${number}`,
  ];
  draft
    .text(
      `The table has a bucket, ${code(bucket.column)}, so the answer lies in several partitions. ${isHash ? "A hash says nothing about the question: every bucket may hold some of its rows, and all of them must be asked." : `Which ${bucket.by}s are they? ${range && asked.between?.name === bucket.of ? "Those that the range touches; an application computes them from the two bounds." : "Those that have rows for what is given; an application keeps a list of them, or begins with the current one and goes back."}`}`,
    )
    .code(
      `const bucket${number} = ${bucketLiteral(bucket)};`,
      `const of${number} = { ${given.join(", ")} };`,
      `const buckets${number} = await model.buckets(${literal(asked.name)}, of${number});`,
      `buckets${number}.length;`,
    )
    .text(
      `So many partitions can hold a part of the answer${proposal.partitionsPerAnswer > 1 ? `; when the model was proposed, ${proposal.partitionsPerAnswer} were counted for it` : ""}. The query asks for one bucket, and is executed for each. It is prepared once, whatever the number of buckets:`,
    )
    .code(...statement(`cql${number}`, shortSelect(select)))
    .text(
      `The loop asks one bucket after the other${isHash ? "" : ", in the order of the answer"}, and adds up what comes.${stops ? " It ends as soon as there are enough rows: often the first bucket has them all." : ""}${mustMerge ? " The rows of each bucket come in order, but the buckets are not in order among themselves; so the whole is sorted at the end, by columns that are asked for with the answer." : ""} A long answer comes in pages, which \`for await\` fetches by itself.`,
    )
    .code(
      `const rows${number} = [];`,
      `for (const bucket of buckets${number}) {`,
      `  const values = [${values.join(", ")}];`,
      `  const part = await client.execute(cql${number}, values, { prepare: true });`,
      `  for await (const row of part) rows${number}.push(row);`,
      ...(stops ? [`  if (rows${number}.length >= ${asked.limit}) break;`] : []),
      "}",
      mustMerge
        ? `const answer${number} = model.inOrder(${literal(asked.name)}, rows${number});`
        : stops
          ? `const answer${number} = rows${number}.slice(0, ${asked.limit});`
          : `const answer${number} = rows${number};`,
      `showTable(answer${number});`,
    )
    .text(
      "Each request read one partition. They could be sent at the same time, too: the driver's `executeConcurrent` keeps some of them under way.",
    );
}

function afterCheck({ asked, table }: WrittenQuestion, partitions: number): string {
  const texts = [
    partitions > 1
      ? "The parts of all buckets together are the answer: nothing is missing between two of them, and nothing came twice."
      : "The same rows, whichever way they are found.",
  ];
  if (asked.order.length > 0) texts.push("The order was compared, too.");
  if (table.static.length > 0)
    texts.push("The static columns came with every row, although they are stored once for the partition.");
  return texts.join(" ");
}

function wholeTables(draft: Draft, questions: WrittenQuestion[]): void {
  draft.text(
    "## Every row of every table",
    "The strongest check comes last: compare *all* rows of the tables with the source, every value. A large table is compared with the file that it was loaded from instead, by hashes, so that memory stays flat; the check says which it was.",
  );
  for (const { number, asked, table, csv } of questions)
    draft
      .text(`${code(asked.name)}:`)
      .code(
        `const csv${number} = model.csv(${literal(csv.name)});`,
        `await model.checkTable(client, ${literal(asked.name)}, csv${number}${table.bucket ? `, bucket${number}` : ""});`,
      )
      .text("Nothing is missing, nothing is altered, nothing is there that should not be.");
}

function summary(questions: WrittenQuestion[]): string {
  const lines = questions.map(({ number, asked, table }) =>
    tableRow(
      `${number}. ${plain(asked.text)}`,
      code(table.name),
      code(table.partitionKey.join(", ")),
      table.clustering.map(([column, order]) => `${code(column)} ${order}`).join(", "),
    ),
  );
  return [
    "| question | table | partition key | clustering columns |",
    "|---|---|---|---|",
    ...lines,
    "",
    "- **Start from the query.** What it is given leads the primary key; one query reads one partition.",
    "- **Let the key keep the order** and tell rows apart. A key that is too short loses rows in silence.",
    "- **Check against the source**, every row. An answer that looks right may be luck.",
  ].join("\n");
}
