// What Astra has before a database, here before one node: a service that tells where it is, and a proxy that finds the node by
// the name that the client asks for (SNI). Both want the client certificate of the bundle.

import { constants } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { connect as connectTls, createServer } from "node:tls";
import { type Issued, issue, makeAuthority } from "./certificates.js";
import { connected, type Settings } from "./secure-cluster.js";

const require = createRequire(createRequire(import.meta.url).resolve("cassandra-driver"));

/** Writes a zip file. */
function zip(path: string, files: Record<string, string>): string {
  const archive = new (require("adm-zip"))();
  for (const [name, text] of Object.entries(files)) archive.addFile(name, Buffer.from(text));
  archive.writeZip(path);
  return path;
}

/** @param admin the settings to reach the node that is behind it */
export async function startCloud(folder: string, port: number, admin: Settings) {
  const authority = makeAuthority("The cloud's authority");
  // Of the proxy the driver asks a name server, which knows no localhost: so it is an address, which must be the subject.
  const { certificate: cert, key } = issue("127.0.0.1", ["localhost"], authority);
  const guarded = {
    cert,
    key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
    secureOptions: constants.SSL_OP_NO_TICKET, // no bundle comes in by the session of another one
  };
  const read = (name: string) => readFileSync(admin[name] as string);
  const hostId = await connected(admin, async (client) =>
    String((await client.execute("SELECT host_id FROM system.local")).first().get(0)),
  );
  /** What clients asked the proxy for. */
  const asked = new Set<unknown>();
  const proxy = createServer(guarded, (socket) => {
    const { servername } = socket as unknown as { servername: unknown };
    asked.add(servername);
    if (servername !== hostId) return void socket.destroy();
    const node = connectTls({
      port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: read("CASSANDRA_TLS_CA"),
      cert: read("CASSANDRA_TLS_CERT"),
      key: read("CASSANDRA_TLS_KEY"),
    });
    for (const [one, other] of [
      [socket, node],
      [node, socket],
    ] as const)
      one.on("error", () => {}).on("close", () => other.destroy());
    socket.pipe(node).pipe(socket);
  });
  let status = 200;
  let proxyPort = 0;
  const service = createHttpsServer(guarded, (_, response) => {
    const contact = {
      type: "sni_proxy",
      local_dc: "datacenter1",
      contact_points: [hostId],
      sni_proxy_address: `127.0.0.1:${proxyPort}`,
    };
    response.writeHead(status).end(JSON.stringify({ version: 1, region: "local", contact_info: contact }));
  });
  const listen = async (server: Server) => {
    await once(server.on("tlsClientError", () => {}).listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  };
  proxyPort = await listen(proxy);
  const servicePort = await listen(service);
  const config = { host: "localhost", port: servicePort, keyspace: "sparkify", localDC: "datacenter1" };
  const clientOf = (by: Issued, days?: number) => issue("client", [], by, days);
  return {
    authority,
    asked,
    hostId,
    clientOf,
    /** Writes a bundle. @param changes files with other texts */
    bundle(name: string, client: Issued, changes: Record<string, string> = {}): string {
      return zip(join(folder, name), {
        "ca.crt": authority.certificate,
        cert: client.certificate,
        key: client.key,
        "config.json": JSON.stringify(config),
        ...changes,
      });
    },
    write: (name: string, text: string | Buffer): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    answerWith(code: number) {
      status = code;
    },
    stop() {
      service.closeAllConnections();
      service.close();
      proxy.close();
    },
  };
}
