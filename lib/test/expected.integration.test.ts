import assert from "node:assert/strict";
import { test } from "vitest";
import { python } from "../../test/support.js";
import { eventDataDirectory } from "../src/connect/settings.js";
import { readRawPlays } from "../src/raw-plays.js";

test("the raw plays of the project's logs are what Python reads", () => {
  const program = `
kinds = {"artist": str, "song": str, "length": float, "sessionId": int, "itemInSession": int, "userId": int,
         "firstName": str, "lastName": str, "gender": str, "level": str, "location": str, "date": str}
print(json.dumps([{name: kind(row[name]) for name, kind in kinds.items()} for row in plays(sys.argv[1])]))`;
  const plays = readRawPlays(eventDataDirectory);
  assert.equal(plays.length, 6820);
  assert.deepEqual(plays, python(program, eventDataDirectory));
});
