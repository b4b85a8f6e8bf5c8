// What a submission asks for besides its notebook: packages, and scripts that are run before it.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "vitest";
import { python, temporaryFolder, write } from "../../../test/support.js";
import { belongingsOf } from "../src/belongings.js";
import { makeCopy } from "../src/copy.js";
import { installPythonKernel } from "../src/install.js";
import { systemVariables } from "../src/kernels.js";
import { textOfMissing } from "../src/missing.js";
import { installRequirements, requirementsOf } from "../src/requirements.js";
import { runSubmission } from "../src/run.js";
import { findBubblewrap, whyNoSandbox } from "../src/sandbox.js";
import { findSubmissions, type Submission } from "../src/submissions.js";

const makes = "session.execute('CREATE TABLE t (a int PRIMARY KEY)')";

/** A submission of one notebook, and of files beside it. */
function submissionOf(t: TestContext, cells: string[], files: Record<string, string>): Submission {
  const folder = temporaryFolder(t);
  const code = cells.map((source) => ({ cell_type: "code", source, metadata: {}, outputs: [] }));
  const text = { cell_type: "markdown", source: files.text ?? "", metadata: {} };
  const kernel = { name: "python3", language: "python" };
  const notebook = { cells: [text, ...code], metadata: { kernelspec: kernel }, nbformat: 4 };
  write(join(folder, "a.ipynb"), JSON.stringify(notebook));
  for (const [path, content] of Object.entries(files)) write(join(folder, path), content);
  const [found] = findSubmissions([folder]);
  assert.ok(found);
  return found;
}

describe("packages", () => {
  test("are found wherever a submission names them, and nothing but names and versions is taken", (t) => {
    const cells = [
      "%pip install -q humanize 'tiny>=1,<2' --index-url https://example.invalid/simple",
      "!pip install -r other.txt emoji ./local.whl",
      "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'yapf'])",
    ];
    const submission = submissionOf(t, cells, {
      "requirements.txt":
        'pandas==0.23.3\nCassandra_Driver\n# rich\nrich[jupyter]~=13.0  # tables\n-e .\n--find-links /\ngit+https://example.invalid/x\nevil @ file:///x\ntomli; python_version < "3.11"\n',
      "setup.py": 'raise SystemExit("run")\nsetup(install_requires=["attrs>=20", # x\n  \'numpy\'])',
      "pyproject.toml": '[project]\ndependencies = [\n  "loguru==0.7.2",\n]\n',
    });
    assert.deepEqual(requirementsOf(submission), [
      "rich[jupyter]~=13.0",
      'tomli; python_version < "3.11"',
      "loguru==0.7.2",
      "attrs>=20",
      "humanize",
      "tiny>=1,<2",
      "emoji",
      "yapf",
    ]);
  });

  test("come ready-made into a folder of the submission's own; what is not to be had leaves the others", async (t) => {
    await installPythonKernel();
    const folder = temporaryFolder(t);
    const wheels = join(folder, "wheels");
    write(join(wheels, "x"), "");
    // Also one that can only be built: its setup.py would be run.
    python(
      `
import tarfile, zipfile
with zipfile.ZipFile(sys.argv[1] + "/sparkify_tiny-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("sparkify_tiny.py", "size = 1")
    wheel.writestr("sparkify_tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: sparkify-tiny\\nVersion: 1.0\\n")
    wheel.writestr("sparkify_tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("sparkify_tiny-1.0.dist-info/RECORD", "")
setup = sys.argv[1] + "/setup.py"
open(setup, "w").write("open(%r, 'w')" % (sys.argv[1] + "/was-run"))
with tarfile.open(sys.argv[1] + "/sparkify_built-1.0.tar.gz", "w:gz") as source:
    source.add(setup, "sparkify_built-1.0/setup.py")
print("null")`,
      wheels,
    );
    const settings = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels };
    Object.assign(process.env, settings);
    t.onTestFinished(() => {
      for (const name of Object.keys(settings)) delete process.env[name];
    });
    const asked = ["sparkify-tiny", "sparkify-built", "sparkify-no-such"];
    const installed = await installRequirements(asked, join(folder, "own"));
    assert.deepEqual(installed.names, ["sparkify-tiny"]);
    assert.deepEqual(
      installed.failed.map(({ name }) => name),
      ["sparkify-built", "sparkify-no-such"],
    );
    assert.ok(readdirSync(installed.folder ?? "none").includes("sparkify_tiny.py"));
    assert.ok(!existsSync(join(wheels, "was-run")));

    const cells = [
      "import sparkify_tiny\nprint('of size', sparkify_tiny.size)",
      `open(${JSON.stringify(join(installed.folder ?? "none", "x"))}, "w")`,
      "!cqlsh --version",
    ];
    const events = join(folder, "events");
    mkdirSync(events);
    const copy = makeCopy(submissionOf(t, cells, {}), events, join(folder, "copy"));
    const isCaged = whyNoSandbox(process.env) === undefined;
    const run = await runSubmission(
      { ...copy, packages: installed.folder },
      {
        bubblewrap: isCaged ? findBubblewrap(process.env) : undefined,
        system: systemVariables(process.env),
        timeout: 120,
        cellTimeout: 60,
      },
    );
    const [imported, written, tool] = run.cells;
    assert.match(imported?.shown ?? "", /of size 1/);
    if (isCaged) assert.match(written?.error?.message ?? "", /Read-only file system/);
    assert.match(tool?.shown ?? "", /^cqlsh \d/);

    const said = textOfMissing({ name: "no_such", cell: 2 }, { requirements: asked, installed });
    assert.match(said, /cell 2 imports no_such.*asks for sparkify-no-such, which could not be installed: \S/);
    assert.match(
      textOfMissing({ name: "no_such", cell: 2 }, { requirements: asked }),
      /With --install .*: sparkify-tiny, sparkify-built, sparkify-no-such/,
    );
  });
});

describe("scripts", () => {
  const scriptsIn = (submission: Submission) => belongingsOf(submission).scripts;
  const files = {
    "create_tables.py": makes,
    "etl.py": "import create_tables",
    "sql/make.cql": "CREATE TABLE t",
  };

  for (const [what, text, expected] of [
    [
      "a README's commands",
      "```\npython3 create_tables.py\npython etl.py # then\n```",
      ["create_tables.py", "etl.py"],
    ],
    ["a README's words", "Run the script `etl.py` first. `create_tables.py` is no command here.", ["etl.py"]],
    ["a file of CQL", "    cqlsh localhost -f sql/make.cql", ["sql/make.cql"]],
    ["what is not there, or elsewhere", "python gone.py\npython ../etl.py\npython /etl.py", []],
  ] as const)
    test(`${what} are run before a notebook that makes no tables`, (t) => {
      const beside = { ...files, "README.md": text };
      assert.deepEqual(scriptsIn(submissionOf(t, ["x = 1"], beside)), expected);
      assert.deepEqual(scriptsIn(submissionOf(t, ["x = 1"], { ...files, text })), expected, "its own text");
      assert.deepEqual(scriptsIn(submissionOf(t, [makes], beside)), [], "it makes them itself");
    });

  test("what the notebook runs or imports itself is not run before, what the reviewer names is", (t) => {
    const beside = { ...files, "README.md": "python create_tables.py\npython etl.py" };
    const submission = submissionOf(t, ["%run create_tables.py", "!python etl.py"], beside);
    assert.deepEqual(scriptsIn(submission), []);
    const named = { ...submission, scripts: ["etl.py", "gone.py", "sql/make.cql", "../x.py"] };
    assert.deepEqual(scriptsIn(named), ["etl.py", "sql/make.cql"]);
  });
});
