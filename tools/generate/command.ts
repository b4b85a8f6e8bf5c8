import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { eventFiles, generateEvents } from "./generate.js";

// Seen from build/tools/generate/.
const folder = new URL("../../../event_data/", import.meta.url);

/** Writes the event files, or with --check tells whether those in event_data/ are what would be written. */
export async function generate(args: string[]): Promise<number> {
  if (args.some((arg) => arg !== "--check")) {
    console.error("usage: generate [--check]");
    return 2;
  }
  const events = generateEvents();
  const files = eventFiles(events);

  if (args.includes("--check")) {
    const faults = await compare(files);
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) return 1;
    console.log(`${files.size} files in ${fileURLToPath(folder)} are as generated.`);
  } else {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of files) await writeFile(new URL(name, folder), bytes);
    console.log(`${files.size} files written to ${fileURLToPath(folder)}`);
  }

  const sessions = new Set(events.map((event) => event.session));
  const users = new Set(events.flatMap((event) => event.user?.id ?? []));
  const plays = events.filter((event) => event.song);
  console.log(`${events.length} rows, ${plays.length} of them with an artist`);
  console.log(`${sessions.size} sessions of ${users.size} users`);
  return 0;
}

async function compare(files: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const present = await readdir(folder).catch((): string[] => []);
  const faults = present
    .filter((name) => name.endsWith(".csv") && !files.has(name))
    .map((name) => `extra: ${name}`);
  for (const [name, bytes] of files) {
    if (!present.includes(name)) faults.push(`missing: ${name}`);
    else if (!bytes.equals(await readFile(new URL(name, folder)))) faults.push(`differs: ${name}`);
  }
  return faults.sort();
}
