"""The store survives crashes, other commands, other versions and damage."""

import sqlite3
import subprocess
import sys

import pytest

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.store import NAME, Record, open_store, read_records

RECORD = Record({"notebook": "1", "data/ä.csv": "2"}, "3", 4, 5, False)
FAILED = Record({}, "", 0, 0, True)


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
    store.remember("a", Record({}, "", 0, 0, True))
    store.connection.execute("BEGIN")
    store.remember("b", Record({}, "", 0, 0, True))
    os._exit(9)
"""


def test_what_a_crash_left_half_done_is_taken_back_by_whoever_looks(tmp_path):
    spilling = CRASH.replace('"BEGIN"', '"PRAGMA cache_size = 2"').replace(
        'store.remember("b", Record({}, "", 0, 0, True))',
        'store.connection.execute("BEGIN")\n'
        "    for n in range(300): store.remember(str(n), Record({'x': 'y' * 900}, '', 0, 0, True))",
    )
    crashed = subprocess.run([sys.executable, "-c", spilling, str(tmp_path)], check=False)
    assert crashed.returncode == 9
    assert (tmp_path / f"{NAME}-journal").stat().st_size
    assert read_records(tmp_path) == {"a": FAILED}


def test_a_record_that_cannot_be_read_is_forgotten(tmp_path):
    with open_store(tmp_path) as store:
        store.remember("a", RECORD)
        store.remember("b", RECORD)
        store.connection.execute("UPDATE runs SET inputs = '{' WHERE name = 'a'")
    assert read_records(tmp_path) == {"b": RECORD}


def test_a_store_that_cannot_be_opened(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(RegenerateError, match="cannot be used"), open_store(tmp_path):
        pass


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


def test_a_damaged_store_is_said_and_not_touched(tmp_path):
    (tmp_path / NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(RegenerateError, match=r"is damaged .* delete it"), open_store(tmp_path):
        pass
    with pytest.raises(RegenerateError, match=r"is damaged .* delete it"):
        read_records(tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"no database at all" * 100
