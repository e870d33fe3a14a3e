"""The rules of the codebook: missing is a third value, and the senseless is refused."""

import itertools
from pathlib import Path

import pytest

from helpers.dataset.codebook import load_codebook, read_codebook
from helpers.dataset.files import REPOSITORY
from helpers.dataset.rules import (
    completions,
    holds,
    in_words,
    level_codes,
    possible_types,
    rests_on,
)

TEXT = (REPOSITORY / "data" / "codebook.yml").read_text(encoding="utf-8")
A = {"test": "a", "codes": ["x"]}
B = {"test": "b", "codes": ["x"]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            {"any": [A, B]},
            {"xx": True, "xy": True, "x?": True, "yy": False, "y?": None, "??": None},
        ),
        ({"all": [A, B]}, {"xx": True, "xy": False, "x?": None, "yy": False, "y?": False}),
        ({"not": A}, {"xx": False, "yy": True, "?x": None}),
        ({"coded": ["a", "b"]}, {"xx": True, "xy": True, "x?": False, "??": False}),
        ({"option": "o"}, {"xx": False}),
    ],
)
def test_kleenes_three_values(condition: dict, expected: dict[str, bool | None]) -> None:
    for text, truth in expected.items():
        codes = {name: None if c == "?" else c for name, c in zip("ab", text, strict=True)}
        assert holds(condition, codes) is truth, text


def test_an_option_opens_what_stands_behind_it() -> None:
    rules = load_codebook().rules
    types = [kind.when for kind in rules.types]
    assert "recognises_crimea" not in rests_on(rules, types)
    assert "recognises_crimea" in rests_on(rules, types, frozenset(["crimea"]))


def test_one_code_stands_for_those_that_no_rule_tells_apart() -> None:
    """The bounds over representatives are those over every single code."""
    rules = load_codebook().rules
    names = ["territory_use", "economic_support", "arms_supply", "realignment"]
    known = dict.fromkeys(rules.codes) | {
        name: codes[0] for name, codes in rules.codes.items() if name not in names
    }
    for codes in itertools.product(*([None, *rules.codes[name]] for name in names)):
        record = known | dict(zip(names, codes, strict=True))
        gaps = [name for name in names if record[name] is None]
        found = set()
        for way in itertools.product(*(rules.codes[name] for name in gaps)):
            levels = level_codes(rules, record | dict(zip(gaps, way, strict=True)))
            found.add(next(kind.id for kind in rules.types if holds(kind.when, levels)))
        assert set(possible_types(rules, record)) == found


def test_what_is_ruled_out_is_no_completion() -> None:
    rules = load_codebook().rules
    ways = completions(
        rules,
        dict.fromkeys(rules.codes),
        {"territory_use": {("staging",)}},
        [("territory_use", "staging")],
    )
    assert [way["territory_use"] for way in ways] == ["hosts_bases"]


def test_conditions_in_words() -> None:
    both = {"all": [A, {"not": {"any": [A, B]}}]}
    assert in_words(both) == "`a` is `x`, and it is not so that (`a` is `x`, or `b` is `x`)"
    assert in_words({"not": B}) == "`b` is not `x`"
    assert in_words({"coded": ["a", "b", "c"]}) == "`a`, `b` and `c` are all coded"


def test_every_sentence_names_what_its_rule_tests() -> None:
    book = load_codebook()
    for level in book.levels:
        for code in level.code_ids:
            assert f"`{code}`" in level.question
    assert all(f"`{level.id}`" in str(book.support_types) for level in book.levels)


# What is replaced by what, and the place and the words of the message.
REFUSED = [
    (
        "{territory_use: {at_least: staging}}",
        "{teritory_use: {at_least: staging}}",
        "territory_use",
    ),
    ("{territory_use: {at_least: staging}}", "{territory_use: {at_least: stage}}", "hosts_bases"),
    ("{territory_use: {at_least: staging}}", "{territory_use: {above: none}}", "at_least, at_most"),
    ("{territory_use: {at_least: staging}}", "{turns_to: {is: china}}", "territory_use"),
    ("{territory_use: {at_least: staging}}", "staging", "must be a condition"),
    ("{territory_use: {at_least: staging}}", "{any: []}", "list of conditions"),
    ("{option: crimea}", "{option: crimaea}", "allowed: crimea"),
    ("{option: leaving_only}", "{option: lifeline_only}", "no rule asks for this option"),
    ("choice: recognition of Crimea", "choice: 2014", "choice must be text"),
    ("directions: {refused: [", "directions: {refuse: [", "refused, none"),
    ("directions: {refused: [away_from_russia]", "directions: {refused: [away]", "neutral"),
    ("directions: {exiting: [away_from_russia]", "directions: {exiting: []", "list of directions"),
    ("direction: neutral", "direction: nowhere", "toward_russia"),
    ('{recognition: {is: "yes"}}', "{recognition: {is: maybe}}", "no, unknown, yes"),
    ("      - code: military\n", "      - code: martial\n", "none, unknown, economic, military"),
    ("    otherwise: unknown\n", "    otherwise: open\n", "no, unknown, yes"),
    ("{coded: [public_stance, ", "{coded: [recognition, turning_away, ", "rest on each other"),
    ('yes"}}\n        - {material: {is: m', 'no"}}\n        - {material: {is: m', "never matches"),
    (
        "        - {material: {is: unknown}}\n",
        "        - {material: {is: none}}\n",
        "no type where",
    ),
    ("rules_out: {territory_use: staging}", "rules_out: {territory_use: sea}", "hosts_bases"),
    ("same_passage: [combat_troops, arms_supply]", "same_passage: [troops]", "combat_troops"),
    ("requires: {realignment: {at_most: seeking}}", "requires: {realign: {is: x}}", "realignment"),
    (
        "broken_when: {combat_troops: {is: regular}}",
        "broken_when: {troops: {is: a}}",
        "combat_troops",
    ),
    ("max_confidence: medium", "max_confidence: middling", "low, medium, high"),
    ("max_confidence: low", "max_confidence: lowest", "low, medium, high"),
    ("votes: {resolutions: [68/262]}", "votes: [68/262]", "resolutions"),
    ("within_months: 24", "within_months: two", "whole number"),
    ("  cases: 13\n", "  cases: none\n", "whole number"),
]


@pytest.mark.parametrize(("old", "new", "words"), REFUSED, ids=[new[:30] for _, new, _ in REFUSED])
def test_rules_that_cannot_work_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in TEXT
    path = tmp_path / "codebook.yml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    book, problems = read_codebook(path)
    assert book is None
    found = [problem for problem in problems if words in problem.message]
    assert found, "\n".join(map(str, problems))
    assert all(problem.line for problem in found)


def test_a_renamed_statement_of_the_thesis_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yml"
    path.write_text(TEXT.replace("  - id: all_three\n", "  - id: everything\n"), encoding="utf-8")
    book, problems = read_codebook(path)
    assert not problems and book is not None
    assert book.rules.thesis[0].id == "everything"
