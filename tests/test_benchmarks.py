"""The benchmark's parts do what they say; no time is asserted."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.data import case_names, load_codebook

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.contenders import Place  # noqa: PLC0415

    return Place(tmp_path, 1)


def test_every_contender_executes_the_same_runs(place):
    from benchmarks.__main__ import CONTENDERS  # noqa: PLC0415
    from benchmarks.contenders import papermill_commands  # noqa: PLC0415

    (run,) = place.runs
    plan = json.loads((place.notebooks / "plan.yml").read_text(encoding="utf-8"))
    assert plan == {run.notebook.stem: [run.parameters]}
    (command,) = papermill_commands(place, place.fresh("out"))
    assert json.dumps(run.parameters) in command
    for contender in CONTENDERS:
        assert Path(contender.command(place)[0]).name.startswith(("python", "sh"))


def test_an_edit_changes_something_each_time_and_only_in_the_copy(place):
    from benchmarks.contenders import after_edit  # noqa: PLC0415

    edit = after_edit("data/un_votes.csv", "68/262,AFG", '"68/262",AFG')
    path = place.folder / "data" / "un_votes.csv"
    seen = [path.read_bytes()]
    for _ in range(2):
        edit(place)
        seen.append(path.read_bytes())
    assert seen[0] == seen[2] == (ROOT / "data" / "un_votes.csv").read_bytes()
    assert seen[1] != seen[0]


def test_time_and_memory_are_those_of_all_processes(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.measure import measure  # noqa: PLC0415

    code = "import time; x = bytes(range(200)) * 1_000_000; time.sleep(2)"
    script = f"'{sys.executable}' -c '{code}'; true"
    found = measure(["sh", "-c", script], tmp_path, dict(os.environ))
    assert found.peak > 190
    assert found.largest > 190
    assert found.seconds > 0
    with pytest.raises(RuntimeError, match="ended with 3:\nno"):
        measure(["sh", "-c", "echo no; exit 3"], tmp_path, dict(os.environ))


def test_readings_are_counted_once_and_sampled_one_by_one(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import readings  # noqa: PLC0415

    found, seconds = readings.at_once()
    assert sum(map(len, found)) > 1000
    assert seconds > 0
    assert readings.one_by_one(found, 3) > 0


def test_every_change_of_every_list_is_timed(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import following  # noqa: PLC0415

    monkeypatch.setattr(following, "case_names", lambda: case_names().head(1))
    browser, notebook = following.browser_milliseconds(), following.notebook_milliseconds()
    assert len(notebook) == 7
    assert all(times for times in notebook.values())
    if shutil.which("chromium"):
        assert len(browser) > len(load_codebook().variables)


def test_codings_grow_by_whole_accounts_that_are_in_order(place):
    from benchmarks import load  # noqa: PLC0415

    today = len((ROOT / "data" / "codings.csv").read_text(encoding="utf-8").splitlines()) - 1
    n_codings, _ = load.check(place, 2)
    assert n_codings == 2 * today


def test_it_says_how_it_is_called():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert "--quick" in done.stdout
