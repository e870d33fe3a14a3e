"""What follows if codes of a state change, and which change would give each other type.

The site's pages do the same in a browser (``publish/site/static/whatif.js``).
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple, TypeAlias

import pandas as pd

from helpers.analysis.typology import derive, thesis
from helpers.dataset.allowed import require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.outcomes import AS_NO, SILENT
from helpers.dataset.rules import (
    NO_OPTIONS,
    Code,
    Options,
    Rules,
    holds,
    level_codes,
    rests_on,
    type_of,
)

MOST = 2
"""Up to so many codes are changed at once in search of a type."""

Change: TypeAlias = tuple[str, tuple[str, ...]]
"""A variable, and the codes any of which it could take; no codes if it were to have none."""


class Following(NamedTuple):
    """What `typology.derive` and `typology.thesis` make of a table of cases."""

    types: pd.DataFrame
    verdicts: pd.DataFrame


def following(cases: pd.DataFrame) -> Following:
    """Return all that follows from a table of cases."""
    return Following(derive(cases), thesis(cases))


def with_changes(cases: pd.DataFrame, state: str, changes: Mapping[str, Code]) -> pd.DataFrame:
    """Return `load_cases` with some codes of one state changed; None takes a code away.

    A passage says nothing of a changed code, so that a bound which rests on one no longer counts.
    ``ValueError`` where there is no such state, variable or code.

    Examples
    --------
    >>> from helpers.data import load_cases
    >>> with_changes(load_cases(), "IRN", {"arms_supply": None}).loc["IRN", "arms_supply"]
    nan
    """
    rules = load_codebook().rules
    require("state", state, cases.index)
    table, codes = cases.copy(), codes_of(cases, state)
    moved = {name for name, code in changes.items() if code != codes.get(name)}
    for name, code in changes.items():
        allowed = rules.codes[require("variable", name, rules.codes)]
        codes[name] = table.loc[state, name] = (
            None if code is None else require(name, code, allowed)
        )
    for bound in rules.bounds:
        stands = holds(bound.when, codes) and not moved & set(bound.same_passage)
        table.loc[state, bound.id] = bool(stands and table.loc[state, bound.id])
    return table


def as_read(name: str, value: str, silence: str) -> Code:
    """Return the code that a code or a status stands for, under a reading of silence.

    ``ValueError`` where there is no such variable, code or status.

    >>> as_read("arms_supply", "silent", "no"), as_read("arms_supply", "undecided", "no")
    ('none', None)
    """
    book = load_codebook()
    variable = book.variable(name)
    require(name, value, (*variable.code_ids, *book.ids("statuses"), *book.ids("derived_statuses")))
    if value == SILENT and silence == AS_NO:
        return variable.silence_code
    return value if value in variable.code_ids else None


def codes_of(cases: pd.DataFrame, state: str) -> dict[str, Code]:
    """Return one state's codes as the rules read them."""
    row = cases.loc[state, list(load_codebook().rules.codes)]
    return {str(name): None if pd.isna(code) else str(code) for name, code in row.items()}


def shortest_changes(
    rules: Rules, codes: Mapping[str, Code], options: Options = NO_OPTIONS
) -> dict[str, list[tuple[Change, ...]]]:
    """Return, for each other type, every change of the fewest variables that would give it.

    Codes that no rule tells apart stand together; the list is empty where more than `MOST` would
    have to change.
    """
    own = type_of(rules, level_codes(rules, codes, options))
    found: dict[str, list[tuple[Change, ...]]] = {kind.id: [] for kind in rules.types}
    del found[own]
    singles = [*_singles(rules, codes, options)]
    for n in range(1, MOST + 1):
        missing = {kind for kind, ways in found.items() if not ways}
        for way in combinations(singles, n):
            changed = {name: next(iter(group), None) for name, group in way}
            if len(changed) < n:
                continue
            kind = type_of(rules, level_codes(rules, {**codes, **changed}, options))
            if kind in missing:
                found[kind].append(way)
    return found


def _singles(rules: Rules, codes: Mapping[str, Code], options: Options) -> Iterator[Change]:
    """Yield every change of one variable that some rule could notice."""
    told_apart = rests_on(rules, [kind.when for kind in rules.types], options)
    for name, sets in told_apart.items():
        groups: dict[object, tuple[str, ...]] = {}
        for code in rules.codes[name]:
            key = tuple(code in some for some in sorted(sets))
            groups[key] = (*groups.get(key, ()), code)
        for group in [*groups.values(), ()]:
            if codes[name] not in (group or (None,)):
                yield name, group


def moving_variables() -> list[str]:
    """Return the variables that types, flags or the thesis rest on, in the codebook's order."""
    rules = load_codebook().rules
    conditions = [case.when for case in (*rules.types, *rules.flags, *rules.thesis)]
    return list(rests_on(rules, conditions))
