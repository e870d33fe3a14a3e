"""Names of outputs are safe, stable and distinct."""

import re
from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.regenerate.run_names import MAX_LENGTH, output_name

RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(
        ["../../etc/passwd", "a" * 300, "CON", "con", "A", "a", "x.", " ", "a+b", "none", "1"]
    ),
    st.sampled_from(["C:\\x", "a/b", "a:b", "*?", "..", "true", "a__b", "yes_no", "\u00c4", "1.0"]),
)
values = st.one_of(scalars, st.lists(scalars, max_size=3))
stems = st.one_of(
    st.text(min_size=1, max_size=10), st.sampled_from(["01_types", "con", "NUL", "a__n-1", "a"])
)
runs = st.tuples(
    stems,
    st.dictionaries(st.sampled_from(["n", "account", "Account", "largest_number_of_all"]), values),
)


def written_out(run):
    """What makes a run the run that it is: 1, True and 1.0 are equal for Python."""
    notebook, chosen = run
    return repr((notebook, list(chosen.items())))


@given(runs)
def test_is_a_file_name_anywhere(run):
    name = output_name(*run)
    assert re.fullmatch(r"[a-z0-9_+.-]+", name)
    assert len(name) <= MAX_LENGTH
    assert PureWindowsPath(f"{name}.ipynb").name == f"{name}.ipynb"
    assert name.partition(".")[0] not in RESERVED
    assert not name.endswith((".", " ")) and not name.startswith(".")


@given(runs)
def test_is_the_same_for_the_same_run(run):
    notebook, chosen = run
    assert output_name(notebook, chosen) == output_name(notebook, dict(chosen))


@given(runs, runs)
def test_differs_for_different_runs(one, other):
    if written_out(one) != written_out(other):
        assert output_name(*one).casefold() != output_name(*other).casefold()


@given(st.lists(scalars, min_size=2, max_size=30))
def test_differs_for_different_values_of_one_parameter(members):
    distinct = {repr(value): value for value in members}
    names = {output_name("a", {"n": value}).casefold() for value in distinct.values()}
    assert len(names) == len(distinct)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, "01_types"),
        ({"silence": "as_no"}, "01_types__silence-as_no"),
        ({"n": 2, "strict": True, "region": None}, "01_types__n-2__strict-true__region-none"),
        ({"acts": ["any", "vote"]}, "01_types__acts-any+vote"),
        ({"share": 0.5}, "01_types__share-0.5"),
    ],
)
def test_says_the_parameters(chosen, expected):
    assert output_name("01_types", chosen) == expected


def test_writes_known_values_as_words_where_they_stay_distinct():
    known = {"region": ("all", "Western Asia", "Africa")}
    assert output_name("a", {"region": "Western Asia"}, known) == "a__region-western_asia"
    clash = {"region": ("Western Asia", "western_asia")}
    names = {output_name("a", {"region": value}, clash) for value in clash["region"]}
    assert len(names) == 2
    assert all(re.search(r"__[0-9a-f]{12}$", name) for name in names)


def test_a_long_name_is_cut_and_stays_distinct():
    names = [output_name("a", {"label": "x" * n}) for n in (200, 201)]
    assert len(set(names)) == 2
    assert all(name.startswith("a__label-xxx") and len(name) <= MAX_LENGTH for name in names)


def test_a_device_of_windows_is_no_name():
    assert output_name("con", {}) != "con"
    assert output_name("con", {}).startswith("con__")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", 1),
        ("true", True),
        ("none", None),
        (["a"], "a"),
        ([], ""),
        ("a+b", ["a", "b"]),
        (1, 1.0),
    ],
)
def test_values_that_look_alike_are_told_apart(one, other):
    assert output_name("a", {"n": one}) != output_name("a", {"n": other})
