// The third notebook: for each question a table, and why it is this one.

import { quoted } from "@sparkify/cql";
import type { Proposal, Reason, Rival } from "../propose/proposal.js";
import { type Context, outsideKey, type WrittenQuestion } from "./context.js";
import { Draft } from "./draft.js";
import { code, literal, member, plain, tableRow } from "./escape.js";
import { bucketLiteral, shortCreate, shortSelect, statement } from "./layout.js";

const mostLinesOfTable = 12;
const mostLinesOfRival = 7;

export function tablesNotebook(context: Context): Draft {
  const { modelPath, questions, failed, names, file } = context;
  const draft = new Draft();
  draft
    .text(
      "# 3. Create the tables: one per question",
      "In a relational database you model the *data* first and ask any question later. Cassandra turns that around: **you model the question first**, because rows are found cheaply and predictably only by their key.",
      `**It needs** a Cassandra that answers (\`npm run lab\` starts one), the model's file, ${code(modelPath)}, and the rows that it names.`,
    )
    .code(
      `import { check, connect, createKeyspaceIfMissing, showTable } from "@sparkify/lib";`,
      `import { showFindings, showTableDiagram } from "@sparkify/course";`,
      `import { openModel } from "@sparkify/modeller";`,
    )
    .code(
      `const model = await openModel(${literal(modelPath)});`,
      "const client = await connect();",
      `\`\${model.rows} rows; connected to \${client.hosts.length} node(s)\`;`,
    )
    .text(
      "The rows are read again from the source, not from the CSV: a key is judged by what there is, whatever the file says.",
      "## The keyspace",
      "A keyspace groups tables and says how many copies of each row are kept: at most three here, and no more than there are nodes. One that exists stays as it is.",
    )
    .code(`const keyspace = await createKeyspaceIfMissing(client, ${literal(file.keyspace)});`, "keyspace;")
    .text(
      "This is the keyspace as it is now.",
      "## How to find a key",
      "The primary key has two parts. The **partition key** decides on which nodes a row lies, and rows of one partition key lie together. The **clustering columns** sort the rows inside the partition. For each question, ask four things, in this order:",
      [
        "1. **What is given, compared with `=`?** These columns lead the primary key, so that one request goes straight to one partition.",
        "2. **Is a range given?** That column comes next: a range is one stretch of sorted rows.",
        "3. **In which order must the rows come?** Clustering columns too, in that order and direction.",
        "4. **What tells two rows apart?** If the key so far does not, add what does. Otherwise the later row overwrites the earlier one, without any error.",
      ].join("\n"),
      "Equality, range, order, uniqueness. Each question below takes these steps, then its table is created, drawn and judged, and another model is tried beside it to see what it would lose. The cell that creates a table drops an older one first: change a key, run the cells again, and see what happens.",
    );
  for (const question of questions) questionPart(draft, question);
  for (const proposal of failed) failedPart(draft, proposal);
  refusalPart(draft, context);
  draft
    .text(
      "## What you have now",
      "Cassandra keeps the list of its columns in tables of its own. Ask it for those that are in a key:",
    )
    .code(
      "const columns = `SELECT table_name, column_name, kind, type FROM system_schema.columns",
      "  WHERE keyspace_name = ?`;",
      `const { rows } = await client.execute(columns, [${literal(file.keyspace)}], { prepare: true });`,
      `showTable(rows.filter((row) => row.kind !== "regular"), { limit: 100 });`,
    )
    .text("The tables of the keyspace, and the columns of their keys.")
    .code("model.close();", "await client.shutdown();")
    .text(
      "## What you have learned",
      [
        "- Start from the question: equality, range, order, uniqueness.",
        "- What is given leads the key; what tells rows apart ends it.",
        "- A key is right when Cassandra itself says so: one partition is read, no row is lost, the order is the one that was asked for.",
        "- Each question has its table, and the same facts stand in several of them. More writes are the price of reads that need one request.",
      ].join("\n"),
      `Next, [${names.rows}](${names.rows}.ipynb): fill the tables.`,
    );
  return draft;
}

const steps: [Reason["step"], string, string][] = [
  ["given", "Given", "nothing"],
  ["range", "Range", "none is given."],
  ["order", "Order", "none is asked for; the key sorts the rows all the same."],
  ["told apart", "Told apart by", "what is given is one fact already, so nothing has to be added."],
  ["static", "Static", ""],
  ["size", "Size", ""],
];

function questionPart(draft: Draft, question: WrittenQuestion): void {
  const { number, proposal, asked, table, fullName, select } = question;
  draft.text(
    `## Question ${number}: ${code(asked.name)}`,
    `> **${plain(asked.text)}**`,
    steps
      .flatMap(([step, title, none]) => {
        const said = proposal.reasons.filter((reason) => reason.step === step).map(({ text }) => plain(text));
        if (said.length === 0) return none ? [`- *${title}:* ${none}`] : [];
        return [`- *${title}:* ${said.join(" ")}`];
      })
      .join("\n"),
    ...proposal.notes.map(({ text }) => plain(text)),
    proposal.servedBy && plain(proposal.servedBy.text),
    "So these are the columns of the table, and what each is for:",
    columnTable(question),
  );
  if (table.bucket)
    draft
      .code(`const bucket${number} = ${bucketLiteral(table.bucket)};`)
      .text(
        `${code(table.bucket.column)} is the **bucket** of the notebook before: a part of the partition key that is computed from ${code(table.bucket.of)}. An answer then lies in ${proposal.partitionsPerAnswer === 1 ? "one partition" : `up to ${proposal.partitionsPerAnswer} partitions`}, each of which is asked for by itself.`,
      );
  draft
    .code(...statement(`create${number}`, shortCreate(createOf(question), mostLinesOfTable)))
    .text(
      `The inner brackets enclose the partition key${table.clustering.length > 0 ? "; the clustering columns follow it" : "; there is no clustering column, so each partition is one row"}. ${table.clustering.some(([, order]) => order === "desc") ? "`CLUSTERING ORDER` keeps the rows in the direction that the question asks for: it must name the clustering columns in the order of the key. " : ""}Create the table, and draw it from what Cassandra now says of its columns:`,
    )
    .code(
      `await client.execute(${literal(`DROP TABLE IF EXISTS ${fullName}`)});`,
      `await client.execute(create${number});`,
      `await showTableDiagram(client, ${literal(fullName)});`,
    )
    .text(
      `**K** marks the partition key, **C** a clustering column with an arrow for its direction${table.static.length > 0 ? ", **S** a static column: it has one value for the whole partition, and is kept once" : ""}.`,
      "Is it the right key? Cassandra has no command that tells its plan of a query. So the next cell *executes* the query with **tracing** on, and Cassandra writes down whether it read one partition or many. Then a copy of the table in a **scratch keyspace** gets rows that are made to collide: any row that this key can lose is lost there, where it does no harm.",
    )
    .code(
      ...statement(`query${number}`, shortSelect(select)),
      `const findings${number} = await model.judge(client, ${literal(asked.name)}, query${number}${table.bucket ? `, bucket${number}` : ""});`,
      `showFindings(findings${number}, ${literal(asked.name)});`,
    )
    .text(
      "Each line is a point that Cassandra has decided. The query has a marker, `?`, for each value that is given; no value is ever pasted into its text.",
    )
    .code(
      `const stands${number} = findings${number}.every(({ verdict }) => verdict === "pass");`,
      `check(${literal(`the key of ${asked.name} stands`)}, stands${number}, \`\${findings${number}.length} points\`);`,
    )
    .text(sizeText(proposal));
  rivalsPart(draft, question);
}

/** Without IF NOT EXISTS: an older one has been dropped. */
const createOf = ({ create }: WrittenQuestion) =>
  create.replace("CREATE TABLE IF NOT EXISTS", "CREATE TABLE");

function columnTable({ asked, table }: WrittenQuestion): string {
  const lines = Object.entries(table.columns).map(([name, type]) => {
    const why = [];
    const clustering = table.clustering.findIndex(([column]) => column === name);
    const isGiven = asked.given.some(({ cqlName }) => cqlName === name);
    if (table.bucket?.column === name) why.push("partition key: keeps the partition small");
    else if (table.partitionKey.includes(name)) why.push("partition key: it is given");
    if (clustering >= 0)
      why.push(
        isGiven
          ? "clustering column: it is given, too"
          : asked.between?.cqlName === name
            ? "clustering column: its range is given"
            : asked.order.some(({ column }) => column.cqlName === name)
              ? "clustering column: the order of the rows"
              : "clustering column: tells rows apart",
      );
    if (table.static.includes(name)) why.push("static: one value for each partition");
    if (why.length === 0) why.push("the question asks for it");
    return tableRow(code(name), code(type), why.join("; "));
  });
  return ["| column | type | what for |", "|---|---|---|", ...lines].join("\n");
}

const count = (number: number) => number.toLocaleString("en");

function sizeText({ largestPartition, judgedRows, tableRows }: Proposal): string {
  if (!largestPartition) return "Every point holds.";
  const { rows, values, grown } = largestPartition;
  const later =
    grown.rows > rows
      ? ` When the data have grown as the model says, it has ${count(grown.rows)} rows and ${count(grown.values)} values.`
      : "";
  const sample =
    judgedRows < tableRows
      ? ` The points are judged by ${count(judgedRows)} rows, the sizes by all of them.`
      : "";
  return `Every point holds. When the model was proposed, the largest partition had ${count(rows)} ${rows === 1 ? "row" : "rows"} and ${count(values)} ${values === 1 ? "value" : "values"} outside the key; Cassandra's documentation advises to stay below 100,000 values and 100 MB.${later}${sample}`;
}

/** Points that a small copy shows at once. */
const shownAtOnce = ["loses nothing", "right order", "no needless duplicates", "right types"];

function rivalsPart(draft: Draft, { number, proposal, asked, table }: WrittenQuestion): void {
  const { rivals } = proposal;
  if (rivals.length === 0) return;
  const tried = rivals.find(({ point }) => shownAtOnce.includes(point));
  draft.text(
    `### What other models lose`,
    "Each of them looks right at first sight. When the model was proposed, they were tried as well:",
    ["| another model | what it loses |", "|---|---|", ...rivals.map(rivalLine)].join("\n"),
  );
  if (!tried) return;
  const isSameQuery = tried.select === proposal.select;
  const other = table.bucket ? `, bucket: bucket${number}` : "";
  draft
    .text(
      `Try one of them, *${plain(tried.name)}*. It is made in a scratch keyspace, so your table stays as it is:`,
    )
    .code(...statement(`rival${number}`, shortCreate(tried.create, mostLinesOfRival)))
    .text(
      "Everything else is as in the table above. The same points are judged, with the same rows, so what differs in the result comes from this one change:",
    )
    .code(
      ...(isSameQuery ? [] : statement(`rivalQuery${number}`, shortSelect(tried.select))),
      `const other${number} = { create: rival${number}, query: ${isSameQuery ? "query" : "rivalQuery"}${number}${other} };`,
      `const lost${number} = await model.judgeOther(client, ${literal(asked.name)}, other${number});`,
      `showFindings(lost${number}, ${literal(tried.name)});`,
    )
    .text(
      "The cross is what it loses, and the rows below it show the loss. No error was told when they were written: that is why a key must be judged before it is used.",
    )
    .code(
      `const failing${number} = lost${number}.filter(({ verdict }) => verdict === "fail");`,
      `const points${number} = failing${number}.map(({ point }) => point).join(", ");`,
      `check(${literal(`${tried.name}: it does not stand`)}, failing${number}.length > 0, points${number});`,
    )
    .text("So the first table is the one to keep.");
}

const rivalLine = ({ name, point, evidence }: Rival) =>
  tableRow(plain(name), `${point ? `*${plain(point)}:* ` : ""}${plain(evidence)}`);

function failedPart(draft: Draft, { question, text, notes, findings }: Proposal): void {
  const points = findings.filter(({ verdict }) => verdict !== "pass");
  draft.text(
    `## No table for ${code(question)}`,
    `> **${plain(text)}**`,
    "No table can be right for this question as it is asked:",
    [
      ...notes.filter(({ kind }) => kind !== "info").map((note) => `- ${plain(note.text)}`),
      ...points.map(({ point, evidence }) => `- *${plain(point)}:* ${plain(evidence)}`),
    ].join("\n"),
  );
}

/** A question that no table here answers. */
function refusalPart(draft: Draft, { questions }: Context): void {
  const found = questions
    .map((question) => ({ question, column: outsideKey(question).find(({ nulls }) => nulls === 0) }))
    .find(({ column }) => column);
  if (!found?.column) return;
  const { question, column } = found;
  const { asked, fullName, table, number } = question;
  const name = column.cqlName;
  const bucket = table.bucket ? `, bucket${number}` : "";
  const asks = `SELECT * FROM ${fullName} WHERE ${quoted(name)} = ?`;
  draft
    .text(
      "## What Cassandra refuses",
      `Ask the table ${code(asked.name)} for a value of ${code(name)}. That column is not in the key, so the rows could be in any partition, on any node:`,
    )
    .code(
      `const asks = ${literal(asks)};`,
      `const row = await model.firstRowOf(${literal(asked.name)}${bucket});`,
      `const asking = client.execute(asks, [${member("row", name)}], { prepare: true });`,
      'const refusal = await asking.then(() => "answered").catch((error) => error.message);',
      "refusal;",
    )
    .text(
      "Cassandra refuses. `ALLOW FILTERING` would silence the error, not the cost: every partition would be read, and the query would get slower with every row that is added. When you meet this error for a question that is asked often, the answer is a table for that question.",
    );
}
