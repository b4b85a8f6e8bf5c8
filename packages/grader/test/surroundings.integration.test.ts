// What a submission finds around it: the hooks that lead it to the node, and the sandbox.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { noSandbox } from "../../../test/command.js";
import { temporaryFolder, write } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { resource } from "../src/resources.js";
import { findBubblewrap, inCage, inOwnNetwork } from "../src/sandbox.js";

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
import json, os, socket
def tried(work):
    try:
        work(); return "done"
    except OSError as error:
        return type(error).__name__
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
}))`;
  const cage = { folder: home, settings, aliases: [{ path: "/home/student/x", folder: home }] };
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
    },
  );
  assert.deepEqual(readdirSync(home).sort(), ["alias.txt", "own.txt"]);
  assert.ok(!existsSync("/home/student/x"));
});
