"""Loads a streamlined CSV with the Python driver: each row of each table is a prepared INSERT.

usage: load_rows.py loop|concurrent PORT CSV TABLES    TABLES: [{"insert": CQL, "columns": [[CSV column, type], ...]}]
"""

import csv
import json
import sys

from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import DCAwareRoundRobinPolicy, TokenAwarePolicy

CONCURRENCY = 128
CONVERT = {"int": int, "double": float, "text": str}


def read(path, columns):
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        wanted = [(header.index(name), CONVERT[kind]) for name, kind in columns]
        for row in rows:
            yield tuple(convert(row[index]) for index, convert in wanted)


def main(mode, port, path, tables):
    profile = ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy()),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
    )
    cluster = Cluster(["127.0.0.1"], port=int(port), execution_profiles={EXEC_PROFILE_DEFAULT: profile})
    session = cluster.connect()
    for table in json.loads(tables):
        statement = session.prepare(table["insert"])
        rows = read(path, table["columns"])
        if mode == "loop":
            for row in rows:
                session.execute(statement, row)
        else:
            for _ in execute_concurrent_with_args(
                session, statement, rows, concurrency=CONCURRENCY, results_generator=True
            ):
                pass
    cluster.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
