"""Account against account: which codes, types and verdicts differ.

Codings (`helpers.data.load_codings`) or derived types (`helpers.typology.derive`) of two accounts
in, a table out. *Before* and *after* are only the order in which two accounts are named. A
difference can be a change of the world, of what is known, or of who is speaking; the functions say
that there is one, not which.
"""

from typing import Any

import pandas as pd

from helpers.dataset.allowed import account_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_table
from helpers.dataset.outcomes import ADJUDICATED, CODED, NOT_READ
from helpers.dataset.rules import Code
from helpers.dataset.words import labels, listing, names

SIDES = ("before", "after")
OTHER, SAME, STILL_OPEN = "other_members", "same_code", "still_without_code"
NOT_ORDERED, UNCHANGED = "not_ordered", "same_type"
BECAME = "became_"
"""Before the status in the second account, where the statuses differ."""
CERTAINTIES = ("differs", "same", "open")
"""Whether two types differ for certain, for all that is missing."""

_EVIDENCE = ("status", "code", "confidence", "locator", "rationale")
_KEY = ["state", "variable"]


def away() -> str:
    """Return the id of the direction that codes run from, the codebook's first."""
    return load_codebook().ids("event_directions")[0]


def toward() -> str:
    """Return the id of the direction that codes run to, the codebook's last."""
    return load_codebook().ids("event_directions")[-1]


def different() -> tuple[str, str, str]:
    """Return the changes between two codes, unlike those between a code and none."""
    return toward(), away(), OTHER


def coded_accounts() -> tuple[str, ...]:
    """Return the accounts that have adjudicated codings, in the order of ``accounts.csv``.

    >>> "essay" in coded_accounts()
    True
    """
    codings = load_table("codings")
    there = set(codings.loc[codings["coder"] == ADJUDICATED, "account"])
    return tuple(account for account in account_ids() if account in there)


def comparable_variables(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Return the variables that were read in both accounts, in the codebook's order.

    ``ValueError``, here and below, if an account has no codings at all.
    """
    _require_rows(before, after)
    both = set(before["variable"]) & set(after["variable"])
    return [v.id for v in load_codebook().variables if v.id in both]


def not_comparable(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the variables that only one account was read for: ``label`` and ``only_in``."""
    _require_rows(before, after)
    rows = {}
    for variable in load_codebook().variables:
        where = [str(t["account"].iloc[0]) for t in (before, after) if _reads(t, variable.id)]
        if len(where) == 1:
            rows[variable.id] = (variable.label, where[0])
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["label", "only_in"])
    return table.rename_axis("variable")


def coded_side_by_side(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return how many states each of two accounts lets one code.

    One row per comparable variable, numbers of states: coded ``before``, coded ``after``, coded in
    ``both``; ``n_states``, those read in either.
    """
    changes = code_changes(before, after)
    coded = pd.DataFrame({side: changes[f"status_{side}"] == CODED for side in SIDES})
    coded["both"] = coded.all(axis="columns")
    counts = coded.groupby(changes["variable"], sort=False).sum()
    order = comparable_variables(before, after)
    return counts.loc[order].assign(n_states=changes.groupby("variable").size())


def code_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return how each coding of one account stands in the other.

    Returns
    -------
    DataFrame
        One row per state and comparable variable. ``change`` is a direction of the codebook such as
        ``toward_russia`` (ordinal codes, by their order), ``other_members`` (sets), ``same_code``,
        ``became_…`` with the status in the second account where the statuses differ, or
        ``still_without_code``. ``steps`` counts codes along the order, positive towards Russia.
        Status, code, confidence, locator and rationale of either account end in ``_before`` and
        ``_after``.
    """
    kept = comparable_variables(before, after)
    columns = [*_KEY, *_EVIDENCE]
    suffixes = ("_before", "_after")
    pair = before[columns].merge(after[columns], on=_KEY, how="outer", suffixes=suffixes)
    pair = pair[pair["variable"].isin(kept)].reset_index(drop=True)
    sides = [f"status{suffix}" for suffix in suffixes]
    pair[sides] = pair[sides].fillna(NOT_READ)
    pair = pair.fillna("")
    codes = zip(pair["variable"], pair["code_before"], pair["code_after"], strict=True)
    pair["steps"] = pd.array([_steps(*row) for row in codes], dtype="Int64")
    pair["change"] = pair.apply(_change, axis="columns").astype(object)
    return _ordered(pair)


def change_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return how many states changed how, from `code_changes`.

    One row per variable, one column per kind of change that occurs, and ``n_states``.
    """
    present = set(changes["change"])
    became = sorted(kind for kind in present if kind.startswith(BECAME))
    kinds = [k for k in [*different(), SAME, *became, STILL_OPEN] if k in present]
    found = set(changes["variable"])
    order = [v.id for v in load_codebook().variables if v.id in found]
    table = pd.crosstab(changes["variable"], changes["change"])
    table = table.reindex(index=order, columns=kinds, fill_value=0).rename_axis(columns=None)
    return table.assign(n_states=table.sum(axis="columns"))


def type_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return how each state's support type stands in two accounts.

    Returns
    -------
    DataFrame
        One row per state of ``before``: ``type_before``, ``could_be_before``, ``type_after``,
        ``could_be_after``. ``direction`` goes by the step of the types: a direction of the
        codebook, ``same_type``, or ``not_ordered`` where two types share a step or one has none.
        ``certainty`` is ``differs`` if no type is possible in both accounts, ``same`` if one type
        alone is possible in both, ``open`` otherwise.

    Raises
    ------
    ValueError
        If the two tables are not about the same states.
    """
    if set(before.index) != set(after.index):
        raise ValueError("the two tables of types are not about the same states")
    columns = ["type", "could_be"]
    pair = before[columns].add_suffix("_before").join(after[columns].add_suffix("_after"))
    kinds = zip(pair["type_before"], pair["type_after"], strict=True)
    bounds = zip(pair["could_be_before"], pair["could_be_after"], strict=True)
    return pair.assign(
        direction=[_direction(*row) for row in kinds],
        certainty=[_certainty(*row) for row in bounds],
    )


def change_label(change: str) -> str:
    """Return a kind of change, or a direction, as words.

    >>> change_label("toward_russia"), change_label("became_silent")
    ('towards Russia', 'became silent')
    """
    reasons = {f"{BECAME}{name}": f"became {x}" for name, x in labels("derived_statuses").items()}
    return (labels("event_directions") | reasons).get(change, change.replace("_", " "))


def transition_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return which pairs of types (labels) occur in `type_changes`, most frequent first.

    ``before``, ``after``, ``n_states``, ``n_certain`` (of how many it is certain), ``states``.
    """
    known = labels("support_types")
    rows = []
    for pair, those in changes.groupby(["type_before", "type_after"], observed=True):
        first, second = (known[str(kind)] for kind in pair)
        certain = int((those["certainty"] == "differs").sum())
        rows.append((first, second, len(those), certain, listing(names(those.index))))
    columns = ["before", "after", "n_states", "n_certain", "states"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("n_states", ascending=False, kind="stable").reset_index(drop=True)


def _require_rows(*tables: pd.DataFrame) -> None:
    for number, table in enumerate(tables, start=1):
        if table.empty:
            raise ValueError(
                f"account {number} of the comparison has no codings; "
                f"accounts that have some: {', '.join(coded_accounts())}"
            )


def _reads(codings: pd.DataFrame, variable: str) -> bool:
    return bool((codings["variable"] == variable).any())


def _ordered(pair: pd.DataFrame) -> pd.DataFrame:
    """Return rows by state as in the table of states, then by variable as in the codebook."""
    order = {v.id: place for place, v in enumerate(load_codebook().variables)}
    states = {state: place for place, state in enumerate(load_table("states")["state"])}
    places = pd.DataFrame({"s": pair["state"].map(states), "v": pair["variable"].map(order)})
    return pair.loc[places.sort_values(["s", "v"], kind="stable").index].reset_index(drop=True)


def _steps(variable: str, before: str, after: str) -> int | None:
    """Return by how many codes an ordinal coding moved towards the end of their order."""
    known = load_codebook().variable(variable)
    if known.is_set or not before or not after:
        return None
    return known.code_ids.index(after) - known.code_ids.index(before)


def _change(row: "pd.Series[Any]") -> str:
    """Return what happened to one coding."""
    before, after = row["status_before"], row["status_after"]
    if before != after:
        return f"{BECAME}{after}"
    if before != CODED:
        return STILL_OPEN
    members = [set(str(row[column]).split(";")) for column in ("code_before", "code_after")]
    if members[0] == members[1]:
        return SAME
    if pd.isna(row["steps"]):
        return OTHER
    return toward() if row["steps"] > 0 else away()


def _direction(before: str, after: str) -> str:
    steps = {kind.id: kind.step for kind in load_codebook().support_types}
    first, second = steps[before], steps[after]
    if before == after:
        return UNCHANGED
    if first is None or second is None or first == second:
        return NOT_ORDERED
    return toward() if second > first else away()


def _certainty(before: tuple[Code, ...], after: tuple[Code, ...]) -> str:
    if not set(before) & set(after):
        return "differs"
    return "same" if before == after and len(before) == 1 else "open"
