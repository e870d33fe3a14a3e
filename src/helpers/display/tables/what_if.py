"""Tables of what follows from another code, and of the shortest change to another type."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers.analysis.what_if import MOST, Change, Following, codes_of, shortest_changes
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names
from helpers.dataset.rules import Level, in_words, listed
from helpers.dataset.words import labels
from helpers.display.tables.labelled import rows_of, type_labels

SHOWN = 3
"""So many changes to a type are spelt out."""
ANY_WAY = "every type that the rules give if what is missing is coded in any way"


def moved_table(before: Following, now: Following, state: str) -> pd.DataFrame:
    """Return what follows for a state, before and after, and by which rule where it moved.

    One row per level, type, bound of the type, flag and statement of the thesis: ``as coded``,
    ``now`` (``the same`` where nothing moved), ``by which rule``.
    """
    old, new = (dict(_followed(follows, state)) for follows in (before, now))
    rules = dict(_rules(_row(now, state)))
    rows = {
        name: (was, new[name], rules[name]) if was != new[name] else (was, "the same", "")
        for name, was in old.items()
    }
    return rows_of(rows, "what follows", ["as coded", "now", "by which rule"])


def shortest_table(cases: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return, for each other type (label), the changes of the fewest variables that would give it.

    ``variables``, how many would have to change, as text; ``changes``, how many such changes there
    are; ``for example``, some of them.
    """
    found = shortest_changes(load_codebook().rules, codes_of(cases, state))
    known = labels("support_types")
    rows = {
        known[kind]: (
            str(len(ways[0])) if ways else f"more than {MOST}",
            len(ways),
            "; ".join(map(_way, ways[:SHOWN])),
        )
        for kind, ways in found.items()
    }
    return rows_of(rows, "other type", ["variables", "changes", "for example"])


def _way(way: tuple[Change, ...]) -> str:
    book = load_codebook()
    parts = []
    for name, group in way:
        variable = book.variable(name)
        said = {code.id: code.label for code in variable.codes}
        codes = listed([said[code] for code in group], "or") if group else "no code"
        parts.append(f"{variable.short_label}: {codes}")
    return " and ".join(parts)


def _followed(follows: Following, state: str) -> Iterator[tuple[str, str]]:
    """Yield what follows for a state, by what it is called."""
    book, row = load_codebook(), _row(follows, state)
    for level in book.levels:
        yield level.label, {code.id: code.label for code in level.codes}[row[level.id]]
    yield "Type", labels("support_types")[row["type"]]
    yield "Could be", type_labels()(row["could_be"])
    for flag in book.lists["flags"]:
        yield flag.label, row[flag.id]
    known = case_names()
    for found in follows.verdicts.itertuples():
        yield str(found.statement), _verdict(found, known)


def _verdict(found: Any, known: pd.Series) -> str:
    against, unsure = (
        [known[state] for state in states]
        for states in (found.contradicted_by, found.open_because_of)
    )
    by = f"{found.verdict} by {', '.join(against)}" if against else str(found.verdict)
    return f"{by}; could be by {', '.join(unsure)}" if unsure else by


def _row(follows: Following, state: str) -> dict[str, Any]:
    return {str(name): value for name, value in follows.types.loc[state].items()}


def _rules(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the rule that gives each thing that follows for a state."""
    book = load_codebook()
    for level in book.rules.levels:
        yield book.level(level.id).label, _level_rule(level, row[level.id])
    yield "Type", book.entry("support_types", row["type"]).rule
    yield "Could be", ANY_WAY
    for flag in book.lists["flags"]:
        yield flag.label, flag.rule
    for entry in book.lists["thesis"]:
        yield entry.rule, f"broken if {entry.breaks}"


def _level_rule(level: Level, code: str) -> str:
    held = next((case for case in level.cases if case.id == code), None)
    if held is None:
        return f"`{code}`, since no other code of the level holds for certain"
    return f"`{code}` if {in_words(held.when)}"
