// Brings the project to the state in which every command works, inside the project: npm packages, the compiled code, a Python
// virtual environment with JupyterLab and a Java runtime, Cassandra's jars, and the kernel's registration. What is there is
// checked each time, and repaired.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { SparkifyError } from "../../packages/base/src/errors.mjs";
import * as installers from "../../packages/base/src/install/installers.mjs";
import { withLock } from "../../packages/base/src/lock.mjs";
import { privateFolder } from "../../packages/base/src/private-folder.mjs";
import { runChild } from "../../packages/base/src/processes.mjs";
import { venv } from "../../packages/base/src/python.mjs";
import { root } from "../../packages/base/src/root.mjs";
import { install as installCassandra } from "../../packages/embedded-cassandra/src/install.mjs";

export async function setUp() {
  privateFolder(join(root, ".cassandra")); // before its jars: data and logs come into it, too
  // Side by side. Where one fails the other still comes to its end, and the next run has less to do.
  const done = await Promise.allSettled([
    installNpm().then(compile),
    installCassandra(installers, {
      venv,
      jars: join(root, ".cassandra", "lib"),
      root,
      requirements: join(root, "tools", "setup", "requirements.txt"),
      title: "Install JupyterLab and Java",
    }),
  ]);
  for (const it of done) if (it.status === "rejected") throw it.reason;
  registerKernel();
}

/** The library's folder and those of the packages. */
function rooms() {
  const packages = join(root, "packages");
  return [join(root, "lib"), ...readdirSync(packages).map((name) => join(packages, name))];
}

function installNpm() {
  const manifests = rooms().map((room) => join(room, "package.json"));
  return installers.installNpmPackages("Install the npm packages", root, root, manifests);
}

/** A line is printed only when the compiler has something to say. The tests are compiled by `npm test`, so that they cannot
 * keep the other commands from running. */
async function compile() {
  if (isCompiled()) return;
  await withLock(join(root, "build", "locks", "compile"), async () => {
    if (isCompiled()) return;
    const compiledFrom = sourcesNow(); // before the compiler reads them
    await runCompiler([]);
    const missing = missingOutput();
    if (missing) {
      console.log(`  Compile: repaired, because ${missing} is missing`); // the compiler goes by its own notes
      await runCompiler(["--force"]);
    }
    writeFileSync(compiledStamp, compiledFrom);
  });
}

/** What was compiled, as {@link sourcesNow} tells it: asking the compiler took most of the start of a command. */
const compiledStamp = join(root, "build", "compiled.txt");

function isCompiled() {
  const all = projects();
  return (
    existsSync(compiledStamp) &&
    readFileSync(compiledStamp, "utf8") === sourcesNow(all) &&
    !missingOutput(all)
  );
}

/** All that the compiler reads, with sizes and times. */
function sourcesNow(all = projects()) {
  const shared = ["tsconfig.base.json", "package.json", join("node_modules", ".sparkify-stamp")];
  const files = all.flatMap(({ settings, sources, names }) => [
    ...settings,
    ...names.map((name) => join(sources, name)),
  ]);
  return [...shared.map((name) => join(root, name)), ...files]
    .map((path) => {
      const { size, mtimeMs } = statSync(path);
      return `${relative(root, path)} ${size} ${mtimeMs}\n`;
    })
    .join("");
}

/** What is compiled together: the files that say how, the sources by their names, and where the output goes. */
function projects() {
  const tools = join(root, "tools");
  return [
    { settings: [join(tools, "tsconfig.json")], sources: tools, compiled: join(root, "build", "tools") },
    ...rooms().map((room) => ({
      settings: ["tsconfig.json", "package.json"].map((name) => join(room, name)),
      sources: join(room, "src"),
      compiled: join(room, "dist"),
    })),
  ].map((project) => {
    const names = readdirSync(project.sources, { recursive: true, encoding: "utf8" });
    return { ...project, names: names.filter((name) => /\.m?ts$|\.mjs$/.test(name)) };
  });
}

/** @param {string[]} options */
async function runCompiler(options) {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [compiler, "-b", ...options, "tools"];
  const { code, tail } = await runChild(process.execPath, args, { cwd: root });
  if (code !== 0) throw new SparkifyError(`The TypeScript code does not compile:\n${tail}`);
}

/** A file that the compiler should have written. */
function missingOutput(all = projects()) {
  return all
    .flatMap(({ names, compiled }) =>
      names.filter((name) => name.endsWith(".ts")).map((name) => join(compiled, name.replace(/ts$/, "js"))),
    )
    .find((path) => !existsSync(path));
}

/** Jupyter starts the kernel from anywhere, so the registration names Node and tslab by their full paths. */
function registerKernel() {
  const spec = {
    argv: [
      process.execPath,
      "--require",
      join(root, "packages", "notebook-runner", "kernel", "preload.cjs"),
      join(root, "node_modules", "tslab", "bin", "tslab"),
      "kernel",
      "--config-path",
      "{connection_file}",
    ],
    display_name: "TypeScript",
    language: "typescript",
  };
  const folder = join(venv, "share", "jupyter", "kernels", "tslab");
  const file = join(folder, "kernel.json");
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
}
