"""Many daily logs, one streamlined CSV, with Python's csv module, row by row.

usage: denormalize_csv.py TARGET COLUMNS LOG ...    COLUMNS: joined by commas
"""

import csv
import sys
from operator import itemgetter


def main(target, columns, logs):
    columns = columns.split(",")
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(columns)
        for path in logs:
            with open(path, newline="", encoding="utf-8") as log:
                rows = csv.reader(log)
                header = next(rows)
                wanted = itemgetter(*map(header.index, columns))
                artist = header.index("artist")
                writer.writerows(wanted(row) for row in rows if row[artist])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
