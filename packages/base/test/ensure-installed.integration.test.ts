import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder, runProgram } from "../../../test/command.js";
import { entriesOf } from "../src/install/ensure-installed.mjs";
import { wrongJar } from "../src/install/jar-hashes.mjs";
import { venvPython } from "../src/python.mjs";

test("a virtual environment whose Python is gone is repaired, and the reason is told", async () => {
  const folder = newFolder("venv");
  writeFileSync(join(folder, "requirements.txt"), "");
  const program = `
    const { installPython } = await import(${JSON.stringify(join(projectRoot, "packages", "base", "src", "install", "installers.mjs"))});
    await installPython("Install nothing", ${JSON.stringify(join(folder, "venv"))}, ${JSON.stringify(join(folder, "requirements.txt"))});`;
  const install = () => runProgram(process.execPath, ["--input-type=module", "-e", program]);
  const first = await install();
  assert.equal(first.code, 0, first.output);
  assert.equal((await install()).output, "");
  const python = join(folder, "venv", "bin", "python");
  rmSync(python);
  symlinkSync("/nowhere/python", python);
  const second = await install();
  assert.equal(second.code, 0, second.output);
  assert.match(second.output, /Install nothing: repaired, because .*bin.python cannot be started/);
  assert.equal((await runProgram(python, ["-c", "print(6 * 7)"])).output.trim(), "42");
});

const fetchScript = join(projectRoot, "packages", "base", "src", "install", "fetch_jars.py");

/** The first small jar of Cassandra's lock file. */
function smallLock(): string {
  const lock = readFileSync(join(projectRoot, "packages", "embedded-cassandra", "jgo.lock.toml"), "utf8");
  const jar = lock.split("[[dependencies]]").find((text) => text.includes('artifactId = "jcl-over-slf4j"'));
  assert.ok(jar);
  return `[[dependencies]]${jar}`;
}

test("jars fetched by four processes into one cache of Maven are whole, and half a jar in the cache is not believed", async () => {
  const root = newFolder("jars");
  const lock = join(root, "lock.toml");
  writeFileSync(lock, smallLock());
  const cache = join(root, "cache");
  const fetch = (name: string) =>
    runProgram(venvPython, [fetchScript, lock, join(root, name)], { M2_REPO: cache });
  const jarIn = (name: string) => readFileSync(entriesOf(join(root, name))[0] ?? "none");

  const ended = await Promise.all(["a", "b", "c", "d"].map(fetch));
  for (const { code, output } of ended) assert.equal(code, 0, output);
  for (const name of ["b", "c", "d"]) assert.deepEqual(jarIn(name), jarIn("a"));

  const [cached = ""] = entriesOf(join(cache, "org", "slf4j", "jcl-over-slf4j")).flatMap((folder) =>
    entriesOf(folder),
  );
  assert.deepEqual(readFileSync(cached), jarIn("a"));
  writeFileSync(cached, jarIn("a").subarray(0, 1000));
  const again = await fetch("e");
  assert.equal(again.code, 0, again.output);
  assert.deepEqual(jarIn("e"), jarIn("a"));
  assert.deepEqual(readFileSync(cached), jarIn("a"));
});

test("a jar that has become another where it lies is told from the right one, also by its times, and fetched anew", async () => {
  const root = newFolder("jars");
  const [lock, folder] = [join(root, "lock.toml"), join(root, "lib")];
  writeFileSync(lock, smallLock());
  const install = async () => {
    const installers = JSON.stringify(
      pathToFileURL(join(projectRoot, "packages", "base", "src", "install", "installers.mjs")),
    );
    const program = `
      const { installJars } = await import(${installers});
      await installJars("Fetch a jar", ${JSON.stringify(folder)}, ${JSON.stringify(lock)});`;
    return runProgram(process.execPath, ["--input-type=module", "-e", program]);
  };
  const first = await install();
  assert.equal(first.code, 0, first.output);
  assert.equal(wrongJar(folder, lock), undefined);
  assert.equal((await install()).output, "");

  const [jar = ""] = entriesOf(folder);
  const whole = readFileSync(jar);
  const { atime, mtime } = statSync(jar);
  const other = Buffer.from(whole);
  other[1000] = (other[1000] ?? 0) ^ 1;
  writeFileSync(jar, other);
  utimesSync(jar, atime, mtime); // as long as it was, and as old
  assert.match(wrongJar(folder, lock) ?? "", /jcl-over-slf4j.*none of the hashes that lock.toml names/);
  const second = await install();
  assert.equal(second.code, 0, second.output);
  assert.match(second.output, /repaired, because .*jcl-over-slf4j.*none of the hashes/);
  assert.deepEqual(readFileSync(jar), whole);

  writeFileSync(join(folder, "more.jar"), "PK");
  assert.match(wrongJar(folder, lock) ?? "", /more\.jar has none of the hashes/);
  rmSync(join(folder, "more.jar"));
  rmSync(jar);
  assert.match(wrongJar(folder, lock) ?? "", /has 0 jars, and lock.toml names 1/);
});
