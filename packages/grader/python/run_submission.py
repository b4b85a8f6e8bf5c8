"""Runs the notebooks of one submission, every cell of them, and says on standard output what happens.

Called by run.ts with a file of settings. Each line printed is a JSON object; see the calls of `tell`. A cell that fails,
or runs too long, does not keep the later ones from being run.
"""

import asyncio
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

if len(sys.argv) != 2:
    sys.exit("run_submission.py SETTINGS.json")
SETTINGS = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
LIMITS = SETTINGS["limits"]

# The kernels inherit standard output: what they print there must not mix with the messages.
messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def tell(**event) -> None:
    messages.write(json.dumps(event) + "\n")
    messages.flush()


class Limit(Exception):
    """A limit that the submission has passed."""


def own_processes() -> list:
    """What the submission has started: in a sandbox all that is there, elsewhere the descendants."""
    if SETTINGS["sandboxed"]:
        me = os.getpid()
        return [p for p in psutil.process_iter() if p.pid not in (1, me)]
    return psutil.Process().children(recursive=True)


def end_own_processes() -> None:
    """Until none is left: one that is being ended may start another."""
    for _ in range(50):
        left = own_processes()
        if not left:
            return
        for process in left:
            try:
                process.kill()
            except psutil.Error:
                pass
        psutil.wait_procs(left, timeout=0.2)


def folder_bytes(folder: str) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                pass
    return total


def memory(processes: list, shared_once: bool = False) -> int:
    used = 0
    for process in processes:
        try:
            if shared_once:
                full = process.memory_full_info()
                used += getattr(full, "pss", full.uss)
            else:
                used += process.memory_info().rss
        except psutil.Error:
            pass
    return used


class Watch:
    """Looks at memory, processes and disk while a cell runs, and at its end."""

    def __init__(self) -> None:
        self.disk_at = 0.0
        self.at_start = 1

    def starts(self) -> None:
        """The kernel is there, and nothing of the submission's own yet."""
        self.at_start = len(own_processes())

    async def look_at_end(self) -> None:
        """So that a limit is always passed in the cell that passed it: the next one does not begin before all that was
        started is there. Where no processes were left, that is at once."""
        self.disk_at = 0.0
        counts: list[int] = []
        for _ in range(40):
            self.look()
            counts.append(len(own_processes()))
            if counts[-1] <= self.at_start or counts[-3:] == counts[-1:] * 3:
                return
            await asyncio.sleep(0.2)

    def look(self) -> None:
        processes = own_processes()
        if len(processes) > LIMITS["processes"]:
            raise Limit(f"more than {LIMITS['processes']} processes")
        # What forked processes share is counted once; that takes longer, so only where it matters.
        if memory(processes) > LIMITS["memory"] and memory(processes, shared_once=True) > LIMITS["memory"]:
            raise Limit(f"more than {LIMITS['memory'] // 2**20} MB of memory")
        if time.monotonic() - self.disk_at > 1:
            self.disk_at = time.monotonic()
            if folder_bytes(SETTINGS["folder"]) > LIMITS["disk"]:
                raise Limit(f"more than {LIMITS['disk'] // 2**20} MB of disk")


class Output:
    """What a cell shows, as text, cut at a bound."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.parts: list[str] = []
        self.kept = 0
        self.all = 0

    def add(self, text: str) -> None:
        self.all += len(text)
        room = self.bound - self.kept
        if room > 0:
            self.parts.append(text[:room])
            self.kept += min(len(text), room)

    def text(self) -> str:
        return "".join(self.parts)


COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Run:
    """One notebook with its kernel."""

    # When the time of all notebooks is over; it begins with the first cell.
    deadline = 0.0

    def __init__(self, index: int, notebook: dict):
        self.index = index
        self.notebook = notebook
        self.watch = Watch()
        kernel = SETTINGS["kernels"][notebook["kernel"]]
        self.km = AsyncKernelManager(kernel_name=notebook["kernel"])
        self.km._kernel_spec = KernelSpec(argv=kernel["argv"], interrupt_mode="signal", env={})
        self.env = {**os.environ, **kernel["env"]}
        self.kc = None

    async def start(self) -> None:
        await self.km.start_kernel(env=self.env, cwd=self.notebook["cwd"])
        self.kc = self.km.client()
        self.kc.start_channels()
        await self.kc.wait_for_ready(timeout=SETTINGS["startTimeout"])
        self.watch.starts()

    async def cell(self, number: int, source: str, attempt: int = 0) -> dict:
        output = Output(LIMITS["cellOutput"])
        shown = Output(LIMITS["cellOutput"])
        error = None
        kc = self.kc
        begun = time.monotonic()
        until = min(begun + SETTINGS["cellTimeout"], self.deadline)
        request = kc.execute(source, allow_stdin=False, stop_on_error=False)
        problem = None
        interrupted_at = None
        idle = False
        looked = 0.0
        while not idle:
            message = None
            try:
                message = await asyncio.wait_for(kc.get_iopub_msg(), 0.2)
            except (TimeoutError, asyncio.TimeoutError):
                pass
            now = time.monotonic()
            if message is not None and message["parent_header"].get("msg_id") == request:
                content = message["content"]
                kind = message["msg_type"]
                if kind == "status" and content["execution_state"] == "idle":
                    idle = True
                elif kind == "stream":
                    output.add(content["text"])
                    if content["name"] == "stdout":
                        shown.add(content["text"])
                elif kind in ("execute_result", "display_data", "update_display_data"):
                    for form in ("text/plain", "text/html", "image/svg+xml"):
                        text = content["data"].get(form)
                        if isinstance(text, str):
                            shown.add(text + "\n")
                            if form == "text/plain":
                                output.add(text + "\n")
                elif kind == "error":
                    trace = COLOURS.sub("", "\n".join(content["traceback"]))
                    error = {"name": content["ename"], "message": content["evalue"][:2000], "trace": trace[-4000:]}
            if not idle and now - looked > 0.25:
                looked = now
                if not await self.km.is_alive():
                    problem = "the kernel died"
                    break
                try:
                    self.watch.look()
                except Limit as limit:
                    problem = str(limit)
                    break
                if problem is None and output.all + shown.all > LIMITS["output"]:
                    problem = f"more than {LIMITS['output'] // 2**20} MB of output"
                if problem is None and now > until:
                    limit = self.deadline if until == self.deadline else None
                    problem = "the notebook's time limit" if limit else f"longer than {SETTINGS['cellTimeout']:g} s"
                if problem is not None:
                    if interrupted_at is None:
                        interrupted_at = now
                        await self.km.interrupt_kernel()
                    elif now - interrupted_at > 5:
                        break
        alive = idle
        status = "ok"
        if idle:
            try:
                while True:
                    reply = await asyncio.wait_for(kc.get_shell_msg(), 10)
                    if reply["parent_header"].get("msg_id") == request:
                        break
                status = reply["content"].get("status", "ok")
            except (TimeoutError, asyncio.TimeoutError):
                pass
            try:
                await self.watch.look_at_end()
            except Limit as limit:
                problem = str(limit)
                alive = False
        if status == "error" and error is None:  # tslab says it on standard error only
            error = {"name": "Error", "message": COLOURS.sub("", output.text())[-2000:], "trace": ""}
        if status.startswith("abort") and alive and attempt < 10:
            # After a failed cell tslab refuses what comes within a moment.
            await asyncio.sleep(0.2)
            return await self.cell(number, source, attempt + 1)
        return {
            "number": number,
            "ended": int(time.time() * 1000),
            "seconds": round(time.monotonic() - begun, 2),
            "problem": problem,
            "error": error,
            "output": COLOURS.sub("", output.text()),
            "shown": COLOURS.sub("", shown.text()),
            "cut": max(0, output.all - output.kept),
            "alive": alive,
        }

    async def execute(self, database: asyncio.Task) -> None:
        cells = self.notebook["cells"]
        try:
            await self.start()
        except Exception as error:  # noqa: BLE001 - a kernel can fail to start in any way
            tell(event="not started", notebook=self.index, message=f"{type(error).__name__}: {error}"[:2000])
            return
        await database
        Run.deadline = Run.deadline or time.monotonic() + SETTINGS["timeout"]
        for number, source in enumerate(cells, 1):
            if not source.strip():
                continue
            tell(event="starts", notebook=self.index, cell=number, cells=len(cells))
            result = await self.cell(number, source)
            tell(event="ended", notebook=self.index, **result)
            if not result["alive"] or time.monotonic() > self.deadline:
                tell(event="stopped", notebook=self.index, cell=number, problem=result["problem"] or "the notebook's time limit")
                if len(own_processes()) > LIMITS["processes"] // 2 and SETTINGS["sandboxed"]:
                    os._exit(0)  # the quickest end: with its first process all of the sandbox's end
                return

    async def end(self) -> None:
        if self.kc is not None:
            self.kc.stop_channels()
        if self.km.has_kernel:
            # Politely first: a kernel that ends by itself closes its connections.
            try:
                await asyncio.wait_for(self.km.shutdown_kernel(now=False), 3)
            except Exception:  # noqa: BLE001
                await self.km.shutdown_kernel(now=True)
        end_own_processes()


def set_limits() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return

    def limit(name: str, most: int) -> None:
        kind = getattr(resource, name, None)  # not every platform has all of them
        if kind is not None:
            resource.setrlimit(kind, (most, most))

    limit("RLIMIT_CORE", 0)
    limit("RLIMIT_FSIZE", LIMITS["disk"])
    if not SETTINGS["sandboxed"]:
        return
    limit("RLIMIT_DATA", 2 * LIMITS["memory"])  # of one process, at once; all together are watched
    limit("RLIMIT_MSGQUEUE", 0)
    # Since Linux 5.14 the kernel counts processes and threads by sandbox, before that all of the user's own.
    if tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2]) >= (5, 14):
        limit("RLIMIT_NPROC", 1024)


def hide() -> None:
    """From others with the same user number: what is open here is not for the submission, nor is its memory."""
    if sys.platform == "linux":
        import ctypes

        set_dumpable = 4
        ctypes.CDLL(None).prctl(set_dumpable, 0)


async def beat() -> None:
    """Says that the runner goes on: a submission may stop it."""
    while True:
        tell(event="alive")
        await asyncio.sleep(2)


async def main() -> None:
    beating = asyncio.create_task(beat())
    # Cassandra may still be starting: the first kernel starts meanwhile.
    database = asyncio.create_task(asyncio.to_thread(sys.stdin.buffer.read))
    for index, notebook in enumerate(SETTINGS["notebooks"]):
        run = Run(index, notebook)
        try:
            await run.execute(database)
        finally:
            await run.end()
    beating.cancel()
    tell(event="done")


if __name__ == "__main__":
    set_limits()
    hide()
    if sys.platform != "win32":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    elif hasattr(asyncio, "WindowsSelectorEventLoopPolicy"):
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())  # what ZeroMQ needs
    asyncio.run(main())
