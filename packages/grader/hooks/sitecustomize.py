"""Loaded by every Python that a submission starts (PYTHONPATH). It leads the submission to the node, nothing else.

Submissions look for Cassandra at db, cassandra, 172.17.0.2 and the like. A name that does not resolve is the node's,
and so is every other machine's port 9042.
"""

import importlib.abc
import importlib.machinery
import socket
import sys

NODE = "127.0.0.1"
PORT = 9042

find = socket.getaddrinfo
connect = socket.socket.connect
connect_ex = socket.socket.connect_ex


def getaddrinfo(host, port, *args, **kwargs):
    try:
        return find(host, port, *args, **kwargs)
    except socket.gaierror:
        return find(NODE, port, *args, **kwargs)


def to_node(address):
    if isinstance(address, tuple) and len(address) >= 2 and address[1] == PORT:
        host = str(address[0])
        if not host.startswith("127.") and host not in ("::1", "localhost", "0.0.0.0"):
            return (NODE, PORT)
    return address


def to_name(name):
    try:
        return gethostbyname(name)
    except OSError:
        return NODE


gethostbyname = socket.gethostbyname
socket.getaddrinfo = getaddrinfo
socket.gethostbyname = to_name
socket.socket.connect = lambda self, address: connect(self, to_node(address))
socket.socket.connect_ex = lambda self, address: connect_ex(self, to_node(address))


class OldPandas(importlib.abc.MetaPathFinder):
    """Where pandas is too new for it, gives DataFrame.append back: submissions of the years of pandas 1 call it."""

    def find_spec(self, name, path=None, target=None):
        if name != "pandas":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_add(module):
            run(module)
            for kind in (module.DataFrame, module.Series):
                if not hasattr(kind, "append"):
                    kind.append = append
                if not hasattr(kind, "iteritems"):
                    kind.iteritems = kind.items

        def append(self, other, ignore_index=False, **_):
            import pandas

            if isinstance(other, dict):
                other = pandas.DataFrame([other])
            elif isinstance(other, pandas.Series) and isinstance(self, pandas.DataFrame):
                other = other.to_frame().T
            others = list(other) if isinstance(other, (list, tuple)) else [other]
            return pandas.concat([self, *others], ignore_index=ignore_index)

        spec.loader.exec_module = run_and_add
        return spec


sys.meta_path.insert(0, OldPandas())
