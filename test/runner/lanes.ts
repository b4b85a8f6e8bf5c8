// A lane is a work folder and a Cassandra of its own: two files can run side by side, on two cores.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@sparkify/base/lock";
import { root } from "@sparkify/base/root";

/** Where the tests write, so that they never touch what the reader has in the project's folder. */
const workFolder = join(root, "build", "test-work");
export const mostLanes = 2;
/** Of the unit tests, which run beside the others and need no Cassandra. */
export const unitLane = 0;

const folderOf = (lane: number) => join(workFolder, String(lane));

/** @param lane counted from 1, as VITEST_POOL_ID is, or `unitLane` */
export const laneEnvironment = (lane: number) => ({
  SPARKIFY_WORK_DIR: folderOf(lane),
  // Not 9042: without a sandbox the grader needs that port.
  SPARKIFY_CASSANDRA_PORT: String(9242 + 100 * lane),
  // Of the nodes that the tests start.
  SPARKIFY_DATA_OUTLIVES: "process",
});

/** Starts the lane's Cassandra, unless it runs. */
export function startCassandra(lane: number): void {
  const file = join(folderOf(lane), ".cassandra", "node.json");
  const { pid } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  if (!pid || !isAlive(pid)) cassandra("start", lane);
}

/** Removes a lane, with what an earlier run has left where it was killed. */
export function removeLane(lane: number): void {
  if (existsSync(join(folderOf(lane), ".cassandra"))) cassandra("destroy", lane);
  rmSync(folderOf(lane), { recursive: true, force: true });
}

export function removeLanes(): void {
  for (let lane = 1; lane <= mostLanes; lane++) removeLane(lane);
}

/** Not with `startChild`: what that starts ends with the file whose tests needed it first. */
function cassandra(action: "start" | "destroy", lane: number): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "tools", "start.mjs"), "cassandra", action],
    {
      encoding: "utf8",
      env: { ...process.env, ...laneEnvironment(lane), SPARKIFY_DATA_OUTLIVES: "nothing" },
    },
  );
  if (status !== 0) throw new Error(`The Cassandra for the tests: ${stdout}${stderr}`);
}
