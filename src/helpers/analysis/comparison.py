"""Account against account: which codes, types and verdicts differ.

Pure functions: codings (`helpers.dataset.loading.load_codings`) or derived types
(`helpers.analysis.typology.derive`) of two accounts in, a DataFrame out. *Before* and *after*
are only the order in which two accounts are named. A difference between two
accounts can be a change of the world, of what is known, or of who is speaking;
the functions say that there is one, not which.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.dataset.allowed import account_ids
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.loading import load_table
from helpers.dataset.rules import Code
from helpers.dataset.words import listing, names

TOWARD, AWAY = "toward_russia", "away_from_russia"
OTHER, SAME, STILL_OPEN = "other_members", "same_code", "still_without_code"
NOT_ORDERED, UNCHANGED = "not_ordered", "same_type"
DIFFERENT = (TOWARD, AWAY, OTHER)
"""Changes between two codes, unlike those between a code and none."""
CERTAINTIES = ("differs", "same", "open")
"""Whether two types differ for certain, for all that is missing."""

_EVIDENCE = ("status", "code", "confidence", "locator", "rationale")
_KEY = ["state", "variable"]


def coded_accounts() -> tuple[str, ...]:
    """Return the accounts that have adjudicated codings.

    Returns
    -------
    tuple of str
        Ids, in the order of ``accounts.csv``.

    Raises
    ------
    ValueError
        If the data folder holds errors; the message lists them.

    Examples
    --------
    >>> "essay" in coded_accounts()
    True
    """
    codings = load_table("codings")
    there = set(codings.loc[codings["coder"] == "adjudicated", "account"])
    return tuple(account for account in account_ids() if account in there)


def comparable_variables(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Return the variables that were read in both accounts.

    Parameters
    ----------
    before, after : DataFrame
        One row per state and variable that was read, as
        `helpers.dataset.loading.load_codings` returns it.

    Returns
    -------
    list of str
        Ids, in the codebook's order.

    Raises
    ------
    ValueError
        If an account has no codings at all.
    """
    _require_rows(before, after)
    both = set(before["variable"]) & set(after["variable"])
    return [v.id for v in load_codebook().variables if v.id in both]


def not_comparable(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the variables that only one account was read for.

    Parameters
    ----------
    before, after : DataFrame
        As for `comparable_variables`.

    Returns
    -------
    DataFrame
        One row per variable: label, and the account that was read for it.

    Raises
    ------
    ValueError
        If an account has no codings at all.
    """
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

    Parameters
    ----------
    before, after : DataFrame
        As for `comparable_variables`.

    Returns
    -------
    DataFrame
        One row per comparable variable, numbers of states: coded ``before``, coded
        ``after``, coded in ``both``; ``n_states``, those read in either.

    Raises
    ------
    ValueError
        If an account has no codings at all.
    """
    changes = code_changes(before, after)
    coded = pd.DataFrame({s: changes[f"status_{s}"] == "coded" for s in ("before", "after")})
    coded["both"] = coded.all(axis="columns")
    counts = coded.groupby(changes["variable"], sort=False).sum()
    order = comparable_variables(before, after)
    return counts.loc[order].assign(n_states=changes.groupby("variable").size())


def code_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return how each coding of one account stands in the other.

    Parameters
    ----------
    before, after : DataFrame
        As for `comparable_variables`.

    Returns
    -------
    DataFrame
        One row per state and comparable variable. ``change`` is ``toward_russia`` or
        ``away_from_russia`` (ordinal codes, by the codebook's order),
        ``other_members`` (sets), ``same_code``, ``became_…`` with the status in the
        second account where the statuses differ, or ``still_without_code``. ``steps``
        counts codes along the order, positive towards Russia. Status, code,
        confidence, locator and rationale of either account end in ``_before`` and
        ``_after``.

    Raises
    ------
    ValueError
        If an account has no codings at all.
    """
    kept = comparable_variables(before, after)
    columns = [*_KEY, *_EVIDENCE]
    pair = before[columns].merge(
        after[columns], on=_KEY, how="outer", suffixes=("_before", "_after")
    )
    pair = pair[pair["variable"].isin(kept)].reset_index(drop=True)
    sides = [f"status{side}" for side in ("_before", "_after")]
    pair[sides] = pair[sides].fillna("not_read")
    pair = pair.fillna("")
    codes = zip(pair["variable"], pair["code_before"], pair["code_after"], strict=True)
    pair["steps"] = pd.array([_steps(*row) for row in codes], dtype="Int64")
    pair["change"] = pair.apply(_change, axis="columns").astype(object)
    order = {v.id: place for place, v in enumerate(load_codebook().variables)}
    return _ordered(pair, order)


def change_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return how many states changed how, by variable.

    Parameters
    ----------
    changes : DataFrame
        One row per state and variable, as `code_changes` returns it.

    Returns
    -------
    DataFrame
        One row per variable, in the codebook's order; one column per kind of change
        that occurs, numbers of states; and ``n_states``.
    """
    present = set(changes["change"])
    first = [TOWARD, AWAY, OTHER, SAME]
    became = sorted(kind for kind in present if kind.startswith("became_"))
    kinds = [k for k in [*first, *became, STILL_OPEN] if k in present]
    variables = list(dict.fromkeys(changes["variable"]))
    book = load_codebook()
    order = [v.id for v in book.variables if v.id in variables]
    table = pd.crosstab(changes["variable"], changes["change"])
    table = table.reindex(index=order, columns=kinds, fill_value=0).rename_axis(columns=None)
    return table.assign(n_states=table.sum(axis="columns"))


def type_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return how each state's support type stands in two accounts.

    Parameters
    ----------
    before, after : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.

    Returns
    -------
    DataFrame
        One row per state of ``before``: ``type_before``, ``could_be_before``,
        ``type_after``, ``could_be_after``. ``direction`` goes by the step of the types:
        ``toward_russia``, ``away_from_russia``, ``same_type``, or ``not_ordered`` where
        two types share a step or one is undetermined. ``certainty`` is ``differs`` if
        no type is possible in both accounts, ``same`` if one type alone is possible in
        both, ``open`` otherwise.

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


def verdicts(theses: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the thesis verdicts of several accounts side by side.

    Parameters
    ----------
    theses : mapping of str to DataFrame
        For each account, one row per statement, as `helpers.analysis.typology.thesis`
        returns it.

    Returns
    -------
    DataFrame
        One row per statement, one column per account: the verdict, and because of
        whom, with the count.

    Examples
    --------
    >>> from helpers.dataset.loading import load_cases
    >>> from helpers.analysis.typology import thesis
    >>> table = verdicts({"essay": thesis(load_cases("essay"))})
    >>> table.loc["No state gives any material help.", "essay"].split(":")[0]
    'contradicted'
    """
    columns = {}
    for account, table in theses.items():
        columns[account] = [_verdict(row) for _, row in table.iterrows()]
    index = next(iter(theses.values()))["statement"] if theses else pd.Index([])
    return pd.DataFrame(columns, index=pd.Index(index, name="statement"))


def changes_table(
    changes: pd.DataFrame, before: str = "before", after: str = "after"
) -> pd.DataFrame:
    """Return changes with their evidence, to read.

    Parameters
    ----------
    changes : DataFrame
        Rows of `code_changes`.
    before, after : str
        What the two accounts are called in the table's columns.

    Returns
    -------
    DataFrame
        One row per change, indexed by state and variable (short names): codes or
        reasons why there is none, what changed, and both rationales with confidence
        and locator.
    """
    book = load_codebook()
    labels = {variable.id: variable.short_label for variable in book.variables}
    table = pd.DataFrame({"state": names(changes["state"])}, index=changes.index)
    table["variable"] = changes["variable"].map(labels)
    called = {"before": before, "after": after if after != before else f"{after} again"}
    for side, name in called.items():
        table[name] = _codes_of(changes, side)
    table["change"] = changes["change"].map(change_label)
    for side, name in called.items():
        table[f"evidence: {name}"] = [_evidence(row, side) for _, row in changes.iterrows()]
    return table.set_index(["state", "variable"])


def types_side_by_side(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the types of two accounts with labels, to read.

    Parameters
    ----------
    changes : DataFrame
        One row per state, as `type_changes` returns it.

    Returns
    -------
    DataFrame
        One row per state (short name), those that moved first.
    """
    labels = {kind.id: kind.label for kind in load_codebook().support_types}
    table = pd.DataFrame(index=pd.Index(names(changes.index), name="state"))
    for side in ("before", "after"):
        table[side] = changes[f"type_{side}"].map(labels).astype(object).to_numpy()
        bounds = changes[f"could_be_{side}"].map(lambda b: ", ".join(labels[k] for k in b))
        table[f"could be ({side})"] = bounds.to_numpy()
    table["direction"] = changes["direction"].map(change_label).to_numpy()
    table["for certain?"] = changes["certainty"].to_numpy()
    moved = (changes["direction"] == UNCHANGED).to_numpy()
    return table.iloc[moved.argsort(kind="stable")]


def change_label(change: str) -> str:
    """Return a kind of change as words.

    Parameters
    ----------
    change : str
        As in the columns ``change`` and ``direction``.

    Returns
    -------
    str
        The codebook's label for a direction, words otherwise.

    Examples
    --------
    >>> change_label("toward_russia"), change_label("became_silent")
    ('towards Russia', 'became silent')
    """
    book = load_codebook()
    known = {e.id: e.label for e in book.lists["event_directions"]}
    reasons = {f"became_{e.id}": f"became {e.label}" for e in book.lists["derived_statuses"]}
    return (known | reasons).get(change, change.replace("_", " "))


def transition_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return which pairs of types occur, and how often.

    Parameters
    ----------
    changes : DataFrame
        One row per state, as `type_changes` returns it.

    Returns
    -------
    DataFrame
        One row per pair of types (labels), most frequent first: number of states,
        their names, and for how many of them the difference is certain.
    """
    labels = {kind.id: kind.label for kind in load_codebook().support_types}
    rows = []
    for pair, those in changes.groupby(["type_before", "type_after"], observed=True):
        first, second = (labels[str(kind)] for kind in pair)
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


def _ordered(pair: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Return rows by state as in the table of states, then by variable as in the codebook."""
    states = {state: place for place, state in enumerate(load_table("states")["state"])}
    places = pd.DataFrame({"s": pair["state"].map(states), "v": pair["variable"].map(order)})
    return pair.loc[places.sort_values(["s", "v"], kind="stable").index].reset_index(drop=True)


def _steps(variable: str, before: str, after: str) -> int | None:
    """Return by how many codes an ordinal coding moved towards Russia."""
    known: Variable = load_codebook().variable(variable)
    if known.is_set or not before or not after:
        return None
    return known.code_ids.index(after) - known.code_ids.index(before)


def _change(row: "pd.Series[Any]") -> str:
    """Return what happened to one coding."""
    before, after = row["status_before"], row["status_after"]
    if before != after:
        return f"became_{after}"
    if before != "coded":
        return STILL_OPEN
    members = [set(str(row[column]).split(";")) for column in ("code_before", "code_after")]
    if members[0] == members[1]:
        return SAME
    if pd.isna(row["steps"]):
        return OTHER
    return TOWARD if row["steps"] > 0 else AWAY


def _direction(before: str, after: str) -> str:
    steps = {kind.id: kind.step for kind in load_codebook().support_types}
    first, second = steps[before], steps[after]
    if before == after:
        return UNCHANGED
    if first is None or second is None or first == second:
        return NOT_ORDERED
    return TOWARD if second > first else AWAY


def _certainty(before: tuple[Code, ...], after: tuple[Code, ...]) -> str:
    if not set(before) & set(after):
        return "differs"
    return "same" if before == after and len(before) == 1 else "open"


def _verdict(row: "pd.Series[Any]") -> str:
    """Return a verdict with the states it rests on, such as ``open: 2 of 13 (…)``."""
    states = row["contradicted_by"] or row["open_because_of"]
    if not isinstance(states, tuple) or not states:
        return str(row["verdict"])
    return f"{row['verdict']}: {len(states)} of {row['n_states']} ({listing(names(states))})"


def _codes_of(changes: pd.DataFrame, side: str) -> pd.Series:
    """Return codes, or in brackets the reason why there is none."""
    codes, status = changes[f"code_{side}"], changes[f"status_{side}"]
    return codes.where(status == "coded", "(" + status.str.replace("_", " ") + ")")


def _evidence(row: "pd.Series[Any]", side: str) -> str:
    """Return a rationale with its confidence and locator, empty where there is none."""
    if not row[f"locator_{side}"]:
        return str(row[f"rationale_{side}"])
    where = str(row[f"locator_{side}"]).replace(";", ", ")
    sure = row[f"confidence_{side}"]
    return f"{row[f'rationale_{side}']} [{where}{f'; {sure}' if sure else ''}]"
