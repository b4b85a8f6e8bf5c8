// Runs once, before and after the unit tests.

import { removeLane, unitLane } from "./lanes.js";

export const setup = () => removeLane(unitLane);
export const teardown = setup;
