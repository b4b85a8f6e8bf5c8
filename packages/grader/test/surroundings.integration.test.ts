// What a submission finds around it: the hooks that lead it to the node, and the sandbox.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { noSandbox } from "../../../test/command.js";
import { temporaryFolder, write } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { resource } from "../src/resources.js";
import { cageUser, findBubblewrap, inCage, inOwnNetwork, isApart } from "../src/sandbox.js";
import { aliasesIn } from "../src/surroundings.js";

const hooks = resource("hooks");
const bubblewrap = findBubblewrap(process.env);
const nowhere = "no-such-host.invalid";

/** Runs Python as submissions do. */
const runPython = (program: string) =>
  spawnSync(venvPython, ["-c", program], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: hooks },
  });

test("a host name that does not resolve leads Python to the node", () => {
  const python = `import socket; print(socket.getaddrinfo("${nowhere}", 9042, socket.AF_INET)[0][4], socket.gethostbyname("${nowhere}"))`;
  const asked = runPython(python);
  assert.equal(asked.stdout.trim(), "('127.0.0.1', 9042) 127.0.0.1", asked.stderr);
});

test("a host name that does not resolve leads Node to the node", () => {
  const node = `require("dns").lookup("${nowhere}", (error, address) => console.log(error, address))`;
  const found = spawnSync(process.execPath, ["--require", join(hooks, "lead-to-node.cjs"), "-e", node], {
    encoding: "utf8",
  });
  assert.equal(found.stdout.trim(), "null 127.0.0.1", found.stderr);
});

test("an absolute path is shown where it covers nothing, and says where it leads", () => {
  const shown = ["/home/ann/sparkify/lib", "/opt/node"];
  const paths = [
    "/home",
    "/home/ann/sparkify",
    "/home/ann/sparkify/lib/x",
    "/opt/node",
    "/usr/share/x",
    "/",
    "/home/bo",
  ];
  assert.deepEqual(
    paths.filter((path) => isApart(path, shown)),
    ["/home/bo"],
  );
  const source = `read("/x/../../oldroot/home/ann/event_data"); read("/x/./y/data/a.csv"); read("/home/bo/event_data/a.csv")`;
  assert.deepEqual(aliasesIn(source, "here"), [{ path: "/home/bo", folder: "here" }]);
});

test("another machine's port 9042 is the node's", () => {
  // Port 9042 may have a node or not; what matters is that the way does not lead to the other machine, which never answers.
  const python = `
import socket
one = socket.socket(); one.settimeout(3)
try:
    one.connect(("192.0.2.1", 9042)); print(one.getpeername())
except ConnectionRefusedError:
    print("refused here")`;
  const asked = runPython(python);
  assert.match(asked.stdout, /^(\('127\.0\.0\.1', 9042\)|refused here)/, asked.stderr);
});

testUnless(noSandbox)("in the sandbox there is only the submission's own folder, and no network", (t) => {
  const folder = temporaryFolder(t);
  const home = join(folder, "home");
  const settings = join(folder, "settings");
  for (const path of [home, settings]) mkdirSync(path);
  write(join(folder, "neighbour", "secret.txt"), "secret");
  const program = `
import ctypes, json, mmap, os, socket, subprocess
def tried(work):
    try:
        work(); return "done"
    except PermissionError:
        return "OSError" # where the files are another user's
    except OSError as error:
        return type(error).__name__
libc = ctypes.CDLL(None, use_errno=True)
print(json.dumps({
    "own": tried(lambda: open("own.txt", "w").write("x")),
    "alias": tried(lambda: open("/home/student/x/alias.txt", "w").write("x")),
    "neighbour": tried(lambda: open(${JSON.stringify(join(folder, "neighbour", "secret.txt"))})),
    "project": tried(lambda: open(${JSON.stringify(join(projectRoot, "package-lock.json"))})),
    "package": tried(lambda: open(${JSON.stringify(join(projectRoot, "package.json"))}, "a")),
    "settings": tried(lambda: open(${JSON.stringify(join(settings, "hosts"))}, "w")),
    "users": [path for path in ("/etc/passwd", "/etc/shadow") if os.path.exists(path)] + os.listdir("/home"),
    "network": tried(lambda: socket.create_connection(("192.0.2.1", 80), 3)),
    "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
    "variables": sorted(os.environ),
    "user": os.getuid(),
    "kernel": tried(lambda: open("/proc/sys/kernel/core_pattern", "w")),
    "devices": tried(lambda: open("/dev/hoard", "w")),
    "hidden memory": tried(lambda: os.memfd_create("hoard")),
    "keys": libc.keyctl(0, -3, 0) if hasattr(libc, "keyctl") else libc.syscall(${process.arch === "arm64" ? 219 : 250}, 0, -3, 0),
    "namespaces": subprocess.run(["unshare", "-U", "true"], capture_output=True).returncode != 0,
    "the host": tried(lambda: socket.socket(40, socket.SOCK_STREAM)),
    "internode": tried(lambda: socket.create_connection(("127.0.0.1", 7042), 3)),
    "secret of the lab": os.path.exists(${JSON.stringify(join(projectRoot, ".venv", "share", "jupyter", "runtime"))}),
    "gate": os.path.exists("/run/gate"),
}))`;
  const aliases = ["/home/student/x", projectRoot, join(projectRoot, "lib", "x"), "/home/student/../.."].map(
    (path) => ({ path, folder: home }),
  );
  if (cageUser !== undefined) chownSync(home, cageUser, cageUser);
  const cage = { folder: home, settings, aliases };
  const caged = inCage(bubblewrap, cage, [venvPython, "-I", "-c", program]);
  const [first = "", ...args] = inOwnNetwork(bubblewrap, caged);
  const { stdout, stderr } = spawnSync(first, args, { encoding: "utf8", env: { PATH: process.env.PATH } });
  const seen = JSON.parse(stdout || assert.fail(stderr));
  assert.deepEqual(
    {
      ...seen,
      processes: seen.processes < 6,
      variables: seen.variables.filter((name: string) => !/^(PWD|LC_CTYPE)$/.test(name)),
    },
    {
      own: "done",
      alias: "done",
      neighbour: "FileNotFoundError",
      project: "FileNotFoundError",
      package: "OSError",
      settings: "OSError",
      users: ["student"],
      network: "OSError",
      processes: true,
      variables: ["PATH"],
      user: 1000,
      kernel: "OSError",
      devices: "OSError",
      "hidden memory": "OSError",
      keys: -1,
      namespaces: true,
      "the host": "OSError",
      internode: "ConnectionRefusedError",
      "secret of the lab": false,
      gate: false,
    },
  );
  assert.deepEqual(readdirSync(home).sort(), ["alias.txt", "own.txt"]);
  assert.ok(!existsSync("/home/student/x"));
});
