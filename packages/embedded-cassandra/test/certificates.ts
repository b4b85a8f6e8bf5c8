// Certificates for the tests, written as X.509 wants them (RFC 5280): no certificate tool is needed, and one that has
// expired is as easy to make as any other.

import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

export interface Issued {
  /** Both in PEM form. */
  certificate: string;
  key: string;
  subject: string;
  privateKey: KeyObject;
}

const day = 86_400_000;

/** A certificate that signs others. */
export function makeAuthority(name: string): Issued {
  return issue(name, [], undefined);
}

/** A certificate for these host names and addresses, valid from yesterday until `days` from now. */
export function issue(subject: string, hosts: string[], by: Issued | undefined, days = 30): Issued {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(by?.subject ?? subject),
    sequence(time(Date.now() + Math.min(days - 1, -1) * day), time(Date.now() + days * day)),
    nameOf(subject),
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    tagged(3, sequence(by ? alternativeNames(hosts) : isAuthority())),
  );
  const signature = sign("sha256", content, by?.privateKey ?? privateKey);
  const whole = sequence(content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    subject,
    privateKey,
  };
}

function alternativeNames(hosts: string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host)),
  );
  return sequence(oid("551d11"), der(0x04, sequence(...names)));
}

function isAuthority(): Buffer {
  const yes = der(0x01, Buffer.from([0xff]));
  return sequence(oid("551d13"), yes, der(0x04, sequence(yes)));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, "");
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function integer(value: Buffer): Buffer {
  return der(0x02, value);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function tagged(number: number, part: Buffer): Buffer {
  return der(0xa0 + number, part);
}

/** A value with its type and length before it. */
function der(type: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...head]), content]);
}
