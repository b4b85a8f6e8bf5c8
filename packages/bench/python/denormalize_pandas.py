"""Many daily logs, one streamlined CSV, with pandas.

usage: denormalize_pandas.py TARGET COLUMNS LOG ...    COLUMNS: joined by commas
"""

import csv
import sys

import pandas


def main(target, columns, logs):
    columns = columns.split(",")
    frames = [pandas.read_csv(log, dtype=str, usecols=columns, keep_default_na=False) for log in logs]
    frame = pandas.concat(frames, ignore_index=True)
    frame = frame.loc[frame["artist"] != "", columns]
    frame.to_csv(target, index=False, quoting=csv.QUOTE_ALL, lineterminator="\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
