"""Writes PEM files in the form that Java reads: trust.p12 with the authority's certificates, and key.p12 with the client's
certificate and key where there is one. The password comes from the environment, where no other user can read it."""

import os
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12


def write(file: Path, content: bytes) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(content)


def main(folder: Path, authority: str, certificate: str = "", key: str = "") -> None:
    encryption = BestAvailableEncryption(os.environ["STORE_PASSWORD"].encode())
    trusted = [
        pkcs12.PKCS12Certificate(found, f"authority-{number}".encode())
        for number, found in enumerate(x509.load_pem_x509_certificates(Path(authority).read_bytes()))
    ]
    write(folder / "trust.p12", pkcs12.serialize_java_truststore(trusted, encryption))
    if certificate:
        own, *chain = x509.load_pem_x509_certificates(Path(certificate).read_bytes())
        private = load_pem_private_key(Path(key).read_bytes(), None)
        write(
            folder / "key.p12",
            pkcs12.serialize_key_and_certificates(b"client", private, own, chain, encryption),
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
