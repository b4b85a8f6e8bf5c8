// Every npm script: what it does, and the options and words that it takes. Declared once: the command line, the help and
// the commands' types come from here. Plain JavaScript, because the help is there before anything is installed.

import {
  actionAndPaths,
  addresses,
  anyWords,
  day,
  names,
  off,
  on,
  oneOf,
  oneWordOf,
  seconds,
  someOf,
  text,
  whole,
  words,
} from "./options.mjs";

/**
 * @template {Record<string, import("./options.mjs").Option<any>>} Options
 * @typedef {object} Declared
 * @property {string} line what the reader types
 * @property {string} does
 * @property {Options} options by their names in code: `maxErrors` is `--max-errors`
 * @property {import("./options.mjs").Words} [words]
 * @property {(given: any) => string | undefined} [contradiction] what is wrong with values that are right one by one
 */

/**
 * @template {Record<string, import("./options.mjs").Option<any>>} Options
 * @param {Declared<Options>} declared
 */
const command = (declared) => declared;

const run = {
  labs: on("run the labs too, after the notebooks"),
  lab: words("run the labs too whose names have this word; may be given more than once", {
    example: "growth",
  }),
  notebooks: text("run the notebooks of this folder instead", {
    label: "FOLDER",
    example: "my-notebooks",
    otherwise: "notebooks",
  }),
  cellTimeout: seconds("the most seconds that a cell may take", { standard: 300 }),
};

const own = text(
  "run the notebooks of your own model instead: those that npm run model -- notebook has written",
  {
    label: "NAME",
    example: "sensors",
    otherwise: "the walkthrough",
  },
);

const testWords = anyWords("WORD", "only the test files that have one of these words in their path", {
  example: "lib/events",
});

export const commands = {
  run: command({
    line: "npm start",
    does: "runs every notebook on a real Cassandra and checks every table and answer",
    options: { ...run, own },
    contradiction: ({ own, notebooks }) =>
      own !== undefined && notebooks !== undefined
        ? "--own and --notebooks name two sets of notebooks: give one of them"
        : undefined,
  }),
  lab: command({
    line: "npm run lab",
    does: "opens JupyterLab with the notebooks, and starts the database for them; Ctrl-C ends both",
    options: { browser: off("only print the address, open no browser") },
  }),
  load: command({
    line: "npm run load",
    does: "joins the logs and loads them into the tables, as notebooks 02 and 04 do; writes out/load.json",
    options: {
      dryRun: on("read and judge the rows only; needs no database"),
      from: day("only the logs from this day on", { example: "2018-11-01" }),
      to: day("only the logs up to this day", { example: "2018-11-30", npmName: "token-description" }),
      tables: names("only these tables; those that do not exist are created", {
        example: "users_by_song,song_by_session_item",
      }),
      maxErrors: whole("over so many rejected rows the run stops", {
        least: 0,
        most: 1_000_000_000,
        standard: 100,
      }),
      concurrency: whole(
        "the most requests under way at once; fewer when the cluster is overloaded",
        // The protocol numbers the requests of a connection with 15 bits.
        { least: 1, most: 32_768, standard: 128 },
      ),
      skipFiles: on("leave out a log that cannot be read; otherwise it fails the run"),
      resume: on("skip what an earlier, broken load has surely done"),
    },
    contradiction: ({ from, to }) =>
      from && to && from > to ? `--from ${from} is later than --to ${to}` : undefined,
  }),
  verify: command({
    line: "npm run verify",
    does: "compares every value of every row of the tables with the CSV; writes out/verify.json",
    options: {
      tables: names("only these tables", { example: "users_by_song,song_by_session_item" }),
    },
  }),
  spark: command({
    line: "npm run spark",
    does: "does what npm run load does, and compares, on Apache Spark; writes out/spark.json",
    options: {
      date: day("only the logs of this day", { example: "2018-11-08" }),
      maxErrors: whole("with more rejected rows nothing is loaded", {
        least: 0,
        most: 1_000_000_000,
        standard: 100,
      }),
      skipFiles: on("leave out a log that cannot be read; otherwise it fails the run"),
      verify: off("do not compare the tables with the plays"),
    },
  }),
  model: command({
    line: "npm run model",
    does: "from a folder of files and your questions to proved tables; see docs/model.md",
    options: {
      schema: text("load: the file with the CREATE TABLE statements", {
        label: "FILE",
        example: "my-schema.cql",
        otherwise: "out/model/NAME/schema.cql, which propose writes",
      }),
      overwrite: on("profile: write NAME.model.yaml anew where there is one"),
      resume: on("load: skip what an earlier, broken load has surely done"),
      maxErrors: whole("load: over so many rows that Cassandra refuses the run stops", {
        least: 0,
        most: 1_000_000_000,
        standard: 100,
      }),
    },
    words: actionAndPaths(
      ["profile", "propose", "load", "notebook"],
      "what to do, and with what: profile takes files and folders, the others take a NAME.model.yaml",
      { example: "propose my.model.yaml" },
    ),
  }),
  cassandra: command({
    line: "npm run cassandra",
    does: "starts, stops or shows the embedded Cassandra; destroy deletes its data too",
    options: {},
    words: oneWordOf(["status", "start", "stop", "destroy"], "what to do; status without a word"),
  }),
  cluster: command({
    line: "npm run cluster",
    does: 'runs a cluster of three nodes until its input ends; takes lines as "kill 3" and "start 3"',
    options: {},
    words: addresses("the addresses of the nodes; without any 127.0.0.1 to 127.0.0.3"),
  }),
  grade: command({
    line: "npm run grade",
    does: "reruns notebooks against a real Cassandra and grades them, with evidence; see docs/grading.md",
    options: {
      jobs: whole("how many submissions at once", {
        least: 1,
        most: 64,
        standard: undefined,
        example: "2",
        otherwise: "as many as the machine can bear, at most 8",
      }),
      timeout: seconds("the most seconds that a notebook may take", { standard: 600 }),
      cellTimeout: seconds("the most seconds that a cell may take", { standard: 180 }),
      list: on("say what was found and would be run, and run nothing"),
      install: on("install the packages that a submission asks for, for its own cage"),
      scripts: text(
        "scripts that are run before the notebooks of those that have them, with commas between",
        {
          label: "FILES",
          example: "create_tables.py,etl.py",
          otherwise: "those that a README or the notebook tells to run",
        },
      ),
      keep: on("keep the copies that were run, with their outputs"),
      resume: on("grade only what an interrupted run has left"),
      sandbox: oneOf(
        "grade each submission in a container of this program",
        /** @type {const} */ (["docker", "podman"]),
        { otherwise: "bubblewrap, on Linux" },
      ),
      noSandbox: on("run submissions with your own rights, where there is no sandbox"),
      rubric: text("how many points each item has", {
        label: "FILE",
        example: "rubric.json",
        otherwise: "packages/grader/rubric.json",
      }),
      out: text("where the reports go", {
        label: "FOLDER",
        example: "grades",
        otherwise: "out/grades",
      }),
    },
    words: anyWords("PATH", "a notebook, a folder, or a folder of folders", {
      example: "submissions",
      least: 1,
    }),
  }),
  test: command({
    line: "npm test",
    does: "checks types, formatting and lint, and runs the tests",
    options: {},
    words: testWords,
  }),
  soak: command({
    line: "npm run soak",
    does: "runs the long forms of the tests, one after the other; some hours",
    options: {},
    words: testWords,
  }),
  bench: command({
    line: "npm run bench",
    does: "measures how fast this project loads and joins, beside other programs; writes out/bench.html",
    options: {
      quick: on("one round of what matters most, in some minutes"),
      job: someOf(
        "only this job; may be given more than once. spark: from logs to tables, with Spark and without",
        ["load", "denormalize", "latency", "spark"],
      ),
      rows: whole("song plays in the generated logs", {
        least: 1,
        most: 999_999_999,
        standard: undefined,
        example: "100000",
        otherwise: "1,000,000 and the other sizes",
      }),
      rounds: whole("how often each contender runs", {
        least: 1,
        most: 100,
        standard: undefined,
        example: "3",
        otherwise: "3, and 1 with --quick",
      }),
      // Not "only": npm has an option of this name, and drops it without a trace.
      contenders: names("only these contenders", { example: "sparkify,dsbulk" }),
    },
  }),
  generate: command({
    line: "npm run generate",
    does: "writes the shipped logs to event_data/ and the readings of models/sensors, or with --plays and --to as many logs as wanted elsewhere",
    options: {
      check: on("only tell whether the shipped files hold what would be written"),
      plays: whole("how many song plays", {
        least: 1,
        most: 999_999_999,
        standard: undefined,
        example: "1000000",
        otherwise: "the shipped logs",
      }),
      to: text("a folder that is not there yet", {
        label: "FOLDER",
        example: "logs",
        otherwise: "event_data",
        npmName: "token-description",
      }),
    },
    contradiction({ check, plays, to }) {
      if ((plays === undefined) !== (to === undefined)) return "--plays and --to belong together";
      return check && to !== undefined
        ? "--check is for the shipped files, not for --plays and --to"
        : undefined;
    },
  }),
  notebooks: command({
    line: "npm run notebooks",
    does: "writes the navigation, runs the notebooks as npm start does, and keeps their outputs in notebooks/",
    options: run,
  }),
  exercises: command({
    line: "npm run exercises",
    does: "derives the learner's copies of the exercises from their solutions",
    options: {},
  }),
  api: command({
    line: "npm run api",
    does: "writes pages of what the library and the packages export, to out/api",
    options: {},
  }),
  site: command({
    line: "npm run site",
    does: "writes the notebooks, the pages for readers, the API and sample reports as a site, to out/site",
    options: {},
  }),
  pictures: command({
    line: "npm run pictures",
    does: "takes the README's pictures and the site's sample reports anew",
    options: {},
  }),
};

/** @typedef {keyof typeof commands} CommandName */

/**
 * The values of a command's options.
 * @template {CommandName} Name
 * @typedef {{ [Key in keyof (typeof commands)[Name]["options"]]:
 *   (typeof commands)[Name]["options"][Key] extends import("./options.mjs").Option<infer Value> ? Value : never
 * }} OptionsOf
 */

/**
 * The values of a command of whose options none is given.
 * @template {CommandName} Name
 * @param {Name} name
 * @returns {OptionsOf<Name>}
 */
export function standardOptions(name) {
  const standards = Object.entries(commands[name].options).map(([key, { standard }]) => [key, standard]);
  return /** @type {any} */ (Object.fromEntries(standards));
}

/** @param {string} name @returns {name is CommandName} */
export const isCommand = (name) => Object.hasOwn(commands, name);

/** @param {string} key as `maxErrors` @returns {string} as `max-errors` */
export const written = (key) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
