"""Temporary files are gone with their process, or with the next one if it was killed."""

import subprocess
import sys

import pytest

from helpers.regenerate.scratch import DRAFT, MARK, PREFIX, clear_drafts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of Unix")

LIVE = """\
import os, sys, tempfile
from helpers.regenerate.scratch import scratch, temporary_files
with temporary_files():
    tempfile.mkstemp(prefix="reads-")
print(scratch(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def process(tmp_path, monkeypatch):
    """Start processes that have a folder in one place, and tell which."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    started = []

    def start():
        pipe = subprocess.PIPE
        new = subprocess.Popen(
            [sys.executable, "-c", LIVE], stdin=pipe, stdout=pipe, encoding="utf-8"
        )
        started.append(new)
        return new, tmp_path / new.stdout.readline().strip()

    yield start
    for each in started:
        each.kill()
        each.wait()
        each.stdin.close()
        each.stdout.close()


def test_a_folder_is_gone_with_its_process(process, tmp_path):
    first, folder = process()
    assert [path.name[:6] for path in folder.iterdir() if path.name != MARK] == ["reads-"]
    assert folder.stat().st_mode & 0o077 == 0
    first.stdin.close()
    assert first.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


ANEW = """\
import shutil
from helpers.regenerate.scratch import MARK, scratch
before = scratch()
shutil.rmtree(before)
assert scratch() == before and (before / MARK).is_file()
assert before.stat().st_mode & 0o077 == 0
"""


def test_a_folder_that_was_removed_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    subprocess.run([sys.executable, "-c", ANEW], check=True)
    assert list(tmp_path.iterdir()) == []


def test_what_the_dead_left_is_cleared_and_nothing_else(process, tmp_path):
    mine = tmp_path / f"{PREFIX}of-my-own"
    mine.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(mine)
    _, living = process()
    dead, left = process()
    dead.kill()
    dead.wait(30)
    assert left.is_dir()
    _, another = process()
    assert set(tmp_path.iterdir()) == {mine, tmp_path / f"{PREFIX}link", living, another}


WRITE = """\
import os, sys
from pathlib import Path
from helpers.regenerate import batch
Path.replace = lambda *_: os._exit(9)
batch.write_whole(Path(sys.argv[1]), b"half")
"""


def test_drafts_of_the_dead_are_cleared(tmp_path):
    from helpers.regenerate.scratch import claim  # noqa: PLC0415

    killed = subprocess.run([sys.executable, "-c", WRITE, tmp_path / "a.ipynb"], check=False)
    assert killed.returncode == 9
    assert len(list(tmp_path.iterdir())) == 1
    with (tmp_path / f".b.ipynb.1234{DRAFT}").open("wb") as living:
        claim(living.fileno())
        clear_drafts(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [f".b.ipynb.1234{DRAFT}"]
