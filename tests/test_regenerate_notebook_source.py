"""What is read from a notebook is what papermill would read, or an error."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from notebook_maker import asking, code, markdown, write
from papermill import inspect_notebook
from papermill.translators import PythonTranslator

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.notebook_source import (
    Parameter,
    choose_notebook,
    find_notebooks,
    read_notebook,
    read_parameters,
)

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

CELL = """\
account: Account = "essay"  # whose picture of the world
least: int = -2  # the least number
share: float = 0.5  # of all states
strict: bool = False  # drop what is open

acts: list[Act] = ["a", 'b']  # which acts, if any
# a line of its own is not a parameter
region: Optional[Region] = None  # one region, or all: none
"""


def papermill_sees(path):
    found = inspect_notebook(str(path).replace("{", "{{").replace("}", "}}"), {}).values()
    return [
        (p["name"], p["inferred_type_name"], ast.literal_eval(p["default"]), p["help"])
        for p in found
    ]


def we_see(path):
    found = read_notebook(path).parameters
    return [(p.name, p.annotation, p.default, p.help) for p in found]


def test_reads_every_form_as_papermill_does(tmp_path):
    path = asking(tmp_path / "a.ipynb", CELL)
    assert we_see(path) == papermill_sees(path)
    assert [name for name, *_ in we_see(path)] == [
        *("account", "least", "share", "strict", "acts", "region")
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_reads_the_projects_notebooks_as_papermill_does(path):
    assert we_see(path) == papermill_sees(path)
    assert we_see(path)


names = st.sampled_from(["account", "n", "x_1", "größe", "_a"])
types = st.sampled_from(
    [
        "Account",
        "int",
        "list[Act]",
        "Optional[int]",
        "list[ Act ]",
        "dict[str, int]",
        "a.b",
        "int | None",
    ]
)
defaults = st.one_of(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"]), max_size=8).map(
        repr
    ),
    st.integers().map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.booleans().map(repr),
    st.just("None"),
    st.lists(st.integers(), max_size=3).map(repr),
    st.sampled_from(["{1: 2}", "(1, 2)", "f(1)", "a", "1 + 1", "'a' 'b'"]),
)
comments = st.one_of(
    st.sampled_from(["", "  # ", "  # type: int", "  ## two", "# a # b", "  # a = b"]),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=12).map(
        lambda text: f"  # {text}"
    ),
)
lines = st.builds("{}: {} = {}{}".format, names, types, defaults, comments)


@given(st.lists(lines, min_size=1, max_size=4))
def test_any_cell_is_read_as_papermill_does_or_refused(written):
    source = "\n".join(written)
    try:
        ours = read_parameters(source)
    except RegenerateError:
        return
    theirs = PythonTranslator.inspect(NotebookNode(source=source))
    assert [(p.name, p.annotation, p.default, p.help) for p in ours] == [
        (p.name, p.inferred_type_name, ast.literal_eval(p.default), p.help) for p in theirs
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('account = "essay"  # whose', "not a typed assignment"),
        ("account: Account  # whose", "a default"),
        ('account: Literal["essay"] = "essay"  # whose', "is not a name"),
        ("account: Account | None = None  # whose", "is not a name"),
        ("account: t.Account = None  # whose", "is not a name"),
        ("account: dict[Account] = 1  # whose", "is not a name"),
        ('account: Account = "essay"', "no comment"),
        ('account: Account = "essay"  #', "no comment"),
        ('account: Account = "essay"  # a == b', "second '='"),
        ('account: Account = "a#b"  # whose', "'#' inside"),
        ("account: Account = pick()  # whose", "is not a text, number"),
        ("account: Account = {1: 2}  # whose", "is not a text, number"),
        ("account: list[int] = [\n    1]  # whose", "several lines"),
        ("n: int = 1  # a\nn: int = 2  # b", "declared twice"),
        ('account: Account = "a\u2028"  # whose', "line break"),
        ("print(1)", "not a typed assignment"),
        ("n: int = = 1", "not Python"),
    ],
)
def test_refuses_what_papermill_would_miss(line, message):
    with pytest.raises(RegenerateError, match=message) as error:
        read_parameters(f"first: int = 1  # one\n{line}", "x.ipynb")
    assert str(error.value).startswith("x.ipynb, parameters cell, line ")


def test_question_is_the_first_heading(tmp_path):
    cells = [
        code("# not this"),
        markdown(["some words\n", "# Who, and why?\n"]),
        markdown("# Later"),
    ]
    assert read_notebook(write(tmp_path / "a.ipynb", *cells)).question == "Who, and why?"


def test_wrapper_and_base():
    forms = {
        "Account": ("", "Account"),
        "list[Act]": ("list", "Act"),
        "Optional[int]": ("Optional", "int"),
    }
    for annotation, expected in forms.items():
        parameter = Parameter("x", annotation, None, "why")
        assert (parameter.wrapper, parameter.base) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: not a notebook"),
        (b"<<<<<<< HEAD\n{}", "line 1: not a notebook"),
        (b"[1, 2]", "no list of cells"),
        (b'{"worksheets": []}', "no list of cells"),
        (b'{"cells": "\xe9"}', "not UTF-8"),
    ],
)
def test_says_why_a_file_is_no_notebook(tmp_path, content, message):
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(RegenerateError, match=message):
        read_notebook(path)


def test_refuses_two_parameters_cells(tmp_path):
    cell = code("n: int = 1  # n", tags=("parameters",))
    with pytest.raises(RegenerateError, match="2 cells are tagged"):
        read_notebook(write(tmp_path / "a.ipynb", cell, cell))


@pytest.fixture
def folder(tmp_path):
    for name in ("01_types", "02_aid", "02_votes"):
        asking(tmp_path / "notebooks" / f"{name}.ipynb", "")
    (tmp_path / "notebooks" / "x.ipynb").mkdir()
    return tmp_path / "notebooks"


def test_finds_notebooks_in_order(folder):
    assert [path.name for path in find_notebooks(folder)] == [
        *("01_types.ipynb", "02_aid.ipynb", "02_votes.ipynb")
    ]
    with pytest.raises(RegenerateError, match="no notebooks in"):
        find_notebooks(folder / "nowhere")


def test_what_systems_and_programs_leave_beside_notebooks_is_none(tmp_path):
    asking(tmp_path / "01.ipynb", "")
    (tmp_path / "._01.ipynb").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "Untitled.ipynb").touch()
    write(tmp_path / "Untitled1.ipynb")
    write(tmp_path / "Untitled2.ipynb", code(""), code(" \n"))
    write(tmp_path / "begun.ipynb", code("1"))
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    names = [path.name for path in find_notebooks(tmp_path)]
    assert names == ["01.ipynb", "begun.ipynb", "broken.ipynb"]


def test_chooses_by_name_number_or_path(folder, tmp_path, monkeypatch):
    wanted = folder / "01_types.ipynb"
    for text in ("01_types", "01_types.ipynb", "01", str(wanted)):
        assert choose_notebook(text, folder) == wanted
    # In a folder of executed notebooks a bare name is still the notebook itself.
    copy = asking(tmp_path / "build" / "01_types.ipynb", "")
    monkeypatch.chdir(copy.parent)
    assert choose_notebook("01_types.ipynb", folder) == wanted
    assert choose_notebook("./01_types.ipynb", folder) == copy
    other = asking(tmp_path / "build" / "mine.ipynb", "")
    assert choose_notebook("mine.ipynb", folder) == other


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("01_type", r"no notebook '01_type' \(did you mean '01_types'\?\); allowed: 01_types, 02"),
        ("02", "may be several"),
        ("1", "no notebook"),
        ("nowhere/a.ipynb", "no notebook"),
        ("../notebooks", "no notebook"),
        ("", "no notebook"),
    ],
)
def test_lists_the_notebooks_if_there_is_no_such_one(folder, text, message):
    with pytest.raises(RegenerateError, match=message) as error:
        choose_notebook(text, folder)
    assert "01_types, 02_aid, 02_votes" in str(error.value)


def test_source_may_be_a_list_of_lines(tmp_path):
    path = asking(tmp_path / "a.ipynb", "")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][1]["source"] = ["n: int = 1  # one\n", "m: int = 2  # two"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [p.name for p in read_notebook(path).parameters] == ["n", "m"]
