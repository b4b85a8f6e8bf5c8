// Files of submissions, which may be anything: links, pipes, endless, closed, deeper than a path can say.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { dirname, isAbsolute, relative } from "node:path";

/** Folders that lie deeper in one another are not entered: no work is there, and a path has an end. */
export const deepest = 24;

/** The text of a file. @throws Error where it is no file, or larger than so many bytes: nothing of it is read then */
export function textOf(path: string, most: number): string {
  // A pipe must not be waited for, and a link is not followed: it may lead to another one's work.
  const descriptor = openSync(
    path,
    constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0),
  );
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new Error("it is no file");
    if (status.size > most)
      throw new Error(
        `it has ${(status.size / 2 ** 20).toFixed(0)} MB, and no more than ${most / 2 ** 20} are read`,
      );
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a small file; nothing of one that is not there, or cannot be read. */
export function readable(path: string): string {
  try {
    return textOf(path, 2 ** 20);
  } catch {
    return "";
  }
}

/** A folder and those above it, up to `top`, both with them; itself alone where it is not below that. */
export function foldersUp(folder: string, top: string): string[] {
  const steps = relative(top, folder);
  const isBelow = steps !== "" && !steps.startsWith("..") && !isAbsolute(steps);
  return isBelow ? [folder, ...foldersUp(dirname(folder), top)] : [folder];
}

/** What is in a folder, by name; nothing where it cannot be read. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/**
 * Removes a folder, as far as that can be done: what a submission has closed is opened, and what lies deeper than a path
 * can say is reached folder by folder. What is left then is in nobody's way, so nothing is thrown.
 */
export function removeAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: process.platform === "win32" ? 3 : 0 });
  } catch {
    // The programs below do what it cannot.
  }
  if (process.platform === "win32" || !lstatSync(path, { throwIfNoEntry: false })) return;
  const quietly = { stdio: "ignore", timeout: 120_000 } as const;
  spawnSync("chmod", ["-R", "u+rwx", path], quietly);
  spawnSync("rm", ["-rf", path], quietly);
}
