"""A new notebook executes as it is, keeps every rule, and takes no other's place."""

import json
from pathlib import Path

import nbformat
import notebook_rules
import papermill
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.cli.skeleton import new_notebook
from helpers.regenerate.normalise import normalise

QUESTION = "Who arms Russia, and from where?"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two notebooks' places are taken."""
    for name in ("00_start", "07_late"):
        (tmp_path / f"{name}.ipynb").write_text("{}\n", encoding="utf-8")
    monkeypatch.setenv("COALITION_NOTEBOOKS", str(tmp_path))
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new-notebook", *arguments], catch_exceptions=False)


def test_it_executes_under_papermill_and_keeps_every_rule(folder: Path) -> None:
    path = new_notebook(folder, "arms_by_region", QUESTION)
    done = folder / "done.ipynb"
    papermill.execute_notebook(path, done, progress_bar=False)
    executed = nbformat.read(done, as_version=4)
    normalise(executed)
    nbformat.write(executed, done)
    notebook = notebook_rules.load(done)
    assert [wrong for rule in notebook_rules.RULES for wrong in rule(notebook)] == []


def test_it_is_listed_with_its_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_NOTEBOOKS", str(tmp_path))
    done = call("arms_by_region", QUESTION)
    assert done.exit_code == 0
    assert done.output == f"Look at: {tmp_path / '00_arms_by_region.ipynb'}\n"
    listed = CliRunner().invoke(main, ["list", "--json"])
    (notebook,) = json.loads(listed.stdout)
    assert (notebook["notebook"], notebook["question"]) == ("00_arms_by_region", QUESTION)
    assert [one["name"] for one in notebook["parameters"]][:2] == ["account", "silence"]


@pytest.mark.parametrize(
    ("name", "stem"), [("arms", "08_arms"), ("03_arms", "03_arms"), ("a1_b2", "08_a1_b2")]
)
def test_the_next_number_unless_one_is_given(folder: Path, name: str, stem: str) -> None:
    assert new_notebook(folder, name, QUESTION) == folder / f"{stem}.ipynb"


@pytest.mark.parametrize(
    ("name", "question", "message"),
    [
        ("Arms", QUESTION, "not a notebook's name: 'Arms'; small letters, digits"),
        ("arms.ipynb", QUESTION, "such as arms_by_region"),
        ("../arms", QUESTION, "not a notebook's name"),
        ("3_arms", QUESTION, "or 09_arms_by_region"),
        ("arms__x", QUESTION, "single underscores"),
        ("", QUESTION, "not a notebook's name: ''"),
        ("07_arms", QUESTION, "07_late.ipynb has this number; a name without one gets the next"),
        ("arms", "Arms.", "not a question: 'Arms.'; one line that ends with a question mark"),
        ("arms", "Who?\nWhy?", "one line"),
        ("arms", " ", "not a question"),
    ],
)
def test_what_cannot_be_used(folder: Path, name: str, question: str, message: str) -> None:
    before = sorted(folder.iterdir())
    done = call(name, question)
    assert done.exit_code == 2
    assert message in done.stderr
    assert sorted(folder.iterdir()) == before


def test_after_the_last_number_one_must_be_given(folder: Path) -> None:
    (folder / "99_last.ipynb").write_text("{}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no number is left after 99_last\.ipynb"):
        new_notebook(folder, "arms", QUESTION)
    assert new_notebook(folder, "98_arms", QUESTION).exists()
