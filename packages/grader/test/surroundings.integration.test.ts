// What a submission finds around it: the hooks that lead it to the node, and the sandbox.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcessTree, runChild, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { noSandbox } from "../../../test/command.js";
import { temporaryFolder, write } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { removeAll } from "../src/files.js";
import { Gate } from "../src/gate.js";
import { installPythonKernel, kernelPython } from "../src/install.js";
import { resource } from "../src/resources.js";
import { cageUser, findBubblewrap, inCage, inOwnNetwork, isApart } from "../src/sandbox.js";
import { Watch } from "../src/watch.js";

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

test("the drivers wait for the node on a busy machine, unless a submission says how long", async () => {
  await installPythonKernel();
  const python = `
import cassandra.cluster as driver
usual, own = driver.Cluster(), driver.Cluster(connect_timeout=3)
profile = driver.ExecutionProfile(request_timeout=7)
print(usual.connect_timeout, usual.control_connection_timeout, usual.profile_manager.default.request_timeout)
print(own.connect_timeout, own.control_connection_timeout, profile.request_timeout)`;
  const inPython = spawnSync(kernelPython, ["-c", python], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: hooks },
  });
  assert.equal(inPython.stdout.trim(), "60 60 60\n3 60 7", inPython.stderr);
  const node = `
const settings = { contactPoints: ["127.0.0.1"], localDataCenter: "datacenter1" };
const show = (client) => console.log(client.options.socketOptions.connectTimeout, client.options.socketOptions.readTimeout);
show(new Client(settings));
show(new Client({ ...settings, socketOptions: { readTimeout: 7 } }));`;
  const ways = {
    commonjs: 'const { Client } = require("cassandra-driver");',
    module: 'import { Client } from "cassandra-driver";',
  };
  for (const [type, begin] of Object.entries(ways)) {
    const args = [
      "--require",
      join(hooks, "lead-to-node.cjs"),
      `--input-type=${type}`,
      "-e",
      `${begin}${node}`,
    ];
    const inNode = spawnSync(process.execPath, args, { encoding: "utf8", cwd: projectRoot });
    assert.equal(inNode.stdout.trim(), "60000 60000\n60000 7", `${type}: ${inNode.stderr}`);
  }
});

test("an absolute path is shown where it covers nothing", () => {
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

testUnless(noSandbox)(
  "one door leads a cage to one database after the other, and to nothing else",
  async (t) => {
    const folder = temporaryFolder(t);
    const home = join(folder, "home");
    const settings = join(folder, "settings");
    for (const path of [home, settings]) mkdirSync(path);
    const servers = await Promise.all(
      ["first", "second"].map(async (text) => {
        const server = createServer((socket) => socket.end(text)).listen(0, "127.0.0.1");
        await once(server, "listening");
        t.onTestFinished(() => void server.close());
        return (server.address() as AddressInfo).port;
      }),
    );
    const gate = await Gate.asSocket();
    t.onTestFinished(() => gate.close());
    const program = `
import socket
def asked(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as one:
            return one.recv(99).decode()
    except OSError as error:
        return type(error).__name__
print(asked(9042), *map(asked, ${JSON.stringify(servers)}))`;
    const command = [venvPython, "-I", "-c", program];
    const cage = { folder: home, settings, aliases: [], gate: gate.path };
    for (const [port, expected] of [
      [servers[0], "first"],
      [servers[1], "second"],
      [undefined, ""],
    ] as const) {
      gate.leadTo(port);
      const [first = "", ...args] = inCage(bubblewrap, cage, command);
      const { stdout, tail } = await runChild(first, args);
      assert.equal(stdout.trim(), `${expected} ConnectionRefusedError ConnectionRefusedError`.trim(), tail);
    }
  },
);

/** What a submission does, and the limit that it passes; each keeps still for a while, in which it must be noticed. */
const hoards: [what: string, program: string, limit: RegExp][] = [
  [
    "removed files",
    `
file = open("removed", "wb"); os.unlink("removed"); file.write(b"x" * (16 * 2**20)); file.flush()`,
    /8 MB of disk/,
  ],
  [
    "a closed folder",
    `
os.mkdir("closed"); folder = os.open("closed", os.O_RDONLY)
file = os.open("part", os.O_CREAT | os.O_WRONLY, dir_fd=folder); os.chmod("closed", 0); os.write(file, b"x" * (16 * 2**20))`,
    /8 MB of disk/,
  ],
  ["empty files", "for n in range(300): open(f'{n}', 'w').close()", /200 files/],
  ["empty files in memory", "for n in range(300): open(f'/tmp/{n}', 'w').close()", /200 files/],
  [
    "threads",
    `
import threading
for _ in range(60): threading.Thread(target=time.sleep, args=(20,), daemon=True).start()`,
    /40 threads/,
  ],
  ["processes", "for _ in range(12): os.fork() or (time.sleep(20), os._exit(0))", /10 processes/],
  ["memory", "hoard = b'x' * (200 * 2**20)", /100 MB of memory/],
  [
    "memory of several, which share it",
    `
hoard = mmap.mmap(-1, 200 * 2**20); hoard.write(b"x" * (200 * 2**20)); os.fork()`,
    /100 MB of memory/,
  ],
  ["nothing, but the runner is still", "os.kill(os.getpid(), 19)", /said nothing for 8 s/],
];

testUnless(noSandbox)("what a submission hoards is seen from outside, wherever it is", async (t) => {
  const folder = temporaryFolder(t);
  const limits = {
    memory: 100 * 2 ** 20,
    processes: 10,
    threads: 40,
    disk: 8 * 2 ** 20,
    files: 200,
    database: 2 ** 30,
    audit: 2 ** 20,
    silence: 8,
  };
  for (const [what, program, limit] of hoards) {
    const home = join(folder, what, "home");
    const settings = join(folder, what, "settings");
    for (const path of [home, settings]) mkdirSync(path, { recursive: true });
    if (cageUser !== undefined) chownSync(home, cageUser, cageUser);
    const command = [venvPython, "-I", "-c", `import mmap, os, time\n${program.trim()}\ntime.sleep(20)`];
    const [first = "", ...args] = inCage(bubblewrap, { folder: home, settings, aliases: [] }, command);
    const child = startChild(first, args, { stdio: "ignore" });
    const watched = {
      pid: child.pid ?? 0,
      isCaged: true,
      folder: home,
    };
    const watch = new Watch(watched, limits);
    const begun = Date.now();
    let passed: string | undefined;
    while (passed === undefined && Date.now() - begun < 15_000) {
      await sleep(200);
      passed = watch.look();
    }
    await endProcessTree(child, 0);
    removeAll(join(folder, what));
    assert.match(passed ?? "nothing was seen", limit, what);
    assert.ok(!existsSync(home), `${what}: nothing is left`);
  }
});
