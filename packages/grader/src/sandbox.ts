// What keeps a submission apart from the reviewer's machine, where the platform can give that.
//
// With bubblewrap (Linux): the job and its Cassandra get a network of their own, with nothing but loopback; the
// submission in it gets processes of its own, a read-only system, and its own copy as the only place to write. Elsewhere
// there are the cleared environment, the process group and the limits.

import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { kernelPython, kernelVenv } from "./install.js";

/** Bubblewrap by its full path: the submission's runner is started with another PATH. */
export function findBubblewrap({ PATH = "" }: NodeJS.ProcessEnv): string {
  const paths = PATH.split(delimiter).map((folder) => join(folder, "bwrap"));
  return paths.find((path) => existsSync(path)) ?? "bwrap";
}

/** The outer sandbox: a network of its own. */
const ownNetwork = "--unshare-net --die-with-parent --dev-bind / /".split(" ");

/** The inner one, without what it shows. */
const ownProcesses = (
  "--unshare-user --uid 1000 --gid 1000 --unshare-pid --unshare-ipc --unshare-uts --hostname submission " +
  "--die-with-parent --new-session"
).split(" ");

const devices = "--proc /proc --dev /dev".split(" ");

/** Whether both can be had here, one in the other. Says why not, or nothing. */
export function whyNoSandbox(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.SPARKIFY_NO_SANDBOX) return "SPARKIFY_NO_SANDBOX is set";
  if (process.platform !== "linux") return `bubblewrap is for Linux, this is ${process.platform}`;
  const bubblewrap = findBubblewrap(environment);
  const inner = [bubblewrap, ...ownProcesses, "--ro-bind", "/", "/", ...devices, "true"];
  const { error, status, stderr } = spawnSync(bubblewrap, [...ownNetwork, ...inner], { encoding: "utf8" });
  if (error) return "bubblewrap (bwrap) is not installed";
  return status === 0 ? undefined : `bubblewrap is not permitted here: ${stderr.trim().split("\n")[0]}`;
}

/** A command that runs in a network of its own, with all of this machine's files. */
export const inOwnNetwork = (bubblewrap: string, command: string[]): string[] => [
  bubblewrap,
  ...ownNetwork,
  ...command,
];

/** What a submission sees of the machine's files. */
export interface Cage {
  /** The only folder that can be written, seen under its own path. */
  folder: string;
  /** What can only be read. */
  settings: string;
  /** Further paths at which a folder of it is seen: those that a submission names. */
  aliases: { path: string; folder: string }[];
}

/** A command that runs with its own processes and files. */
export function inCage(bubblewrap: string, { folder, settings, aliases }: Cage, command: string[]): string[] {
  const hosts = join(settings, "hosts");
  writeFileSync(hosts, "127.0.0.1 localhost\n");
  const parts = ["node_modules", "lib", "package.json", ".venv", "packages"];
  const programs = [...parts.map((name) => join(projectRoot, name)), kernelVenv, ...programFolders()];
  const shown = (option: string, path: string, at = path) => [option, path, at];
  const memory = (path: string, megabytes: number) => [
    "--size",
    String(megabytes * 2 ** 20),
    "--tmpfs",
    path,
  ];
  return [
    bubblewrap,
    ...ownProcesses,
    ...systemFolders(),
    ...shown("--ro-bind", hosts, "/etc/hosts"),
    ...devices,
    ...memory("/dev/shm", 64),
    ...memory("/tmp", 256),
    ...programs.flatMap((path) => shown("--ro-bind-try", path)),
    ...shown("--ro-bind", settings),
    ...shown("--bind", folder),
    ...aliases.flatMap((alias) => shown("--bind", alias.folder, alias.path)),
    "--remount-ro",
    "/",
    "--chdir",
    folder,
    ...command,
  ];
}

/** The read-only system. */
function systemFolders(): string[] {
  const top = "/usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix".split(" ");
  const etc = "ld.so.cache ld.so.conf ld.so.conf.d alternatives localtime nsswitch.conf ssl".split(" ");
  return [
    ...top
      .filter((path) => existsSync(path))
      .flatMap((path) =>
        lstatSync(path).isSymbolicLink()
          ? ["--symlink", readlinkSync(path), path]
          : ["--ro-bind", path, path],
      ),
    ...etc.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
  ];
}

/** Where Node and the Pythons really are, unless /usr holds them. Never the reviewer's home as a whole. */
function programFolders(): string[] {
  const programs = [process.execPath, venvPython, kernelPython].filter((path) => existsSync(path));
  const folders = programs.map((path) => {
    const bin = dirname(realpathSync(path));
    const prefix = dirname(bin);
    return `${homedir()}/`.startsWith(`${prefix}/`) ? bin : prefix;
  });
  return [...new Set(folders)].filter((path) => path !== "/" && !/^\/(usr|bin|nix)(\/|$)/.test(path));
}
