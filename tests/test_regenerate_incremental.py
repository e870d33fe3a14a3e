"""A run is due when something that it depended on has changed, and only then."""

import dataclasses
import json
import os
import shutil
import sys

import pytest
from notebook_maker import asking, code, printed, write

from helpers.regenerate.fingerprint import CHANGED, MISSING, file_digest, names_digest
from helpers.regenerate.incremental import Ledger, Project, reasons
from helpers.regenerate.plan import Run
from helpers.regenerate.store import open_store, read_records


class House:
    """A project with one run that has gone well, and what can be done to it."""

    def __init__(self, root):
        self.root = root
        self.problems = ""
        self.notebook = asking(root / "nb" / "01.ipynb", "n: int = 1  # a number", "print(n)")
        for name in ("code/helper.py", "data/read.csv", "data/other.csv", "nb/own.csv"):
            self.write(name, "1")
        self.out = root / "out"
        self.out.mkdir()
        self.run = Run(self.notebook, {"n": 1}, "01")
        self.project = Project(
            notebooks=root / "nb",
            code=root / "code",
            folders={"data": root / "data"},
            verify=lambda: self.problems,
        )

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def reads(self):
        return {
            "checks": "",
            "data/read.csv": file_digest(self.root / "data/read.csv"),
            "./own.csv": file_digest(self.root / "nb/own.csv"),
        }

    def did(self, reads=None, failed=False, meanwhile=lambda: None):
        """Go through a run as the command does."""
        with open_store(self.out) as store:
            ledger = Ledger(self.project, self.out, store, [self.run])
            meanwhile()
            (self.out / "01.ipynb").write_bytes(b"executed")
            ledger.note(self.run, reads, failed)

    def why(self, run=None):
        run = run or self.run
        return reasons([run], self.project, self.out, read_records(self.out))[run.name]


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    assert house.why() == "never run"
    house.did(house.reads())
    assert house.why() == ""
    return house


def test_other_parameters(house):
    assert house.why(Run(house.notebook, {"n": 2}, "01")) == "changed: parameters"
    assert house.why(Run(house.notebook, {"n": True}, "01")) == "changed: parameters"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("code/helper.py", "changed: helpers"),
        ("code/new.py", "changed: helpers"),
        ("code/plots/new.py", "changed: helpers"),
        ("code/__pycache__/helper.pyc", ""),
        ("code/.helper.py.swp", ""),
        ("data/read.csv", "changed: data/read.csv"),
        ("data/other.csv", ""),
        ("data/new.csv", ""),
        ("nb/own.csv", "changed: ./own.csv"),
        ("nb/other.csv", ""),
        ("out/01.ipynb", "its file was changed"),
        ("out/02.ipynb", ""),
    ],
)
def test_a_file_with_other_content(house, file, reason):
    house.write(file, "2")
    assert house.why() == reason


def test_every_change_is_named(house):
    house.write("code/helper.py", "2")
    house.write("data/read.csv", "2")
    assert house.why() == "changed: data/read.csv, helpers"


def test_the_same_content_is_no_change(house):
    for name in ("code/helper.py", "data/read.csv", "nb/01.ipynb", "out/01.ipynb"):
        content = (house.root / name).read_bytes()
        (house.root / name).unlink()
        (house.root / name).write_bytes(content)
        os.utime(house.root / name, (1, 1))
    assert house.why() == ""


@pytest.mark.parametrize("name", ["code/helper.py", "data/read.csv", "nb/own.csv", "out/01.ipynb"])
@pytest.mark.parametrize("later", [-(10**9), 0, 10**9], ids=["past", "same", "future"])
def test_no_time_passes_other_content_of_the_same_size_for_fresh(house, name, later):
    path = house.root / name
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(b"2" + content[1:])
    # The other time nobody can set; it has a resolution, though.
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + later * 10**9))
    assert path.stat().st_size == before.st_size
    assert house.why()


def test_another_place_is_no_change(house, tmp_path_factory):
    moved = tmp_path_factory.mktemp("moved") / "house"
    shutil.copytree(house.root, moved)
    other = House.__new__(House)
    other.__dict__ |= {**house.__dict__, "root": moved, "out": moved / "out"}
    other.project = Project(moved / "nb", moved / "code", {"data": moved / "data"})
    other.run = Run(moved / "nb" / "01.ipynb", {"n": 1}, "01")
    assert other.why() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert file_digest(tmp_path / "pipe") == MISSING


def test_a_missing_file(house):
    (house.root / "data/read.csv").unlink()
    assert house.why() == "changed: data/read.csv"
    house.write("data/read.csv", "1")
    assert house.why() == ""
    (house.out / "01.ipynb").unlink()
    assert house.why() == "its file is missing"


def test_data_that_are_found_to_be_wrong(house):
    house.problems = "other.csv, line 1: no"
    assert house.why() == "changed: checks"


def test_another_environment(house, monkeypatch):
    monkeypatch.setattr("helpers.regenerate.incremental.environment_digest", lambda: "other")
    assert house.why() == "changed: environment"


def test_outputs_are_no_source(house):
    cells = json.loads(house.notebook.read_text(encoding="utf-8"))["cells"]
    executed = {**cells[2], "execution_count": 7, "outputs": [printed("7")]}
    executed["metadata"] = {"execution": {"iopub.status.busy": "now"}}
    write(house.notebook, cells[0], cells[1], executed)
    assert house.why() == ""
    write(house.notebook, cells[0], cells[1], {**executed, "source": "print(n )"})
    assert house.why() == "changed: notebook"
    write(house.notebook, cells[0], cells[1], code("print(n)", tags=("solution",)))
    assert house.why() == "changed: notebook"


def test_a_failed_run_is_done_again(house):
    house.did(house.reads(), failed=True)
    assert house.why() == "failed last time"


def test_unknown_reading_may_have_been_anything(house):
    house.did(None)
    assert house.why() == ""
    house.write("data/other.csv", "2")
    assert house.why() == "changed: data/*"


def test_what_was_heard_counts_beside_what_may_have_been_read(house):
    house.did({"*": "", **house.reads()})
    assert house.why() == ""
    house.write("nb/own.csv", "2")
    assert house.why() == "changed: ./*, ./own.csv"
    house.did({"*": ""})
    house.write("nb/other.csv", "2")
    assert house.why() == "changed: ./*"


def test_data_changed_and_put_back_during_the_run_count_as_changed(house):
    def meanwhile():
        house.write("data/other.csv", "3")

    house.did({"*": ""}, meanwhile=meanwhile)
    house.write("data/other.csv", "1")
    assert house.why() == "changed: data/*"


def test_a_listed_folder_is_its_names(house):
    house.did({"data/": names_digest(house.root / "data")})
    house.write("data/read.csv", "2")
    assert house.why() == ""
    house.write("data/new.csv", "2")
    assert house.why() == "changed: data/"


@pytest.mark.parametrize("file", ["code/helper.py", "nb/01.ipynb"])
def test_what_changed_during_the_run_counts_as_changed(house, file):
    house.did(house.reads(), meanwhile=lambda: house.write(file, "{}"))
    assert house.why() == f"changed: {'helpers' if 'code' in file else 'notebook'}"
    house.did(house.reads())
    assert house.why() == ""


def test_data_that_changed_during_the_run_count_as_changed(house):
    house.did({"data/read.csv": CHANGED})
    assert house.why() == "changed: data/read.csv"
    house.did(None, meanwhile=lambda: house.write("data/other.csv", "3"))
    assert house.why() == "changed: data/*"


def test_a_folder_that_no_longer_counts(house):
    house.project = Project(house.root / "nb", house.root / "code", {})
    assert house.why() == "changed: data/read.csv"


def test_a_run_is_due_when_another_setting_decides_what_it_reads(house):
    house.did(house.reads())
    assert house.why() == ""
    house.project = dataclasses.replace(house.project, settings="another folder")
    assert house.why() == "changed: settings"
