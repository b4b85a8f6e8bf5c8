// The plan of the house, held against the sources: who may import whom, and through which door.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "vitest";

const root = join(import.meta.dirname, "..");

/** From the ground up. A room imports only what lies on floors below its own. */
const floors = [
  ["base"],
  ["cql"],
  ["embedded-cassandra"],
  ["lib"],
  ["compare", "loader", "generator"],
  ["model"],
  ["spark", "grader", "notebook-runner"],
  ["course"],
  ["bench", "modeller"],
  ["tools"],
];
const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));

interface Manifest {
  dependencies: Record<string, string>;
  /** Of commands only: without them the package itself does its work. */
  peerDependencies?: Record<string, string>;
  exports: Record<string, unknown>;
}

interface Room {
  name: string;
  /** Relative to the project. */
  folder: string;
  /** Paths relative to the project. */
  sources: string[];
  manifest: Manifest;
}

const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const filesIn = (folder: string, pattern: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));

const rooms: Room[] = [
  "lib",
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name)),
].map((folder) => ({
  name: folder.replace(/^packages./, ""),
  folder,
  sources: filesIn(join(folder, "src"), /\.m?ts$|\.mjs$/),
  manifest: readJson(join(folder, "package.json")),
}));
const tools = filesIn("tools", /\.ts$|\.mjs$/);

/** What a source imports, as it is written there. */
function importsOf(path: string): string[] {
  const statements = /^(?:import|export)\s[^;"]*?from "([^"]+)"|^import "([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return Array.from(
    read(path).matchAll(statements),
    ([, from, bare, called]) => from ?? bare ?? called ?? "",
  );
}

const packageOf = (specifier: string) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
const roomOf = (specifier: string) => packageOf(specifier).slice("@sparkify/".length);
const isOurs = (specifier: string) => specifier.startsWith("@sparkify/");

/** All imports from one room into another, and where they stand. */
const arrows = [
  ...rooms.map(({ name, sources }) => ({ name, sources })),
  { name: "tools", sources: tools },
].flatMap(({ name, sources }) =>
  sources.flatMap((path) =>
    importsOf(path)
      .filter(isOurs)
      .map((specifier) => ({ from: name, path, specifier, to: roomOf(specifier) })),
  ),
);

test("each room is on a floor, and imports only from the floors below", () => {
  assert.deepEqual(
    rooms.map(({ name }) => name).sort(),
    floors
      .flat()
      .filter((name) => name !== "tools")
      .sort(),
  );
  assert.ok(arrows.length > 100);
  const upward = arrows.filter(({ from, to }) => floorOf(to) >= floorOf(from));
  assert.deepEqual(upward, []);
});

test("a room is entered through its exports only", () => {
  for (const { path, specifier, to } of arrows) {
    const { exports } =
      rooms.find(({ name }) => name === to)?.manifest ?? assert.fail(`${path}: ${specifier}`);
    const door = `.${specifier.slice(packageOf(specifier).length)}`;
    assert.ok(door in exports && !door.includes("*"), `${path} imports ${specifier}, which is not exported`);
  }
  for (const { folder, sources } of rooms)
    for (const path of sources)
      for (const specifier of importsOf(path).filter((it) => it.startsWith("."))) {
        const target = relative(join(folder, "src"), normalize(join(dirname(path), specifier)));
        assert.ok(!target.startsWith(".."), `${path} imports ${specifier}, which is outside its room`);
      }
});

test("no file imports itself, however indirectly", () => {
  const sources = new Set([...rooms.flatMap((room) => room.sources), ...tools]);
  const next = (path: string) =>
    importsOf(path)
      .filter((it) => it.startsWith("."))
      .map((it) => normalize(join(dirname(path), it)).replace(/\.js$/, ".ts"))
      .filter((it) => sources.has(it));
  const done = new Set<string>();
  const visit = (path: string, way: string[]) => {
    assert.ok(!way.includes(path), `a circle: ${[...way, path].join(" -> ")}`);
    if (done.has(path)) return;
    for (const one of next(path)) visit(one, [...way, path]);
    done.add(path);
  };
  for (const path of sources) visit(path, []);
});

test("a package depends on what it imports, and on nothing else", () => {
  for (const { name, folder, sources, manifest } of rooms) {
    const imported = sources
      .flatMap(importsOf)
      .filter((it) => !it.startsWith(".") && !it.startsWith("node:"));
    assert.deepEqual(
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).sort(),
      [...new Set(imported.map(packageOf))].sort(),
      name,
    );
    const { references } = readJson(join(folder, "tsconfig.json")) as { references: { path: string }[] };
    assert.deepEqual(
      references.map(({ path }) => path.split("/").at(-1)).sort(),
      [...new Set(imported.filter(isOurs).map(roomOf))].sort(),
      `the references in the tsconfig.json of ${name}`,
    );
  }
});

test("no room starts the commands that import it", () => {
  for (const path of rooms.flatMap(({ sources }) => sources))
    assert.doesNotMatch(read(path), /"tools", "start\.mjs"|tools\/start\.mjs/, path);
});

test("the environment is read in the library's settings and where a command begins", () => {
  const places = /^(lib.src.connect.settings\.ts|packages.base.src.environment\.mjs|.*command\.ts)$/;
  const readers = rooms
    .flatMap(({ sources }) => sources)
    .filter((path) => !places.test(path) && /process\.env\b/.test(read(path)));
  assert.deepEqual(readers, []);
});

test("no room knows the name of a notebook", () => {
  const names = filesIn("notebooks", /\.ipynb$/).map((path) =>
    path.replace(/.*[/\\]/, "").replace(/\.ipynb$/, ""),
  );
  assert.ok(names.length > 10);
  for (const path of rooms.flatMap(({ sources }) => sources))
    for (const name of names) assert.ok(!read(path).includes(name), `${path} names ${name}`);
});

test("the library is small: 1,500 lines and 30 names", () => {
  const { sources } = rooms.find(({ name }) => name === "lib") ?? assert.fail();
  const lines = sources.reduce((sum, path) => sum + read(path).split("\n").length - 1, 0);
  assert.ok(lines <= 1500, `lib has ${lines} lines`);
  const index = read(join("lib", "src", "index.ts"));
  const names = [...index.matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, list = ""]) => list.split(","))
    .filter((it) => it.trim());
  assert.ok(names.length > 10 && names.length <= 30, `lib lists ${names.length} names`);
  assert.doesNotMatch(index, /export \*/);
});

test("each package says in at most 60 lines what it is, for whom, and how it is used", () => {
  for (const { folder } of rooms) {
    const path = join(folder, "README.md");
    assert.ok(existsSync(join(root, path)), `${path} is missing`);
    const text = read(path);
    assert.ok(text.split("\n").length <= 61, `${path} has ${text.split("\n").length} lines`);
    assert.match(text, /```/, `${path} shows no code`);
  }
});
