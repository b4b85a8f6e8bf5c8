// Runs once, before and after all tests that need more than Node.

import { startGuardian } from "@sparkify/base/processes";
import { removeLanes } from "./lanes.js";

export function setup(): void {
  startGuardian(); // nothing outlives the tests, however they end
  removeLanes();
}

export const teardown = removeLanes;
