import assert from "node:assert/strict";
import type { DenormalizeReport, Reading } from "@sparkify/loader";
import { test } from "vitest";
import { captureDisplays, type Shown } from "../../../test/support.js";
import { showDenormalized } from "../src/show-denormalized.js";

const shown = captureDisplays();

test("the denormalization's verdict holds its counts, and every rejected row is listed", () => {
  const counts = {
    files: 2,
    rows: 10,
    kept: 6,
    dropped: 3,
    droppedByPage: { Home: 1, "<i>": 2 },
    rejected: 1,
    rejectedByReason: { "length: <b>": 1 },
  };
  const plain: Reading = {
    file: "/logs/a.csv",
    format: "CSV",
    zipped: false,
    encoding: "UTF-8",
    delimiter: ",",
    spaces: false,
    sepLine: false,
    otherNames: [],
    unnamedFirst: false,
    emptyLastField: 0,
    pointZero: 0,
    decimalComma: 0,
    marks: 0,
  };
  const rejections = [{ file: "/logs/a.csv", line: 7, column: "length", reason: 'not "<x>"' }];
  const report: DenormalizeReport = {
    ...counts,
    rejections,
    rejectedIn: "/out/rejected.csv",
    read: [plain, { ...plain, file: "/logs/b.csv", delimiter: ";", decimalComma: 4, emptyLastField: 1200 }],
    unreadable: [],
    repeated: { sameEvent: 4, differentContent: 5, examples: [] },
    encodedTooOften: { rows: 0, examples: [] },
  };
  showDenormalized(report);
  const { html, verdict } = shown.pop() as Shown;
  const how = ["semicolons", "decimal comma", "1,200 rows with an empty field at the end"];
  const notPlain = [{ file: "/logs/b.csv", how }];
  assert.deepEqual(verdict, { kind: "eventData", directory: "event_data", ...counts, notPlain });
  assert.match(html, /b\.csv.*semicolons, decimal comma, 1,200 rows with an empty field at the end/s);
  assert.match(html, /length: &lt;b&gt;.*>1</s);
  assert.match(html, /&lt;i&gt;.*>2<.*page Home.*>1<.*rejected.*>1<.*same event.*>4<.*otherwise.*>5</s);
  assert.match(html, /out\/rejected\.csv.*a\.csv.*>7<.*length.*&quot;&lt;x&gt;&quot;/s);
  const unreadable = [{ file: "/logs/b.csv", reason: "The file /logs/b.csv cannot be read: gone" }];
  assert.throws(() => showDenormalized({ ...report, unreadable }), /1 of 2 logs could not be read: .*b\.csv/);
  shown.length = 0;
});
