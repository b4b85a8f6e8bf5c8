// What runs on machines of others: the workflows and the development container. No hosted machine is here, so each line of
// theirs is tried as far as a shell of this one can.

import assert from "node:assert/strict";
import { exec } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

interface Step {
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
}
interface Job {
  "runs-on": string;
  needs?: string;
  strategy?: { matrix: Record<string, unknown[]> };
  steps: Step[];
}

const folder = join(".github", "workflows");
const workflows = Object.fromEntries(
  readdirSync(join(root, folder)).map((name) => [
    name,
    parse(read(folder, name)) as { jobs: Record<string, Job> },
  ]),
);
const stepsOf = (name: string) => Object.values(workflows[name]?.jobs ?? {}).flatMap(({ steps }) => steps);
const commandsOf = (name: string) => stepsOf(name).flatMap(({ run }) => run ?? []);

/** As a shell would run it, but for its help. */
async function tryCommand(line: string): Promise<void> {
  const { stdout } = await promisify(exec)(`${line} -- --help`, { cwd: root });
  assert.ok(stdout.includes(line), stdout);
}

test("the two commands run on three systems, with three releases of Node", async () => {
  const matrix = workflows["ci.yml"]?.jobs.commands?.strategy?.matrix;
  assert.deepEqual(matrix, {
    system: ["ubuntu-latest", "macos-latest", "windows-latest"],
    node: [20, 22, 24],
  });
  const [alias = "", ...commands] = commandsOf("ci.yml");
  assert.deepEqual(commands, ["npm start", "npm test"]);
  for (const line of commands) await tryCommand(line);
  const advice = read("docs", "troubleshooting.md");
  for (const part of alias.split(" && "))
    assert.ok(advice.includes(part.slice(-9)), `${part} is not in docs/troubleshooting.md`);
});

test("the site's workflow publishes what npm run site writes", async () => {
  assert.deepEqual(commandsOf("site.yml"), ["npm run site"]);
  await tryCommand("npm run site");
  const upload = stepsOf("site.yml").find(({ uses }) => uses?.startsWith("actions/upload-pages-artifact@"));
  assert.equal(upload?.with?.path, "out/site");
  assert.equal(workflows["site.yml"]?.jobs.publish?.needs, "build");
});

test("what others made is pinned by its whole version, and what never ran is said", () => {
  for (const name of Object.keys(workflows)) {
    for (const { uses } of stepsOf(name)) if (uses) assert.match(uses, /^actions\/[a-z-]+@v\d+\.\d+\.\d+$/);
    assert.match(read(folder, name), /never run/);
  }
});

test("the development container starts the project once, with the port of JupyterLab and the notebooks' extension", async () => {
  const settings = JSON.parse(read(".devcontainer", "devcontainer.json"));
  assert.equal(settings.postCreateCommand, "npm start");
  const image = read(".devcontainer", settings.build.dockerfile);
  assert.match(image, /^FROM \S+ docker\.io\/library\/node:22-bookworm$/m);
  assert.match(image, /python3-venv/);
  const [port] = settings.forwardPorts;
  assert.deepEqual(settings.forwardPorts, [port]);
  assert.match(
    read("packages", "notebook-runner", "src", "lab", "jupyter.ts"),
    new RegExp(`ServerApp.port=${port}"`),
  );
  const cassandra = Object.keys(settings.portsAttributes).find((other) => Number(other) !== port);
  assert.match(
    read("lib", "src", "connect", "settings.ts"),
    new RegExp(`CASSANDRA_PORT \\|\\| ${cassandra}\\b`),
  );
  const { extensions } = settings.customizations.vscode;
  for (const id of extensions) assert.match(id, /^[a-z0-9-]+\.[a-z0-9-]+$/);
  assert.ok(extensions.includes("ms-toolsai.jupyter"));
});
