"""What follows from another code, and the shortest change to another type."""

from itertools import combinations
from pathlib import Path

import pytest

from helpers import typology, what_if
from helpers.data import load_cases, load_codebook
from helpers.dataset.files import using_data
from helpers.dataset.rules import level_codes, type_of

SECOND = Path(__file__).parent / "second_text"


def test_the_readmes_example() -> None:
    changed = what_if.with_changes(load_cases(), "IRN", {"recognises_annexations": "recognised"})
    assert typology.derive(changed).loc["IRN", "could_be"] == ("full_backer",)
    verdicts = typology.thesis(changed)
    assert verdicts.loc["recognition_and_arms", "contradicted_by"] == ("IRN", "PRK")


def test_only_the_codes_asked_for_change() -> None:
    cases = load_cases()
    before = cases.copy()
    changed = what_if.with_changes(cases, "IRN", {"arms_supply": None})
    assert cases.equals(before)
    other = changed.compare(before)
    assert [*other.index] == ["IRN"]
    assert {name for name, _ in other.columns} == {"arms_supply"}
    assert [*changed.dtypes] == [*before.dtypes]


def test_a_bound_ends_with_the_passage_it_rests_on() -> None:
    cases = load_cases()
    (bound,) = load_codebook().rules.bounds
    state = cases.index[cases[bound.id]][0]
    name, code = bound.same_passage[0], "volunteers"
    other = "economic_support"
    assert not what_if.with_changes(cases, state, {name: None}).loc[state, bound.id]
    assert not what_if.with_changes(cases, state, {name: code}).loc[state, bound.id]
    assert what_if.with_changes(cases, state, {other: "trade"}).loc[state, bound.id]


@pytest.mark.parametrize(
    ("state", "changes", "said"),
    [
        ("XXX", {}, "state 'XXX'"),
        ("IRN", {"arms": "none"}, "variable 'arms'"),
        ("IRN", {"restraints": "reputation"}, "variable 'restraints'"),
        ("IRN", {"arms_supply": "bombs"}, "arms_supply 'bombs'.*none, dual_use, munitions"),
    ],
)
def test_what_is_not_there_is_named(state: str, changes: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        what_if.with_changes(load_cases(), state, changes)


@pytest.mark.parametrize("data", ["", SECOND], ids=["ours", "second text"])
def test_shortest_changes_are_all_there_are(data: str | Path) -> None:
    """Against a search that knows of no classes of codes and changes every variable."""
    with using_data(data) if data else using_data(Path(__file__).parents[1] / "data"):
        rules, cases = load_codebook().rules, load_cases(next(iter(_accounts())))
        for state in cases.index[:3]:
            codes = what_if.codes_of(cases, state)
            found = what_if.shortest_changes(rules, codes)
            own = type_of(rules, level_codes(rules, codes))
            assert set(found) == {kind.id for kind in rules.types} - {own}
            for n in (1, 2):
                reached = {kind: expanded(ways) for kind, ways in found.items()}
                for names in combinations(rules.codes, n):
                    for way in ways_of(rules, codes, names):
                        kind = type_of(rules, level_codes(rules, {**codes, **dict(way)}))
                        if kind != own and lengths(found)[kind] == n:
                            assert frozenset(way) in reached[kind]
                        else:
                            assert kind == own or 0 < lengths(found)[kind] < n


def _accounts():
    from helpers.data import account_ids  # noqa: PLC0415

    return account_ids()


def lengths(found):
    return {kind: len(ways[0]) if ways else 0 for kind, ways in found.items()}


def ways_of(rules, codes, names):
    """Every change of all of some variables, as pairs."""
    ways = [()]
    for name in names:
        others = [code for code in (*rules.codes[name], None) if code != codes[name]]
        ways = [(*way, (name, code)) for way in ways for code in others]
    return ways


def expanded(ways):
    """The changes that stand together, one by one."""
    found = set()
    for way in ways:
        single = [()]
        for name, group in way:
            single = [(*one, (name, code)) for one in single for code in (group or (None,))]
        found |= {frozenset(one) for one in single}
    return found
