"""Remember what was run, in one SQLite file beside the executed notebooks.

A run is remembered after its file is in place, in a transaction of its own: a crash
between the two costs one run. The file is a cache. Whoever deletes it runs all anew.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.regenerate.errors import RegenerateError

NAME = ".runs.sqlite"
VERSION = 1
TABLE = """
CREATE TABLE runs (
    name TEXT PRIMARY KEY,
    inputs TEXT NOT NULL,
    output TEXT NOT NULL,
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    failed INTEGER NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Record:
    """What is remembered of a run: digests of what it depended on, by name, and of its file."""

    inputs: dict[str, str]
    output: str
    mtime_ns: int
    size: int
    failed: bool


class Store:
    """The runs of one folder, as long as nobody else uses them."""

    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection

    def records(self) -> dict[str, Record]:
        """All that is remembered, by the name of the run."""
        query = "SELECT name, inputs, output, mtime_ns, size, failed FROM runs"
        found = {}
        for name, inputs, output, mtime_ns, size, failed in self.connection.execute(query):
            # What cannot be read is as good as forgotten: the run is made again.
            with contextlib.suppress(ValueError, TypeError):
                found[name] = Record(json.loads(inputs), output, mtime_ns, size, bool(failed))
        return found

    def remember(self, name: str, record: Record) -> None:
        """Keep what is known of a run, at once, in place of what was."""
        inputs = json.dumps(record.inputs, sort_keys=True)
        values = (name, inputs, record.output, record.mtime_ns, record.size, record.failed)
        self.connection.execute("REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)", values)


@contextlib.contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """Open a folder's store for oneself alone; one of another version is begun anew."""
    with _connected(folder, f"file:{_escaped(folder / NAME)}") as connection:
        # Kept until the connection is closed, by whatever end of the process.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        if _version(connection) != VERSION:
            connection.execute("DROP TABLE IF EXISTS runs")
            connection.execute(TABLE)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
        yield Store(connection)


def read_records(folder: Path) -> dict[str, Record]:
    """Return what a folder's store remembers, by the name of the run, and change nothing."""
    if not (folder / NAME).is_file():
        return {}
    # Not mode=ro: what a crash has left half done could not be taken back.
    with _connected(folder, f"file:{_escaped(folder / NAME)}?mode=rw") as connection:
        return Store(connection).records() if _version(connection) == VERSION else {}


@contextlib.contextmanager
def _connected(folder: Path, address: str) -> Iterator[sqlite3.Connection]:
    """Open a database without waiting for others; say in words what is wrong with it."""
    with contextlib.ExitStack() as stack:
        try:
            # Transactions begin and end where they are written, and nowhere else.
            connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)
            stack.callback(connection.close)
            yield connection
        except sqlite3.DatabaseError as error:
            raise RegenerateError(_explained(folder, error)) from error


def _explained(folder: Path, error: sqlite3.DatabaseError) -> str:
    # The last byte is the kind of error, the others say more of it.
    kind = error.sqlite_errorcode & 0xFF
    if kind == sqlite3.SQLITE_BUSY:
        return f"another command is running notebooks into {folder}; wait for it, or choose --out"
    if kind in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return f"{folder / NAME} is damaged ({error}); delete it, and all runs are made anew"
    return f"{folder / NAME} cannot be used: {error}"


def _version(connection: sqlite3.Connection) -> int:
    """Return the version that a store is of; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _escaped(path: Path) -> str:
    """Write a path as part of an address that SQLite understands."""
    return path.resolve().as_uri().removeprefix("file:")
