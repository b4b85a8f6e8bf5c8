import { expect, test } from "vitest";
import { uvSettingsOf } from "../src/install/uv-settings.mjs";

test("mirrors, proxies and authorities of pip are uv's, and the later one of two wins", () => {
  const list = [
    "global.index-url='https://mirror.example/simple'",
    "install.find-links='/wheels'",
    ":env:.cert='/etc/ca.pem'",
    ":env:.index-url='https://ann:secret@other.example/simple'",
    ":env:.default-timeout='180'",
  ];
  expect(uvSettingsOf(`${list.join("\n")}\n`)).toMatchObject({
    UV_DEFAULT_INDEX: "https://ann:secret@other.example/simple",
    UV_FIND_LINKS: "/wheels",
    SSL_CERT_FILE: "/etc/ca.pem",
  });
  expect(uvSettingsOf("")).not.toHaveProperty("UV_DEFAULT_INDEX");
});

test.each([
  "global.client-cert='/home/ann/key.pem'",
  "global.keyring-provider='subprocess'",
  "global.extra-index-url='\\nhttps://a.example\\nhttps://b.example'",
  "global.find-links='/a /b'",
  "install.constraint='/home/ann/constraints.txt'",
  "words that are no setting",
])("what uv cannot be told is left to pip: %s", (line) => {
  expect(uvSettingsOf(line)).toBeUndefined();
});
