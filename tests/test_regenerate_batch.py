"""Files appear whole or not at all, and one failure does not stop the others."""

import base64
import io
import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from notebook_maker import asking, code, notebook

from helpers.regenerate.batch import refresh, regenerate, require_folder, write_whole
from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.execute import Outcome
from helpers.regenerate.plan import Run
from helpers.regenerate.readme_picture import picture_of, picture_path
from helpers.regenerate.report import Report
from helpers.regenerate.scratch import DRAFT

EXECUTED = b'{"cells": []}'


@pytest.fixture
def report():
    return Report(3, io.StringIO())


def runs(folder, *names):
    return [Run(asking(folder / f"{name}.ipynb", "").resolve(), {}, name) for name in names]


def made(outcomes):
    """Stand in for the execution: hand out prepared outcomes by name."""
    return lambda asked: (outcomes[run.name] for run in asked)


def ignore(run, reads, failed):
    """Stand in for the ledger."""


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_writes_each_run_and_keeps_a_failed_one(tmp_path, report):
    outcomes = {
        "a": Outcome("a", 1.0, b"A", reads={"data/x.csv": "1"}),
        "b": Outcome("b", 1.0, b"B with its error", "cell [2]: ValueError: no"),
        "c": Outcome("c", 1.0, b"C"),
    }
    out = tmp_path / "deep" / "build"
    asked = runs(tmp_path / "nb", "a", "b", "c")
    require_folder(out, asked)
    noted = []

    def note(run, reads, failed):
        assert (out / f"{run.name}.ipynb").is_file()
        noted.append((run.name, reads, failed))

    assert not regenerate(asked, out, report, made(outcomes), note)
    assert noted == [("a", {"data/x.csv": "1"}, False), ("b", None, True), ("c", None, False)]
    assert files(out) == {"a.ipynb": b"A", "b.ipynb": b"B with its error", "c.ipynb": b"C"}
    assert [result for _, result in report.rows] == ["done", "FAILED", "done"]


def test_writes_nothing_for_a_run_without_a_notebook(tmp_path, report):
    outcome = Outcome("a", 0.1, None, "NotJSONError: empty")
    asked = runs(tmp_path / "nb", "a")
    require_folder(tmp_path / "out", asked)

    def never(*_):
        raise AssertionError("noted, though nothing was written")

    assert not regenerate(asked, tmp_path / "out", report, made({"a": outcome}), never)
    assert files(tmp_path / "out") == {}


def test_writes_each_run_as_it_ends(tmp_path, report):
    def interrupted(asked):
        yield Outcome(asked[0].name, 1.0, b"A")
        raise KeyboardInterrupt

    asked = runs(tmp_path / "nb", "a", "b")
    require_folder(tmp_path / "out", asked)
    with pytest.raises(KeyboardInterrupt):
        regenerate(asked, tmp_path / "out", report, interrupted, ignore)
    assert files(tmp_path / "out") == {"a.ipynb": b"A"}


def test_a_file_that_cannot_be_written_concerns_no_other(tmp_path, report):
    out = tmp_path / "out"
    asked = runs(tmp_path / "nb", "a", "b", "c")
    require_folder(out, asked)
    (out / "a.ipynb").mkdir()

    def removing(_):
        yield Outcome("a", 1.0, b"A")
        shutil.rmtree(out)
        yield Outcome("b", 1.0, b"B")
        yield Outcome("c", 1.0, b"C")

    assert not regenerate(asked, out, report, removing, ignore)
    assert files(out) == {"b.ipynb": b"B", "c.ipynb": b"C"}
    (row, *others) = report.rows
    assert row[1] == "FAILED, not written"
    assert "its file cannot be written" in row[0].error and "a.ipynb" in row[0].error
    assert [result for _, result in others] == ["done", "done"]


def test_a_notebook_that_cannot_be_refreshed_concerns_no_other(tmp_path, report):
    asked = runs(tmp_path, "a", "b")

    def removing(_):
        asked[0].notebook.unlink()
        for run in asked:
            yield Outcome(run.name, 1.0, EXECUTED)

    assert not refresh([run.notebook for run in asked], report, removing)
    assert files(tmp_path) == {"b.ipynb": EXECUTED}
    assert [result for _, result in report.rows] == ["FAILED, not written", "rewritten"]


def test_the_notebooks_are_never_the_output(tmp_path):
    with pytest.raises(RegenerateError, match="choose another --out"):
        require_folder(tmp_path, runs(tmp_path, "a"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(RegenerateError, match="cannot be a folder"):
        require_folder(tmp_path / "file", runs(tmp_path / "nb", "a"))


def test_refresh_touches_only_what_has_changed(tmp_path, report):
    asked = runs(tmp_path, "same", "new", "broken")
    before = files(tmp_path)
    os.utime(asked[0].notebook, (1, 1))
    outcomes = {
        "same": Outcome("same", 1.0, before["same.ipynb"]),
        "new": Outcome("new", 1.0, EXECUTED),
        "broken": Outcome("broken", 1.0, b"half", "cell [1]: ValueError: no"),
    }
    assert not refresh([run.notebook for run in asked], report, made(outcomes))
    assert files(tmp_path) == before | {"new.ipynb": EXECUTED}
    assert asked[0].notebook.stat().st_mtime == 1
    assert [result for _, result in report.rows] == [
        *("unchanged", "rewritten", "FAILED, left as it was")
    ]


def showing(image):
    """The bytes of a notebook whose cell tagged ``picture`` shows an image."""
    data = {"image/png": base64.b64encode(image).decode()}
    output = {"output_type": "display_data", "metadata": {"image/png": {"alt": "a"}}, "data": data}
    cells = [code("other()", 1), {**code("show()", 2, ("picture",)), "outputs": [output]}]
    return json.dumps(notebook(*cells)).encode()


def test_refresh_stores_the_picture_that_a_notebook_lends(tmp_path, report):
    (run,) = runs(tmp_path / "notebooks", "a")
    picture = picture_path(run.notebook)
    assert picture == (tmp_path / "docs" / "a.png").resolve()

    def refreshed(image, error=""):
        outcome = Outcome("a", 1.0, showing(image), error)
        refresh([run.notebook], report, made({"a": outcome}))
        return picture.read_bytes() if picture.exists() else None

    assert refreshed(b"half", "cell [2]: ValueError: no") is None
    assert refreshed(b"PNG") == b"PNG"
    assert picture_of(showing(b"PNG")) == (b"PNG", "a")
    assert refreshed(b"half", "cell [2]: ValueError: no") == b"PNG"
    os.utime(picture, (1, 1))
    assert refreshed(b"PNG") == b"PNG"
    assert picture.stat().st_mtime == 1
    assert refreshed(b"another") == b"another"


def test_a_notebook_need_not_lend_a_picture():
    assert picture_of(json.dumps(notebook(code("a"))).encode()) is None
    assert picture_of(json.dumps(notebook(code("a", tags=("picture",)))).encode()) is None


def test_a_file_is_replaced_in_one_step(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    write_whole(path, b"old")
    seen = []
    replace = Path.replace

    def watched(draft, target):
        seen.append((path.read_bytes(), draft.read_bytes(), draft.parent))
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", watched)
    write_whole(path, b"new")
    assert seen == [(b"old", b"new", tmp_path)]
    assert files(tmp_path) == {"a.ipynb": b"new"}


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["open", "replace"])
def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch, error, step):
    (tmp_path / "a.ipynb").write_bytes(b"old")

    def broken(self, *_):
        if step == "open":
            with open(self, "wb") as file:  # noqa: PTH123, not the method that is replaced
                file.write(b"ne")
        raise error

    monkeypatch.setattr(Path, step, broken)
    for name in ("a.ipynb", "b.ipynb"):
        with pytest.raises(type(error)):
            write_whole(tmp_path / name, b"new")
    monkeypatch.undo()
    assert files(tmp_path) == {"a.ipynb": b"old"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission on Windows")
def test_nothing_is_written_through_a_link_that_somebody_planted(tmp_path, monkeypatch):
    target = tmp_path / "target"
    target.write_bytes(b"mine")
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    (tmp_path / f".a.ipynb.guessed{DRAFT}").symlink_to(target)
    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "a.ipynb", b"new")
    monkeypatch.undo()
    (tmp_path / "a.ipynb").symlink_to(target)
    write_whole(tmp_path / "a.ipynb", b"new")
    assert target.read_bytes() == b"mine"
    assert (tmp_path / "a.ipynb").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_rewritten_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "a.ipynb"
    write_whole(path, b"old")
    assert stat.S_IMODE(path.stat().st_mode) & 0o400
    path.chmod(0o640)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
