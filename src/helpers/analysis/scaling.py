"""Do the roll calls form one scale? Guttman's scalogram, Loevinger's H.

A roll call is a question that a member passes or fails. Votes are cut in two, either "yes" against
the rest or "no" against the rest. An absence is neither: it is missing, and its member is left out,
or the other votes alone count.

See Goodenough, "A technique for scale analysis", Educational and Psychological Measurement 4
(1944); Edwards, Techniques of Attitude Scale Construction (1957); Loevinger, "The technic of
homogeneous tests", Psychological Bulletin 45 (1948); Mokken, A Theory and Procedure of Scale
Analysis (1971).

>>> perfect = pd.DataFrame({"a": [True, True, True], "b": [False, True, True]})
>>> table = perfect.assign(c=[False, False, True]).astype("boolean")
>>> summary(table)[["errors", "cr", "h"]].tolist()
[0.0, 1.0, 1.0]
"""

from typing import Literal

import numpy as np
import pandas as pd

from helpers.dataset.allowed import require
from helpers.dataset.outcomes import ABSENT, NO, YES

CUTS = {
    YES: "passes: yes; fails: abstain and no",
    "not_no": "passes: yes and abstain; fails: no",
}
ABSENCES = {
    "left_out": "members absent from any of them are left out",
    "available": "every vote that was cast counts",
}


def steps(calls: pd.DataFrame, passes: str = YES, absent: str = "left_out") -> pd.DataFrame:
    """Return which roll calls each member passes, from `helpers.votes.roll_calls`.

    ``passes`` is one of `CUTS`: ``yes``, where an abstention fails, or ``not_no``, where it passes.
    ``absent`` is one of `ABSENCES`: ``left_out``, where a member that was absent once is left out
    altogether, or ``available``, where it keeps the votes that it cast. An absence never passes and
    never fails.

    One row per member that is kept, one ``boolean`` column per resolution, the most passed of those
    cast first (ties: as in ``calls``); absences missing.
    """
    require("passes", passes, CUTS)
    require("absent", absent, ABSENCES)
    plain = calls.to_numpy("object")
    away = plain == ABSENT
    kept = ~(away.any(axis=1) if absent == "left_out" else away.all(axis=1))
    passed = (plain == YES if passes == YES else plain != NO)[kept]
    away = away[kept]
    n_cast = np.maximum((~away).sum(axis=0), 1)
    order = np.argsort(-(passed & ~away).sum(axis=0) / n_cast, kind="stable")
    columns = {
        calls.columns[place]: pd.arrays.BooleanArray(passed[:, place], away[:, place])
        for place in order
    }
    return pd.DataFrame(columns, index=calls.index[kept])


def places(table: pd.DataFrame) -> pd.DataFrame:
    """Return each member's place on the scale, and its errors, from `steps`.

    The scale says that a member which passes some number of roll calls passes the most passed ones.
    Each cell that is otherwise is an error, so that one vote out of line makes two (Goodenough and
    Edwards).

    One row per member, most support first (ties: as in ``table``): ``passed``, ``cast``,
    ``percent_passed``, ``errors``; ``first_place`` and ``last_place``, the places that it shares
    with members of equal share.
    """
    result = _tally(table, "columns")
    share = result["passed"] / result["cast"].where(result["cast"] > 0)
    result["first_place"] = share.rank(method="min", ascending=False).astype("int64")
    result["last_place"] = share.rank(method="max", ascending=False).astype("int64")
    return result.sort_values("first_place", kind="stable")


def error_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Tell where a vote that was cast differs from what the scale predicts, from `steps`.

    >>> votes = pd.DataFrame({"a": [False, True], "b": [True, False]}, dtype="boolean")
    >>> error_cells(votes).sum(axis="columns").tolist()
    [2, 0]
    """
    cast = table.notna()
    passed = _passed(table)
    predicted = cast & cast.cumsum(axis="columns").le(passed.sum(axis="columns"), axis="index")
    return cast & (passed != predicted)


def summary(table: pd.DataFrame) -> pd.Series:
    """Return how well the roll calls form one scale, from `steps`.

    ``members``, ``resolutions``, ``votes`` (cells that hold one), ``errors``; ``cr``, the
    coefficient of reproducibility, 1 - errors / votes; ``mmr``, the minimal marginal
    reproducibility: what guessing each roll call's more frequent side would reproduce;
    ``scalability``, (cr - mmr) / (1 - mmr); and Loevinger's ``h``. A coefficient that is not
    defined is missing: without votes, or with a single roll call, all are; without any variation
    the last two.
    """
    votes = int(table.notna().to_numpy().sum())
    errors = int(error_cells(table).to_numpy().sum())
    passed = _passed(table)
    modal = int(np.maximum(passed.sum(), table.notna().sum() - passed.sum()).sum())
    cr = mmr = gain = float("nan")
    if votes and len(table.columns) > 1:
        cr, mmr = 1 - errors / votes, modal / votes
        gain = (cr - mmr) / (1 - mmr) if modal < votes else float("nan")
    return pd.Series(
        {
            "members": len(table),
            "resolutions": len(table.columns),
            "votes": votes,
            "errors": errors,
            "cr": cr,
            "mmr": mmr,
            "scalability": gain,
            "h": _h(_pairs(table)),
        },
        dtype="float64",
    )


def versions(calls: pd.DataFrame) -> pd.DataFrame:
    """Return `summary` under every cut and treatment of absences, one row each."""
    rows = {
        (passes, absent): summary(steps(calls, passes, absent))
        for passes in CUTS
        for absent in ABSENCES
    }
    table = pd.DataFrame(rows).T.rename_axis(["passes", "absent"])
    counts = ["members", "resolutions", "votes", "errors"]
    return table.astype(dict.fromkeys(counts, "int64")).round(3)


def items(table: pd.DataFrame) -> pd.DataFrame:
    """Return each roll call's popularity, errors and own H, from `steps`.

    One row per resolution, the most passed first: ``passed``, ``cast``, ``percent_passed``,
    ``errors`` and ``h``, its scalability with all the others, missing where it is not defined.
    """
    pairs = _pairs(table)
    own = {name: _h(pairs[(pairs["first"] == name) | (pairs["second"] == name)]) for name in table}
    h = pd.Series(own, dtype="float64").round(3)
    return _tally(table, "index").assign(h=h).rename_axis("resolution")


def _tally(table: pd.DataFrame, axis: Literal["index", "columns"]) -> pd.DataFrame:
    """Return what is passed and cast of each column, or along the columns of each row."""
    passed = _passed(table).sum(axis=axis).astype("int64")
    cast = table.notna().sum(axis=axis).astype("int64")
    return pd.DataFrame(
        {
            "passed": passed,
            "cast": cast,
            "percent_passed": (100 * passed / cast.where(cast > 0)).round(1),
            "errors": error_cells(table).sum(axis=axis).astype("int64"),
        }
    )


def _passed(table: pd.DataFrame) -> pd.DataFrame:
    """Return where a vote passes, as plain truths; where none was cast, it does not."""
    passed = table.to_numpy(dtype=bool, na_value=False)
    return pd.DataFrame(passed, index=table.index, columns=table.columns)


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Return observed and expected errors of every pair of roll calls.

    An error fails the roll call that more members pass and passes the other. What
    is expected, expects independence. Each pair counts the members that voted on
    both, as Stata's ``loevh, pairwise`` does.
    """
    cast = table.notna().to_numpy().astype(np.int64)
    passed = _passed(table).to_numpy().astype(np.int64)
    # By pair: members that voted on both; among them those that pass the first, and those
    # that pass both.
    n, some, both = cast.T @ cast, passed.T @ cast, passed.T @ passed
    one, two = np.triu_indices(len(table.columns), 1)
    easier = np.maximum(some[one, two], some[two, one])
    harder = np.minimum(some[one, two], some[two, one])
    # Without a member that voted on both, all counts are 0.
    expected = (n[one, two] - easier) * harder / np.maximum(n[one, two], 1)
    pairs = {"first": table.columns[one], "second": table.columns[two]}
    return pd.DataFrame({**pairs, "observed": harder - both[one, two], "expected": expected})


def _h(pairs: pd.DataFrame) -> float:
    expected = float(pairs["expected"].sum())
    return 1 - float(pairs["observed"].sum()) / expected if expected > 0 else float("nan")
