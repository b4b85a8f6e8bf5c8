"""Loaded by every Python that a submission starts (PYTHONPATH). It leads the submission to the node, and lets it wait there.

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


def give_append_back(pandas):
    """Where pandas is too new for it: submissions of the years of pandas 1 call DataFrame.append."""

    def append(self, other, ignore_index=False, **_):
        if isinstance(other, dict):
            other = pandas.DataFrame([other])
        elif isinstance(other, pandas.Series) and isinstance(self, pandas.DataFrame):
            other = other.to_frame().T
        others = list(other) if isinstance(other, (list, tuple)) else [other]
        return pandas.concat([self, *others], ignore_index=ignore_index)

    for kind in (pandas.DataFrame, pandas.Series):
        if not hasattr(kind, "append"):
            kind.append = append
        if not hasattr(kind, "iteritems"):
            kind.iteritems = kind.items


PATIENCE = 60


def wait_longer(driver):
    """On a busy machine Cassandra may not answer within the driver's 2 and 10 seconds: that is no fault of a submission.

    What a submission sets itself is as it sets it.
    """

    def patient(kind, **defaults):
        begin = kind.__init__

        def init(self, *args, **kwargs):
            # Whoever gives them by their places gives his own.
            begin(self, *args, **(kwargs if len(args) > 2 else {**defaults, **kwargs}))

        kind.__init__ = init

    patient(driver.Cluster, connect_timeout=PATIENCE, control_connection_timeout=PATIENCE)
    patient(driver.ExecutionProfile, request_timeout=PATIENCE)
    driver.Session._default_timeout = PATIENCE


def wait_longer_in_cqlsh(cqlsh):
    cqlsh.DEFAULT_CONNECT_TIMEOUT_SECONDS = cqlsh.DEFAULT_REQUEST_TIMEOUT_SECONDS = PATIENCE


def give_encoding_back(json):
    """Where Python is too new for it (3.9): submissions of the years of Python 3.6 say which encoding their JSON has."""

    def without(function):
        return lambda *args, encoding=None, **kwargs: function(*args, **kwargs)

    json.load, json.loads = without(json.load), without(json.loads)


class AfterImport(importlib.abc.MetaPathFinder):
    """Changes modules as soon as they are imported."""

    def __init__(self, changes):
        self.changes = changes

    def find_spec(self, name, path=None, target=None):
        if name not in self.changes:
            return None
        change = self.changes.pop(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_change(module):
            run(module)
            change(module)

        spec.loader.exec_module = run_and_change
        return spec


CHANGES = {
    "json": give_encoding_back,
    "pandas": give_append_back,
    "cassandra.cluster": wait_longer,
    "cqlshlib.cqlshmain": wait_longer_in_cqlsh,
}
sys.meta_path.insert(0, AfterImport(CHANGES))
