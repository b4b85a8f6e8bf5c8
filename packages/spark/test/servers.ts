// Servers of the tests' own, on 127.0.0.1: an S3 store that checks signatures, HDFS, and YARN.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectTo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installJars } from "@sparkify/base/install/installers";
import { findJava, freePort } from "@sparkify/embedded-cassandra";
import { projectRoot } from "@sparkify/lib";
import { newFolder, runProgram } from "../../../test/command.js";
import { installSpark } from "../src/install.js";

const address = "127.0.0.1";
const running: ChildProcess[] = [];

/** Ends all servers. */
export async function stopServers(): Promise<void> {
  for (const child of running.splice(0)) {
    const ended = new Promise((resolve) => child.once("close", resolve));
    if (child.exitCode === null && child.kill("SIGKILL")) await ended;
  }
}

/** @returns the folder of the jars that the lock file beside this test names */
async function jarsOf(name: string): Promise<string> {
  const lock = join(import.meta.dirname, name, "jgo.lock.toml");
  const folder = join(projectRoot, "build", `test-${name}`);
  await installJars(`Fetch ${name} for the tests`, folder, lock);
  return join(folder, "*");
}

/** Starts a Java program and waits until it listens. */
async function start(
  folder: string,
  port: number,
  classPath: string[],
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const log = join(folder, `${port}.log`);
  const out = openSync(log, "w");
  // For Hadoop's injection library, which defines classes in Java's own loader, and for Spark's buffers.
  const opened = ["java.lang", "sun.nio.ch"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
  const flags = ["-Xmx512m", "-XX:TieredStopAtLevel=1", ...opened];
  const child = spawn(findJava(), [...flags, "-cp", classPath.join(delimiter), ...args], {
    cwd: folder,
    env: { ...process.env, JAVA_HOME: dirname(dirname(findJava())), SPARK_LOCAL_IP: address, ...env },
    stdio: ["ignore", out, out],
  });
  running.push(child);
  for (let tries = 0; !(await answers(port)); tries++) {
    assert.ok(
      child.exitCode === null && tries < 600,
      `${args[0]} did not start:\n${readFileSync(log, "utf8")}`,
    );
    await sleep(200);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo({ host: address, port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A store, as the job and the tests use it. */
export interface StoreServer {
  /** Without a slash at its end. */
  root: string;
  /** What the job needs to use it. */
  env: Record<string, string>;
  /** What must be seen nowhere. */
  secret?: string;
  /** Hadoop's file shell. @returns its output */
  shell(args: string[]): Promise<string>;
}

const fileSystemXml = (settings: Record<string, string | number>) => {
  const properties = Object.entries(settings).map(
    ([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`,
  );
  return `<configuration>${properties.join("\n")}</configuration>\n`;
};

/** Hadoop's file shell, with what the job has on its class path. */
async function shellFor(root: string, folder: string, settings: Record<string, string>, env: object) {
  const { home, jars } = await installSpark([root]);
  writeFileSync(join(folder, "core-site.xml"), fileSystemXml(settings));
  writeFileSync(join(folder, "hdfs-site.xml"), fileSystemXml({}));
  const classPath = [folder, ...jars.filter((jar) => /aws|wildfly/.test(jar)), join(home, "jars", "*")];
  return async (args: string[]) => {
    const shell = ["-cp", classPath.join(delimiter), "org.apache.hadoop.fs.FsShell", ...args];
    const { code, output } = await runProgram(findJava(), shell, { ...env });
    assert.equal(code, 0, output);
    return output;
  };
}

const linesOf = (settings: Record<string, string>, sign: string, prefix = "") =>
  Object.entries(settings)
    .map(([name, value]) => `${prefix}${name}${sign}${value}\n`)
    .join("");

/** An empty bucket. */
export async function startS3(): Promise<StoreServer & { endpoint: string; properties: string }> {
  const folder = newFolder("s3");
  const port = await freePort(8399);
  const endpoint = `http://${address}:${port}`;
  const [key, secret] = [`key${randomBytes(6).toString("hex")}`, `gehe1m-${randomBytes(12).toString("hex")}`];
  const settings = {
    "s3proxy.endpoint": endpoint,
    "s3proxy.authorization": "aws-v2-or-v4",
    "s3proxy.identity": key,
    "s3proxy.credential": secret,
    // In memory, and names as they come: a store of files has folders where S3 has none.
    "jclouds.provider": "transient",
    "jclouds.identity": "none",
    "jclouds.credential": "none",
  };
  const file = join(folder, "s3proxy.properties");
  writeFileSync(file, linesOf(settings, "="));
  const quiet = '<configuration><root level="OFF"/></configuration>';
  writeFileSync(join(folder, "logback.xml"), quiet);
  const main = ["org.gaul.s3proxy.Main", "--properties", file];
  await start(folder, port, [folder, await jarsOf("s3proxy")], main);
  const date = new Date().toUTCString();
  const signature = createHmac("sha1", secret).update(`PUT\n\n\n${date}\n/bucket`).digest("base64");
  const made = await fetch(`${endpoint}/bucket`, {
    method: "PUT",
    headers: { date, authorization: `AWS ${key}:${signature}` },
  });
  assert.equal(made.status, 200, await made.text());

  const properties = join(folder, "spark.properties");
  const forHadoop = { "fs.s3a.endpoint": endpoint, "fs.s3a.path.style.access": "true" };
  writeFileSync(properties, linesOf(forHadoop, " ", "spark.hadoop."));
  const root = "s3a://bucket";
  const keys = {
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_EC2_METADATA_DISABLED: "true", // else a machine in Amazon's cloud would be asked for keys
  };
  return {
    root,
    endpoint,
    properties,
    secret,
    env: { ...keys, SPARK_PROPERTIES: properties },
    shell: await shellFor(root, newFolder("s3-client"), forHadoop, keys),
  };
}

/** A name node with one data node, both empty. */
export async function startHdfs(): Promise<StoreServer & { port: number }> {
  const folder = newFolder("hdfs");
  const port = await freePort(8920);
  const main = "org.apache.hadoop.mapreduce.MiniHadoopClusterManager";
  const ready = join(folder, "details.json");
  const args = [main, "-nomr", "-format", "-nnport", String(port), "-writeDetails", ready];
  await start(folder, port, [folder, await jarsOf("hadoop")], args);
  while (!existsSync(ready) || !readFileSync(ready, "utf8").includes("namenode_port")) await sleep(200);
  const root = `hdfs://${address}:${port}`;
  return { root, port, env: {}, shell: await shellFor(root, newFolder("hdfs-client"), {}, {}) };
}

/** A resource manager with one node manager. @returns the folder for HADOOP_CONF_DIR */
export async function startYarn(hdfs: string): Promise<string> {
  const folder = newFolder("yarn");
  const conf = join(folder, "conf");
  mkdirSync(conf);
  const first = await freePort(8930);
  const ports: Record<string, number> = {};
  let next = first;
  for (const name of [
    ...["", "scheduler.", "resource-tracker.", "admin.", "webapp."].map((part) => `resourcemanager.${part}`),
    ...["", "localizer.", "webapp.", "collector-service."].map((part) => `nodemanager.${part}`),
  ])
    ports[name] = next++;
  writeFileSync(join(conf, "core-site.xml"), fileSystemXml({ "fs.defaultFS": hdfs }));
  writeFileSync(join(conf, "hdfs-site.xml"), fileSystemXml({}));
  writeFileSync(
    join(conf, "yarn-site.xml"),
    fileSystemXml({
      ...Object.fromEntries(
        Object.entries(ports).map(([name, port]) => [`yarn.${name}address`, `${address}:${port}`]),
      ),
      "yarn.resourcemanager.hostname": address,
      "yarn.nodemanager.hostname": address,
      "yarn.resourcemanager.scheduler.class":
        "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler",
      "yarn.nodemanager.resource.memory-mb": 6000,
      "yarn.scheduler.minimum-allocation-mb": 256,
      "yarn.nodemanager.pmem-check-enabled": "false",
      "yarn.nodemanager.vmem-check-enabled": "false",
      "yarn.nodemanager.disk-health-checker.enable": "false", // a disk that is nearly full is none to it
      "yarn.nodemanager.local-dirs": join(folder, "local"),
      "yarn.nodemanager.log-dirs": join(folder, "logs"),
    }),
  );
  const classPath = [conf, await jarsOf("hadoop")];
  const server = "org.apache.hadoop.yarn.server";
  await start(folder, ports["resourcemanager."] as number, classPath, [
    `${server}.resourcemanager.ResourceManager`,
  ]);
  await start(folder, ports["nodemanager.webapp."] as number, classPath, [
    `${server}.nodemanager.NodeManager`,
  ]);
  return conf;
}

/** A standalone master, still without workers. @returns its URL */
export async function startMaster(): Promise<string> {
  const port = await startOfSpark("master.Master", []);
  return `spark://${address}:${port}`;
}

/** A worker of one core for the master. */
export async function startWorker(master: string): Promise<void> {
  await startOfSpark("worker.Worker", ["--cores", "1", "--memory", "1g", master]);
}

/** @returns the port on which it listens */
async function startOfSpark(name: string, args: string[]): Promise<number> {
  const { home } = await installSpark([]);
  const port = await freePort(7177);
  const folder = newFolder("of-spark");
  const own = ["--host", address, "--port", String(port), "--webui-port", "0"];
  await start(
    folder,
    port,
    [join(home, "jars", "*")],
    [`org.apache.spark.deploy.${name}`, ...own, ...args],
    { SPARK_HOME: home, SPARK_SCALA_VERSION: "2.12", SPARK_WORKER_DIR: folder }, // as its own scripts do
  );
  return port;
}
