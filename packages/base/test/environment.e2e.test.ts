// What the user has set for other programs reaches no child of the commands.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { describe, test } from "vitest";
import { newFolder, runCommand, runProgram, startScript, writeNotebook } from "../../../test/command.js";
import { childEnvironment } from "../src/environment.mjs";
import { endProcessTree } from "../src/processes.mjs";
import { programOf, venvPython } from "../src/python.mjs";

/** Variables that each broke a command once. */
function hostile() {
  const folder = newFolder("hostile");
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  write("python/traitlets/__init__.py", 'raise RuntimeError("the traitlets of another Python")\n');
  write("prints.cjs", 'console.log("printed by a preload");\n');
  const kernel = {
    argv: ["/nonexistent/node", "{connection_file}"],
    display_name: "TypeScript",
    language: "typescript",
  };
  write("jupyter/kernels/tslab/kernel.json", JSON.stringify(kernel));
  return {
    LC_ALL: "tr_TR.UTF-8",
    LANG: "tr_TR.UTF-8",
    JAVA_TOOL_OPTIONS: "-Duser.language=tr -Duser.country=TR -XX:+UseG1GC",
    JDK_JAVA_OPTIONS: "-XX:+UseParallelGC",
    _JAVA_OPTIONS: "-Xmx256m",
    PYTHONPATH: join(folder, "python"),
    PYTHONHOME: join(folder, "python"),
    PIP_USER: "1",
    PIP_REQUIRE_VIRTUALENV: "1",
    NODE_ENV: "production",
    NODE_OPTIONS: `--require ${join(folder, "prints.cjs")}`,
    JUPYTER_PATH: join(folder, "jupyter"),
    JUPYTERLAB_DIR: folder,
    CONDA_PREFIX: folder,
    VIRTUAL_ENV: folder,
  };
}

test("a child sees what is on the list, in one language", () => {
  const seen = childEnvironment(
    ["project"],
    { MORE: "1" },
    {
      ...hostile(),
      PATH: "/bin",
      HOME: "/home/ann",
      EVENT_DATA_DIR: "/logs",
      AWS_SECRET_ACCESS_KEY: "secret",
      PIP_INDEX_URL: "mirror",
      npm_config_dry_run: "true",
      GITHUB_TOKEN: "secret",
    },
  );
  const wanted: NodeJS.ProcessEnv = {
    PATH: "/bin",
    HOME: "/home/ann",
    EVENT_DATA_DIR: "/logs",
    MORE: "1",
    PYTHONUTF8: "1",
    PYTHONIOENCODING: "utf-8",
    PYTHONNOUSERSITE: "1",
  };
  if (process.platform === "linux") Object.assign(wanted, { LANG: "C.UTF-8", LC_ALL: "C.UTF-8" });
  if (process.platform === "darwin") Object.assign(wanted, { LANG: "en_US.UTF-8", LC_ALL: "en_US.UTF-8" });
  assert.deepEqual(seen, wanted);
});

test("what leads to the registries and to the project's settings is kept, each for those who need it", () => {
  const kept = (needs: Parameters<typeof childEnvironment>[0], ...names: string[]) => {
    const given = Object.fromEntries(names.map((name) => [name, "given"]));
    return names.filter((name) => childEnvironment(needs, {}, given)[name] === "given");
  };
  const registries = [
    "https_proxy",
    "NO_PROXY",
    "npm_config_registry",
    "npm_config_cafile",
    "PIP_INDEX_URL",
    "NODE_EXTRA_CA_CERTS",
  ];
  const project = [
    "CASSANDRA_CONTACT_POINTS",
    "EVENT_DATA_DIR",
    "SPARKIFY_WORK_DIR",
    "LAB_ROWS",
    "CHROMIUM_PATH",
    "JAVA_HOME",
  ];
  const stores = ["SPARK_MASTER", "AWS_REGION", "HADOOP_CONF_DIR"];
  assert.deepEqual(kept(undefined, ...registries, ...project, ...stores), [
    ...registries,
    ...project,
    ...stores,
  ]);
  assert.deepEqual(kept(["registries"], ...registries, ...project, ...stores), registries);
  assert.deepEqual(kept(["project"], ...registries, ...project, ...stores), project);
  assert.deepEqual(kept([], ...registries, ...project, ...stores), []);
});

describe.concurrent("with all of them set", () => {
  test("npm start runs its notebook on a Cassandra in a folder with other letters", async (t) => {
    const work = newFolder("Übung ış");
    const env = { ...hostile(), LC_ALL: "C", SPARKIFY_WORK_DIR: work };
    t.onTestFinished(async () => {
      await runCommand(["cassandra", "destroy"], { SPARKIFY_WORK_DIR: work });
    });
    const notebooks = newFolder("notebooks");
    writeNotebook(notebooks, "01-connect", [
      'import { connect } from "@sparkify/lib";\nconst client = await connect();',
      'const { rows } = await client.execute("SELECT cluster_name FROM system.local");\nconsole.log("asked", rows.length);',
      'await client.shutdown();\nconsole.log("printed by", "NODE_ENV" in process.env || "nobody");',
    ]);
    const { output } = await runCommand(["run", "--notebooks", notebooks], env);
    assert.match(output, /✔ Cassandra started.*✔ 01-connect/s);
    const executed = readFileSync(join(work, "out", "notebooks", "01-connect.ipynb"), "utf8");
    assert.match(executed, /asked 1/);
    assert.match(executed, /printed by nobody/);
  });

  test("npm run lab has the project's kernel", async () => {
    const work = newFolder("lab-kernel");
    const child = spawn(process.execPath, [startScript, "lab", "--no-browser"], {
      env: {
        ...process.env,
        ...hostile(),
        SPARKIFY_WORK_DIR: work,
        CASSANDRA_CONTACT_POINTS: "127.0.0.1:9", // none is asked before a cell runs
      },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    try {
      const [, address = "", token = ""] = await new Promise<string[]>((resolve, reject) => {
        let output = "";
        child.stdout.setEncoding("utf8").on("data", (text) => {
          output += text;
          const found = output.match(/(http:\/\/127\.0\.0\.1:\d+)\/lab\S*token=(\w+)/);
          if (found) resolve(found);
        });
        child.once("exit", () => reject(new Error(output)));
      });
      const answer = await fetch(`${address}/api/kernelspecs?token=${token}`);
      const { kernelspecs } = (await answer.json()) as {
        kernelspecs: Record<string, { spec: { argv: string[] } }>;
      };
      assert.equal(kernelspecs.tslab?.spec.argv[0], process.execPath);
    } finally {
      await endProcessTree(child);
    }
  });

  test("npm installs development packages, pip installs into the virtual environment", async () => {
    const folder = newFolder("installers");
    const write = (name: string, value: unknown) => {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), JSON.stringify(value));
    };
    write("package.json", { devDependencies: { tool: "file:tool" } });
    write("tool/package.json", { name: "tool", version: "1.0.0", scripts: { install: "exit 1" } });
    write("package-lock.json", {
      lockfileVersion: 3,
      packages: {
        "": { devDependencies: { tool: "file:tool" } },
        "node_modules/tool": { resolved: "tool", link: true },
        tool: { version: "1.0.0", dev: true },
      },
    });
    const wheel = writeWheel(folder);
    const hash = createHash("sha256").update(readFileSync(wheel)).digest("hex");
    writeFileSync(join(folder, "requirements.txt"), `tiny==1.0 --hash=sha256:${hash}\n`);
    const venv = join(folder, "venv");
    const program = `
      const base = ${JSON.stringify(join(projectRoot, "packages", "base", "src"))};
      (await import(base + "/environment.mjs")).cleanEnvironment();
      const { installNpmPackages, installPython } = await import(base + "/install/installers.mjs");
      await installNpmPackages("npm", ${JSON.stringify(folder)});
      await installPython("pip", ${JSON.stringify(venv)}, ${JSON.stringify(join(folder, "requirements.txt"))});`;
    const { NODE_OPTIONS, ...env } = hostile();
    const { code, output } = await runProgram(process.execPath, ["--input-type=module", "-e", program], {
      ...env,
      npm_config_omit: "dev",
      npm_config_dry_run: "true",
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: folder,
    });
    assert.equal(code, 0, output);
    assert.ok(existsSync(join(folder, "node_modules", "tool", "package.json")));
    const { output: imported } = await runProgram(programOf(venv, "python"), [
      "-c",
      "import tiny; print(tiny.word)",
    ]);
    assert.equal(imported.trim(), "here");
  });
});

/** A Python package of one module. @returns its path */
function writeWheel(folder: string): string {
  const path = join(folder, "tiny-1.0-py3-none-any.whl");
  const info = "tiny-1.0.dist-info";
  const files = {
    "tiny.py": 'word = "here"\n',
    [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: `tiny.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  };
  const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, text in json.loads(sys.argv[2]).items():
        wheel.writestr(name, text)`;
  const { status, stderr } = spawnSync(venvPython, ["-c", program, path, JSON.stringify(files)], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return path;
}
