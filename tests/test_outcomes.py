"""The ids that the code knows are the codebook's; all others stand in the data alone."""

import ast
from pathlib import Path

import pytest

import helpers
from helpers.dataset import outcomes
from helpers.dataset.allowed import account_ids, act_ids, aid_ids, grouped_levels, part_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import reference_name, reference_state, text_name

BOOK = load_codebook()
ROOMS = Path(helpers.__file__).parent
KNOWN = {
    "statuses": {outcomes.CODED, outcomes.SILENT, outcomes.UNDECIDED},
    "derived_statuses": {outcomes.NOT_READ, outcomes.BELOW_THRESHOLD, outcomes.GROUP_DROPPED},
    "silence_readings": {outcomes.OPEN, outcomes.AS_NO},
    "votes": {outcomes.YES, outcomes.ABSTAIN, outcomes.NO, outcomes.ABSENT},
}
SCHEME = {
    *(v.id for v in (*BOOK.variables, *BOOK.levels)),
    *(code.id for v in BOOK.variables for code in v.codes if "_" in code.id),
    *BOOK.ids("support_types"),
    *BOOK.ids("event_directions"),
    *BOOK.ids("event_dimensions"),
    *(verdict for verdict in BOOK.ids("claim_verdicts") if verdict != "contradicted"),
    *(account for account in account_ids() if "_" in account),
}
"""Ids that are no everyday words, so that a text that equals one means it."""


@pytest.mark.parametrize("name", KNOWN)
def test_outcomes_are_those_of_the_codebook(name: str) -> None:
    assert KNOWN[name] == set(BOOK.ids(name))


def test_the_coding_that_stands_is_a_coder_of_the_codebook() -> None:
    assert outcomes.ADJUDICATED in BOOK.ids("coders")


def texts_of(source: str) -> set[str]:
    """Return every text of a module that stands by itself and documents nothing."""
    tree = ast.parse(source)
    said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in said)
    return {n.value for n in found if isinstance(n.value, str)}


def test_an_id_in_the_code_is_found() -> None:
    assert texts_of('"""Of arms_supply."""\nx = {"arms_supply": 1}') & SCHEME == {"arms_supply"}
    assert not texts_of('"""arms_supply"""') & SCHEME


MODULES = [p for room in ("analysis", "display") for p in ROOMS.glob(f"{room}/**/*.py")]


@pytest.mark.parametrize("module", sorted(p.relative_to(ROOMS).as_posix() for p in MODULES))
def test_analyses_and_displays_know_no_id_of_the_scheme(module: str) -> None:
    assert not texts_of((ROOMS / module).read_text(encoding="utf-8")) & SCHEME


def test_levels_that_sum_up_groups_have_their_variables_as_parts() -> None:
    assert grouped_levels() == ("recognition", "material")
    assert act_ids() == part_ids("recognition")
    assert aid_ids()[:2] == ("any", "combat_troops")
    with pytest.raises(ValueError, match="level 'turning_away' is not known; allowed: recog"):
        part_ids("turning_away")


def test_names_for_sentences_come_from_the_data() -> None:
    assert (reference_state(), reference_name(), text_name()) == ("RUS", "Russia", "the essay")
