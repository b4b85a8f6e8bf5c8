// What keeps a submission apart from the reviewer's machine, where the platform can give that.
//
// With bubblewrap (Linux) there are three walls, one in the other. A job and its Cassandras have a network of their own. In
// it each run has another one, without any way out but port 9042, which a keeper leads to the submission's Cassandra. In
// that is the cage: processes of its own, a read-only system, the submission's copy as the only place to write. Nothing in
// it has rights on this machine: where the reviewer is root, it belongs to the user nobody. Elsewhere there are the cleared
// environment, the process group and the limits.

import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { venv, venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { kernelPython, kernelVenv } from "./install.js";
import { resource } from "./resources.js";

/** Bubblewrap by its full path: the submission's runner is started with another PATH. */
export function findBubblewrap({ PATH = "" }: NodeJS.ProcessEnv): string {
  const paths = PATH.split(delimiter).map((folder) => join(folder, "bwrap"));
  return paths.find((path) => existsSync(path)) ?? "bwrap";
}

/** The user who has submissions' files and processes where the reviewer is root: nobody, on every Linux. */
export const cageUser = process.getuid?.() === 0 ? 65534 : undefined;

const ownNetwork = "--unshare-net --die-with-parent".split(" ");
const allFiles = "--dev-bind / /".split(" ");

/** The innermost wall, without what it shows. */
const ownProcesses = (
  "--unshare-user --disable-userns --uid 1000 --gid 1000 --unshare-pid --unshare-ipc --unshare-uts " +
  "--unshare-cgroup-try --hostname submission --die-with-parent --new-session"
).split(" ");

const memory = (path: string, megabytes: number) => [
  "--perms",
  "1777",
  "--size",
  String(megabytes * 2 ** 20),
  "--tmpfs",
  path,
];

/** The folders above some paths, the highest first: bubblewrap by itself would make them for their owner only. */
function foldersAbove(paths: string[]): string[] {
  const above = (path: string): string[] => (path === "/" ? [] : [...above(dirname(path)), path]);
  const all = new Set(paths.flatMap((path) => above(dirname(path))));
  return [...all].sort((a, b) => a.length - b.length).flatMap((path) => ["--perms", "0755", "--dir", path]);
}
const readOnly = (...paths: string[]) => paths.flatMap((path) => ["--remount-ro", path]);

/** The kernel's files for the cage: nothing of the machine can be set there, and /dev is no place to write. */
const devices = [
  ..."--proc /proc --dev /dev".split(" "),
  ...memory("/dev/shm", 64),
  ...readOnly("/proc", "/dev"),
];

/** Whether all walls can be had here, one in the other. Says why not, or nothing. */
export function whyNoSandbox(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.SPARKIFY_NO_SANDBOX) return "SPARKIFY_NO_SANDBOX is set";
  if (process.platform !== "linux") return `bubblewrap is for Linux, this is ${process.platform}`;
  const bubblewrap = findBubblewrap(environment);
  const network = [bubblewrap, ...ownNetwork, ...allFiles];
  const inner = [bubblewrap, ...ownProcesses, "--ro-bind", "/", "/", ...devices, "true"];
  const user = String(cageUser);
  const drop = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"];
  const [first = "", ...args] = [...network, ...network, ...(cageUser === undefined ? [] : drop), ...inner];
  const { error, status, stderr } = spawnSync(first, args, { encoding: "utf8" });
  if (error) return "bubblewrap (bwrap) is not installed";
  return status === 0 ? undefined : `bubblewrap cannot be used here: ${stderr.trim().split("\n")[0]}`;
}

/** A command that runs in a network of its own, with all of this machine's files. */
export const inOwnNetwork = (bubblewrap: string, command: string[]): string[] => [
  bubblewrap,
  ...ownNetwork,
  ...allFiles,
  ...command,
];

/** What a submission sees of the machine's files. */
export interface Cage {
  /** The only folder that can be written, seen under its own path. */
  folder: string;
  /** What can only be read. */
  settings: string;
  /** Packages that were installed for it, which can only be read. */
  packages?: string | undefined;
  /** Further paths at which a folder of it is seen: those that a submission names. */
  aliases: { path: string; folder: string }[];
  /** The socket behind which its Cassandra is, see gate.ts; undefined where there is none. */
  gate?: string | undefined;
}

/** Where the keeper finds the gate. The cage itself does not show it. */
const gateInside = "/run/gate";

/** A command that runs with its own network, processes and files. */
export function inCage(bubblewrap: string, cage: Cage, command: string[]): string[] {
  const view = viewOf(cage);
  const { gate } = cage;
  return [
    bubblewrap,
    ...ownNetwork,
    ...view,
    ..."--bind /proc /proc --dev /dev".split(" "),
    ...foldersAbove([bubblewrap, gateInside].filter((path) => !/^\/(usr|bin|nix)\//.test(path))),
    "--ro-bind-try",
    bubblewrap,
    bubblewrap,
    ...(gate === undefined ? [] : ["--bind", gate, gateInside]),
    ...readOnly("/"),
    venvPython,
    "-I",
    "-B",
    resource("python/keeper.py"),
    gateInside,
    String(cageUser ?? "-"),
    bubblewrap,
    ...ownProcesses,
    ...view,
    ...devices,
    ...readOnly("/"),
    "--chdir",
    cage.folder,
    ...command,
  ];
}

/** What of the machine's files is shown. */
function viewOf({ folder, settings, aliases, packages }: Cage): string[] {
  const hosts = join(settings, "hosts");
  writeFileSync(hosts, "127.0.0.1 localhost\n");
  const programs = [...shownPrograms(), ...(packages === undefined ? [] : [packages])];
  const taken = [folder, settings, ...programs];
  const named = aliases.filter(({ path }) => isApart(path, taken));
  const shown = (option: string, path: string, at = path) => [option, path, at];
  return [
    ...systemFolders(),
    ...shown("--ro-bind", hosts, "/etc/hosts"),
    ...memory("/tmp", 256),
    ...foldersAbove([...taken, ...named.map(({ path }) => path)]),
    ...programs.flatMap((path) => shown("--ro-bind-try", path)),
    ...shown("--ro-bind", settings),
    ...shown("--bind", folder),
    ...named.flatMap((alias) => shown("--bind", alias.folder, alias.path)),
  ];
}

/** Whether a path lies neither above nor below any of the others, nor in what is the system's. */
export function isApart(path: string, others: string[]): boolean {
  if (resolve(path) !== path) return false;
  const holds = (above: string, below: string) => `${below}/`.startsWith(`${above.replace(/\/$/, "")}/`);
  const system =
    "/usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix /etc /proc /dev /tmp /run /sys /var /boot".split(" ");
  return [...system, ...others].every((other) => !holds(path, other) && !holds(other, path));
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
    ...foldersAbove(["/etc/hosts"]),
    ...etc.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
  ];
}

let programsFound: string[] | undefined;

/**
 * What runs submissions: programs, and not the folders that they are in, where a reader may keep other things. Of the
 * virtual environment that is what a kernel needs: a JupyterLab may keep its keys beside it.
 */
function shownPrograms(): string[] {
  if (programsFound) return programsFound;
  const ofProject = ["node_modules", "lib", "package.json", "packages"].map((name) =>
    join(projectRoot, name),
  );
  const ofVenv = ["bin", "lib", "lib64", "pyvenv.cfg", "share/jupyter/kernels"].map((name) =>
    join(venv, name),
  );
  const ofNode = [process.execPath, ...librariesOfNode()];
  const pythons = [venvPython, kernelPython].filter((path) => existsSync(path)).flatMap(partsOfPython);
  const elsewhere = [...ofNode, ...pythons].filter((path) => !/^\/(usr|bin|lib\w*|nix)\//.test(path));
  const all = [...new Set([...ofProject, ...ofVenv, kernelVenv, ...elsewhere])];
  programsFound = all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)));
  return programsFound;
}

/** The libraries that this Node has loaded. */
function librariesOfNode(): string[] {
  const { sharedObjects = [] } = (process.report?.getReport() ?? {}) as { sharedObjects?: string[] };
  return sharedObjects.filter((path) => path.startsWith("/") && existsSync(path));
}

/** A Python's own program at all paths that lead to it, its standard library, and the libraries it loads. */
function partsOfPython(program: string): string[] {
  const hops: string[] = [];
  for (let path = program; lstatSync(path).isSymbolicLink(); ) {
    path = resolve(dirname(path), readlinkSync(path));
    hops.push(path);
  }
  const asks = `
import json, sysconfig, ctypes, hashlib, sqlite3, ssl, zlib
libraries = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
print(json.dumps([sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *libraries]))`;
  const { stdout } = spawnSync(program, ["-I", "-c", asks], { encoding: "utf8" });
  const parts = (stdout ? JSON.parse(stdout) : []) as string[];
  const all = [...hops, ...parts].filter((path) => existsSync(path));
  return [...all, realpathSync(program), ...all.map((path) => realpathSync(path))];
}
