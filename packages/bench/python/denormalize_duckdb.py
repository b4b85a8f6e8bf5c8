"""Many daily logs, one streamlined CSV, with DuckDB.

usage: denormalize_duckdb.py TARGET COLUMNS LOG ...    COLUMNS: joined by commas
"""

import sys

import duckdb


def text(value):
    return "'" + value.replace("'", "''") + "'"


def main(target, columns, logs):
    names = ", ".join(f'"{column}"' for column in columns.split(","))
    files = ", ".join(map(text, logs))
    duckdb.sql(
        f"""COPY (
            SELECT {names}
            FROM read_csv([{files}], header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
            WHERE artist IS NOT NULL AND artist <> ''
        ) TO {text(target)} (HEADER, DELIMITER ',', QUOTE '"', ESCAPE '"', FORCE_QUOTE *)"""
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
