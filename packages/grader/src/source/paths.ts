// The paths that sources name: what is walked, listed, opened and imported, with the values of variables put in.

import { posix } from "node:path";
import type { Expression, Facts } from "./facts.js";

/**
 * What a path is used for: a folder of which all below is read, one that is listed, a pattern of files, a file that is read or
 * written, a folder of modules, a program that is run; or it is made as a path and nothing more is known, or is a text that is
 * given a name.
 */
export type Use =
  | "tree"
  | "folder"
  | "pattern"
  | "file"
  | "written"
  | "modules"
  | "program"
  | "made"
  | "text";

/** A path as it is used. */
export interface NamedPath {
  /** Relative to the notebooks, or absolute. {@link unknown} stands for what is not known of it. */
  path: string;
  use: Use;
  /** Whether it is in the notebooks; else it is in a module. */
  inNotebook: boolean;
}

/** What a name is given. */
interface Given {
  value: Expression;
  /** The scope in which the name has it: that of all cells, or a module's. */
  scope: number;
  /** The scope in which the value is written: of a parameter that of the call. */
  writtenIn: number;
}

/** What all sources of a submission say together. */
export interface Program {
  paths: NamedPath[];
  imports: string[];
  /** What is given to a shell, or started. */
  commands: string[];
}

/** Stands for a piece of a path that is not known. */
export const unknown = "\0";

/** Values of one expression, and steps of all: more are not looked at. */
const mostValues = 8;
const mostSteps = 400_000;
/** Paths of all sources together. */
const mostPaths = 20_000;
const deepest = 40;
const longestPath = 300;

/** Where the path is: the argument's place, or the object that has the function. */
type Place = number | "object";

/** What functions of Python's and Node's libraries take a path for, by their last name. */
const uses: Record<string, [Use, Place]> = {
  walk: ["tree", 0],
  fwalk: ["tree", 0],
  listdir: ["folder", 0],
  scandir: ["folder", 0],
  chdir: ["folder", 0],
  readdir: ["folder", 0],
  readdirSync: ["folder", 0],
  opendir: ["folder", 0],
  opendirSync: ["folder", 0],
  iterdir: ["folder", "object"],
  read_csv: ["file", 0],
  read_table: ["file", 0],
  loadtxt: ["file", 0],
  genfromtxt: ["file", 0],
  readFile: ["file", 0],
  readFileSync: ["file", 0],
  createReadStream: ["file", 0],
  read_text: ["file", "object"],
  read_bytes: ["file", "object"],
  to_csv: ["written", 0],
  writeFile: ["written", 0],
  writeFileSync: ["written", 0],
  appendFileSync: ["written", 0],
  createWriteStream: ["written", 0],
  write_text: ["written", "object"],
  makedirs: ["written", 0],
  mkdirSync: ["written", 0],
  exists: ["made", 0],
  isdir: ["made", 0],
  isfile: ["made", 0],
  existsSync: ["made", 0],
  FileHandler: ["written", 0],
  addsitedir: ["modules", 0],
  execfile: ["program", 0],
  run_path: ["program", 0],
};

type Call = Extract<Expression, ["call", ...unknown[]]>;

const makers = new Set(["join", "joinpath", "Path", "PurePath", "PosixPath", "WindowsPath", "URL"]);
const shells = new Set([
  "system",
  "getoutput",
  "popen",
  "run",
  "call",
  "check_call",
  "check_output",
  "Popen",
  "exec",
  "execSync",
  "spawn",
  "spawnSync",
  "execFile",
  "execFileSync",
]);

/** Reads the paths of sources. @param sources each with the folder that it is in, relative to the notebooks */
export const readProgram = (sources: Read[]): Program => new Reader(sources).read();

/** A source that was read. */
interface Read {
  facts: Facts;
  at: string;
  inNotebook: boolean;
}

class Reader {
  readonly #known = new Map<string, Given[]>();
  readonly #values = new Map<string, string[]>();
  readonly #found = new Map<string, NamedPath>();
  readonly #commands = new Set<string>();
  #steps = mostSteps;
  #room = mostPaths;
  /** The folder of the source that is read. */
  #at = "";

  #inNotebook = false;
  /** Where names are looked up. */
  #scope = 0;

  constructor(private readonly sources: Read[]) {}

  read(): Program {
    for (const [index, { facts }] of this.sources.entries())
      for (const [name, value] of facts.assigned) {
        const scope = this.#scopeOf(index);
        this.#give(name, { value, scope, writtenIn: scope });
      }
    this.#bindParameters();
    for (const [index, { facts, at, inNotebook }] of this.sources.entries()) {
      this.#inNotebook = inNotebook;
      this.#scope = this.#scopeOf(index);
      if (at !== this.#at) this.#values.clear();
      this.#at = at;
      for (const call of facts.calls) this.#call(call);
      for (const name of facts.imports) if (/^\.{1,2}\//.test(name)) this.#add(posix.join(at, name), "made");
      for (const [, value] of facts.assigned)
        for (const text of this.#valuesOf(value)) if (/[^/\\]/.test(text)) this.#add(text, "text");
    }
    const imports = this.sources.flatMap(({ facts }) => facts.imports);
    return {
      paths: [...this.#found.values()],
      imports: [...new Set(imports)],
      commands: [...this.#commands],
    };
  }

  /** All cells are one scope, each module is another. */
  #scopeOf(index: number): number {
    return this.sources[index]?.inNotebook ? 0 : index + 1;
  }

  #give(name: string, given: Given): void {
    const known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, [given]);
    else if (known.filter(({ scope }) => scope === given.scope).length < mostValues) known.push(given);
  }

  /** What functions of the sources' own are called with. */
  #bindParameters(): void {
    const parameters = new Map(
      this.sources.flatMap(({ facts }, index) =>
        facts.functions.map(([name, names]) => [name, { names, scope: this.#scopeOf(index) }] as const),
      ),
    );
    for (const [index, { facts }] of this.sources.entries())
      for (const call of facts.calls) {
        if (call === null || typeof call === "string" || call[0] !== "call") continue;
        const [, called, given, named] = call;
        const { names, scope } = parameters.get(lastName(called)) ?? { names: [], scope: 0 };
        for (const [place, name] of names.entries()) {
          const value = named[name] ?? given[place];
          if (value !== undefined && value !== null)
            this.#give(name, { value, scope, writtenIn: this.#scopeOf(index) });
        }
      }
  }

  /** What a call uses as a path. */
  #call(expression: Expression): void {
    if (expression === null || typeof expression === "string") return;
    if (expression[0] === "/") this.#addAll(expression, "made");
    if (expression[0] !== "call") return;
    const [, called, given, named] = expression;
    const name = lastName(called);
    const object = objectOf(called);
    const all = [...given, ...Object.values(named)];
    const use = uses[name];
    if (use) this.#addAll(use[1] === "object" ? object : (all[use[1]] ?? null), use[0]);
    else if (name === "open") this.#open(object, all);
    else if (name === "mkdir") this.#addAll(this.#isPath(object) ? object : all[0], "written");
    else if (/^i?glob(Sync)?$/.test(name) || name === "fg") this.#pattern(object, all[0]);
    else if (name === "rglob") this.#addAll(["/", ["/", object ?? null, "**"], all[0] ?? null], "pattern");
    else if (name === "csv" && lastName(object ?? null) === "read") this.#addAll(all[0], "folder");
    else if (["append", "insert", "extend"].includes(name) && lastName(object ?? null) === "path")
      this.#addAll(all.at(name === "insert" ? 1 : 0), "modules");
    else if (makers.has(name) && !this.#isText(object)) this.#addAll(expression, "made");
    else this.#magic(name, all);
  }

  #open(object: Expression | undefined, given: Expression[]): void {
    const isOwn = this.#isPath(object);
    const [path, mode] = isOwn ? [object, given[0]] : given;
    const isWritten = this.#valuesOf(mode ?? "r").some((text) => /^[waxr]?b?t?[+wax]/.test(text));
    this.#addAll(path, isWritten ? "written" : "file");
  }

  /** `glob.glob(pattern)`, `glob(pattern)`, `Path(folder).glob(pattern)`. */
  #pattern(object: Expression | undefined, pattern: Expression | undefined): void {
    const isMethod = object !== undefined && lastName(object) !== "glob" && lastName(object) !== "fs";
    this.#addAll(isMethod ? ["/", object, pattern ?? null] : pattern, "pattern");
  }

  /** What IPython and shells are told. */
  #magic(name: string, given: Expression[]): void {
    if (name === "run_line_magic" || name === "run_cell_magic") {
      const [magic = "", line = "", body = ""] = given.map((one) => (typeof one === "string" ? one : ""));
      if (magic === "pip") this.#commands.add(`pip ${line}`);
      if (magic === "cd") this.#add(line.trim(), "folder");
      if (magic === "run") this.#add(line.trim().split(/\s+/)[0] ?? "", "program");
      if (magic === "writefile") this.#add(line.replace(/-a\b/, "").trim(), "written");
      if (["bash", "sh", "script", "system"].includes(magic)) this.#commands.add(`${line}\n${body}`.trim());
    } else if (shells.has(name)) {
      const [command] = given;
      const parts =
        command !== null && typeof command === "object" && command[0] === "list"
          ? command[1]
          : [command ?? null];
      const words = parts.map((part) => this.#valuesOf(part)[0] ?? unknown);
      const text = words.join(" ").replaceAll(unknown, "");
      if (text !== "") this.#commands.add(text);
    }
  }

  #addAll(expression: Expression | undefined, use: Use): void {
    for (const text of this.#valuesOf(expression ?? null)) this.#add(text, use);
  }

  #add(text: string, use: Use): void {
    if (
      --this.#room < 0 ||
      text.replaceAll(unknown, "") === "" ||
      text.length > longestPath ||
      /[\n\r<>"|]/.test(text)
    )
      return;
    if (/^\w+:\/\//.test(text) && !text.startsWith("file://")) return; // a page somewhere
    // One that leads up again (`/x/../home/ann`) names another place than it says.
    if (/^(file:\/)?\/.*\/\.\.(\/|$)/.test(text)) return;
    const path = posix.normalize(text.replace(/^file:\/\//, "")).replace(/(?<=[^/])\/+$/, "");
    const earlier = this.#found.get(`${use} ${path}`);
    this.#found.set(`${use} ${path}`, {
      path,
      use,
      inNotebook: this.#inNotebook || earlier?.inNotebook === true,
    });
  }

  /** Whether it is made as a path, or a text: then its methods are a path's. */
  #isPath(object: Expression | undefined): boolean {
    return object !== undefined && this.#valuesOf(object).some((text) => text !== unknown);
  }

  /** `", ".join(words)` makes no path. */
  #isText(object: Expression | undefined): boolean {
    if (typeof object !== "object" || object === null) return typeof object === "string";
    return object[0] === "call" && lastName(object[1]) === "str";
  }

  #valuesOf(expression: Expression, depth = 0): string[] {
    if (typeof expression === "string") return [expression];
    if (expression === null || depth > deepest || --this.#steps < 0) return [unknown];
    const found = new Set(this.#evaluate(expression, depth + 1));
    return found.size === 0
      ? [unknown]
      : [...found].filter((text) => text.length <= 2 * longestPath).slice(0, mostValues);
  }

  #evaluate(expression: Exclude<Expression, null | string>, depth: number): string[] {
    const inner = (part: Expression | undefined) => this.#valuesOf(part ?? null, depth);
    switch (expression[0]) {
      case "name":
        return this.#ofName(expression[1], depth);
      case "of":
        return this.#ofAttribute(expression[1], expression[2], depth);
      case "item":
        return inner(expression[1]);
      case "list":
      case "either":
        return expression[1].flatMap(inner);
      case "joined":
        return combined(expression[1].map(inner), (parts) => parts.join(""));
      case "+":
        return combined([inner(expression[1]), inner(expression[2])], (parts) => parts.join(""));
      case "/":
        return combined([inner(expression[1]), inner(expression[2])], joined);
      case "%":
        return inner(expression[1]).map((text) => text.replace(/%[-\d.]*[sdif]/g, unknown));
      case "call":
        return this.#ofCall(expression, depth);
    }
  }

  #ofName(name: string, depth: number): string[] {
    if (name === "__file__" || name === "__filename") return [posix.join(this.#at, "x")];
    if (name === "__dirname") return [this.#at || "."];
    const place = `${this.#scope} ${name}`;
    const known = this.#values.get(place);
    if (known) return known;
    // A name that is made of itself (`path = path + "/x"`) is looked at once.
    this.#values.set(place, [unknown]);
    const all = this.#known.get(name) ?? [];
    const here = all.filter(({ scope }) => scope === this.#scope);
    // What is not of this scope is imported.
    const values = (here.length > 0 ? here : all.slice(0, mostValues)).flatMap(({ value, writtenIn }) => {
      const scope = this.#scope;
      this.#scope = writtenIn;
      const found = this.#valuesOf(value, depth);
      this.#scope = scope;
      return found;
    });
    this.#values.set(place, values);
    return values;
  }

  #ofAttribute(object: Expression, name: string, depth: number): string[] {
    const inner = () => this.#valuesOf(object, depth);
    if (name === "parent") return inner().map(parentOf);
    if (name === "parents") return inner().flatMap((text) => [parentOf(text), parentOf(parentOf(text))]);
    if (name === "pardir") return [".."];
    if (name === "curdir") return ["."];
    if (name === "sep") return ["/"];
    if (lastName(object) === "import.meta")
      return [name === "dirname" ? this.#at || "." : posix.join(this.#at, "x")];
    if (name === "href" || name === "pathname") return inner();
    return this.#known.has(`.${name}`) ? this.#ofName(`.${name}`, depth) : [unknown];
  }

  #ofCall([, called, given, named]: Call, depth: number): string[] {
    const name = lastName(called);
    const object = objectOf(called);
    const all = [...given, ...Object.values(named)];
    const inner = (part: Expression | undefined) => this.#valuesOf(part ?? null, depth);
    if (/^(getcwd[bu]?|cwd)$/.test(name)) return ["."];
    if (name === "pwd") return ["."];
    if (name === "join" && this.#isText(object)) return [unknown];
    if (name === "URL") return combined([inner(all[1]).map(parentOf), inner(all[0])], joined);
    if (/^(join|Path|PurePath|PosixPath|WindowsPath)$/.test(name) || (name === "resolve" && all.length > 0))
      return all.length === 0 ? ["."] : combined(all.map(inner), joined);
    if (name === "joinpath") return combined([object ?? null, ...all].map(inner), joined);
    if (name === "dirname") return inner(all[0]).map(parentOf);
    if (name === "home" || name === "homedir") return ["~"];
    if (name === "format") return inner(object).map((text) => text.replace(/\{[^{}]*\}/g, unknown));
    if (
      /^(expanduser|abspath|realpath|normpath|resolve|absolute|as_posix|str|fspath|fileURLToPath|String|rstrip|strip|normalize|relpath|toString)$/.test(
        name,
      )
    )
      return inner(all[0] === undefined || this.#isPath(object) ? object : all[0]);
    return this.#known.has(`${name}()`) ? this.#ofName(`${name}()`, depth) : [unknown];
  }
}

/** The name that a function or an attribute is called by. */
function lastName(expression: Expression): string {
  if (expression === null || typeof expression === "string") return "";
  if (expression[0] === "name") return expression[1];
  return expression[0] === "of" ? expression[2] : "";
}

/** What the function is one of. */
const objectOf = (called: Expression): Expression | undefined =>
  typeof called === "object" && called?.[0] === "of" ? called[1] : undefined;

/** The folder that a path is in. */
function parentOf(path: string): string {
  const plain = posix.normalize(path);
  if (plain === unknown) return unknown;
  return plain === "." || /(^|\/)\.\.$/.test(plain) ? posix.join(plain, "..") : posix.dirname(plain);
}

/** An absolute one begins anew. */
const joined = (parts: string[]) =>
  parts.reduce(
    (path, part) => (/^(\/|[a-z]:[\\/])/i.test(part) ? part : path === "" ? part : `${path}/${part}`),
    "",
  );

/** Every choice of one value of each, in bounds. */
function combined(choices: string[][], combine: (parts: string[]) => string): string[] {
  let found: string[][] = [[]];
  for (const values of choices)
    found = found.flatMap((parts) => values.map((value) => [...parts, value])).slice(0, mostValues);
  return found.map(combine);
}
