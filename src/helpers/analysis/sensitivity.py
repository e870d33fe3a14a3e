"""How far a support type depends on choices of the analysis and on single codings.

A *reading* is one choice of coder, of the least confidence, of what silence means
and of whether statements about groups count. The *baseline* is the adjudicated
coding with everything counted and silence left open.

What a state's type is worth is said in one of three words:

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

from collections.abc import Iterable, Mapping
from itertools import product

import pandas as pd

from helpers.analysis.typology import derive, needed
from helpers.dataset.allowed import account_ids, confidence_ids, require, silence_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_cases, load_codings
from helpers.dataset.outcomes import ADJUDICATED, OPEN
from helpers.dataset.rules import Code, Options, Rules, level_codes, type_of

CHOICES = ("coder", "silence", "min_confidence", "group_statements")
BASELINE: Mapping[str, object] = {
    "coder": ADJUDICATED,
    "silence": OPEN,
    "min_confidence": "low",
    "group_statements": True,
}
STANDINGS = ("robust", "fragile", "open")


def readings(account: str) -> pd.DataFrame:
    """One row per state and reading of an account: the four choices, ``type`` and ``could_be``.

    Only coders who coded the account appear. ``ValueError`` if it has no adjudicated codings.
    """
    require("account", account, account_ids())
    coders = [c for c in load_codebook().ids("coders") if not load_codings(account, c).empty]
    if BASELINE["coder"] not in coders:
        raise ValueError(f"account {account!r} has no adjudicated codings yet")
    parts = []
    for coder, silence, least, group in product(
        coders, silence_ids(), confidence_ids(), (True, False)
    ):
        types = derive(load_cases(account, coder, least, silence, group))
        part = types[["type", "could_be"]].rename_axis("state").reset_index()
        part[list(CHOICES)] = (coder, silence, least, group)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[["state", *CHOICES, "type", "could_be"]]


def standing(readings: pd.DataFrame) -> pd.DataFrame:
    """One row per state, in the order of the readings: what its type is worth.

    Returns
    -------
    DataFrame
        ``standing`` (ordered: robust, fragile, open); ``type`` and ``could_be`` of the baseline;
        ``n_possible``, how many types that is; ``n_readings`` and ``n_same``, how many of them
        give the baseline's type; ``other_types``, what the rest give; ``moved_by``, the choices
        that by themselves, all others as in the baseline, give another type.

    Raises
    ------
    ValueError
        If the baseline is not among the readings.
    """
    at_base = pd.concat([readings[name] == value for name, value in BASELINE.items()], axis=1)
    base = readings[at_base.all(axis="columns")].set_index("state")
    states = list(dict.fromkeys(readings["state"]))
    if not set(states) <= set(base.index):
        raise ValueError("the readings do not hold the baseline of every state")
    n_off = (~at_base).sum(axis="columns")
    rows = {}
    for state in states:
        own = readings[readings["state"] == state]
        kind, could_be = base.loc[state, "type"], base.loc[state, "could_be"]
        differs = own["type"].astype(str) != kind
        alone = own.index[differs & (n_off[own.index] == 1)]
        moved_by = tuple(
            name
            for place, name in enumerate(BASELINE)
            if (~at_base.loc[alone].iloc[:, place]).any()
        )
        word = "fragile" if differs.any() else "robust" if could_be == (kind,) else "open"
        others = _in_order(set(own.loc[differs, "type"].astype(str)))
        n_same = len(own) - int(differs.sum())
        rows[state] = (word, kind, could_be, len(could_be), len(own), n_same, others, moved_by)
    columns = ["standing", "type", "could_be", "n_possible", "n_readings", "n_same"]
    table = pd.DataFrame.from_dict(rows, "index", columns=[*columns, "other_types", "moved_by"])
    dtype = pd.CategoricalDtype(list(STANDINGS), ordered=True)
    return table.astype({"standing": dtype, "type": readings["type"].dtype}).rename_axis("state")


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


def _in_order(found: set[str]) -> tuple[str, ...]:
    return tuple(kind.id for kind in load_codebook().support_types if kind.id in found)
