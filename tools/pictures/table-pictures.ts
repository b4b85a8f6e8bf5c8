// The diagrams of the walkthrough's three tables, side by side: images/tables-logical.svg and images/tables-physical.svg.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Drawing, tableDiagram } from "@sparkify/course";
import { projectRoot } from "@sparkify/lib";
import type { Client } from "cassandra-driver";

const tables = ["song_by_session_item", "songs_by_user_session", "users_by_song"];
/** For the arrow that says which question a table answers. */
const above = 34;
const between = 16;

/** Draws the tables as they are in the keyspace `sparkify`, so after a run of the notebooks. */
export async function drawTables(client: Client, folder = join(projectRoot, "images")): Promise<void> {
  for (const logical of [true, false]) {
    const diagrams: Drawing[] = [];
    for (const table of tables) diagrams.push(await tableDiagram(client, `sparkify.${table}`, { logical }));
    const file = join(folder, `tables-${logical ? "logical" : "physical"}.svg`);
    writeFileSync(file, `${sideBySide(diagrams)}\n`);
  }
}

function sideBySide(diagrams: Drawing[]): string {
  const height = above + Math.max(...diagrams.map((diagram) => diagram.height));
  let left = 0;
  const parts = diagrams.map(({ svg, width }, index) => {
    const x = left;
    left += width + between;
    const arrow = `<path d="M${x + 24} 8 V${above - 4} m-5 -7 l5 7 l5 -7" fill="none" stroke="#52606d" stroke-width="2"/>`;
    const question = `<text x="${x + 38}" y="22" font-weight="bold" fill="#52606d">Question ${index + 1}</text>`;
    return `${arrow}${question}\n<g transform="translate(${x} ${above})">${svg}</g>`;
  });
  const width = left - between;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14" role="img" aria-label="One table for each question: its columns, K for the partition key, C with an arrow for a clustering column">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${parts.join("\n")}
</svg>`;
}
