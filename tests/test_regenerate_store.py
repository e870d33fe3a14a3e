"""The store survives crashes, other commands, other versions and damage."""

import sqlite3
import subprocess
import sys

import pytest

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.store import NAME, Record, open_store, read_records

RECORD = Record({"notebook": "1", "data/ä.csv": "2"}, "3", "4", False)
FAILED = Record({}, "", "", True)


def test_remembers_in_one_file(tmp_path):
    with open_store(tmp_path) as store:
        store.remember("a", FAILED)
        store.remember("a", RECORD)
        store.remember("b", FAILED)
    assert read_records(tmp_path) == {"a": RECORD, "b": FAILED}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    with open_store(tmp_path) as store:
        assert store.records() == {"a": RECORD, "b": FAILED}


def test_looking_changes_nothing(tmp_path):
    assert read_records(tmp_path / "no" / "folder") == {}
    assert read_records(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_a_strange_name(tmp_path):
    folder = tmp_path / "50% {n} #1? ä"
    folder.mkdir()
    with open_store(folder) as store:
        store.remember("a", RECORD)
    assert read_records(folder) == {"a": RECORD}
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_only_one_command_at_a_time(tmp_path):
    message = "another command is running notebooks into"
    with open_store(tmp_path) as store:
        with pytest.raises(RegenerateError, match=message), open_store(tmp_path):
            pass
        with pytest.raises(RegenerateError, match=message):
            read_records(tmp_path)
        store.remember("a", RECORD)
    assert read_records(tmp_path) == {"a": RECORD}


CRASH = """\
import os, sys
from pathlib import Path
from helpers.regenerate.store import Record, open_store
with open_store(Path(sys.argv[1])) as store:
    store.remember("a", Record({}, "", "", True))
    store.connection.execute("BEGIN")
    store.remember("b", Record({}, "", "", True))
    os._exit(9)
"""


def test_what_a_crash_left_half_done_is_taken_back_by_whoever_looks(tmp_path):
    spilling = CRASH.replace('"BEGIN"', '"PRAGMA cache_size = 2"').replace(
        'store.remember("b", Record({}, "", "", True))',
        'store.connection.execute("BEGIN")\n'
        "    for n in range(300): store.remember(str(n), Record({'x': 'y' * 900}, '', '', True))",
    )
    crashed = subprocess.run([sys.executable, "-c", spilling, str(tmp_path)], check=False)
    assert crashed.returncode == 9
    assert (tmp_path / f"{NAME}-journal").stat().st_size
    assert read_records(tmp_path) == {"a": FAILED}


def test_the_journal_of_a_killed_run_goes_even_if_nothing_is_to_do(tmp_path):
    killed = CRASH.replace('store.connection.execute("BEGIN")', "os._exit(9)")
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False)
    assert (tmp_path / f"{NAME}-journal").exists()
    with open_store(tmp_path) as store:
        assert store.records() == {"a": FAILED}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def into_a_folder(path):
    path.mkdir()
    (path / "a").touch()


def altered(*statements):
    """Return what makes a good store and then alters it."""

    def make(path):
        with open_store(path.parent) as store:
            store.remember("a", RECORD)
            store.remember("b", RECORD)
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return make


UNUSABLE = {
    "a folder": into_a_folder,
    "no database": lambda path: path.write_bytes(b"no database at all" * 100),
    "a link to itself": lambda path: path.symlink_to(path),
    "no table": altered("DROP TABLE runs"),
    "other columns": altered("DROP TABLE runs", "CREATE TABLE runs (name TEXT)"),
    "bytes that are no text": altered("UPDATE runs SET inputs = CAST(X'FFFE' AS TEXT)"),
    "half of it": lambda path: (altered()(path), path.write_bytes(path.read_bytes()[:4096] * 2)),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_store_that_cannot_be_used_is_set_aside(tmp_path, what):
    UNUSABLE[what](tmp_path / NAME)
    said = []
    assert read_records(tmp_path, said.append) == {}
    with open_store(tmp_path, said.append) as store:
        assert store.records() == {}
        store.remember("a", RECORD)
    assert "cannot be used" in said[0] and "The next run sets it aside" in said[0]
    assert "It is set aside as" in said[1] and "made anew" in said[1]
    assert read_records(tmp_path) == {"a": RECORD}
    assert len(list(tmp_path.glob(f"{NAME}.set-aside-*"))) == len(said) - 1 == 1 or (
        # The link led to itself, and now leads to the store.
        what == "a link to itself"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="uses a limit of Unix")
@pytest.mark.parametrize("size", [0, 2000, 5000])
def test_a_good_store_is_kept_where_files_may_not_grow(tmp_path, size):
    with open_store(tmp_path) as store:
        store.remember("a", RECORD)
    again = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from helpers.regenerate.store import open_store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "with open_store(Path(sys.argv[1])) as store: print(sorted(store.records()))"
    )
    command = [sys.executable, "-c", again, str(tmp_path), str(size)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == "['a']\n", done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_no_new_store_is_set_aside_where_the_disk_is_full(tmp_path, monkeypatch):
    def full(*_):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr("helpers.regenerate.store._version", full)
    with pytest.raises(RegenerateError, match="disk is full"), open_store(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] in ([NAME], [])


@pytest.mark.parametrize("inputs", ["[]", "null", "7", "[" * 100_000, "{", "\x00"])
def test_inputs_that_are_none_are_forgotten(tmp_path, inputs):
    with open_store(tmp_path) as store:
        store.remember("a", RECORD)
        store.remember("b", RECORD)
        store.connection.execute("UPDATE runs SET inputs = ? WHERE name = 'a'", [inputs])
    assert read_records(tmp_path) == {"b": RECORD}


def test_what_cannot_be_remembered_is_said_and_stops_nothing(tmp_path):
    said = []
    with open_store(tmp_path, said.append) as store:
        store.connection.execute("PRAGMA query_only = 1")
        store.remember("a", RECORD)
        store.remember("b", RECORD)
    assert len(said) == 1 and "Not everything could be remembered" in said[0]


def test_a_crash_costs_what_was_not_yet_kept(tmp_path):
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], check=False)
    assert crashed.returncode == 9
    with open_store(tmp_path) as store:
        assert store.records() == {"a": FAILED}


def test_a_store_of_another_version_is_begun_anew(tmp_path):
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute("CREATE TABLE runs (whatever)")
    connection.execute("INSERT INTO runs VALUES (1)")
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    assert read_records(tmp_path) == {}
    with open_store(tmp_path) as store:
        assert store.records() == {}
        store.remember("a", RECORD)
    assert read_records(tmp_path) == {"a": RECORD}
