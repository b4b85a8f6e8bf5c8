export { type LogFacts, writeDailyLogs } from "./large/daily-logs.js";
export { RowHash } from "./large/row-hash.js";
export { songAt } from "./large/songs.js";
export { seededRandom } from "./random.js";
