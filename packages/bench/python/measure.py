"""Runs commands one after the other and measures them: wall time, CPU time and peak memory of all their processes.

usage: measure.py LOG COMMAND ...    each COMMAND is a JSON list of words
Prints one JSON object. Memory is sampled on Linux only; Windows knows the wall time only.
"""

import json
import os
import subprocess
import sys
import threading
import time

try:
    import resource
except ImportError:  # Windows
    resource = None

SAMPLE_SECONDS = 0.05
SAMPLES_PER_LISTING = 10  # looking for new children costs more than reading the memory of known ones
LONGEST_SECONDS = 3600  # a program that hangs ends the benchmark otherwise
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def tree(root: int) -> list[int]:
    found, left = [], [root]
    while left:
        pid = left.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as children:
                    left += map(int, children.read().split())
        except OSError:
            pass  # it has ended
    return found


def resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as statm:
            return int(statm.read().split()[1]) * PAGE
    except OSError:
        return 0


class Memory(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.peak, self.done = root, 0, threading.Event()

    def run(self) -> None:
        sample = 0
        while not self.done.wait(SAMPLE_SECONDS):
            if sample % SAMPLES_PER_LISTING == 0:
                pids = tree(self.root)
            sample += 1
            self.peak = max(self.peak, sum(map(resident, pids)))


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(log_file: str, commands: list[list[str]]) -> None:
    linux = sys.platform == "linux"
    peak = code = 0
    cpu_before = cpu_seconds() if resource else 0
    started = time.perf_counter()
    with open(log_file, "ab") as log:
        for command in commands:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            memory = Memory(process.pid)
            if linux:
                memory.start()
            try:
                code = process.wait(LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                code = 124
            memory.done.set()
            peak = max(peak, memory.peak)
            if code != 0:
                break
    seconds = time.perf_counter() - started
    if linux:
        # What a short process has used between two samples.
        peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    result = {
        "event": "measured",
        "code": code,
        "seconds": seconds,
        "cpuSeconds": cpu_seconds() - cpu_before if resource else None,
        "peakRssMb": peak / 1e6 if linux else None,
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], [json.loads(command) for command in sys.argv[2:]])
