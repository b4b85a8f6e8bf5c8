"""Fetches the jars of a jgo lock file into a folder, several at a time, each checked against its hash.

jgo alone resolves the whole dependency tree again for every new folder, which takes ten times as long. And it takes any file
in Maven's cache for whole, and any file that appears there meanwhile for its own fault: so it gets a cache for this call
alone, and what is whole is put into the shared one in a single move.

Ends with 69 where the network is at fault, and with 74 where the disk is full (EX_UNAVAILABLE and EX_IOERR of sysexits.h).
"""

import errno
import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.maven import MavenContext
from requests import RequestException

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib


def is_whole(jar: Path, dependency: dict) -> bool:
    return jar.is_file() and hashlib.sha256(jar.read_bytes()).hexdigest() == dependency["sha256"]


def put(jar: Path, target: Path) -> None:
    """Copies a file so that nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(jar, partial)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def main(lock: Path, folder: Path) -> None:
    dependencies = tomllib.loads(lock.read_text(encoding="utf-8"))["dependencies"]
    folder.mkdir(parents=True, exist_ok=True)
    shared = MavenContext()

    def artifact(context: MavenContext, dependency: dict):
        component = context.project(dependency["groupId"], dependency["artifactId"]).at_version(dependency["version"])
        return component.artifact(dependency.get("classifier", ""), dependency["packaging"])

    def download(dependency: dict, private: Path) -> Path:
        for _ in range(2):  # a download may be cut off
            fetched = artifact(MavenContext(repo_cache=private, timeout=60), dependency).resolve()
            if is_whole(fetched, dependency):
                return fetched
            fetched.unlink()
        raise SystemExit(f"{fetched.name} does not have the hash that {lock.name} names")

    def fetch(dependency: dict) -> str:
        wanted = artifact(shared, dependency)
        target = folder / wanted.filename
        if is_whole(target, dependency):
            return target.name
        cached = wanted.cached_path
        if is_whole(cached, dependency):
            put(cached, target)
            return target.name
        fetched = download(dependency, private)
        put(fetched, target)
        try:
            put(fetched, cached)
        except OSError:
            pass  # a home folder that cannot be written: the next folder is fetched anew
        return target.name

    with TemporaryDirectory(dir=folder, prefix=".download-") as temporary, ThreadPoolExecutor(8) as pool:
        private = Path(temporary)
        names = set()
        for number, name in enumerate(pool.map(fetch, dependencies), start=1):
            names.add(name)
            print(f"{number} of {len(dependencies)} jars: {name}", flush=True)
    for jar in folder.glob("*.jar"):
        if jar.name not in names:
            jar.unlink()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except OSError as error:  # what requests raises is one too
        print(error, file=sys.stderr)
        raise SystemExit(74 if error.errno == errno.ENOSPC else 69 if isinstance(error, RequestException) else 1)
