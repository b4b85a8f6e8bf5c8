// The fourth notebook: the rows into the tables.

import { quoted } from "@sparkify/cql";
import type { Context, WrittenQuestion } from "./context.js";
import { Draft } from "./draft.js";
import { code, literal, member, tableRow } from "./escape.js";
import { bucketLiteral, insertCql, listCell, statement, tableColumns } from "./layout.js";

/** Above, a table is not counted by reading all of it. */
const mostCounted = 500_000;

export function rowsNotebook(context: Context): Draft {
  const { modelPath, questions, csvs, names } = context;
  const draft = new Draft();
  const [first] = questions as [WrittenQuestion];
  const tables = questions.map(({ fullName }) => literal(fullName));
  draft
    .text(
      "# 4. Insert the rows",
      `Every row goes into ${questions.length === 1 ? "the table" : `all ${questions.length} tables`}: first one row by hand, to see what happens, then all of them by a loader.`,
      `**It needs** the file from the notebook ${code(names.csv)}, the tables from ${code(names.tables)}, the model's rows, and a Cassandra that answers. The cell after the imports checks that they are there, and says which notebook to run where one is missing.`,
    )
    .code(
      `import { check, connect, needTables, showProgress, showTable } from "@sparkify/lib";`,
      `import { load, needStreamlinedCsv } from "@sparkify/loader";`,
      `import { openModel } from "@sparkify/modeller";`,
    )
    .code(
      `const model = await openModel(${literal(modelPath)});`,
      ...csvs.map(({ number, name }) => `const csv${number} = model.csv(${literal(name)});`),
      ...csvs.map(({ number }) => `needStreamlinedCsv(csv${number}, ${literal(names.csv)});`),
    )
    .text("The file is there, and the rows are those of the source. Are the tables there, too?")
    .code(
      "const client = await connect();",
      ...listCell("tables", tables),
      `await needTables(client, tables, ${literal(names.tables)});`,
    )
    .text("What is needed is there.");
  oneRow(draft, first);
  statements(draft, questions);
  loading(draft, context);
  counting(draft, questions);
  draft
    .code("model.close();", "await client.shutdown();")
    .text(
      "## What you have learned",
      [
        "- Prepare a statement once, bind the values, keep a bounded number of requests under way.",
        "- An INSERT is an upsert: writing a row again leaves one row, and a key that is too short overwrites rows without an error.",
        "- So count: rows of the file, rows that were written, rows that are held, and what the difference means.",
      ].join("\n"),
      `Next, [${names.queries}](${names.queries}.ipynb): ask the questions.`,
    );
  return draft;
}

const insertOf = ({ fullName, table }: WrittenQuestion) =>
  insertCql(fullName, tableColumns(table).map(quoted));

function oneRow(draft: Draft, question: WrittenQuestion): void {
  const { number, asked, table, fullName } = question;
  const key = [...table.partitionKey, ...table.clustering.map(([column]) => column)];
  const bucket = table.bucket ? `, bucket${number}` : "";
  draft.text(
    "## One row, as a prepared statement",
    `Take the first row for the table ${code(asked.name)}. The columns of the statement follow the order of the key, then come the others. The values are not pasted into the text: each has a marker, \`?\`.`,
  );
  if (table.bucket)
    draft
      .code(`const bucket${number} = ${bucketLiteral(table.bucket)};`)
      .text(
        `${code(table.bucket.column)} is no column of the source: it is computed from ${code(table.bucket.of)}, for each row that is written.`,
      );
  draft
    .code(...statement(`insert${number}`, insertOf(question)))
    .text(
      "Cassandra reads the text of a **prepared statement** once. After that only the values travel, bound to the markers with their right types, so a quote in a text can do no harm.",
    )
    .code(
      `const row = await model.firstRowOf(${literal(asked.name)}${bucket});`,
      `const inserted = await client.execute(insert${number}, row, { prepare: true });`,
      "showTable([row]);",
    )
    .text(
      "The driver binds each value to the marker of its column's name. A value that is missing is `undefined` here, and the driver leaves it out. A `null` would be a deletion: Cassandra would have to keep a mark of it, a **tombstone**, for days. Now read the row back by its key:",
    )
    .code(
      ...statement(
        "select",
        `SELECT * FROM ${fullName}\n  WHERE ${key.map((column) => `${quoted(column)} = ?`).join(" AND ")}`,
      ),
      `const key = [${key.map((column) => member("row", column)).join(", ")}];`,
      "const written = await client.execute(select, key, { prepare: true });",
      "showTable(written.rows);",
    )
    .text("The row is there, with the types that the table has.");
}

function statements(draft: Draft, [, ...others]: WrittenQuestion[]): void {
  if (others.length === 0) return;
  draft.text(
    `## The other ${others.length === 1 ? "statement" : "statements"}`,
    "Each table takes what its question needs of the same row. That is **duplication instead of joins**: the price is more writes, and not much disk.",
  );
  for (const question of others)
    draft
      .text(
        `For ${code(question.asked.name)}, whose key is ${code(`(${question.table.partitionKey.join(", ")})`)}${question.table.clustering.length > 0 ? ` with ${question.table.clustering.map(([column]) => code(column)).join(", ")} behind it` : ""}:`,
      )
      .code(...statement(`insert${question.number}`, insertOf(question)));
}

function loading(draft: Draft, { csvs, questions }: Context): void {
  draft.text(
    "## All rows, all tables",
    "One row after the other would be slow: most of the time nobody works, because the program waits for an answer and then Cassandra waits for the next row. The loader keeps many requests under way, and fewer when the cluster is overloaded. Rows of one partition travel together, as one batch. A write that failed is simply sent again: it gets the same timestamp, so it does no harm.",
    "A column takes the file's column of the same name: `session_id` takes `sessionId`. `nullText` says what stands for no value at all. An interrupt (the ■ in the toolbar) stops the load cleanly.",
  );
  for (const { number, tables } of csvs) {
    const inserts = questions
      .filter(({ table }) => tables.includes(table.name))
      .map((one) => `insert${one.number}`);
    draft
      .code(
        `const bar${number} = showProgress("Loading");`,
        ...listCell(`inserts${number}`, inserts),
        `const file${number} = { csv: csv${number}, nullText: "\\\\N", goOn: "run this cell again" };`,
        `const options${number} = { ...file${number}, onProgress: bar${number}.update };`,
        `const report${number} = await load(client, inserts${number}, options${number});`,
        `bar${number}.finish();`,
      )
      .text(
        `The bar counts rows of the file; each of them was written ${inserts.length === 1 ? "once" : `${inserts.length} times, once for each table`}. Was every row acknowledged by the cluster, and none rejected?`,
      )
      .code(
        `const all${number} = report${number}.tables.every((one) => one.rowsWritten === report${number}.rows);`,
        `const said${number} = \`\${report${number}.rows} rows of the file, \${report${number}.rejected} rejected\`;`,
        `check("every row was written to every table", all${number} && report${number}.rejected === 0, said${number});`,
      )
      .text("Acknowledged is not the same as there to be found. So look.");
  }
}

function counting(draft: Draft, questions: WrittenQuestion[]): void {
  const lines = questions.map(({ number, asked, table }) =>
    tableRow(
      `${number}`,
      code(table.name),
      [...new Set([...asked.given, ...asked.each])].map(({ name }) => code(name)).join(", "),
    ),
  );
  draft.text(
    "## Did everything arrive?",
    "A table holds one row for each **fact** of its question: for each combination of what is given and what tells rows apart. Rows of the file that say the same fact become one row, and that is right. So count the facts in the source, by SQL:",
    ["| | table | a fact is |", "|---|---|---|", ...lines].join("\n"),
    "(After a change of the files or of the model, create the tables anew first: rows of an earlier load stay until then.)",
  );
  for (const { number, asked, fullName, proposal } of questions) {
    if (proposal.tableRows > mostCounted) {
      draft.text(
        `${code(asked.name)} is not counted here: \`count(*)\` reads the whole table, which takes too long for so many rows. The next notebook compares all of it, row by row.`,
      );
      continue;
    }
    draft
      .text(`${code(asked.name)}: the rows that it holds, and the facts of the source.`)
      .code(
        `const counted${number} = await client.execute(${literal(`SELECT count(*) FROM ${fullName}`)});`,
        `const held${number} = Number(counted${number}.first().get(0));`,
        `const facts${number} = await model.facts(${literal(asked.name)});`,
        `check(${literal(`${asked.name} holds every fact once`)}, held${number} === facts${number}, \`\${held${number}} rows\`);`,
      )
      .text(
        "As many as the source has. `count(*)` reads the whole table: fine for a check of small data, not for an application.",
      );
  }
  draft.text("The numbers are right. That the values are right, too, the next notebook checks.");
}
