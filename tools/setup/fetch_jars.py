"""Fetches the jars of a jgo lock file into a folder, several at a time, each checked against its hash.

jgo alone resolves the whole dependency tree again for every new folder, which takes ten times as long.
"""

import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.maven import MavenContext

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib


def main(lock: Path, folder: Path) -> None:
    dependencies = tomllib.loads(lock.read_text(encoding="utf-8"))["dependencies"]
    folder.mkdir(parents=True, exist_ok=True)
    maven = MavenContext(timeout=60)

    def fetch(dependency: dict) -> Path:
        component = maven.project(dependency["groupId"], dependency["artifactId"]).at_version(dependency["version"])
        artifact = component.artifact(dependency.get("classifier", ""), dependency["packaging"])
        for attempt in (1, 2):
            jar = artifact.resolve()
            if hashlib.sha256(jar.read_bytes()).hexdigest() == dependency["sha256"]:
                break
            jar.unlink()  # a download that was cut off stays in the cache: fetch it once more
        else:
            raise SystemExit(f"{artifact.filename} does not have the hash that {lock.name} names")
        target = folder / artifact.filename
        if not target.exists():
            partial = target.with_suffix(".partial")
            shutil.copyfile(jar, partial)
            os.replace(partial, target)
        return target

    with ThreadPoolExecutor(8) as pool:
        wanted = set()
        for number, jar in enumerate(pool.map(fetch, dependencies), start=1):
            wanted.add(jar.name)
            print(f"{number} of {len(dependencies)} jars: {jar.name}", flush=True)
    for jar in folder.glob("*.jar"):
        if jar.name not in wanted:
            jar.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
