import assert from "node:assert/strict";
import { join } from "node:path";
import { eventDataDirectory } from "@sparkify/lib";
import { test } from "vitest";
import { python, temporaryFolder } from "../../../test/support.js";
import { denormalize } from "../src/csv/denormalize.js";
import { findEventFiles } from "../src/files/event-files.js";
import { streamlinedColumns } from "../src/rows/columns.js";

test("for the project's logs, Python reads from the CSV what it reads from the logs", async (t) => {
  const target = join(temporaryFolder(t), "all.csv");
  const rejected = join(temporaryFolder(t), "rejected.csv");
  const report = await denormalize({ files: findEventFiles(eventDataDirectory).files, target, rejected });
  const program = `
with open(sys.argv[2], encoding="utf-8", newline="") as file:
    header, *written = csv.reader(file, strict=True)
raw = [[row[column] for column in header] for row in plays(sys.argv[1])]
print(json.dumps([header, written, raw]))`;
  const [columns, written, raw] = python(program, eventDataDirectory, target) as [
    string[],
    string[][],
    string[][],
  ];
  assert.equal(
    columns.map((column) => `"${column}"`).join(),
    streamlinedColumns.map((column) => `"${column}"`).join(),
  );
  assert.equal(raw.length, 6820);
  assert.deepEqual(written, raw);
  assert.deepEqual([report.files, report.rows, report.kept, report.rejected], [30, 8056, 6820, 0]);
});
