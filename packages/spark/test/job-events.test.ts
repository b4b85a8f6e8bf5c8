import assert from "node:assert/strict";
import { test } from "vitest";
import { jobEventIn } from "../src/protocol.js";
import { JobResult } from "../src/report.js";

const table = { name: "sparkify.users_by_song", rows: 2, expectedRows: 2, missing: 0, altered: 0, extra: 0 };

test("what the job prints becomes its result; what Spark prints is no event", () => {
  const result = new JobResult();
  const lines = [
    "Spark master: local[*,4], Application Id: local-1",
    '{"file":"no event"}',
    '{"event":"counts","files":3,"rows":12,"kept":1,"dropped":1,"rejected":10}',
    '{"event":"reason","reason":"userId: not a number","rows":10}',
    `{"event":"verified","name":"${table.name}","rows":2,"expectedRows":2,"missing":0,"altered":0,"extra":0}`,
    '{"event":"refused","why":"too many rejected"}',
  ];
  const events = lines.map(jobEventIn).filter((event) => event !== undefined);
  assert.equal(events.length, 4);
  for (const event of events) result.take(event);
  assert.deepEqual(result.counts, { files: 3, rows: 12, kept: 1, dropped: 1, rejected: 10 });
  assert.deepEqual(result.rejectedByReason, { "userId: not a number": 10 });
  assert.deepEqual(result.tables, [table]);
  assert.equal(result.refusal, "too many rejected");
});

test("a log without the columns is reported with those that it lacks, and with its first line", () => {
  const result = new JobResult();
  result.take({ event: "unreadable", file: "/logs/a.csv", missing: ["song"], firstLine: "artist;auth" });
  assert.match(
    result.unreadable[0]?.reason ?? "",
    /a\.csv .* Missing, or there twice: song\. .*: artist;auth\n/,
  );
});
