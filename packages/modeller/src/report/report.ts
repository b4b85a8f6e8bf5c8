// The page of a model's proposals: out/model/NAME/report.html. It loads nothing from anywhere.

import { namedSvg, page, escapeHtml as plain, wide } from "@sparkify/base/page";
import type { Row } from "@sparkify/compare";
import { drawColumns } from "@sparkify/course/diagrams";
import { quoted } from "@sparkify/cql";
import type { Note, Proposal, Rival, Size, Table } from "../propose/proposal.js";
import { count } from "../propose/words.js";

const style = `
  h2 { border-top: 1px solid var(--line); padding-top: 1rem; }
  .right, .wrong { font-weight: bold; white-space: nowrap; }
  .fault { border-left: .35rem solid var(--wrong); padding-left: .9rem; }
`;

const bytes = (number: number) =>
  number < 10_000
    ? `${count(number)} bytes`
    : number < 1_000_000
      ? `${count(Math.round(number / 1024))} KB`
      : `${count(Math.round(number / 1024 / 1024))} MB`;

/** How much the source of a model holds. */
export interface SourceSize {
  rows: number;
  files: number;
  columns: number;
}

/** @param name the model's */
export function reportHtml(name: string, size: SourceSize, proposals: Proposal[]): string {
  const passed = proposals.filter(({ verdict }) => verdict === "pass").length;
  const title = `${name}: ${passed} of ${proposals.length} questions have a proved table`;
  return page({
    title,
    style,
    body: `<h1>${plain(title)}</h1>
<p>${sizeText(size)} Each table was made on a real Cassandra, in a scratch keyspace, filled with these rows, asked, and compared with them; its rivals were tried the same way.</p>
${overview(proposals)}
${proposals.map(section).join("\n")}`,
  });
}

function sizeText({ rows, files, columns }: SourceSize): string {
  const where = files > 0 ? ` in ${count(files)} ${files === 1 ? "file" : "files"}` : "";
  return `${count(rows)} rows${where}, with ${columns} columns.`;
}

const verdictText = ({ verdict }: Proposal) =>
  verdict === "pass" ? `<span class="right">✔ proved</span>` : `<span class="wrong">✘ no</span>`;

function overview(proposals: Proposal[]): string {
  const lines = proposals.map((proposal) => {
    const { question, text, table, largestPartition, partitionsPerAnswer } = proposal;
    return `<tr><td>${verdictText(proposal)}</td><td><a href="#${question}">${plain(text)}</a></td><td>${table ? `<code>${plain(keyText(table))}</code>` : "no table can be right"}</td><td>${table ? count(partitionsPerAnswer) : ""}</td><td>${largestPartition ? sizeCells(largestPartition.grown) : ""}</td></tr>`;
  });
  const head = ["verdict", "question", "primary key", "partitions an answer", "largest partition, grown"];
  return tableOf(head, lines, "The questions");
}

const sizeCells = ({ rows, values, bytes: size }: Size) =>
  `${count(rows)} rows, ${count(values)} values, ${bytes(size)}`;

function keyText({ partitionKey, clustering }: Table): string {
  const rest = clustering.map(([column, order]) => `, ${quoted(column)}${order === "desc" ? " desc" : ""}`);
  return `((${partitionKey.map(quoted).join(", ")})${rest.join("")})`;
}

function section(proposal: Proposal): string {
  const { question, text, table, create, select, reasons, notes, servedBy } = proposal;
  return `<section id="${question}" aria-labelledby="${question}-title">
<h2 id="${question}-title">${verdictText(proposal)} ${plain(text)}</h2>
${notes.map(noteHtml).join("\n")}
${table ? drawing(table) : ""}
${reasons.length > 0 ? `<h3>Why this key</h3><ol>${reasons.map((reason) => `<li><b>${reason.step}</b>: ${plain(reason.text)}</li>`).join("")}</ol>` : ""}
${create ? `<h3>Table and query</h3><pre>${plain(create)};</pre>` : ""}${select ? `<pre>${plain(select)};</pre>` : ""}
${table?.bucket ? `<p>${bucketText(proposal, table)}</p>` : ""}
${servedBy ? `<p><b>Or share a table.</b> ${plain(servedBy.text)}</p>` : ""}
${proofHtml(proposal)}
${rivalsHtml(proposal.rivals)}
</section>`;
}

function bucketText({ partitionsPerAnswer }: Proposal, { bucket }: Table): string {
  if (!bucket) return "";
  const made =
    bucket.by === "hash"
      ? `the first seven hexadecimal digits of the MD5 of <code>${plain(bucket.of)}</code>, as a number, modulo ${bucket.count}`
      : `the ${bucket.by} of <code>${plain(bucket.of)}</code>, in UTC, by its first ${bucket.by === "hour" ? "minute" : "day"}`;
  return `<code>${plain(bucket.column)}</code> is ${made}. The query is asked once for each bucket, side by side or one after the other: an answer reads ${count(partitionsPerAnswer)} ${partitionsPerAnswer === 1 ? "partition" : "partitions"}.`;
}

function drawing(table: Table): string {
  const clustering = new Map(table.clustering);
  const kindOf = (name: string) =>
    table.partitionKey.includes(name)
      ? "partition_key"
      : clustering.has(name)
        ? "clustering"
        : table.static.includes(name)
          ? "static"
          : "regular";
  const columns = Object.entries(table.columns).map(([name, type]) => ({
    name,
    type,
    kind: kindOf(name) as "partition_key" | "clustering" | "static" | "regular",
    order: clustering.get(name) ?? ("none" as const),
    indexed: false,
  }));
  const { svg } = drawColumns(table.name, columns);
  const words = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  const named = namedSvg(svg, `The table ${table.name}`, `Its key: ${keyText(table)}. Its columns: ${words}`);
  return `<div class="drawing">${named}</div>
<p class="quiet">K is the partition key, C a clustering column with its order, S a static column.</p>`;
}

function noteHtml({ kind, text, rows }: Note): string {
  const label = { fail: "Why not", change: "What to change", info: "Note" }[kind];
  return `<div${kind === "info" ? "" : ` class="fault"`}><p><b>${label}.</b> ${plain(text)}</p>${rows ? rowsHtml(rows) : ""}</div>`;
}

function proofHtml({ findings, judgedRows, tableRows }: Proposal): string {
  if (findings.length === 0) return "";
  const lines = findings.map(
    ({ point, verdict, evidence, rows }) =>
      `<tr><td>${verdict === "pass" ? `<span class="right">✔ yes</span>` : `<span class="wrong">✘ ${verdict === "fail" ? "no" : "not sure"}</span>`}</td><td>${plain(point)}</td><td>${plain(evidence)}${rows ? rowsHtml(rows) : ""}</td></tr>`,
  );
  return `<h3>The proof</h3><p>${count(judgedRows)} rows tried; the table holds ${count(tableRows)}.</p>
${tableOf(["holds", "point", "what was seen"], lines, "The points of the proof")}`;
}

function rivalsHtml(rivals: Rival[]): string {
  if (rivals.length === 0) return "";
  const items = rivals.map(
    ({
      name,
      point,
      evidence,
      create,
      select,
      rows,
    }) => `<details><summary>${plain(name)}: ${point ? `<b>${plain(point)}</b> is lost` : "as good"}</summary>
<p>${plain(evidence)}.</p>${rows ? rowsHtml(rows) : ""}<pre>${plain(create)};\n\n${plain(select)};</pre></details>`,
  );
  return `<h3>Its rivals</h3>${items.join("\n")}`;
}

function rowsHtml(rows: Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const text = (value: unknown) =>
    value === null || value === undefined
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  const lines = rows.map(
    (row) => `<tr>${columns.map((column) => `<td>${plain(text(row[column]))}</td>`).join("")}</tr>`,
  );
  return tableOf(columns, lines, "Rows that show it");
}

function tableOf(columns: string[], lines: string[], label: string): string {
  const heads = columns.map((column) => `<th scope="col">${plain(column)}</th>`).join("");
  return wide(`<table><thead><tr>${heads}</tr></thead><tbody>${lines.join("\n")}</tbody></table>`, label);
}
