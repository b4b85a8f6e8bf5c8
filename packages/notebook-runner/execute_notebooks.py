"""Executes notebooks one after another in the tslab kernel, and says on standard output what happens.

Called by execute.ts. Each message is a line with a JSON object; see the calls of `tell`. What the kernels and their
children print themselves goes to a file beside the executed notebook. Nothing more is executed after
the first failure. The kernel of the next notebook starts while the current one runs, and reads the types of what its first
cell imports.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

WATCH = Path(__file__).parent / "kernel" / "watch.cjs"


# For messages only: whatever else prints here, prints to standard error.
messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def tell(**event) -> None:
    messages.write("\n" + json.dumps(event) + "\n")
    messages.flush()


class Failure(Exception):
    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


class Run:
    """One notebook with its kernel."""

    def __init__(self, path: Path, out: Path, timeout: float):
        self.path = path
        self.out = out
        self.timeout = timeout
        self.name = path.stem
        self.watch_file = out / f"{self.name}.watch"
        self.watch_read = 0
        self.printed_file = out / f"{self.name}.printed.txt"
        self.located = ""
        self.index = 0
        self.executed = []
        self.notebook = nbformat.read(path, as_version=4)
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        self.code_cells = [i for i, cell in enumerate(self.notebook.cells) if cell.cell_type == "code"]
        self.client = NotebookClient(
            self.notebook,
            timeout=timeout,
            iopub_timeout=60,  # after 4 s, its default, what a busy kernel has still to send would be lost
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_start=self.cell_starts,
            on_cell_executed=self.cell_ended,
        )
        self.started: asyncio.Task | None = None

    def start_kernel(self) -> None:
        """Starts the kernel without waiting for it."""
        if self.started is None:
            self.client.km = self.client.create_kernel_manager()
            options = f'{os.environ.get("NODE_OPTIONS", "")} --require "{WATCH.as_posix()}"'.strip()
            env = {**os.environ, "NODE_OPTIONS": options, "SPARKIFY_KERNEL_WATCH": str(self.watch_file)}
            self.watch_file.write_text("")
            self.started = asyncio.create_task(self.launch_kernel(env))

    async def launch_kernel(self, env: dict) -> None:
        with self.printed_file.open("wb") as printed:
            await self.client.async_start_new_kernel(env=env, stdout=printed, stderr=printed)
        await self.client.async_start_new_kernel_client()
        # A question about code, as an editor asks: nothing is executed.
        first = next((cell.source for cell in self.notebook.cells if cell.cell_type == "code"), "")
        self.client.kc.inspect(first, cursor_pos=0)

    def number(self, index: int) -> int:
        """The number of a code cell among the code cells, from 1; 0 for text."""
        return self.code_cells.index(index) + 1 if index in self.code_cells else 0

    def cell_starts(self, cell, cell_index) -> None:
        if cell.cell_type == "code":
            self.index = cell_index
            if cell.source.strip():
                self.executed.append(cell_index)
            tell(event="cell", name=self.name, number=self.number(cell_index), cells=len(self.code_cells))

    def cell_ended(self, cell, cell_index, execute_reply) -> None:
        self.look_for_hidden_failures()
        if execute_reply["content"]["status"] not in ("ok", "error"):  # nbclient sees to "error"
            raise Failure("error", f"the kernel answered: {execute_reply['content']['status']}")

    def look_for_hidden_failures(self) -> bool:
        """Raises what the watch in the kernel noted; True once it has looked for open connections."""
        with self.watch_file.open(encoding="utf-8") as file:
            file.seek(self.watch_read)
            entries = [json.loads(line) for line in file.read().splitlines()]
            self.watch_read = file.tell()
        for entry in entries:
            if entry["event"] == "looked for open connections":
                return True
            if entry["event"] == "located":
                self.located = entry["text"]
                continue
            if entry["event"] == "open connection":
                raise Failure(
                    "open connection",
                    f"a connection to {entry['message']} was left open: close it, for instance with await client.shutdown()",
                )
            if 0 < entry["ran"] <= len(self.executed):
                self.index = self.executed[entry["ran"] - 1]
            if entry["event"] == "rejection":
                raise Failure("rejected promise", f"a promise was rejected and nobody awaited it: {entry['message']}")
            raise Failure("uncaught exception", entry["message"])
        return False

    async def execute(self) -> None:
        self.start_kernel()
        await self.started
        self.client.reset_execution_trackers()
        for index, cell in enumerate(self.notebook.cells):
            await self.client.async_execute_cell(cell, index, execution_count=self.number(index))
        await asyncio.sleep(0.1)  # a promise that is rejected right after the last cell
        probe = "(globalThis as any).__sparkifyNoteOpenConnections();"
        await self.client.kc.execute_interactive(probe, store_history=False, timeout=10, output_hook=lambda _: None)
        for _ in range(100):
            if self.look_for_hidden_failures():
                return
            await asyncio.sleep(0.05)
        raise Failure("kernel died", "the kernel did not answer after the last cell")

    async def end(self) -> None:
        """Ends the kernel, whatever state it is in."""
        if self.started is not None:
            self.started.cancel()
            await asyncio.gather(self.started, return_exceptions=True)
        if self.client.kc is not None:
            self.client.kc.stop_channels()
        km = self.client.km
        if km is not None and km.has_kernel:
            await km.shutdown_kernel(now=True)
        self.watch_file.unlink(missing_ok=True)
        if self.printed_file.exists() and self.printed_file.stat().st_size == 0:
            self.printed_file.unlink()

    def printed(self) -> str | None:
        """The file with what the kernel and its children have printed past the notebook, if they did; after `end`."""
        return str(self.printed_file) if self.printed_file.exists() else None

    def last_printed(self) -> str:
        """For a kernel that dies: what it said."""
        try:
            lines = self.printed_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(["", *lines[-10:]]) if lines else ""

    def describe(self, error: Exception) -> dict:
        cell = self.notebook.cells[self.index]
        kind = "error"
        message = str(error)
        if isinstance(error, Failure):
            kind = error.kind
        elif isinstance(error, CellTimeoutError):
            kind, message = "time limit", f"the cell ran longer than {self.timeout:g} s"
        elif isinstance(error, DeadKernelError):
            kind, message = "kernel died", f"the kernel died while the cell ran{self.last_printed()}"
        elif isinstance(error, CellExecutionError):
            message = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr")
        # Frames of the kernel itself say nothing about the cell.
        message = re.sub(r"\n +at .*(node:vm|tslab[/\\]dist|evalmachine\.<anonymous>).*", "", message).strip()
        return {"kind": kind, "cell": self.number(self.index), "source": cell.source, "error": message, "locatedText": self.located}


async def main(paths: list[Path], out: Path, timeout: float) -> bool:
    runs = []
    try:
        for path in paths:
            runs.append(Run(path, out, timeout))
        for position, run in enumerate(runs):
            run.start_kernel()
            tell(event="next", name=run.name)
            await asyncio.to_thread(sys.stdin.readline)  # until the caller says that it may run
            begun = time.monotonic()
            failure = None
            execution = asyncio.create_task(run.execute())
            if position + 1 < len(runs):
                await asyncio.wait([execution], timeout=1)  # the current kernel first
                runs[position + 1].start_kernel()
            try:
                await execution
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever goes wrong belongs into the report
                failure = run.describe(error)
            seconds = round(time.monotonic() - begun, 2)
            nbformat.write(run.notebook, out / run.path.name)
            await run.end()
            tell(event="ended", name=run.name, seconds=seconds, printed=run.printed(), failure=failure)
            if failure:
                return False
        return True
    finally:
        for run in runs:
            await run.end()


def command() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("notebooks", type=Path, nargs="+")
    args = parser.parse_args()
    loop = asyncio.new_event_loop()
    task = loop.create_task(main(args.notebooks, args.out, args.timeout))
    if sys.platform != "win32":
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
    try:
        return 0 if loop.run_until_complete(task) else 1
    except asyncio.CancelledError:
        return 130


if __name__ == "__main__":
    sys.exit(command())
