// Right and wrong ones of kinds that are not the exercise's template: modules above, logs in other places, keys with computed
// columns, tables that go by another name. Each file of a learner's bears the learner's mark.

import { type Edit, edited, python } from "./notebook.js";
import { right } from "./python.js";
import { placed, type Submission, submission, type Verdicts } from "./submission.js";

/** What must be found in nobody else's grade. */
export const markOf = (name: string) => `MARK-OF-${name.toUpperCase()}`;

const marked = (name: string, edits: Edit[]) =>
  edited(right, [["import csv\n", `# ${markOf(name)}\nimport csv\n`], ...edits]);

/** A submission whose notebook and other files bear its mark. */
function own(
  name: string,
  touched: Verdicts,
  edits: Edit[],
  others: Record<string, string> = {},
): Submission {
  const files = Object.entries(others).map(([path, text]) => [path, `# ${markOf(name)}\n${text}`]);
  return submission(name, marked(name, edits), touched, Object.fromEntries(files));
}

const reads: Edit = ['plays = read_plays("event_data")', "plays = read_plays(folder)"];
const before = (code: string): Edit => ["%% code\nkept = [", `%% code\n${code}\nkept = [`];

const layouts: Submission[] = [
  // Ends in three dots, and speaks of a parent: it is no step up.
  own("unseen-ann", {}, [
    ['print(len(plays), "plays")', 'print("loading the plays... # the parent folder ..", len(plays))'],
  ]),
  (() => {
    const name = "unseen-ben";
    const path = `${name}/notebooks/sparkify.ipynb`;
    return placed(name, path, {
      [path]: marked(name, [
        ["import csv\n", "import csv\nimport sys\nsys.path.append('..')\nfrom tools.reading import kept\n"],
        [/%% code\nkept = \[[\s\S]*?\]\n/, "%% code\n"],
        reads,
        ["def read_plays", "folder = '../days'\n\ndef read_plays"],
      ]),
      [`${name}/tools/reading.py`]: `# ${markOf(name)}\nkept = ["artist", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location", "sessionId", "song", "userId"]\n`,
      // Of the same name as another learner's, and never read.
      [`${name}/README.md`]: `${markOf(name)}\n`,
    });
  })(),
  (() => {
    const name = "unseen-cleo";
    const path = `${name}/work/sparkify.ipynb`;
    return placed(name, path, {
      [path]: marked(name, [
        ["import csv\n", "import csv\nfrom listening.reading import kept\n"],
        [/%% code\nkept = \[[\s\S]*?\]\n/, "%% code\n"],
      ]),
      [`${name}/setup.py`]: `# ${markOf(name)}\nfrom setuptools import setup\nsetup(name="listening", package_dir={"": "src"})\n`,
      [`${name}/src/listening/__init__.py`]: `# ${markOf(name)}\n`,
      [`${name}/src/listening/reading.py`]: `# ${markOf(name)}\nkept = ["artist", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location", "sessionId", "song", "userId"]\n`,
      [`${name}/tools/reading.py`]: `# ${markOf(name)}\nraise SystemExit("never read")\n`,
    });
  })(),
  // Words that were taken for folders, and a pattern that would have read each of them.
  own(
    "unseen-dora",
    {},
    [
      before('print("data files")\ntable = "event_data_model"\nfolder = "listening"'),
      ['sorted(Path(folder).glob("*.csv"))', 'sorted(Path(folder).glob("**/*.csv"))'],
      reads,
    ],
    { "listening/days/2018-11-01-events.csv": "artist,song\n" },
  ),
  // Reads whatever is in the folder, where only a note was handed in.
  own(
    "unseen-note-among-logs",
    {},
    [['sorted(Path(folder).glob("*.csv"))', 'sorted(Path(folder).glob("*"))']],
    {
      "event_data/README.txt": "The logs, 30 of them, belong here.\n",
    },
  ),
  own("unseen-windows", {}, [before('folder = r"C:\\Users\\ed\\sparkify\\event_data"'), reads]),
  own("unseen-home", {}, [before('import os\nfolder = os.path.expanduser("~/sparkify/event_data")'), reads]),
  // Writes its log; what is called so is no folder of logs.
  own("unseen-log-file", {}, [
    before(
      'import logging\nlogging.basicConfig(filename="etl.log", level="INFO", force=True)\nlogging.info("event data")',
    ),
  ]),
];

const bucketed = (bucket: string, where: string): Edit[] => [
  [
    `        song text,
        user_id int,
        first_name text,
        last_name text,
        PRIMARY KEY ((song), user_id)`,
    `        song text,
        song_bucket int,
        user_id int,
        first_name text,
        last_name text,
        PRIMARY KEY ((song, song_bucket), user_id)`,
  ],
  [
    "INSERT INTO users_by_song (song, user_id, first_name, last_name)\n    VALUES (?, ?, ?, ?)",
    "INSERT INTO users_by_song (song, song_bucket, user_id, first_name, last_name)\n    VALUES (?, ?, ?, ?, ?)",
  ],
  [
    '(p["song"], int(p["userId"]), p["firstName"], p["lastName"])',
    `(p["song"], ${bucket}, int(p["userId"]), p["firstName"], p["lastName"])`,
  ],
  [
    "WHERE song = 'All Hands Against His Own'",
    `WHERE song = 'All Hands Against His Own' AND song_bucket = ${where}`,
  ],
];

const computed: Submission[] = [
  own("unseen-bucket", {}, bucketed('len(p["song"]) % 4', "1")),
  own("unseen-bucket-of-zeros", {}, bucketed("0", "0")),
  // Depends on the user, who is not given: one bucket is not the whole answer.
  own("unseen-bucket-of-users", { q3: "fail", results: "partial" }, bucketed('int(p["userId"]) % 4', "1")),
  // Who asks must have seen the run.
  own("unseen-bucket-of-the-run", { q3: "ask" }, [
    ...bucketed("run", "0"),
    ["import csv\n", "import csv\nimport time\nrun = int(time.time() * 1000) % 1000000\n"],
    [
      /session\.execute\("""\n +SELECT first_name, last_name FROM users_by_song\n +(.*)"""\)/,
      `session.execute("SELECT first_name, last_name FROM users_by_song WHERE song = 'All Hands Against His Own' AND song_bucket = " + str(run))`,
    ],
  ]),
];

const misnamed: Submission[] = [
  own("unseen-table-of-another-name", { q1: "fail", results: "partial" }, [
    [
      /for row in session\.execute\("""\n +SELECT artist, song, length .*\n.*\n +print\(.*\)/,
      `try:
    for row in session.execute("SELECT artist, song, length FROM songs_by_session WHERE session_id = 338 AND item_in_session = 4"):
        print(row)
except Exception as error:
    print(error)`,
    ],
  ]),
  own("unseen-csv-of-other-words", {}, [
    [
      "    writer.writeheader()\n",
      '    file.write("artist_name,first_name,sex,pos,surname,duration,plan,place,sess,track,uid\\n")\n',
    ],
    [
      "    plays = list(csv.DictReader(file))",
      "    next(file)\n    plays = list(csv.DictReader(file, kept))",
    ],
  ]),
];

/** The right one without the statements that make the tables, and a file of CQL that has them. */
const create =
  /session\.execute\("(DROP TABLE IF EXISTS \w+)"\)\nsession\.execute\("""\s*(CREATE TABLE [\s\S]*?)"""\)\n/g;
const noTables: Edit = [create, ""];
const tables = `CREATE KEYSPACE IF NOT EXISTS listening
WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
USE listening;
${[...right.text.matchAll(create)].map(([, drop, table]) => `${drop};\n${table};\n`).join("")}`;

const scripts: Submission[] = [
  submission(
    "unseen-cqlsh",
    marked("unseen-cqlsh", [
      noTables,
      before(`!cqlsh -f tables.cql\n!cqlsh -e "DESCRIBE TABLES"`),
      [
        /for row in session\.execute\("""\n +(SELECT first_name.*)\n +(WHERE .*)"""\):\n +print\(.*\)/,
        `!cqlsh -k listening -e "SELECT first_name, last_name FROM users_by_song WHERE song = 'All Hands Against His Own'"`,
      ],
    ]),
    {},
    { "tables.cql": `-- ${markOf("unseen-cqlsh")}\n${tables}` },
  ),
  // What the README tells to run makes the tables, with statements of a module.
  own("unseen-readme", {}, [noTables], {
    "README.md": "First run `python create_tables.py`, then the notebook.\n",
    "create_tables.py": `from cassandra.cluster import Cluster
from queries import tables
session = Cluster(["127.0.0.1"]).connect()
for cql in tables.split(";"):
    if cql.strip():
        session.execute(cql)
`,
    "queries.py": `tables = """${tables}"""\n`,
  }),
  {
    ...own("unseen-dsbulk", {}, [
      [
        /%% code\nsession\.execute\("DROP TABLE IF EXISTS song_by_session_item"\)[\s\S]*/,
        "%% code\n!dsbulk load -url plays.csv -k sparkify -t users_by_song\n",
      ],
    ]),
    graded: false,
  },
];

/** What was handed out, and nothing more. */
const template = python`
%% markdown
# Part I. ETL Pipeline
%% code
import pandas as pd
%% code
## TO-DO: Create a Keyspace
%% code
## TO-DO: Query 1
`;

export const unseen: Submission[] = [
  ...layouts,
  ...computed,
  ...misnamed,
  ...scripts,
  { ...submission("unseen-template", template), expected: { q1: "fail", todos: "fail" } },
];
