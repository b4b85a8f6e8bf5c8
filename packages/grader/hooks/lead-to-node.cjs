// Loaded by every Node that a submission starts (NODE_OPTIONS=--require). It leads the submission to the node, and lets it
// wait there: a host name that does not resolve is the node's, and so is every other machine's port 9042.

const dns = require("node:dns");
const Module = require("node:module");
const net = require("node:net");

const node = "127.0.0.1";
const port = 9042;
const isLocal = (host) => /^(127\.|::1$|localhost$|0\.0\.0\.0$)/.test(host ?? "localhost");

const lookup = dns.lookup;
dns.lookup = (name, options, done = options) => {
  const settings = typeof options === "function" ? {} : options;
  return lookup(name, settings, (error, ...found) => {
    if (!error) return done(null, ...found);
    const all = typeof settings === "object" && settings?.all;
    return all ? done(null, [{ address: node, family: 4 }]) : done(null, node, 4);
  });
};
const resolve4 = dns.resolve4;
dns.resolve4 = (name, ...rest) => {
  const done = rest.pop();
  return resolve4(name, ...rest, (error, found) => done(null, error ? [node] : found));
};
dns.promises.lookup = async (name, options) => {
  const found = await new Promise((resolve, reject) =>
    dns.lookup(name, { ...options, all: true }, (error, all) => (error ? reject(error) : resolve(all))),
  );
  return options?.all ? found : found[0];
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // net.connect hands over its normalized arguments as one array.
  const given = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (given && typeof given === "object" && Number(given.port) === port && !isLocal(given.host))
    given.host = node;
  return connect.apply(this, args);
};

// On a busy machine Cassandra may not answer within the driver's 5 and 12 seconds: that is no fault of a submission. What it
// sets itself is as it sets it.
const patience = 60_000;
const load = Module._load;
Module._load = function (name, ...rest) {
  const loaded = load.call(this, name, ...rest);
  // An import asks for it by its path.
  if (!/^cassandra-driver$|[/\\]cassandra-driver[/\\]index\.js$/.test(name)) return loaded;
  Module._load = load;
  const { Client } = loaded;
  loaded.Client = class extends Client {
    constructor(options) {
      const socketOptions = { connectTimeout: patience, readTimeout: patience, ...options?.socketOptions };
      super(options && { ...options, socketOptions });
    }
  };
  return loaded;
};
