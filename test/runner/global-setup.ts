// Runs once, before and after all tests that need more than Node.

import { startGuardian } from "../../tools/processes.mjs";
import { removeLanes } from "./lanes.js";

export function setup(): void {
  startGuardian(); // nothing outlives the tests, however they end
  removeLanes();
}

export const teardown = removeLanes;
