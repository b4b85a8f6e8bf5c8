// What is read of a submission's sources, and what comes along with it: the paths that it names, and nothing of another
// learner's.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { describe, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { temporaryFolder, write } from "../../../test/support.js";
import { type Copy, fingerprintOf, makeCopy } from "../src/copy.js";
import type { Source } from "../src/source/facts.js";
import { readProgram } from "../src/source/paths.js";
import { readSources } from "../src/source/read.js";
import { findSubmissions } from "../src/submissions.js";
import { aliasesOf, placesOfLogs, stepsUp } from "../src/surroundings.js";

const notebook = (...cells: string[]) => notebookOf("python3", "python", cells);
const notebookOf = (name: string, language: string, cells: string[]) =>
  JSON.stringify({
    cells: cells.map((source) => ({ cell_type: "code", source })),
    metadata: { kernelspec: { name, language }, language_info: { name: language } },
    nbformat: 4,
  });
const tables = 'q = ["CREATE TABLE t", "INSERT INTO t", "SELECT a FROM t"]';

/** What one source says. */
function programOf(text: string, language: Source["language"] = "python", at = "") {
  const [facts] = readSources([{ text, language, at }]);
  assert.ok(facts);
  return readProgram([{ facts, at, inNotebook: true }]);
}
const placesIn = (text: string, own: string[] = [], language?: Source["language"]) => {
  const program = programOf(text, language);
  return placesOfLogs(program, own, aliasesOf(program).places);
};

describe("logs are put", () => {
  const places: [what: string, source: string, expected: string[], own?: string[]][] = [
    [
      "where the template looks",
      "import os\nfilepath = os.getcwd() + '/event_data'\nfor root, dirs, files in os.walk(filepath):\n    paths = glob.glob(os.path.join(root,'*'))",
      ["event_data"],
    ],
    [
      "nowhere for the words of a text",
      "print('data files')\nname = 'event_data_model'\nsession.execute('SELECT a FROM event_log')\nos.listdir('raw')",
      ["raw"],
    ],
    ["where a pattern finds them, however deep", "glob('data/**/*.csv', recursive=True)", ["data"]],
    ["one folder deeper", "glob.glob('data/*/*.csv')", ["data/events"]],
    [
      "in a folder alone, not in its child too",
      "base = Path('data')\nlogs = base / 'event_data'\nfor f in logs.rglob('*.csv'): pass\nos.listdir(base / 'event_data')",
      ["data/event_data"],
    ],
    [
      "in the child of a folder that is walked",
      "for x in os.walk('data'): pass\nfor f in Path('data', 'raw').glob('*.csv'): pass",
      ["data/raw"],
    ],
    [
      "where a function of its own is sent",
      "def read(folder, kind):\n    return os.listdir(folder)\nread(kind=1, folder='data/raw')",
      ["data/raw"],
    ],
    [
      "where an object of its own looks",
      "class Log:\n    def __init__(self, at):\n        self.at = at\n    def read(self):\n        return list(Path(self.at).iterdir())\nLog('input/days').read()",
      ["input/days"],
    ],
    [
      "where its own folder is, though it goes by another name",
      "for x in os.walk('listening'): pass",
      ["listening/days"],
      ["listening/days"],
    ],
    ["where its own folder is, of several the fullest", "for x in os.walk('.'): pass", ["a/b"], ["a/b", "c"]],
    ["in its own folder, where nothing is seen of how it is read", "read(settings['x'])", ["days"], ["days"]],
    ["beside the notebook", "for f in glob.glob('*-events.csv'): pass", ["."]],
    [
      "where the day's name is made",
      "for day in range(30):\n    open(f'logs/2018-11-{day:02}-events.csv')",
      ["logs"],
    ],
    ["in the usual folder where nothing is said", "print(1)", ["event_data"]],
    [
      "not where a log is written",
      "logging.basicConfig(filename='etl.log')\nopen('event_log.txt', 'w')\nos.makedirs('data/out')\ndf.to_csv('data_out/x.csv')",
      ["event_data"],
    ],
    [
      "where another machine's path leads",
      "for x in os.walk('/home/ann/work/event_data'): pass",
      ["event_data"],
    ],
    [
      "where Windows has them",
      "for x in os.walk(r'C:\\Users\\ann\\event_data'): pass",
      ["C:\\Users\\ann\\event_data"],
    ],
    ["where a pattern of Windows finds them", "glob.glob('D:\\\\days\\\\*.csv')", ["D:\\days\\"]],
    ["on another drive", "os.listdir('D:/sparkify/event_data')", ["D:/sparkify/event_data"]],
    [
      "after a magic, in a cell with a command",
      "%matplotlib inline\n!pip install x\nfiles = !ls\nos.listdir('raw_data')",
      ["raw_data"],
    ],
  ];
  for (const [what, source, expected, own = []] of places)
    test(what, () => assert.deepEqual(placesIn(source, own), expected));

  const typescript: typeof places = [
    [
      "where join leads",
      'import { join } from "node:path";\nconst folder = join(process.cwd(), "logs");\nfor (const f of readdirSync(folder)) read(join(folder, f));',
      ["logs"],
    ],
    ["where a template leads", `const base = \`./data\`;\nawait fs.readdir(\`\${base}/raw\`)`, ["data/raw"]],
    [
      "where a function of its own is sent",
      'const read = async (folder: string) => readdir(folder);\nawait read("input")',
      ["input"],
    ],
    [
      "nowhere for words",
      'console.log("data files ...");\nconst table = "event_data_model";',
      ["event_data"],
    ],
  ];
  for (const [what, source, expected] of typescript)
    test(`${what}, in TypeScript`, () => assert.deepEqual(placesIn(source, [], "typescript"), expected));
});

test("a name of a module is not the notebook's, where both have it", () => {
  const sources: Source[] = [
    { language: "python", text: "folder = 'event_data'\nread(folder)\n", at: "" },
    { language: "python", text: "    for x in os.walk(folder):\n        pass", at: "" },
    {
      language: "python",
      text: "from settings import DAYS\nfolder = 'old'\ndef read(at):\n    return os.listdir(at)\nos.listdir(DAYS)",
      at: "",
    },
    { language: "python", text: "DAYS = 'days_of_data'\nfolder = 'older'", at: "" },
  ];
  const facts = readSources(sources);
  assert.ok(
    facts.every(({ known }) => known),
    "a cell that is indented as a whole, too",
  );
  const { paths } = readProgram(facts.map((one, index) => ({ facts: one, at: "", inNotebook: index < 2 })));
  const used = paths
    .filter(({ use }) => use === "tree" || use === "folder")
    .map(({ path, use }) => `${use} ${path}`);
  assert.deepEqual(used.sort(), ["folder days_of_data", "folder event_data", "tree event_data"]);
});

describe("a step to the folder above", () => {
  const steps: [source: string, expected: number][] = [
    ['print("loading database...")', 0],
    ["# the parent of all ...\nx = 1", 0],
    ['"""one/../two"""\nmessage = "see ../data"\nprint("../x", "..")', 0],
    ["re.match('..', word)\nwords = 'a..b'.split('..')", 0],
    ["os.listdir('../event_data')", 1],
    ["sys.path.append('..')", 1],
    ["sys.path.insert(0, os.path.abspath(os.path.join('..', '..')))", 2],
    ["Path.cwd().parent / 'event_data'", 1],
    ["Path('x/../y').iterdir()", 0],
    ["os.path.join(os.path.dirname(os.getcwd()), 'data')", 1],
    ["open(os.path.join(os.pardir, 'a.cql'))", 1],
    ["%cd ..", 1],
    ["%run ../etl.py", 1],
  ];
  for (const [source, expected] of steps)
    test(JSON.stringify(source), () => assert.equal(stepsUp(programOf(source)), expected));
  test("of TypeScript", () => {
    assert.equal(stepsUp(programOf('console.log("loading...", "../x")', "typescript")), 0);
    assert.equal(stepsUp(programOf('import { x } from "../lib/x.js"', "typescript")), 1);
    assert.equal(stepsUp(programOf('import "x"; readdirSync(path.join("..", "data"))', "typescript")), 1);
  });
});

test("absolute paths of data lead to the copy, or are named", () => {
  const source = `
os.walk("/x/../../oldroot/home/ann/event_data"); open("/home/bo/event_data/2018-11-01-events.csv")
os.listdir("/etc/data"); pd.read_csv(r"C:\\data\\x.csv"); os.listdir(os.path.expanduser("~/event_data"))
print("/home/cy/event_data/")`;
  const { aliases, others } = aliasesOf(programOf(source));
  assert.deepEqual(aliases, ["/home/bo"]);
  assert.deepEqual(others.includes("~/event_data"), true);
});

test("long and deep sources are read in a moment, whatever they are", () => {
  const long = isSoak ? 300_000 : 60_000;
  const texts = [
    `picture = "${"89504e47".repeat(long / 8)}"`,
    `path = "/${"a/".repeat(long / 2)}"`,
    `a = "data"${" ".repeat(long)}x`,
    `join(${"(".repeat(long)}`,
    `join("${"data/".repeat(long / 5)}"`,
    "join('a', ".repeat(long / 10),
    "join('a', ".repeat(90) + ")".repeat(90),
    `x = ${"'a' + ".repeat(long / 6)}'b'`,
    `x = ${"-".repeat(long)}1`,
    "import a\n".repeat(long / 9),
    "x = x + '/a'\n".repeat(long / 13),
    Array.from(
      { length: 2000 },
      (_, n) => `a${n + 1} = [a${n}, a${n}, a${n}, a${n}]\nos.listdir(a${n})`,
    ).join("\n"),
    "%cd ..\n".repeat(long / 7),
    "x = !ls\n".repeat(5000),
    `${"x = 1\n".repeat(4900)}${"x = !ls\n".repeat(20)}`,
    "'".repeat(long),
    "\ud800 = open('x')",
    "\0",
  ];
  for (const language of ["python", "typescript"] as const)
    for (const text of texts) {
      const begun = performance.now();
      programOf(text, language);
      // What is not linear takes minutes.
      assert.ok(performance.now() - begun < 30_000, `${language} ${text.slice(0, 30)}`);
    }
});

test("a submission is another where a module or data that it uses is another, not where another notebook is", (t) => {
  const folder = temporaryFolder(t);
  const path = write(join(folder, "a.ipynb"), notebook("from own import tables\nos.listdir('data')"));
  write(join(folder, "own", "tables.py"), "table = 1");
  const log = write(join(folder, "data", "2018-11-01-events.csv"), "artist\n");
  const now = () => findSubmissions([path]).map(fingerprintOf);
  const before = now();
  write(join(folder, "b.ipynb"), notebook(tables));
  write(join(folder, ".cache", "x"), "1");
  assert.deepEqual(now(), before);
  write(join(folder, "own", "tables.py"), "table = 2");
  const changed = now();
  assert.notDeepEqual(changed, before);
  write(log, "artist\nMuse\n");
  assert.notDeepEqual(now(), changed);
});

/** All that a copy holds, and what is said of it. */
function textOf(copy: Copy): string {
  const files = readdirSync(copy.home, { recursive: true, encoding: "utf8" }).map((name) =>
    join(copy.home, name),
  );
  return [
    ...files,
    ...files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, "utf8")),
    JSON.stringify([copy.modules, copy.notebooks, copy.aliases, copy.foreign, [...copy.given]]),
  ].join("\n");
}

describe("of a class", () => {
  /** Each learner's files, with what the learner's own copy must hold. Every file has its learner's mark. */
  const learners: Record<string, { files: Record<string, string>; needs: string[] }> = {
    ann: {
      files: { "a.ipynb": notebook(tables, 'print("loading database...")  # the parent ...') },
      needs: [],
    },
    ben: {
      files: {
        "notebooks/b.ipynb": notebook(
          "import sys; sys.path.append('..')\nfrom keys import key\nimport helpers",
          tables,
        ),
        "keys.py": "key = 1",
        "src/helpers.py": "x = 1",
      },
      needs: ["keys.py", "helpers.py"],
    },
    cleo: {
      files: { "notebooks/c.ipynb": notebook(tables), "src/keys.py": "key = 2", "src/helpers.py": "x = 2" },
      needs: [],
    },
    dora: {
      files: {
        "d.ipynb": notebook(
          "os.walk('../..')\nimport keys\nfrom ..cleo.src import helpers\nopen('../cleo/src/keys.py')",
          tables,
        ),
      },
      needs: [],
    },
    "ed vries": {
      files: {
        "work/deep/e.ipynb": notebook("from sparkify_etl import load", tables),
        "setup.py": "setup()",
        "src/sparkify_etl/load.py": "y = 1",
      },
      needs: ["load.py"],
    },
    fay: {
      files: {
        "f.ipynb": notebookOf("tslab", "typescript", [
          'import { x } from "../cleo/src/keys";',
          `const ${tables}`,
        ]),
      },
      needs: [],
    },
    gus: { files: { "etl.py": "CREATE TABLE t" }, needs: [] },
  };
  const markOf = (name: string) => `MARK-${name.toUpperCase()}-`;

  function makeClass(folder: string): void {
    for (const [name, { files }] of Object.entries(learners))
      for (const [path, text] of Object.entries(files)) {
        const marked = path.endsWith(".ipynb")
          ? text.replace('"cells":[', `"cells":[{"cell_type":"code","source":"${markOf(name)} = 1"},`)
          : `# ${markOf(name)}\n${text}`;
        write(join(folder, name, path), marked);
      }
  }

  function check(folder: string, paths: string[]): void {
    const events = join(folder, "..", "..", `${basename(folder)}-events`);
    write(join(events, "2018-11-01-events.csv"), "artist\n");
    const found = findSubmissions(paths);
    for (const submission of found.filter(({ notebooks }) => notebooks.length > 0)) {
      const owner = relative(folder, submission.folder).split(/[\\/]/)[0] ?? "";
      const copy = makeCopy(
        submission,
        events,
        join(folder, "..", "..", `${basename(folder)}-copy-${owner}`),
      );
      const text = textOf(copy);
      assert.ok(text.includes(markOf(owner)), owner);
      for (const other of Object.keys(learners).filter((name) => name !== owner))
        assert.ok(!text.includes(markOf(other)), `${owner} has got something of ${other}`);
      for (const file of learners[owner]?.needs ?? [])
        assert.ok(
          copy.modules.some(({ name }) => name.endsWith(file)),
          `${owner} has ${file}: ${copy.modules.map(({ name }) => name)}`,
        );
    }
  }

  for (const mark of ["", "README.md", ".git/HEAD", "requirements.txt"])
    test(`nobody gets a file of another's${mark && `, where the class has a ${mark}`}`, (t) => {
      const folder = join(temporaryFolder(t), "term", "class");
      makeClass(folder);
      if (mark) write(join(folder, mark), "x");
      check(folder, [folder]);
      // A folder of which only the class is in, for instance a term's.
      if (!mark) check(folder, [join(folder, "..")]);
      const names = Object.entries(learners).flatMap(([name, { files }]) =>
        Object.keys(files)
          .filter((path) => path.endsWith(".ipynb"))
          .map((path) => join(folder, name, path)),
      );
      check(folder, names);
      for (const path of names) check(folder, [path]);
    });

  test("nor where all notebooks are in one folder, with their modules", (t) => {
    const folder = join(temporaryFolder(t), "class");
    write(join(folder, "ann.ipynb"), notebook("import ann_tables", tables));
    write(join(folder, "ann_tables.py"), "x = 1");
    write(join(folder, "bo.ipynb"), notebook("from bo_tables import y", tables));
    write(join(folder, "bo_tables.py"), "y = 1");
    write(join(folder, "cy", "notebooks", "c.ipynb"), notebook(tables));
    write(join(folder, "cy", "bo_tables.py"), "z = 1");
    const events = join(folder, "..", "events");
    mkdirSync(events);
    for (const [paths, name, expected] of [
      [[folder], "ann.ipynb", ["ann_tables.py"]],
      [[folder], "bo.ipynb", ["bo_tables.py"]],
      [[join(folder, "ann.ipynb")], "ann.ipynb", ["ann_tables.py"]],
    ] as const) {
      const submission = findSubmissions([...paths]).find((one) => one.name === name);
      assert.ok(submission, name);
      const { modules } = makeCopy(submission, events, join(folder, "..", "copy"));
      assert.deepEqual(
        modules.map((one) => one.name),
        expected,
      );
    }
  });

  test("one row stands for each learner, of the notebook that makes the tables", (t) => {
    const folder = temporaryFolder(t);
    const template = notebook("## TO-DO: make the table", "session.execute('SELECT')");
    for (const name of ["ann", "bo"])
      write(join(folder, name, "final.ipynb"), notebook(tables, tables, tables));
    write(join(folder, "ann", "Template.ipynb"), template);
    write(join(folder, "ann", "old", "boneyard.ipynb"), notebook(tables));
    write(join(folder, "bo", "deep", "final-Copy1.ipynb"), notebook(tables, tables, tables));
    assert.deepEqual(
      findSubmissions([folder]).map(({ name, passedOver }) => [name, passedOver]),
      [
        ["ann/final.ipynb", ["ann/Template.ipynb", "ann/old/boneyard.ipynb"]],
        ["bo/final.ipynb", ["bo/deep/final-Copy1.ipynb"]],
      ],
    );
  });
});

test("a notebook named by its own path brings what lies above it, up to its repository's root", (t) => {
  const folder = join(temporaryFolder(t), "repository");
  const path = write(join(folder, "notebooks", "final.ipynb"), notebook("from plays import read", tables));
  write(join(folder, "src", "plays", "read.py"), "read = 1");
  write(join(folder, "README.md"), "x");
  write(join(folder, "..", "plays.py"), "another = 1");
  const events = join(folder, "..", "events");
  mkdirSync(events);
  for (const paths of [[path], [folder], [join(folder, "notebooks")]]) {
    const [submission] = findSubmissions(paths);
    assert.ok(submission);
    const copy = makeCopy(submission, events, join(folder, "..", "copy"));
    assert.deepEqual(
      copy.modules.map(({ name }) => name),
      ["src/plays/read.py"],
    );
    assert.ok(copy.modulePath.some((at) => existsSync(join(at, "plays", "read.py"))));
    assert.ok(!existsSync(join(copy.folder, "..", "..", "plays.py")));
  }
});

test("a note in the folder of the logs does not stand among them, another folder keeps its notes", (t) => {
  const folder = join(temporaryFolder(t), "repository");
  const path = write(
    join(folder, "final.ipynb"),
    notebook("import glob\nfiles = glob.glob('event_data/*')", tables),
  );
  for (const name of ["event_data/README.txt", "event_data/extra.json", "notes/README.txt", "README.txt"])
    write(join(folder, name), "x");
  const events = join(folder, "..", "events");
  write(join(events, "2018-11-01-events.csv"), "artist\n");
  const [submission] = findSubmissions([path]);
  assert.ok(submission);
  const copy = makeCopy(submission, events, join(folder, "..", "copy"));
  const isThere = (name: string) => existsSync(join(copy.folder, name));
  assert.deepEqual(
    ["event_data/README.txt", "event_data/extra.json", "event_data/2018-11-01-events.csv"].map(isThere),
    [false, true, true],
  );
  assert.ok(isThere("README.txt"));
});
