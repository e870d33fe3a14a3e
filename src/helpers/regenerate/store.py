"""Remember what was run, in one SQLite file beside the executed notebooks.

A run is remembered after its file is in place, in a transaction of its own: a crash
between the two costs one run. The file is a cache. Whoever deletes it runs all anew.
"""

import contextlib
import json
import os
import secrets
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.regenerate.errors import RegenerateError

NAME = ".runs.sqlite"
VERSION = 2
LONGEST = 10_000_000
"""Bytes of a value."""
TABLE = """
CREATE TABLE runs (
    name TEXT PRIMARY KEY,
    inputs TEXT NOT NULL,
    output TEXT NOT NULL,
    state TEXT NOT NULL,
    failed INTEGER NOT NULL
) WITHOUT ROWID
"""
# What is wrong with the place, not with the store: another would fare no better in it.
UNWRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR_WRITE}


class UnusableStore(RegenerateError):  # noqa: N818
    """What stands in place of a store and is none, or is damaged."""


@dataclass(frozen=True)
class Record:
    """What is remembered of a run: digests of what it depended on, by name, and of its file.

    Where the file's ``state`` is another, its content decides.
    """

    inputs: dict[str, str]
    output: str
    state: str
    failed: bool


class Store:
    """The runs of one folder, as long as nobody else uses them."""

    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection
        # Views and triggers would do whatever they say, and take as long as they like.
        held = connection.execute("SELECT trim(sql, char(10)) FROM sqlite_master").fetchall()
        if held != [(TABLE.strip(),)]:
            raise sqlite3.DatabaseError("it holds something else than runs")
        self.before = dict(self._read())
        self.trouble = ""

    def records(self) -> dict[str, Record]:
        """All that was remembered when it was opened, by the name of the run."""
        return self.before

    def _read(self) -> Iterator[tuple[str, Record]]:
        query = "SELECT name, inputs, output, state, failed FROM runs"
        for name, text, output, state, failed in self.connection.execute(query):
            # What cannot be read is as good as forgotten: the run is made again.
            with contextlib.suppress(ValueError, TypeError, RecursionError):
                inputs = json.loads(text)
                if isinstance(inputs, dict):
                    yield name, Record(inputs, output, state, bool(failed))

    def remember(self, name: str, record: Record) -> None:
        """Keep what is known of a run, at once, in place of what was."""
        inputs = json.dumps(record.inputs, sort_keys=True)
        values = (name, inputs, record.output, record.state, record.failed)
        # As when its folder is removed: a run that is not remembered is made again, and no worse.
        try:
            self.connection.execute("REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", values)
        except sqlite3.Error as error:
            self.trouble = str(error)


@contextlib.contextmanager
def open_store(folder: Path, say: Callable[[str], object] = warnings.warn) -> Iterator[Store]:
    """Open a folder's store for oneself alone; one that cannot be used is set aside."""
    try:
        store = _opened(folder)
    except UnusableStore as error:
        aside = folder / f"{NAME}.set-aside-{secrets.token_hex(4)}"
        (folder / NAME).rename(aside)
        # What belongs to the other would be taken for what this one has left half done.
        _journal(folder).unlink(missing_ok=True)
        say(f"{error}. It is set aside as {aside.name}, and all runs are made anew.")
        store = _opened(folder)
    try:
        yield store
    finally:
        store.connection.close()
        if store.trouble:
            say(f"Not everything could be remembered ({store.trouble}); it is run again next time.")


def _opened(folder: Path) -> Store:
    """Open a store and read it; one of another version is begun anew."""
    with contextlib.ExitStack() as stack, _explained(folder):
        connection = _connected(folder / NAME, "rwc")
        stack.callback(connection.close)
        # Kept until the connection is closed, by whatever end of the process.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        if _version(connection) != VERSION:
            connection.execute("DROP TABLE IF EXISTS runs")
            connection.execute(TABLE)
        # Only who writes takes over, and removes, the journal of one that was killed.
        if _version(connection) != VERSION or _journal(folder).exists():
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
        store = Store(connection)
        stack.pop_all()
        return store


def read_records(folder: Path, say: Callable[[str], object] = warnings.warn) -> dict[str, Record]:
    """Return what a folder's store remembers, by the name of the run, and change nothing."""
    if not os.path.lexists(folder / NAME):
        return {}
    try:
        # Not mode=ro: what a crash has left half done could not be taken back.
        with _explained(folder), contextlib.closing(_connected(folder / NAME, "rw")) as connection:
            return Store(connection).records() if _version(connection) == VERSION else {}
    except UnusableStore as error:
        say(f"{error}. The next run sets it aside.")
        return {}


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    """Open a database without waiting for others."""
    if path.is_symlink():
        raise sqlite3.DatabaseError("it is a link")
    address = path.absolute().as_uri()
    # Transactions begin and end where they are written, and nowhere else.
    made = sqlite3.connect(f"{address}?mode={mode}", uri=True, timeout=0, isolation_level=None)
    made.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    return made


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say in words what is wrong with a store."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        # The last byte is the kind of error, the others say more of it.
        if code & 0xFF == sqlite3.SQLITE_BUSY:
            message = f"another command is running notebooks into {folder}"
            raise RegenerateError(f"{message}; wait for it, or choose --out") from error
        kind = RegenerateError if {code, code & 0xFF} & UNWRITABLE else UnusableStore
        raise kind(f"{folder / NAME} cannot be used: {error}") from error


def _journal(folder: Path) -> Path:
    return folder / f"{NAME}-journal"


def _version(connection: sqlite3.Connection) -> int:
    """Return the version that a store is of; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
