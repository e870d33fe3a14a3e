"""How far a support type depends on choices of the analysis and on single codings.

`helpers.readings` makes all combinations of the choices; the first is the *baseline*. What a
state's type is worth is said in one of three words:

robust
    every reading gives the baseline's type, and no other is possible in the baseline;
open
    every reading gives the baseline's type, but in the baseline others are possible,
    because something is missing;
fragile
    at least one reading gives another type. Undetermined counts as another type here:
    a reading that takes the type away does not confirm it.

A fragile type may be open as well; `standing` says how many types are possible.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.readings import AS_THEY_STAND, VERDICTS, Readings, readings, type_names
from helpers.analysis.typology import derive, needed
from helpers.dataset.codebook import load_codebook
from helpers.dataset.rules import Code, Options, Rules, level_codes, type_of

__all__ = [
    "AS_THEY_STAND",
    "STANDINGS",
    "deciding",
    "finding_counts",
    "finding_spread",
    "holding",
    "pivotal",
    "readings",
    "standing",
    "type_counts",
    "verdict_counts",
    "with_evidence",
]
STANDINGS = ("robust", "fragile", "open")


def standing(found: Readings) -> pd.DataFrame:
    """One row per state: what its type is worth.

    Returns
    -------
    DataFrame
        ``standing`` (ordered: robust, fragile, open); ``type`` and ``could_be`` of the baseline;
        ``n_possible``, how many types that is; ``n_readings`` and ``n_same``, how many of them
        give the baseline's type; ``other_types``, what the rest give; ``moved_by``, the choices
        that by themselves, all others as in the baseline, give another type.
    """
    names, alone = type_names(), _moved_alone(found)
    rows = {}
    for place, state in enumerate(found.states):
        own = found.types[:, place]
        could_be = tuple(n for bit, n in enumerate(names) if found.could_be[0, place] >> bit & 1)
        kind, n_same = names[own[0]], int((own == own[0]).sum())
        fragile = n_same < len(own)
        word = "fragile" if fragile else "robust" if could_be == (kind,) else "open"
        others = tuple(names[code] for code in np.unique(own) if code != own[0])
        moved_by = tuple(choice for choice, moved in alone.items() if moved[place])
        rows[state] = (word, kind, could_be, len(could_be), len(own), n_same, others, moved_by)
    columns = ["standing", "type", "could_be", "n_possible", "n_readings", "n_same"]
    table = pd.DataFrame.from_dict(rows, "index", columns=[*columns, "other_types", "moved_by"])
    words = pd.CategoricalDtype(list(STANDINGS), ordered=True)
    kinds = pd.CategoricalDtype([kind.id for kind in load_codebook().support_types])
    return table.astype({"standing": words, "type": kinds}).rename_axis("state")


def type_counts(found: Readings) -> pd.DataFrame:
    """One row per state, one column per type: under how many readings the state has it."""
    names = type_names()
    counts = [np.bincount(own, minlength=len(names)) for own in found.types.T]
    return pd.DataFrame(counts, index=pd.Index(found.states, name="state"), columns=list(names))


def verdict_counts(found: Readings) -> pd.DataFrame:
    """One row per statement of the thesis: its verdict in the baseline, and readings by verdict."""
    entries = load_codebook().lists["thesis"]
    rows = {
        entry.id: (entry.rule, VERDICTS[own[0]], *np.bincount(own, minlength=len(VERDICTS)))
        for entry, own in zip(entries, found.verdicts.T, strict=True)
    }
    columns = ["statement", "verdict", *VERDICTS]
    table = pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis("thesis")
    return table.assign(n_readings=len(found))


def finding_counts(found: Readings) -> pd.DataFrame:
    """One row per finding: of how many states it holds, in the baseline and under all readings.

    ``n_states`` and ``states`` of the baseline; ``n_same``, how many readings give the same states;
    ``fewest`` and ``most`` under any of ``n_readings``.
    """
    rows = {}
    for place, entry in enumerate(load_codebook().lists["findings"]):
        own = found.findings[:, place]
        counts, same = own.sum(axis=1), (own == own[0]).all(axis=1)
        states = tuple(s for s, held in zip(found.states, own[0], strict=True) if held)
        extremes = int(counts.min()), int(counts.max())
        rows[entry.id] = (entry.label, len(states), states, int(same.sum()), *extremes)
    columns = ["label", "n_states", "states", "n_same", "fewest", "most"]
    table = pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis("finding")
    return table.assign(n_readings=len(found))


def deciding(found: Readings) -> pd.DataFrame:
    """One row per choice between several values, the one that decides most first.

    ``n_values``; ``n_pairs`` of readings that differ in it alone, times the states; ``n_moved``,
    how many of these pairs have two types, and ``percent_moved``; ``states``, those that it moves
    from the baseline by itself.
    """
    types, alone = found.by_choice(found.types), _moved_alone(found)
    rows = {}
    for axis, choice in _open_choices(found):
        pairs = [one != other for one, other in _pairs(types, axis)]
        n_pairs, n_moved = sum(p.size for p in pairs), sum(int(p.sum()) for p in pairs)
        percent = round(100 * n_moved / n_pairs, 1)
        states = tuple(s for s, moved in zip(found.states, alone[choice], strict=True) if moved)
        rows[choice] = (len(found.choices[choice]), n_pairs, n_moved, percent, states)
    columns = ["n_values", "n_pairs", "n_moved", "percent_moved", "states"]
    table = pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis("choice")
    return table.sort_values("percent_moved", ascending=False, kind="stable")


def finding_spread(found: Readings, finding: str) -> pd.Series:
    """Return by how many states two readings differ that differ in one choice alone, on average.

    One number per choice, largest first, on the number of states of which a finding holds.
    """
    counts = found.by_choice(holding(found, finding))
    means = {
        choice: np.mean([np.abs(one - other).mean() for one, other in _pairs(counts, axis)])
        for axis, choice in _open_choices(found)
    }
    return pd.Series(means, name="states").sort_values(ascending=False, kind="stable")


def holding(found: Readings, finding: str) -> NDArray[Any]:
    """Return of how many states a finding holds, by reading."""
    place = load_codebook().ids("findings").index(finding)
    counts: NDArray[Any] = found.findings[:, place].sum(axis=1)
    return counts


def _open_choices(found: Readings) -> list[tuple[int, str]]:
    """Return the choices that offer more than one value, each with its axis."""
    return [(n, c) for n, (c, values) in enumerate(found.choices.items()) if len(values) > 1]


def _pairs(array: NDArray[Any], axis: int) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield an array's parts along an axis, two by two."""
    return combinations(np.moveaxis(array, axis, 0), 2)


def _moved_alone(found: Readings) -> dict[str, NDArray[np.bool_]]:
    """Return, by choice, which states it moves from the baseline by itself."""
    types = found.by_choice(found.types)
    moved = {}
    for axis, choice in enumerate(found.choices):
        # The others stay at their first value, the baseline's.
        along = np.moveaxis(types, axis, 0).reshape(types.shape[axis], -1, len(found.states))[:, 0]
        moved[choice] = (along != along[0]).any(axis=0)
    return moved


def pivotal(cases: pd.DataFrame, options: Iterable[str] = ()) -> pd.DataFrame:
    """One row per state and variable that has a code: what another, or none, would do.

    Every coding that a type rests on is changed to every other code of its variable, and taken
    away, one at a time, all others staying as they are.

    Returns
    -------
    DataFrame
        ``type``; ``without``, the type if the coding were missing; ``needed``, whether that is
        another; ``other_codes``, how many other codes there are; ``changes``, the codes that give
        another type, as a tuple of pairs of code and type; ``next_code``, whether a neighbouring
        code is among them; ``pivotal``, whether the coding is needed or any other code changes
        the type.

    Examples
    --------
    >>> from helpers.data import load_cases
    >>> table = pivotal(load_cases("essay")).set_index(["state", "variable"])
    >>> table.loc[("BLR", "territory_use"), "without"]
    'undetermined'
    """
    rules, asked = load_codebook().rules, frozenset(options)
    types = derive(cases, options)["type"]
    names = needed(options=options)
    rows = []
    for state in cases.index:
        codes = {v: None if pd.isna(c) else str(c) for v, c in cases.loc[state, names].items()}
        known = {**dict.fromkeys(rules.codes), **codes}
        for name in (name for name in names if codes[name] is not None):
            effect = _effect(rules, known, name, str(types[state]), asked)
            rows.append((state, name, codes[name], *effect))
    columns = ["state", "variable", "code", "type", "without", "needed", "other_codes", "changes"]
    table = pd.DataFrame(rows, columns=[*columns, "next_code"])
    return table.assign(pivotal=table["needed"] | (table["changes"].map(len) > 0))


def with_evidence(pivots: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Return single codings with their confidence, scope, locator and rationale.

    A code that came from reading silence as "no" has none of these.
    """
    columns = ["state", "variable", "confidence", "scope", "locator", "rationale"]
    table = pivots.merge(codings[columns], on=["state", "variable"], how="left")
    return table.fillna(dict.fromkeys(columns[2:], ""))


def _effect(
    rules: Rules, codes: Mapping[str, Code], name: str, kind: str, options: Options
) -> tuple[str, str, bool, int, tuple[tuple[str, str], ...], bool]:
    """Return what changing one code, or taking it away, does to a type."""
    order = rules.codes[name]

    def with_code(code: Code) -> str:
        return type_of(rules, level_codes(rules, {**codes, name: code}, options))

    place = order.index(str(codes[name]))
    results = {code: with_code(code) for code in order if code != codes[name]}
    changes = tuple((code, other) for code, other in results.items() if other != kind)
    near = any(abs(order.index(code) - place) == 1 for code, _ in changes)
    without = with_code(None)
    return kind, without, without != kind, len(results), changes, near
