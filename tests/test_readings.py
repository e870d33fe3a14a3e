"""Every reading at once is what deriving one after another gives."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.analysis.readings import (
    AS_THEY_STAND,
    LOADED,
    VERDICTS,
    Readings,
    readings,
    type_names,
)
from helpers.analysis.typology import derive, thesis
from helpers.data import load_cases, load_codebook
from helpers.dataset.allowed import account_ids
from helpers.dataset.files import using_data
from helpers.dataset.rules import holds, option_sets

SECOND = Path(__file__).parent / "second_text"
N_SAMPLED = 24


def choices_of(found: Readings) -> list[dict[str, Any]]:
    """Return the choices of every reading, in the order of the arrays."""
    ways = itertools.product(*found.choices.values())
    return [dict(zip(found.choices, way, strict=True)) for way in ways]


def assert_same(found: Readings, place: int, choice: dict[str, Any]) -> None:
    """Hold that a reading is what the slow way gives."""
    book = load_codebook()
    loading = {name: choice.pop(name) for name in LOADED}
    options = [value for value in choice.values() if value != AS_THEY_STAND]
    cases = load_cases(found.account, **loading)
    derived, verdicts = derive(cases, options), thesis(cases, options)
    names = type_names()
    assert [names[n] for n in found.types[place]] == derived["type"].astype(str).tolist()
    could_be = [
        tuple(name for bit, name in enumerate(names) if bits >> bit & 1)
        for bits in found.could_be[place].tolist()
    ]
    assert could_be == derived["could_be"].tolist()
    assert [VERDICTS[n] for n in found.verdicts[place]] == verdicts["verdict"].tolist()
    levels = derived[[level.id for level in book.levels]].astype(str).to_dict("records")
    held = [[holds(f.when, each) is True for each in levels] for f in book.rules.findings]
    assert found.findings[place].tolist() == held


@pytest.mark.parametrize("account", account_ids())
def test_a_sample_of_readings_is_what_deriving_them_gives(account: str) -> None:
    found = readings(account)
    every = choices_of(found)
    assert len(every) == len(found) == len(found.types)
    for place in [0, *random.Random(20261130).sample(range(len(every)), N_SAMPLED)]:
        assert_same(found, place, every[place])


@pytest.fixture
def second() -> Iterator[None]:
    with using_data(SECOND):
        yield


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("account", ["letter", "logbook"])
def test_every_reading_of_a_second_text(account: str) -> None:
    found = readings(account)
    for place, choice in enumerate(choices_of(found)):
        assert_same(found, place, choice)


@pytest.mark.usefixtures("second")
def test_choices_are_those_of_the_data() -> None:
    letter, logbook = readings("letter"), readings("logbook")
    assert "A delay counts as a word given" in letter.choices
    assert letter.choices["undecided"] == ("open",)
    assert logbook.choices["undecided"] == ("open", "further", "closer")


def test_the_baseline_comes_first() -> None:
    found = readings("essay")
    first = dict(found.table.iloc[0])
    assert first.pop("coder") == "adjudicated"
    assert first.pop("group_statements")
    assert set(first.values()) == {"open", "low", AS_THEY_STAND}
    assert found.table.shape == (len(found), len(found.choices))
    assert not found.table.duplicated().any()


def test_a_value_that_touches_no_coding_is_no_choice() -> None:
    for account in account_ids():
        found = readings(account)
        for axis, name in enumerate(LOADED):
            along = np.moveaxis(found.by_choice(found.types), axis, 0)
            assert len(along) == len(found.choices[name])


def test_of_one_choice_one_option_is_asked_for() -> None:
    sets = option_sets({"a": ("x", "y"), "b": ("z",)})
    assert sets == [frozenset(each) for each in ("", "z", "x", "xz", "y", "yz")]
    with pytest.raises(ValueError, match="exclude each other"):
        derive(load_cases("essay"), ["dpr_lpr_only", "annexations_only"])
