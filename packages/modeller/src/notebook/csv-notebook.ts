// The second notebook: one streamlined file for the tables.

import type { Context, CsvFile } from "./context.js";
import { Draft } from "./draft.js";
import { code, codes, literal, plain, tableRow } from "./escape.js";
import { bucketLiteral, listCell } from "./layout.js";

export function csvNotebook(context: Context): Draft {
  const { source, modelPath, csvs, questions, names } = context;
  const draft = new Draft();
  const used = new Set(csvs.flatMap(({ columns }) => columns));
  const buckets = questions.filter(({ table }) => table.bucket);
  draft
    .text(
      "# 2. One streamlined CSV",
      `The questions need ${used.size} of the ${source.columns.length} columns. This notebook writes these columns of every row to ${csvs.length === 1 ? "one file" : `${csvs.length} files`}, from which the tables are loaded. "Denormalized" means that each row says everything: Cassandra has no joins, so the whole fact stays together.`,
      `**It needs** the model's file, ${code(modelPath)}, and the rows that it names. If one of them is missing, the second code cell says which.`,
    )
    .code(
      `import Papa from "papaparse";`,
      `import { createReadStream } from "fs";`,
      `import { check, shortPath, showTable } from "@sparkify/lib";`,
      `import { openModel } from "@sparkify/modeller";`,
    )
    .text(
      "[papaparse](https://www.papaparse.com) reads CSV. It is used below to read the new file back: a second reader, that has nothing to do with the one that wrote it.",
    )
    .code(`const model = await openModel(${literal(modelPath)});`, `\`\${model.rows} rows were read\`;`)
    .text(
      "## What was read, what was rejected",
      "A row is **rejected** where it cannot be read, or where a value is none of the type that the model gives its column. It is kept as it came, with its file and reason, so that nothing is lost in silence.",
    )
    .code(
      "const { rows: rejected, byReason, rejectedIn } = model.rejected;",
      `console.log(\`\${rejected} rows rejected; such rows are kept in \${rejectedIn}\`);`,
      "showTable(byReason, { limit: 20 });",
    )
    .text(
      "No line in this table means that every row could be read. If there are more than you expect, read some of them before you go on: often it is one file, or one column whose type should be another.",
      "## Which columns are kept?",
      columnTable(context),
      notKept(context, used.size),
    );
  if (buckets.length > 0)
    draft.text(
      "## Buckets",
      `${buckets.length === 1 ? "One table has" : `${buckets.length} tables have`} a **bucket**: a column that the files do not have. It is computed from another one, and it is a part of the partition key, so that a partition that would grow too large is split into many.`,
    );
  for (const { number, asked, table } of buckets) {
    if (!table.bucket) continue;
    const { by, of, count } = table.bucket;
    draft
      .code(`const bucket${number} = ${bucketLiteral(table.bucket)};`)
      .text(
        by === "hash"
          ? `For the table ${code(asked.name)}: a number from 0 to ${(count ?? 1) - 1}, made of ${code(of)} by a hash. The same value always gets the same number, and the numbers are spread evenly.`
          : `For the table ${code(asked.name)}: the ${by} of ${code(of)}, named by the ${by === "hour" ? "moment" : "day"} it begins with. Rows of one ${by} lie together, and a question about some time knows which of them it needs.`,
      );
  }
  for (const csv of csvs) writePart(draft, csv, csvs.length);
  draft
    .code("model.close();")
    .text(
      "## What you have learned",
      [
        "- One denormalized row holds all that the questions need.",
        "- What is rejected or left out is counted, and its reason is kept.",
        "- A sum that must be right, and a second reader, are cheap checks.",
      ].join("\n"),
      `Next, [${names.tables}](${names.tables}.ipynb): the tables.`,
    );
  return draft;
}

function columnTable({ csvs, questions }: Context): string {
  const columns = [...new Set(csvs.flatMap((csv) => csv.columns))];
  const lines = columns.map((column) => {
    const given = questions.filter(({ asked }) => asked.given.includes(column)).map(({ number }) => number);
    const rest = questions
      .filter(({ csv, asked }) => csv.columns.includes(column) && !asked.given.includes(column))
      .filter(
        ({ asked }) =>
          asked.answer.includes(column) ||
          asked.each.includes(column) ||
          asked.between === column ||
          asked.order.some((one) => one.column === column),
      )
      .map(({ number }) => number);
    return tableRow(
      code(column.name),
      code(column.cqlName),
      code(column.type),
      given.length > 0 ? `question ${given.join(", ")}` : "",
      rest.length > 0 ? `question ${rest.join(", ")}` : "",
    );
  });
  return [
    "| column | in the tables | type | given in | asked for or needed by |",
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

function notKept({ source }: Context, used: number): string {
  const others = source.columns.length - used;
  if (others === 0) return "Every column is needed by some question.";
  return `The other ${others === 1 ? "column answers" : `${others} columns answer`} none of the questions and ${others === 1 ? "stays" : "stay"} out. If a question comes that needs one, add it to the model and write the notebooks anew.`;
}

function writePart(draft: Draft, csv: CsvFile, many: number): void {
  const { number, columns, needed, buckets, name, tables } = csv;
  const options = [
    `columns: columns${number}`,
    ...(buckets.length > 0
      ? [`buckets: [${buckets.map(({ question }) => `bucket${question}`).join(", ")}]`]
      : []),
    ...(needed.length > 0 ? [`needed: [${needed.map((one) => literal(one.name)).join(", ")}]`] : []),
  ];
  draft.text(
    many === 1 ? "## The file" : `## The file for ${plain(tables.join(", "))}`,
    needed.length > 0
      ? `The key of ${tables.length === 1 ? `the table ${code(tables[0] as string)}` : `the tables ${codes(tables)}`} has ${codes(needed.map((one) => one.name))}, which some rows have no value of. Cassandra takes no empty value in a key, so these rows are left out here, and counted.`
      : "Every row of the source goes into this file.",
    "The columns, by their names in the source:",
  );
  draft
    .code(
      ...listCell(
        `columns${number}`,
        columns.map((one) => literal(one.name)),
      ),
    )
    .text(
      "They are written with the names that the loader expects, `sessionId` for the table's column `session_id`. Every value is text as CQL writes it. `\\N` stands for no value at all: that is not the same as an empty text.",
    )
    .code(
      `const options${number} = { ${options.join(", ")} };`,
      `const { csv: csv${number}, written: written${number}, leftOut: leftOut${number} } = await model.writeCsv(`,
      `  ${literal(name)},`,
      `  options${number},`,
      ");",
      `\`\${written${number}} rows in \${shortPath(csv${number})}, \${leftOut${number}} left out\`;`,
    )
    .text(
      "The file appears only when it is whole: a run that is broken off leaves the earlier one as it was. Is every row accounted for?",
    )
    .code(
      `const sum${number} = \`\${model.rows} rows = \${written${number}} written + \${leftOut${number}} left out\`;`,
      `check("every row is accounted for", model.rows === written${number} + leftOut${number}, sum${number});`,
    )
    .text(
      "The sum is right. But both numbers come from one program, which might have written half of it. So another parser reads the file and counts; it takes piece after piece, so that a large file needs no more memory than a small one.",
    )
    .code(
      `let found${number} = 0;`,
      `const count${number} = { header: true, skipEmptyLines: true, step: () => found${number}++ };`,
      "await new Promise((complete) => {",
      `  Papa.parse(createReadStream(csv${number}), { ...count${number}, complete: complete, error: complete });`,
      "});",
      `check("as many rows in the file", found${number} === written${number}, \`\${found${number}} rows\`);`,
    )
    .text("Two programs count the same rows. And this is how the file begins, as text:")
    .code(
      `const begin${number} = createReadStream(csv${number}, { end: 1200, encoding: "utf8" });`,
      `const [piece${number}] = await begin${number}.toArray();`,
      `piece${number}.split("\\n").slice(0, 4).join("\\n");`,
    )
    .text(
      "The header, then a line for each row, every field in quotes. A comma, a quote or a line break within a value does no harm there: a quote inside a field is doubled.",
    );
}
