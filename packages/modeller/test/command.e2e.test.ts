import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, dropKeyspace, eventDataDirectory, projectRoot } from "@sparkify/lib";
import { describe, test } from "vitest";
import { assertAccessible } from "../../../test/accessible.js";
import { embedded, isSoak, newFolder, runCommand, startScript } from "../../../test/command.js";
import { keyspacesWith } from "../../../test/support.js";
import { walkthroughTables } from "../../../tools/walkthrough.js";

/** Runs `npm run model` with a work folder of its own. */
async function model(args: string[], work: string) {
  const ended = await runCommand(["model", ...args], {
    SPARKIFY_WORK_DIR: work,
    CASSANDRA_CONTACT_POINTS: embedded(),
  });
  const read = (name: string, file: string) => readFileSync(join(work, "out", "model", name, file), "utf8");
  return { ...ended, read };
}

const modelAt = (...path: string[]) => join(projectRoot, "models", ...path);

/** Scratch keyspaces that are there. */
async function scratchKeyspaces(): Promise<string[]> {
  const client = await connect();
  try {
    return await keyspacesWith(client, "sparkify_model_");
  } finally {
    await client.shutdown();
  }
}

/** White space and IF NOT EXISTS make no other table. */
const normal = (cql: string) => cql.replace("IF NOT EXISTS ", "").replace(/\s+/g, " ").trim();

test("of the walkthrough's questions the three tables of its notebook are proposed, proved, and nothing is left behind", async () => {
  const work = newFolder("model");
  const before = await scratchKeyspaces();
  // In npm test five days, of which each example has its rows.
  const path = isSoak ? modelAt("sparkify.model.yaml") : join(work, "sparkify.model.yaml");
  const logs = `${eventDataDirectory}/2018-11-[01][056]-events.csv`;
  if (!isSoak)
    writeFileSync(
      path,
      readFileSync(modelAt("sparkify.model.yaml"), "utf8").replace("../event_data/*.csv", logs),
    );
  const { code, output, read } = await model(["propose", path], work);
  assert.equal(code, 0, output);
  const proposals = JSON.parse(read("sparkify", "proposal.json"));
  assert.deepEqual(
    proposals.map(({ create }: { create: string }) => normal(create)),
    walkthroughTables().map(({ createCql }) => normal(createCql)),
  );
  for (const { verdict, rivals, judgedRows } of proposals)
    assert.deepEqual([verdict, rivals.length > 0, judgedRows], ["pass", true, isSoak ? 6820 : 1543]);
  const page = read("sparkify", "report.html");
  assert.match(page, /3 of 3 questions have a proved table/);
  assert.doesNotMatch(page, /(src|href)="(?!#)/, "the page loads nothing, and links to itself only");
  await assertAccessible({ "report.html": page });
  assert.deepEqual(await scratchKeyspaces(), before);
});

describe("the sensors: a range, a weekly bucket, a latest value, static columns, a set", () => {
  const work = newFolder("model");

  test("are proposed and proved", async () => {
    const { code, output, read } = await model(["propose", modelAt("sensors", "sensors.model.yaml")], work);
    assert.equal(code, 0, output);
    const [first] = JSON.parse(read("sensors", "proposal.json"));
    assert.deepEqual(
      [first.table.partitionKey, first.table.clustering, first.table.static.sort(), first.table.bucket.by],
      [["sensor", "ts_week"], [["ts", "desc"]], ["place", "unit"], "week"],
    );
    // From Friday evening to Monday morning.
    assert.equal(first.partitionsPerAnswer, 2);
    assert.ok(first.largestPartition.grown.values <= 100_000, JSON.stringify(first.largestPartition));
    const unsplit = first.rivals.find(({ point }: { point: string }) => point === "partition size");
    assert.match(unsplit.evidence, /[\d,]+ values/);
  });

  test("are loaded: every row of every table as in the files, and each example answered as SQL answers it", async () => {
    const { code, output, read } = await model(["load", modelAt("sensors", "sensors.model.yaml")], work);
    assert.equal(code, 0, output);
    const { ok, rejected, tables, questions } = JSON.parse(read("sensors", "load.json"));
    assert.deepEqual([ok, rejected], [true, 0]);
    assert.deepEqual(
      tables.map(({ name, ok: isRight }: { name: string; ok: boolean }) => [name, isRight]),
      [
        ["sensors.readings_by_sensor", true],
        ["sensors.latest_reading_by_sensor", true],
        ["sensors.sensors_by_place", true],
      ],
    );
    for (const { rows, expectedRows, ok: isRight } of questions)
      assert.deepEqual([isRight, rows > 0 && rows === expectedRows], [true, true]);
  });

  test("a row that is altered afterwards is found by the next load, which writes it again", async () => {
    const client = await connect();
    try {
      await client.execute("DELETE FROM sensors.sensors_by_place WHERE place = 'Palm house'");
      await client.execute(
        "INSERT INTO sensors.sensors_by_place (place, sensor) VALUES ('Palm house', 'nobody')",
      );
      const { code, output, read } = await model(["load", modelAt("sensors", "sensors.model.yaml")], work);
      assert.equal(code, 1, output);
      const { ok, tables } = JSON.parse(read("sensors", "load.json"));
      const wrong = tables.filter((table: { ok: boolean }) => !table.ok);
      assert.deepEqual(
        [ok, wrong.length, wrong[0].name, wrong[0].missing, wrong[0].extra],
        [false, 1, "sensors.sensors_by_place", 0, 1],
      );
      await client.execute("ALTER TABLE sensors.sensors_by_place ADD more int");
      const other = await model(["load", modelAt("sensors", "sensors.model.yaml")], work);
      assert.equal(other.code, 1);
      assert.match(other.output, /sensors_by_place is there already, .* it has more int, and lacks nothing/);
    } finally {
      await dropKeyspace(client, "sensors");
      await client.shutdown();
    }
  });
});

test("an interrupted proposal leaves no keyspace and no file of its database behind", async () => {
  const work = newFolder("model");
  const before = await scratchKeyspaces();
  const child = spawn(process.execPath, [startScript, "model", "propose", modelAt("sparkify.model.yaml")], {
    env: { ...process.env, SPARKIFY_WORK_DIR: work, CASSANDRA_CONTACT_POINTS: embedded() },
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  for (let tries = 0; (await scratchKeyspaces()).length <= before.length; tries++) {
    assert.ok(tries < 600 && child.exitCode === null, "it never came as far as a scratch keyspace");
    await sleep(100);
  }
  child.kill("SIGINT");
  assert.equal(await ended, 130);
  assert.deepEqual(await scratchKeyspaces(), before);
  assert.equal(existsSync(join(work, "out", "model", "sparkify", "proposal.json")), false);
});

test("what cannot be meant is one line each", async () => {
  const work = newFolder("model");
  const said = async (args: string[]) => {
    const { code, output } = await model(args, work);
    const line = output.split("\n").find((one) => one.startsWith("✘ ") && !/^✘ (Read|Find|Load)/.test(one));
    assert.doesNotMatch(output, /^ +at /m, output);
    return { code, line: line ?? "" };
  };
  const write = (name: string, text: string) => {
    const path = join(work, name);
    writeFileSync(path, text);
    return path;
  };
  copyFileSync(join(projectRoot, "event_data", "2018-11-01-events.csv"), join(work, "log.csv"));
  const questions = (more: string) =>
    `keyspace: bad\nsource: {files: log.csv}\nevent: [sessionId, itemInSession]\nquestions:\n  - {text: x, given: [sessionId], answer: [song]${more}}\n`;

  const unknown = await said(["propose", write("a.model.yaml", questions(", between: nothing"))]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.line, /a\.model\.yaml, line 5: the source has no column nothing\. It has artist, /);
  const noRow = await said(["propose", write("b.model.yaml", questions(", example: {sessionId: 999999}"))]);
  assert.match(noRow.line, /b\.model\.yaml, line 5: the example finds no row/);
  const noFile = write("c.model.yaml", questions("").replace("log.csv", "none/*.csv"));
  assert.match((await said(["propose", noFile])).line, /none\/\*\.csv/);
  const unproposed = await said(["load", write("d.model.yaml", questions(""))]);
  assert.match(unproposed.line, /propose the tables first/);
  assert.match((await said(["propose", join(work, "e.model.yaml")])).line, /e\.model\.yaml is not there/);
  assert.equal((await said(["sing", "x"])).code, 2);
});
