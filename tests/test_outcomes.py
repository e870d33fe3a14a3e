"""The ids that the code knows are the codebook's; all others stand in the data alone."""

import ast
import re
from pathlib import Path

import pytest

import helpers
from helpers.dataset import outcomes
from helpers.dataset.allowed import account_ids, act_ids, aid_ids, grouped_levels, part_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_states
from helpers.dataset.words import reference_name, reference_state, text_name

BOOK = load_codebook()
ROOMS = Path(helpers.__file__).parent
KNOWN = {
    "statuses": {outcomes.CODED, outcomes.SILENT, outcomes.UNDECIDED},
    "derived_statuses": {outcomes.NOT_READ, outcomes.BELOW_THRESHOLD, outcomes.GROUP_DROPPED},
    "silence_readings": {outcomes.OPEN, outcomes.AS_NO},
    "votes": {outcomes.YES, outcomes.ABSTAIN, outcomes.NO, outcomes.ABSENT},
}
ANSWERS = {"no", "none", "unknown", "yes"}
"""Answers and everyday words, which codes of any scheme may be called."""
SCHEME = {
    *(v.id for v in (*BOOK.variables, *BOOK.levels)),
    *(code.id for v in BOOK.variables for code in v.codes),
    *BOOK.ids("support_types"),
    *BOOK.ids("event_directions"),
    *BOOK.ids("event_dimensions"),
    *(verdict for verdict in BOOK.ids("claim_verdicts") if verdict != "contradicted"),
    *account_ids(),
    *load_states().index,
    *load_states()["region"].unique(),
} - {*ANSWERS, ""}
EXCEPTIONS = {
    ("analysis/profiles.py", "opposed"): "how two votes differ, and a column of that name",
    ("analysis/votes.py", "opposed"): "how two votes differ, and a column of that name",
    ("publish/site/state_pages.py", "opposed"): "how two votes differ, and a column of that name",
    ("dataset/checks/codings.py", "material"): "a column of adjudications.csv",
    ("dataset/schema.py", "material"): "a column of adjudications.csv",
    ("publish/export/described_columns.py", "material"): "a column of adjudications.csv",
    ("cli/dataset.py", "arms_supply"): "an example in the help, of this dataset",
    ("cli/skeleton.py", "arms_supply"): "a new notebook begins with this dataset",
    ("cli/skeleton.py", "essay"): "a new notebook begins with this dataset",
    ("regenerate/notebook_source.py", "essay"): "an example in an error message",
}
"""What may stand in a module all the same, and why."""
NAMES = {name for name in SCHEME if "_" in name or name in account_ids()}
"""Ids that are no everyday words: they may not stand within a longer text either."""


@pytest.mark.parametrize("name", KNOWN)
def test_outcomes_are_those_of_the_codebook(name: str) -> None:
    assert KNOWN[name] == set(BOOK.ids(name))


def test_the_coding_that_stands_is_a_coder_of_the_codebook() -> None:
    assert outcomes.ADJUDICATED in BOOK.ids("coders")


def texts_of(source: str) -> set[str]:
    """Return every text of a module that documents nothing."""
    tree = ast.parse(source)
    said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in said)
    return {n.value for n in found if isinstance(n.value, str)}


def script_texts_of(source: str) -> set[str]:
    """Return every text in quotes of a script for browsers."""
    return {text for _, text in re.findall(r"""(["'`])(.*?)\1""", source)}


def ids_in(texts: set[str]) -> set[str]:
    """Return the ids that are one of the texts, and the names that stand within one."""
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return (texts & SCHEME) | (words & NAMES)


def test_an_id_in_the_code_is_found() -> None:
    assert ids_in(texts_of('"""Of arms_supply."""\nx = {"opposed": 1}')) == {"opposed"}
    assert ids_in(texts_of('x = f"of arms_supply {y}"')) == {"arms_supply"}
    assert not ids_in(texts_of('"""arms_supply"""'))
    assert ids_in(script_texts_of("if (x === 'RUS') y = `${z} of essay`;")) == {"RUS", "essay"}


MODULES = sorted(p for p in ROOMS.rglob("*") if p.suffix in {".py", ".js"})


@pytest.mark.parametrize("module", [p.relative_to(ROOMS).as_posix() for p in MODULES])
def test_no_id_of_the_scheme_stands_in_the_code(module: str) -> None:
    source = (ROOMS / module).read_text(encoding="utf-8")
    read = texts_of if module.endswith(".py") else script_texts_of
    allowed = {name for place, name in EXCEPTIONS if place == module}
    assert ids_in(read(source)) - allowed == set()


@pytest.mark.parametrize(("module", "name"), EXCEPTIONS)
def test_no_exception_is_stale(module: str, name: str) -> None:
    source = (ROOMS / module).read_text(encoding="utf-8")
    assert name in ids_in(texts_of(source))


def test_levels_that_sum_up_groups_have_their_variables_as_parts() -> None:
    assert grouped_levels() == ("recognition", "material")
    assert act_ids() == part_ids("recognition")
    assert aid_ids()[:2] == ("any", "combat_troops")
    with pytest.raises(ValueError, match="level 'turning_away' is not known; allowed: recog"):
        part_ids("turning_away")


def test_names_for_sentences_come_from_the_data() -> None:
    assert (reference_state(), reference_name(), text_name()) == ("RUS", "Russia", "the essay")
