"""The codebook is read whole, or refused with all that is wrong with it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.dataset.codebook import Codebook, describe, load_codebook, read_codebook
from helpers.dataset.files import REPOSITORY, DataError, Problem

TEXT = (REPOSITORY / "data" / "codebook.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def book() -> Codebook:
    return load_codebook(REPOSITORY / "data")


def problems_of(folder: Path, text: str) -> list[Problem]:
    path = folder / "codebook.yml"
    path.write_text(text, encoding="utf-8")
    found, problems = read_codebook(path)
    assert (found is None) is bool(problems)
    return problems


def test_the_scheme_is_all_there(book: Codebook) -> None:
    assert len(book.variables) == 15
    assert sum(v.is_coded_in("record_2026") for v in book.variables) == 13
    assert {v.id for v in book.variables if v.accounts} == {"fate_tied", "restraints"}
    assert [v.id for v in book.variables if v.is_set] == ["turns_to", "restraints"]
    assert book.ids("statuses") == ("coded", "silent", "undecided")
    assert book.ids("confidences") == ("low", "medium", "high")
    assert {v.group for v in book.variables} == set(book.ids("groups"))
    assert book.support_types[-1].id == "undetermined"
    assert book.support_types[-1].step is None


def test_codes_run_from_furthest_to_closest(book: Codebook) -> None:
    acts = [v for v in book.variables if v.group == "recognition"]
    assert len(acts) == 3
    for act in acts:
        assert act.code_ids == ("refused", "withheld", "endorsed", "recognised")
    assert book.variable("realignment").code_ids == ("exiting", "seeking", "diversifying", "none")
    assert book.variable("fate_tied").code_ids == ("no", "yes")
    assert book.level("material").code_ids == ("none", "unknown", "economic", "military")


def test_every_code_has_a_rule_and_every_variable_a_colour_per_code(book: Codebook) -> None:
    for variable in book.variables:
        assert variable.question.endswith("?")
        assert all(code.rule and code.label for code in variable.codes)
        colours = [code.colour for code in variable.codes]
        assert len(set(colours)) == len(colours)
        assert (variable.silence_code == "") is variable.is_set


def test_unknown_names_are_answered_with_those_there_are(book: Codebook) -> None:
    with pytest.raises(ValueError, match="unknown variable 'arms'; allowed: recognises_crimea"):
        book.variable("arms")
    with pytest.raises(ValueError, match="unknown level 'x'; allowed: recognition, material"):
        book.level("x")
    with pytest.raises(ValueError, match="unknown votes 'maybe'; allowed: yes, abstain, no"):
        book.entry("votes", "maybe")
    assert book.entry("votes", "absent").label == "absent"


def test_description_of_one_variable(book: Codebook) -> None:
    text = describe(book, "arms_supply", width=70)
    assert text.startswith("arms_supply (ordinal, group material): Arms supply")
    assert "Border cases" in text
    assert "Silence read as no takes the code none." in text
    assert max(map(len, text.splitlines())) <= 70
    for code in book.variable("arms_supply").code_ids:
        assert f"  {code}: " in text
    assert "Silence" not in describe(book, "restraints")
    assert describe(book, "turning_away").startswith("turning_away (ordinal, group derived)")
    with pytest.raises(ValueError, match=r"unknown variable 'x'; allowed: .*material"):
        describe(book, "x")


def test_overview_names_every_variable_code_and_rule(book: Codebook) -> None:
    # Lines are broken at spaces and hyphens, so white space does not count.
    text = "".join(describe(book).split())

    def stands(sentence: str) -> bool:
        return "".join(sentence.split()) in text

    for variable in book.variables:
        joint = ", " if variable.is_set else " < "
        assert stands(f"{variable.id}: {joint.join(variable.code_ids)}")
    for name in ("rules", "record_rules", "derived_rules", "support_types", "flags", "bounds"):
        assert all(stands(f"{entry.id}: {entry.rule}") for entry in book.lists[name])


def test_read_again_only_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yml"
    path.write_text(TEXT, encoding="utf-8")
    first = load_codebook(tmp_path)
    assert load_codebook(tmp_path) is first
    path.write_text(TEXT.replace('version: "', 'version: "9'), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_codebook(tmp_path).dataset["version"].startswith("9")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"codebook\.yml: the file is missing"):
        load_codebook(tmp_path)


# What is replaced in the real file by what, and the column and message that follow.
CORRUPTIONS = [
    ("unit: One", "units: One", "", "the key 'unit' is missing"),
    ("unit: One", "units: One", "", "unknown key"),
    ("dataset:\n", "dataset: none\nother:\n", "dataset", "must be a mapping"),
    ("  cut_off:", "  cutoff:", "dataset", "the key 'cut_off' is missing"),
    ("statuses:\n  - id: coded\n", "statuses: []\nold:\n  - id: coded\n", "statuses", "a list"),
    ("  - id: silent\n", "  - id: coded\n", "statuses.id", "stands twice"),
    ("  - id: silent\n", "  - id: not heard\n", "statuses.id", "letters, digits"),
    ("  - id: silent\n", "  - name: silent\n", "statuses", "the key 'id' is missing"),
    ("groups:\n", "groups:\n  - loose\n", "groups", "must be a mapping"),
    ('colour: "#4d4d4d"', "colour: grey", "statuses.coded", "#rrggbb"),
    ('silence_code: "no"', "silence_code: no", "variables", "put it in quotes"),
    ("silence_code: ambivalent", "silence_code: neutral", "variables.public_stance", "opposes"),
    ("    type: set\n", "    type: bag\n", "variables.turns_to.type", "ordinal, set, binary"),
    ("    type: set\n", "    type: set\n    silence_code: china\n", "variables", "a set has none"),
    ("    group: ties\n", "    group: bonds\n", "variables.alliance.group", "recognition"),
    ("accounts: [essay]", "accounts: essay", "variables.fate_tied.accounts", "list of texts"),
    ("border_cases: []", "border_cases:", "variables.aid_to_ukraine.border_cases", "list of texts"),
    (
        "- Recruiting alone is",
        "- Note: recruiting alone is",
        "variables.recruitment.border_cases",
        "quote a text that has a colon",
    ),
    ("step: 0\n", "step: low\n", "support_types.step", "whole number"),
    ("short_label: Alliance", "short_label: 5", "variables", "short_label must be text"),
    ("unit: One", "unit: Two\nunit: One", "", "'unit' stands twice"),
    ("unit: One", "unit: [One", "", "not YAML"),
    ("unit: One", "unit: 2026-13-45\nunit2: One", "", "put odd values in quotes"),
    ("unit: One", "unit: !!int x\nunit2: One", "", "put odd values in quotes"),
    ("unit: One", "unit: !!python/object:os.system x\nunit2: One", "", "is of no use here"),
    ("unit: One", "unit: &a [*a]\nunit2: One", "", "could multiply"),
    ("unit: One", "unit: [&a [x], &b [*a]]\nunit2: One", "", "could multiply"),
    ("unit: One", "unit: \x07\nunit2: One", "", "control characters"),
    ("unit: One", "unit: " + "9" * 5000 + "\nunit2: One", "", "limit (4300 digits)"),
    ("unit: One", "<<<<<<< HEAD\nunit: One", "", "conflict marker"),
    ("unit: One", "unit: " + "[" * 100_000 + "\nunit2: One", "", "brackets within brackets"),
]


@pytest.mark.parametrize(
    ("old", "new", "column", "words"), CORRUPTIONS, ids=[new[:25] for _, new, _, _ in CORRUPTIONS]
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, column: str, words: str) -> None:
    assert old in TEXT
    problems = problems_of(tmp_path, TEXT.replace(old, new, 1))
    found = [p for p in problems if p.column.startswith(column) and words in p.message]
    assert found, "\n".join(map(str, problems))
    assert all(problem.file == "codebook.yml" for problem in problems)
    if "unit2" in new:
        assert [p.line for p in found] == [TEXT[: TEXT.index("\nunit:")].count("\n") + 2]


def test_a_problem_names_its_line(tmp_path: Path) -> None:
    line = TEXT[: TEXT.index("  - id: silent\n")].count("\n") + 1
    (problem,) = problems_of(tmp_path, TEXT.replace("  - id: silent\n", "  - id: coded\n", 1))
    assert (problem.line, problem.value) == (line, "coded")


@pytest.mark.parametrize("text", ["1", "[]", "text", "- 1", "null", "variables: 1", "? [1]\n: 2"])
def test_other_yaml_is_no_codebook(tmp_path: Path, text: str) -> None:
    assert problems_of(tmp_path, text)


@settings(max_examples=60, deadline=None)
@given(
    where=st.integers(0, len(TEXT)),
    text=st.text(st.sampled_from("\n -:#[]{}'\"!&*|>%@`yesno1_."), min_size=1, max_size=6),
    cut=st.integers(0, 30),
)
def test_any_edit_gives_messages(
    tmp_path_factory: pytest.TempPathFactory, where: int, text: str, cut: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for problem in problems_of(folder, TEXT[:where] + text + TEXT[where + cut :]):
        assert str(problem).startswith("codebook.yml")
