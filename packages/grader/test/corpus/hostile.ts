// Submissions that break, or do harm, in bounds: what each does at most is said beside it. The batch must go on.

import { type Edit, edited, type Notebook, python, toIpynb, tslab } from "./notebook.js";
import { right } from "./python.js";
import { flawless, type Submission, submission, type Verdicts } from "./submission.js";
import { right as rightTypescript } from "./typescript.js";

/** What a submission leaves outside of its folder, or leads others to: it must be found nowhere. */
export const trace = "sparkify-corpus-was-here";

/** Is in what a reviewer keeps from submissions: it must be found in no grade. */
export const secret = "sparkify-corpus-secret";

const hostile = (
  what: string,
  content: string | Notebook,
  graded: boolean | undefined,
  expected: Verdicts = {},
): Submission => ({ ...submission(`hostile-${what}`, content), expected, graded, hostile: true });

/** A cell after question 1's, and question 1 must still be right. */
function after1(name: string, code: string, expected: Verdicts = {}, base = right): Submission {
  const next = base === right ? "%% markdown\n## Question 2" : "%% markdown\n### What did user 10";
  const edit: Edit = [next, `%% code\n${code.trim()}\n${next}`];
  return hostile(name, edited(base, [edit]), true, { csv: "pass", q1: "pass", ...expected });
}

/** Where all three must still be right, as the cell fails or is interrupted. */
const goesOn: Verdicts = { q2: "pass", q3: "pass" };

const limits: Submission[] = [
  after1("endless-loop", "while True:\n    pass", goesOn),
  // Takes no interrupt: only its end helps.
  after1(
    "endless-stubborn-loop",
    `
import time
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass`,
  ),
  after1("typescript-endless-loop", "while (true) {}", {}, rightTypescript),
  after1("waits-for-input", 'name = input("Your name? ")', goesOn),
  // 3 GB.
  after1(
    "gigabytes-of-output",
    `
for _ in range(3000):
    print("0123456789abcdef" * 65536)`,
  ),
  // A million small messages, which cost more than their bytes.
  after1(
    "million-lines",
    `
import sys
for number in range(1_000_000):
    print(number)
    sys.stdout.flush()`,
  ),
  // 6 GB.
  after1(
    "memory",
    `
hoard = []
for _ in range(60):
    hoard.append(bytearray(b"x") * (100 * 2**20))
print(len(hoard))`,
  ),
  // 4 GB, in its own folder.
  after1(
    "disk",
    `
with open("big.bin", "wb") as file:
    for _ in range(40):
        file.write(b"x" * (100 * 2**20))
        file.flush()`,
  ),
  // 40 processes that leave the process group, each for five minutes.
  after1(
    "processes-that-stay",
    `
import os, time
for _ in range(40):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "300.0613"])
        os._exit(0)`,
  ),
  // At most 2,000 processes, none for longer than a minute.
  after1(
    "fork-bomb",
    `
import os, time
until = time.time() + 60
def bomb(depth):
    for _ in range(3):
        if depth > 0 and time.time() < until:
            try:
                child = os.fork()
            except OSError:
                return
            if child == 0:
                bomb(depth - 1)
                time.sleep(max(0, until - time.time()))
                os._exit(0)
bomb(6)`,
  ),
];

/** What goes past the runner's eyes, or past a limit of each file. In bounds: each ends by itself, after a minute at most. */
const hidden: Submission[] = [
  // 3 GB of memory that belongs to no process, nor to a file system.
  after1(
    "memory-in-no-process",
    `
import os
files = []
for _ in range(30):
    file = os.memfd_create("hoard")
    os.write(file, b"x" * (100 * 2**20))
    files.append(file)
print(len(files))`,
    goesOn,
  ),
  // 3 GB on the disk, in files that no folder has.
  after1(
    "disk-in-removed-files",
    `
import os, time
files = []
for number in range(30):
    file = open(f"removed-{number}", "wb")
    os.unlink(f"removed-{number}")
    file.write(b"x" * (100 * 2**20))
    file.flush()
    files.append(file)
time.sleep(20)`,
  ),
  // 3 GB in a folder that its owner may not look into.
  after1(
    "disk-in-a-closed-folder",
    `
import os, time
os.mkdir("closed")
folder = os.open("closed", os.O_RDONLY)
files = [os.open(f"part-{number}", os.O_CREAT | os.O_WRONLY, dir_fd=folder) for number in range(30)]
os.chmod("closed", 0)
for file in files:
    for _ in range(100):
        os.write(file, b"x" * 2**20)
time.sleep(20)`,
  ),
  // 60,000 files without any content.
  after1(
    "empty-files",
    `
import os, time
os.mkdir("many")
for number in range(60_000):
    open(f"many/{number}", "w").close()
time.sleep(20)`,
  ),
  // 3,000 threads.
  after1(
    "threads",
    `
import threading, time
threads = [threading.Thread(target=time.sleep, args=(30,), daemon=True) for _ in range(3000)]
for thread in threads:
    thread.start()`,
  ),
  // Whoever looks after it is stopped.
  after1(
    "runner-stopped",
    `
import os, signal, time
for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
    if pid not in (1, os.getpid()):
        try:
            os.kill(pid, signal.SIGSTOP)
        except OSError as error:
            print(error)
time.sleep(120)`,
  ),
  // Statements of 11 MB, for 25 seconds: a gigabyte in the log of what Cassandra saw.
  after1(
    "cql-huge-statements",
    `
import time
until = time.time() + 25
while time.time() < until:
    try:
        session.execute("SELECT artist FROM song_by_session_item WHERE session_id = 1 -- " + "x" * (11 * 2**20))
    except Exception as error:
        print(type(error).__name__)`,
  ),
  // Nothing of this can be removed by its path alone; the next ones must not find it in their way.
  after1(
    "cannot-be-removed",
    `
import os
for _ in range(40):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
for name in ("closed", "closed/inner"):
    os.makedirs(f"/tmp/{name}", exist_ok=True)
os.chmod(".", 0)`,
  ),
];

const ends: Submission[] = [
  after1("kernel-killed", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
  after1("kernel-leaves", "import os\nos._exit(0)"),
  after1("typescript-kernel-leaves", "process.exit(1);", {}, rightTypescript),
  after1(
    "typescript-rejected-promise",
    'new Promise((_, reject) => setTimeout(() => reject(new Error("nobody waits")), 50));',
    {},
    rightTypescript,
  ),
  // The shell of the kernel's parents.
  after1(
    "parent-killed",
    `
import os, signal
try:
    os.kill(os.getppid(), signal.SIGTERM)
except OSError as error:
    print(error)`,
  ),
];

const reaches: Submission[] = [
  after1(
    "secrets-printed",
    `
import glob, os, pathlib
texts = {"its own variables": "\\n".join(map(str, os.environ.items()))}
homes = [pathlib.Path.home(), pathlib.Path("/root"), *list(pathlib.Path.cwd().parents)[:-1]]
files = [path for home in homes for form in (".netrc", "*/.netrc", "*/*/*/.netrc") for path in glob.glob(str(home / form))]
for path in [*glob.glob("/proc/[0-9]*/environ"), *files]:
    try:
        texts[path] = open(path, "rb").read().replace(b"\\0", b"\\n").decode(errors="replace")
    except OSError:
        pass
# In two pieces: what shows this cell must not hold it.
sought = "${secret.slice(0, 9)}" + "${secret.slice(9)}"
secrets = []
for place, text in texts.items():
    print(place, text)
    secrets += [f"{place}: {line}" for line in text.split("\\n") if sought in line]
raise LookupError(f"{len(secrets)} secrets are in {len(texts)} places: {secrets}")`,
    goesOn,
  ),
  after1(
    "writes-outside",
    `
import os, pathlib
here = pathlib.Path.cwd()
places = [*here.parents, pathlib.Path("/tmp"), pathlib.Path.home(), pathlib.Path("/etc"), pathlib.Path("/usr/local/bin")]
for place in places:
    try:
        (place / "${trace}").write_text("written by a submission")
        print("wrote to", place)
    except OSError as error:
        print(error)`,
    goesOn,
  ),
  // Looks for other submissions and for notebooks around its own, and would change them.
  after1(
    "neighbours-changed",
    `
import pathlib
for parent in list(pathlib.Path.cwd().parents)[:4]:
    try:
        for path in [*parent.glob("*/*.ipynb"), *parent.glob("*/grades.json")]:
            if path.parent != pathlib.Path.cwd():
                path.write_text(path.read_text() + " ${trace}")
                print("changed", path)
    except OSError as error:
        print(error)`,
    goesOn,
  ),
  after1(
    "network",
    `
import socket, urllib.request
for host in [("example.com", 80), ("192.0.2.1", 443), ("1.1.1.1", 53)]:
    try:
        socket.create_connection(host, timeout=3).close()
        print("REACHED", host)
    except OSError as error:
        print(host, error)`,
    goesOn,
  ),
  hostile(
    "absolute-path",
    edited(right, [['read_plays("event_data")', 'read_plays("/home/student/workspace/event_data")']]),
    true,
    // In a sandbox the path leads to the submission's copy; elsewhere there is no such folder.
    {},
  ),
];

/** Writes into Cassandra's own tables for those who come later, under each of the names they may use. */
const poison = `
later = 4_000_000_000_000_000
for statement in [
    "CREATE KEYSPACE system_evil WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    "CREATE TABLE system_evil.song_by_session_item (session_id int PRIMARY KEY, artist text)",
    "INSERT INTO system.peers_v2 (peer, peer_port, host_id, native_address, native_port, data_center, rack, "
    "release_version, schema_version, tokens) VALUES ('127.0.0.9', 7042, uuid(), '127.0.0.9', 9042, 'datacenter1', 'rack1', "
    "'5.0.0', uuid(), {'0'})",
    "INSERT INTO system_auth.roles (role, is_superuser, can_login) VALUES ('evil', true, true)",
    f"UPDATE system.local USING TIMESTAMP {later} SET data_center = 'elsewhere' WHERE key = 'local'",
    *(f"DELETE FROM system_schema.{table} USING TIMESTAMP {later} WHERE keyspace_name = '{keyspace}'"
      for table in ("tables", "columns", "keyspaces") for keyspace in ("listening", "sparkify", "sparkify_grading", "songs")),
]:
    try:
        session.execute(statement)
        print("done:", statement[:60])
    except Exception as error:
        print(error)`;

const database: Submission[] = [
  after1(
    "cql-drops-system",
    `
for statement in [
    "DROP KEYSPACE system", "DROP KEYSPACE system_schema", "DROP TABLE system_auth.roles", "DROP KEYSPACE system_auth",
    "DROP KEYSPACE system_traces", "TRUNCATE system_schema.tables", "TRUNCATE system.local", "TRUNCATE system.peers_v2",
    "DELETE FROM system.local WHERE key = 'local'", "DELETE FROM system_schema.keyspaces WHERE keyspace_name = 'system'",
    "INSERT INTO system.local (key, native_protocol_version) VALUES ('local', '0')",
    "ALTER KEYSPACE system_distributed WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 9}",
    "UPDATE system_views.settings SET value = '1' WHERE name = 'native_transport_port'",
]:
    try:
        session.execute(statement)
        print("done:", statement)
    except Exception as error:
        print(error)`,
    // Without system.local no driver can connect, and no node starts with what is left: the tables are gone with it.
    { q1: "fail" },
  ),
  // 400 tables of 40 columns, and no more than a minute.
  after1(
    "cql-many-tables",
    `
import time
until = time.time() + 60
columns = ", ".join(f"c{n} text" for n in range(40))
for n in range(400):
    if time.time() > until:
        break
    try:
        session.execute(f"CREATE TABLE many_{n} (k int PRIMARY KEY, {columns})")
    except Exception as error:
        print(error)
        break`,
  ),
  // 3 GB, each value of 10 MB, into memory tables of a small node.
  after1(
    "cql-huge-values",
    `
session.execute("CREATE TABLE IF NOT EXISTS blobs (k int, n int, v blob, PRIMARY KEY (k, n))")
insert_blob = session.prepare("INSERT INTO blobs (k, n, v) VALUES (1, ?, ?)")
waiting = []
for n in range(300):
    waiting.append(session.execute_async(insert_blob, (n, bytes(10 * 2**20))))
    if len(waiting) == 30:
        for one in waiting:
            try:
                one.result()
            except Exception as error:
                print(type(error).__name__)
        waiting = []
try:
    print(len(session.execute("SELECT v FROM blobs WHERE k = 1", timeout=60).all()))
except Exception as error:
    print(type(error).__name__)`,
  ),
  // What it writes may cost it its own points; the next one must not see any of it.
  hostile(
    "cql-poisons-the-next",
    edited(right, [["%% markdown\n## Question 2", `%% code\n${poison.trim()}\n%% markdown\n## Question 2`]]),
    undefined,
  ),
  after1(
    "cql-drops-everything",
    `
for row in session.execute("SELECT keyspace_name FROM system_schema.keyspaces"):
    try:
        session.execute(f'DROP KEYSPACE "{row.keyspace_name}"')
    except Exception as error:
        print(error)`,
  ),
];

/** As page and text: must come out as text. */
const script = `<script>document.title = "${trace}"</script><img src=x onerror="document.title='${trace}'">`;

const outputs: Submission[] = [
  after1(
    "html-in-output",
    `
from IPython.display import display, HTML, Markdown
display(HTML("""${script}"""))
display(Markdown("""${script}"""))
print("""</pre></table></body>${script}""")
session.execute("SELECT '${trace}' FROM \\"</td>${script.replaceAll('"', "'").replaceAll("'", "_")}\\"")`,
    goesOn,
  ),
  after1(
    "odd-characters",
    `
print("\\x00\\x01\\x08\\x0b\\x1b[31mred\\x1b[0m\\x7f\\ufffe\\uffff ]]> \\u202eright to left")
import sys
sys.stdout.write("carriage\\rreturn\\n")
raise ValueError("\\x00\\x1b ]]> <b>\\ufffe")`,
    goesOn,
  ),
];

const notebook = JSON.parse(toIpynb(right));

const files: Submission[] = [
  // A picture as a text, and a path without an end: both took minutes to be searched for folders.
  hostile(
    "long-texts",
    edited(right, [
      [
        "%% markdown\n## Question 2",
        `%% code\npicture = "${"89504e47".repeat(40_000)}"\npath = "/${"a/".repeat(100_000)}"\n%% markdown\n## Question 2`,
      ],
    ]),
    true,
    { csv: "pass", q1: "pass", ...goesOn, rerun: "pass" },
  ),
  // A semicolon in a comment, and the table is brought back from the schema of its snapshot.
  hostile(
    "comment-with-semicolon",
    edited(right, [
      [
        "PRIMARY KEY ((session_id), item_in_session)\n    )",
        "PRIMARY KEY ((session_id), item_in_session)\n    ) WITH comment = 'a; b'",
      ],
    ]),
    true,
    { csv: "pass", q1: "pass", ...goesOn, rerun: "pass" },
  ),
  hostile("not-json", "# This is Python\nprint('not a notebook')\n", false),
  hostile("empty-file", "", false),
  hostile("json-but-no-notebook", '[1, 2, {"cells": "many"}]', false),
  hostile("cut-off", toIpynb(right).slice(0, 3000), false),
  hostile("format-of-the-future", JSON.stringify({ ...notebook, nbformat: 9, nbformat_minor: 0 }), undefined),
  hostile("unknown-kernel", toIpynb({ kernel: "cobol-85", text: "%% code\nDISPLAY 'HELLO'.\n" }), false),
  // What it needs is on its author's machine: that it made no table says nothing of it.
  hostile(
    "unknown-package",
    edited(right, [["import csv\n", "import csv\nimport sparkify_of_my_company\n"]]),
    false,
  ),
  hostile("kernel-is-a-path", toIpynb({ kernel: "../../../../tmp/kernel", text: "%% code\n1\n" }), false),
  hostile("no-metadata", JSON.stringify({ ...notebook, metadata: {} }), undefined),
  hostile("no-cells", JSON.stringify({ ...notebook, cells: [] }), undefined),
  hostile(
    "cells-without-source",
    JSON.stringify({ ...notebook, cells: [{ cell_type: "code" }, null, 7] }),
    undefined,
  ),
  // The answers are printed, and the table of question 1 has none of them.
  hostile(
    "answers-written-down",
    edited(right, [
      ["session_id = 338 AND item_in_session = 4", "session_id = 338 AND item_in_session = 5"],
      [
        "%% markdown\n## Question 2",
        '%% code\nprint("Faithless | Music Matters (Mark Knight Dub) | 495.3073")\n%% markdown\n## Question 2',
      ],
    ]),
    true,
    { csv: "pass", q1: "pass", results: "partial" },
  ),
  // All is right, but what is printed was never read: the well-known answers, in pieces that no search finds.
  hostile(
    "answers-in-pieces",
    edited(right, [
      [
        'print(row.artist, row.song, row.length, sep=" | ")',
        'print("Faith" + "less", ")buD thginK kraM( srettaM cisuM"[::-1], 495 + 0.3073)',
      ],
      [
        /for row in session\.execute\("""\n.*FROM songs_by_user_session\n.*\n.*\n/,
        `rows = session.execute("""
        SELECT artist, song, first_name, last_name FROM songs_by_user_session
        WHERE user_id = 10 AND session_id = 182""")
for artist, song in [("Down To The", "Keep On Keep"), ("Three", "Greece"), ("Sebastien", "Kilo"), ("Lonnie", "Catch You Baby")]:
    print(artist + {"D": " Bone", "T": " Drives", "S": " Tellier", "L": " Gordon"}[artist[0]], end=" ")
    print(song + {"K": "", "G": " 2000", "C": " (Steve Pitron"}[song[0]] + {"Kilo": "meter", "Keep On Keep": "in' On"}.get(song, ""))
    print("".join(map(chr, [83, 121, 108, 118, 105, 101, 32, 67, 114, 117, 122])))
`,
      ],
      [
        'print(row.first_name, row.last_name, sep=" | ")',
        'pass\nprint(bytes.fromhex("4a 61 63 71 75 65 6c 69 6e 65 20 4c 79 6e 63 68 20 54 65 67 61 6e 20 4c 65 76 69 6e 65 20 53 61 72 61 20 4a 6f 68 6e 73 6f 6e").decode())',
      ],
    ]),
    true,
    { ...flawless, results: "fail" },
  ),
  hostile(
    "no-cassandra",
    python`
%% code
print("Faithless | Music Matters (Mark Knight Dub) | 495.3073")
`,
    true,
    { csv: "fail", q1: "fail", q2: "fail", q3: "fail", "table-per-query": "fail" },
  ),
  hostile(
    "typescript-no-cassandra",
    tslab`
%% code
const answer = 42;
answer;
`,
    true,
    { csv: "fail", q1: "fail", q2: "fail", q3: "fail", "table-per-query": "fail" },
  ),
];

export const hostileSubmissions: Submission[] = [
  ...limits,
  ...hidden,
  ...ends,
  ...reaches,
  ...database,
  ...outputs,
  ...files,
];
