// Logs that are joined by threads give what one thread gives, byte for byte. The compiled package has the threads, its
// sources have none.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "@sparkify/lib";
import { beforeAll, describe, type TestContext, test } from "vitest";
import { logRow, temporaryFolder, writeLog } from "../../../test/support.js";
import { type DenormalizeOptions, denormalize } from "../src/csv/denormalize.js";
import type { DenormalizeReport } from "../src/csv/report.js";
import type { EventFile } from "../src/files/event-files.js";
import { dialectOf } from "../src/rows/dialect.js";

let byThreads: typeof denormalize;
let threads: typeof import("../src/csv/parts.js");
beforeAll(async () => {
  const compiled = (name: string) =>
    import(pathToFileURL(join(projectRoot, "packages", "loader", "dist", "csv", name)).href);
  ({ denormalize: byThreads } = await compiled("denormalize.js"));
  threads = await compiled("parts.js");
});

const perLog = 12_000;
const template = logRow({
  itemInSession: "ITEM",
  sessionId: "SESSION",
  song: "SONG",
  location: "x".repeat(700),
});
const play = (session: number, item: number, song = "Music Matters") =>
  template.replace("SESSION", String(session)).replace("ITEM", String(item)).replace("SONG", song);

/** Four logs of 11 MB each. @param change what makes a row other than the usual ones; undefined where nothing does */
function writeLogs(t: TestContext, change: (log: number, row: number) => string | undefined): EventFile[] {
  const folder = temporaryFolder(t);
  return Array.from({ length: 4 }, (_, log) =>
    writeLog(
      join(folder, `2018-11-0${log + 1}-events.csv`),
      Array.from({ length: perLog }, (_, row) => change(log, row) ?? play(log * perLog + row, row % 50)),
    ),
  );
}

/** What one way of joining leaves: the CSV, the rejected rows, the report, the error. */
async function outcome(
  t: TestContext,
  join_: typeof denormalize,
  options: Omit<DenormalizeOptions, "target">,
) {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const rejected = join(folder, "rejected.csv");
  const shares: number[] = [];
  let report: DenormalizeReport | undefined;
  const error = await join_({
    ...options,
    target,
    rejected,
    onReport: (begun) => {
      report = begun;
    },
    onProgress: ({ share }) => shares.push(share),
  }).then(
    () => "",
    ({ message }: Error) => message.replaceAll(folder, ""),
  );
  const left = readdirSync(folder).sort();
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "latin1") : undefined);
  return {
    shares,
    told: { csv: read(target), rejected: read(rejected), report: { ...report, rejectedIn: "" }, error, left },
  };
}

async function assertSame(t: TestContext, options: Omit<DenormalizeOptions, "target">) {
  const alone = await outcome(t, denormalize, options);
  const together = await outcome(t, byThreads, options);
  assert.deepEqual(together.told, alone.told);
  assert.ok(together.shares.every((share) => share >= 0 && share <= 1));
  return together.told;
}

describe("threads give what one thread gives", () => {
  test("for damaged rows, dropped ones, texts encoded too often and positions that come again", async (t) => {
    const files = writeLogs(t, (log, row) => {
      if (row % 1000 === 7) return logRow({ userId: "nobody" });
      if (row % 500 === 8) return logRow({ artist: "", page: `page ${log % 3}` });
      if (row % 3000 === 9) return play(log * perLog + row, 0, "BjÃ\u0083Â¶rk");
      if (log > 0 && row % 4000 === 10) return play(10, 10, `again ${log}`);
      return undefined;
    });
    const { report, error } = await assertSame(t, { files, repair: true });
    assert.equal(error, "");
    assert.equal(report.rejected, 48);
    assert.ok((report.repeated?.differentContent ?? 0) > 0);
  });

  test("where the limit of rejected rows is passed among the rows of a later part", async (t) => {
    const files = writeLogs(t, (log, row) =>
      log === 3 && row % 500 === 7 ? logRow({ userId: "nobody" }) : undefined,
    );
    const { error, report, left } = await assertSame(t, { files, maxErrors: 20 });
    assert.match(error, /^More than 20 rows had to be rejected; the last one is line 10009 /);
    assert.equal(report.rejected, 21);
    assert.deepEqual(left, ["rejected.csv"]);
  });

  test("for a row that is too long to be held, and a log all of whose rows are rejected", async (t) => {
    const files = writeLogs(t, (log, row) =>
      log === 2 && row === 5 ? play(1, 1, "y".repeat(20 * 2 ** 20)) : log === 3 && row >= 20 ? "" : undefined,
    );
    const useless = Array.from({ length: 20 }, () => logRow({ song: "" }));
    files[3] = writeLog((files[3] as EventFile).path, useless);
    const { error, report } = await assertSame(t, { files });
    assert.match(error, /^1 of 4 logs cannot be read/);
    assert.equal(report.rejected, 21);
  });

  test("for a log that vanishes when it was looked at", async (t) => {
    const files = writeLogs(t, () => undefined);
    rmSync((files[3] as EventFile).path);
    await assertSame(t, { files });
    await assertSame(t, { files, skipFiles: true });
  });
});

test("a thread says what it has found, and its rows are gone with it", async (t) => {
  const files = writeLogs(t, (log, row) => (log === 0 && row < 3 ? logRow({ userId: "nobody" }) : undefined));
  const target = join(temporaryFolder(t), "rows.csv");
  const logs = await Promise.all(
    files.map(async (file) => ({ ...file, dialect: await dialectOf(file.path) })),
  );
  const part = new threads.Part();
  part.begin({ logs, target, repair: false, maxErrors: 10 });
  const joined = await part.joined();
  assert.equal(joined?.report.kept, 4 * perLog - 3);
  assert.deepEqual(
    joined.rejected.map(({ rejection }) => rejection.line),
    [2, 3, 4],
  );
  assert.equal(readFileSync(target, "latin1").split("\n").length, 4 * perLog - 3 + 1);
  await part.end();
  assert.equal(existsSync(target), false);
});

test("a run that is stopped ends its threads, and leaves nothing", async (t) => {
  const files = writeLogs(t, () => undefined);
  const abort = new AbortController();
  const folder = temporaryFolder(t);
  const run = byThreads({
    files,
    target: join(folder, "all.csv"),
    rejected: join(folder, "rejected.csv"),
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  await assert.rejects(run, { name: "AbortError" });
  assert.deepEqual(readdirSync(folder), ["rejected.csv"]);
});
