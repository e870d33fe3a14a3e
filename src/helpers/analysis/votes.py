"""What the roll calls say: agreement with Russia, companions, change.

Pure functions: the long table of votes in (see `helpers.dataset.loading.load_table`), a
DataFrame or Series out. An absence is never a vote: it is counted on its own,
stands in no denominator and agrees with nobody.

Examples
--------
>>> from helpers.dataset.loading import load_table
>>> calls = roll_calls(load_table("un_votes"), resolutions_in("war"))
>>> agreement(calls).loc["KAZ", ["same", "one_abstains", "opposed", "absent"]].tolist()
[1, 7, 0, 0]
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.dataset.allowed import require, resolution_set_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.outcomes import ABSENT, ABSTAIN, NO, YES
from helpers.dataset.words import reference_state


def resolutions_in(name: str) -> tuple[str, ...]:
    """Return the resolutions of a set of the codebook, in order of time.

    >>> resolutions_in("annexations")
    ('68/262', 'ES-11/4')
    """
    require("set of resolutions", name, resolution_set_ids())
    return load_codebook().entry("resolution_sets", name).resolutions


def standing_apart() -> str:
    """Return the resolution that is no plain vote, so that only a set that says so mixes it in."""
    return load_codebook().marked("resolution_sets", "apart")[0].resolutions[0]


def mixes_apart(resolutions: Sequence[str]) -> bool:
    """Tell whether a resolution that stands apart, such as ES-11/8, is among several.

    >>> mixes_apart(["ES-11/7", "ES-11/8"]), mixes_apart(["ES-11/8"])
    (True, False)
    """
    apart = load_codebook().marked("resolution_sets", "apart")
    return len(resolutions) > 1 and any(r in resolutions for s in apart for r in s.resolutions)


def roll_calls(votes: pd.DataFrame, resolutions: Iterable[str]) -> pd.DataFrame:
    """One row per member, one categorical column per resolution, in the order wanted.

    ``votes`` has one row per resolution and state, as ``un_votes.csv``. ``ValueError`` if there
    are no votes on a resolution, or a member has no row for one: a missing row is not an absence.
    """
    wanted = list(resolutions)
    if not wanted:
        raise ValueError("no resolution to look at")
    _require_each(wanted, votes["resolution"].unique())
    asked = votes[votes["resolution"].isin(wanted)]
    wide = asked.pivot(index="state", columns="resolution", values="vote")[wanted]
    wide = wide.reindex(pd.Index(votes["state"].unique(), name="state").sort_values())
    gaps = wide.index[wide.isna().any(axis="columns")]
    if len(gaps):
        raise ValueError(f"no row of votes on some resolution for {', '.join(gaps)}")
    dtype = pd.CategoricalDtype(list(load_codebook().ids("votes")))
    unknown = sorted(set(votes["vote"].unique()) - set(dtype.categories))
    if unknown:
        raise ValueError(
            f"unknown votes {', '.join(unknown)}; allowed: {', '.join(dtype.categories)}"
        )
    return wide.astype(dtype).rename_axis(columns=None)


def _require_each(resolutions: Iterable[str], known: Iterable[str]) -> None:
    """Raise an error that names the first resolution that is not among those known."""
    allowed = list(known)
    for resolution in resolutions:
        require("resolution", resolution, allowed)


def tallies(calls: pd.DataFrame) -> pd.DataFrame:
    """One row per resolution: numbers of members by vote, absences and ``n_members``, the sum."""
    names = list(load_codebook().ids("votes"))
    counts = calls.apply(lambda column: column.value_counts()).reindex(names)
    table = counts.T.fillna(0).astype("int64").rename_axis(index="resolution", columns=None)
    table["n_members"] = table.sum(axis="columns")
    return pd.DataFrame(table)


def agreement(calls: pd.DataFrame, with_state: str | None = None) -> pd.DataFrame:
    """One row per other member: how often it voted as another state did.

    Only resolutions on which both cast a vote are compared.

    Returns
    -------
    DataFrame
        Counts of resolutions: ``same`` (the same vote), ``one_abstains`` (one of the two
        abstained, the other did not), ``opposed`` (one yes, one no), ``n_compared``, their sum;
        ``absent`` (the member was), ``other_absent`` (only the other state was),
        ``n_resolutions``, the sum of all. ``percent_same`` is ``same`` of ``n_compared``;
        ``index`` is Lijphart's index of agreement, which counts ``one_abstains`` as half, 0 to
        100. Both are missing where nothing can be compared.
    """
    with_state = require(
        "state", reference_state() if with_state is None else with_state, calls.index
    )
    plain = calls.to_numpy("object")
    other = plain[calls.index.get_loc(with_state)]
    here, there = plain != ABSENT, other != ABSENT
    both = here & there
    same = both & (plain == other)
    # A vote that differs from an abstention is half as far away as yes is from no.
    half = both & ~same & ((plain == ABSTAIN) | (other == ABSTAIN))
    cells = {
        "same": same,
        "one_abstains": half,
        "opposed": both & ~same & ~half,
        "n_compared": both,
        "absent": ~here,
        "other_absent": here & ~there,
    }
    counts = {name: found.sum(axis=1) for name, found in cells.items()}
    table = pd.DataFrame(counts, index=calls.index)
    table["n_resolutions"] = len(calls.columns)
    base = table["n_compared"].where(table["n_compared"] > 0)
    table["percent_same"] = (100 * table["same"] / base).round(1)
    table["index"] = (100 * (table["same"] + table["one_abstains"] / 2) / base).round(1)
    return table.drop(index=with_state)


def companions(calls: pd.DataFrame, with_state: str | None = None, vote: str = NO) -> pd.DataFrame:
    """One row per other member that cast ``vote`` at least once where a state did.

    Most often first.

    ``n_together``; ``n_voted``, on how many of those resolutions the member voted;
    ``n_resolutions``, how many there are; ``resolutions``, a tuple.
    """
    with_state = require(
        "state", reference_state() if with_state is None else with_state, calls.index
    )
    require("vote", vote, [name for name in load_codebook().ids("votes") if name != ABSENT])
    plain = calls.astype("object")
    ground = plain.loc[:, plain.loc[with_state] == vote].drop(index=with_state)
    together = ground == vote
    table = pd.DataFrame(
        {
            "n_together": together.sum(axis="columns"),
            "n_voted": (ground != ABSENT).sum(axis="columns"),
            "n_resolutions": len(ground.columns),
            "resolutions": [tuple(ground.columns[row]) for row in together.to_numpy(dtype=bool)],
        },
        index=ground.index,
    )
    found = table[table["n_together"] > 0]
    return found.sort_values("n_together", ascending=False, kind="stable")


def companions_by_resolution(found: pd.DataFrame, cases: Iterable[str]) -> pd.DataFrame:
    """One row per resolution with any companion: how many there were, cases and others.

    ``found`` is what `companions` returns; ``left_out`` holds the ISO3 codes of those that are no
    cases.
    """
    named = set(cases)
    pairs = found["resolutions"].explode().dropna()
    rows = {}
    for resolution in dict.fromkeys(sorted(pairs, key=_by_time)):
        states = pairs.index[pairs == resolution]
        others = tuple(state for state in states if state not in named)
        rows[resolution] = (len(states), len(states) - len(others), len(others), others)
    columns = ["n_companions", "n_cases", "n_left_out", "left_out"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("resolution")


def split_at(
    resolutions: Iterable[str], dates: pd.Series, day: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the resolutions before a day and those since, both in order of time.

    ``dates`` has the day of each vote (``YYYY-MM-DD``) by resolution.

    >>> days = pd.Series({"ES-11/1": "2022-03-02", "ES-11/9": "2025-12-03"})
    >>> split_at(["ES-11/9", "ES-11/1"], days, "2025-01-01")
    (('ES-11/1',), ('ES-11/9',))
    """
    wanted = list(resolutions)
    for resolution in wanted:
        require("resolution", resolution, dates.index)
    ordered = sorted(wanted, key=lambda resolution: str(dates[resolution]))
    before = tuple(r for r in ordered if dates[r] < day)
    return before, tuple(r for r in ordered if dates[r] >= day)


def change_by_group(
    calls: pd.DataFrame, groups: pd.Series, before: Sequence[str], since: Sequence[str]
) -> pd.DataFrame:
    """One row per group of members, and a last one, ``all``: how they voted in two periods.

    A pair of columns per figure, ``_before`` and ``_since``: ``yes``, ``abstain``, ``no`` (votes:
    members times resolutions), ``absent``, ``cast`` (votes without absences), ``percent_yes`` (of
    those cast, missing where none was); ``n_members``; and ``points``, the change of that share.
    A member whose group is an empty text is in ``all`` only.
    """
    _require_each([*before, *since], calls.columns)
    of = groups.reindex(calls.index).fillna("")
    members = {str(name): calls[of == name] for name in sorted(set(of) - {""})} | {"all": calls}
    rows = {}
    for name, part in members.items():
        row: dict[str, float] = {"n_members": len(part)}
        for period, chosen in (("before", before), ("since", since)):
            row |= _period(part[list(chosen)], period)
        rows[name] = row
    table = pd.DataFrame.from_dict(rows, orient="index")
    counts = [name for name in table if not str(name).startswith("percent")]
    table = table.astype(dict.fromkeys(counts, "int64"))
    table["points"] = (table["percent_yes_since"] - table["percent_yes_before"]).round(1)
    return table.set_axis(pd.Index(table.index, name=groups.name), axis="index")


def turnover(calls: pd.DataFrame, before: Sequence[str], since: Sequence[str]) -> pd.DataFrame:
    """Numbers of members that moved between two neighbouring roll calls of two periods.

    One row per vote on the last resolution before, one column per vote on the first since, absences
    and sums (``all``) among them; empty where a period has no resolution.
    """
    _require_each([*before, *since], calls.columns)
    if not before or not since:
        return pd.DataFrame()
    order = [*load_codebook().ids("votes"), "all"]
    first, second = calls[before[-1]].astype("object"), calls[since[0]].astype("object")
    table = pd.crosstab(first, second, margins=True, margins_name="all")
    table = table.reindex(index=order, columns=order, fill_value=0)
    return table.rename_axis(index=before[-1], columns=since[0])


def _period(part: pd.DataFrame, period: str) -> dict[str, float]:
    """Return one group's votes of one period as cells of a row."""
    votes = pd.Series(part.astype("object").to_numpy().ravel(), dtype="object").value_counts()
    n = {name: int(votes.get(name, 0)) for name in load_codebook().ids("votes")}
    cast = sum(number for name, number in n.items() if name != ABSENT)
    share = round(100 * n[YES] / cast, 1) if cast else float("nan")
    cells = {**n, "cast": cast, "percent_yes": share}
    return {f"{name}_{period}": value for name, value in cells.items()}


def _by_time(resolution: str) -> tuple[int, int, int]:
    """Return a key that sorts resolutions as the Assembly numbers them."""
    session, _, number = resolution.partition("/")
    special = session.startswith("ES-")
    return int(special), int(session.rpartition("-")[2]), int(number)
