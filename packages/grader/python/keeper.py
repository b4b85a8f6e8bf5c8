"""Stands before a cage: in its network, but outside of its processes and files.

    keeper.py GATE USER COMMAND...

It leads port 9042 of the cage's network to the socket GATE, behind which the submission's Cassandra is, and nothing else.
It takes away what the cage must not have: the rights of root (USER is the number of another user, or - ), the keys of
the reviewer's session, system calls that no notebook needs. Then it starts COMMAND, which makes the cage.
"""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # Python is started without it (-I)
from system_calls import seccomp_filter  # noqa: E402

GATE, USER, *COMMAND = sys.argv[1:]
PORT = 9042


def become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def leave_the_session() -> None:
    """An empty keyring in place of the session's; and an end with the grader, which a change of user makes forget."""
    libc = ctypes.CDLL(None, use_errno=True)
    join_session_keyring, set_parent_death_signal = 1, 1
    number = {"x86_64": 250, "aarch64": 219}.get(os.uname().machine)
    if number is not None:
        libc.syscall(ctypes.c_long(number), ctypes.c_long(join_session_keyring), None)
    libc.prctl(set_parent_death_signal, signal.SIGKILL)


def with_filter(command: list) -> "tuple[list, int | None]":
    """The command with the filter, which bubblewrap reads from a descriptor."""
    program = seccomp_filter()
    if program is None:
        return command, None
    reading, writing = os.pipe()
    os.write(writing, program)
    os.close(writing)
    return [command[0], "--seccomp", str(reading), *command[1:]], reading


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except (OSError, RuntimeError):
        pass


async def lead_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        database_reader, database_writer = await asyncio.open_unix_connection(GATE)
    except OSError:
        writer.close()
        return
    await asyncio.gather(copy(reader, database_writer), copy(database_reader, writer))
    for end in (writer, database_writer):
        end.close()


async def main() -> int:
    server = await asyncio.start_server(lead_in, "127.0.0.1", PORT)
    command, descriptor = with_filter(COMMAND)
    child = subprocess.Popen(command, pass_fds=() if descriptor is None else (descriptor,))
    while (code := child.poll()) is None:
        await asyncio.sleep(0.05)
    server.close()
    return code if code >= 0 else 128 - code


if USER != "-":
    become(int(USER))
leave_the_session()
os._exit(asyncio.run(main()))
