// What needs no database: loaded without the driver, which takes longer to load than 100,000 rows to denormalize.

export { type DenormalizeOptions, denormalize } from "./csv/denormalize.js";
export { type EventFile, findEventFiles } from "./files/event-files.js";
