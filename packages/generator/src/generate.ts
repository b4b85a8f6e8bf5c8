import { type LogEvent, makeEvents } from "./events.js";
import { seededRandom } from "./random.js";

/** Any seed keeps the planted cases and the totals; this one also comes close to the figures of a real month. */
const defaultSeed = 1751;

/** These pages send the browser on to another one. */
const redirected = /^(Login|Logout|Save|Submit)/;

/** The values of a line by the names of its columns, in the order of the columns. */
const columns: Readonly<Record<string, (event: LogEvent) => string | number | undefined>> = {
  artist: (event) => event.song?.artist,
  auth: (event) => (event.user ? "Logged In" : "Logged Out"),
  firstName: (event) => event.user?.firstName,
  gender: (event) => event.user?.gender,
  itemInSession: (event) => event.item,
  lastName: (event) => event.user?.lastName,
  length: (event) => event.song?.length,
  level: (event) => event.level,
  location: (event) => event.user?.location,
  method: (event) => (event.page === "NextSong" || redirected.test(event.page) ? "PUT" : "GET"),
  page: (event) => event.page,
  registration: (event) => event.user && scientific(event.user.registration),
  sessionId: (event) => event.session,
  song: (event) => event.song?.title,
  status: (event) => (redirected.test(event.page) ? 307 : event.page === "Error" ? 404 : 200),
  ts: (event) => scientific(event.time),
  userId: (event) => event.user?.id,
};

/** The columns of the logs, in their order. */
export const columnNames = Object.keys(columns);

/** As a spreadsheet program spoils long numbers: 1541638123456 becomes 1.54164E+12. */
const scientific = (value: number) => Number(value.toPrecision(6)).toExponential().toUpperCase();

const csvField = (value: string | number | undefined = "") =>
  /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);

const csvLine = (values: readonly (string | number | undefined)[]) => `${values.map(csvField).join(",")}\r\n`;

export function generateEvents(seed: number = defaultSeed): LogEvent[] {
  return makeEvents(seededRandom(seed));
}

/** The bytes of each day's file, by its name. */
export function eventFiles(events: readonly LogEvent[]): Map<string, Buffer> {
  const files = new Map<string, string>();
  for (const event of events) {
    const name = `${new Date(event.time).toISOString().slice(0, 10)}-events.csv`;
    const line = csvLine(Object.values(columns).map((column) => column(event)));
    files.set(name, (files.get(name) ?? csvLine(columnNames)) + line);
  }
  return new Map([...files].map(([name, text]) => [name, Buffer.from(text, "utf8")]));
}

export function generateEventFiles(seed?: number): Map<string, Buffer> {
  return eventFiles(generateEvents(seed));
}
