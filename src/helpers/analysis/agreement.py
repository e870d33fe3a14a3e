"""Inter-coder reliability: how far two codings of one account agree.

Where both coders are readings by one language model, they share what the model gets wrong: their
agreement is then an upper bound of what it would be between people. It never says whether a code is
right.

Each variable is looked at twice: with *silent* (and *undecided*) as categories of their own, all
unordered; and with them missing, so that only what both coders coded is compared, in the order of
the codes. Sets are compared member by member.

Coefficients follow Cohen (1960, 1968) and Krippendorff (Content Analysis, 4th ed., 2019, ch. 12).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.outcomes import CODED
from helpers.dataset.words import code_or_status

SILENT_AS = ("category", "missing")
N_RESAMPLES = 1000
SEED = 20230128
_KEY = ["state", "variable"]
_COLUMNS = [
    "variable",
    "member",
    "silent_as",
    "n_states",
    "n_agree",
    "percent_agreement",
    "n_values",
    "scale",
    "kappa",
    "alpha",
    "alpha_low",
    "alpha_high",
]

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def cohen_kappa(first: Codes, second: Codes, ordered: bool = False) -> float:
    """Return Cohen's kappa of two codings; NaN, not defined, where fewer than two values occur.

    Codes are counted from 0, in order; -1 is none, and leaves its unit out. If ``ordered``, a
    disagreement weighs as much as the codes lie apart (linear weights).

    >>> first = np.array([0] * 25 + [1] * 25)
    >>> second = np.array([0] * 20 + [1] * 5 + [0] * 10 + [1] * 15)
    >>> round(cohen_kappa(first, second), 2)
    0.4
    """
    pairs = _pairs(first, second)
    if len(np.unique(pairs)) < 2:
        return float("nan")
    size = int(pairs.max()) + 1
    seen = np.zeros((size, size))
    np.add.at(seen, (pairs[0], pairs[1]), 1 / pairs.shape[1])
    chance = np.outer(seen.sum(axis=1), seen.sum(axis=0))
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    weight = apart if ordered else apart > 0
    return float(1 - (weight * seen).sum() / (weight * chance).sum())


def krippendorff_alpha(ratings: Codes, ordered: bool = False) -> float:
    """Return Krippendorff's alpha of coders by units; NaN where fewer than two values occur.

    Codes as for `cohen_kappa`; units with fewer than two of them are left out. The distance is
    nominal, or ordinal if ``ordered``.

    >>> round(krippendorff_alpha(np.array([[0, 0, 1, 1], [0, 1, 1, 1]])), 3)
    0.533
    """
    return float(_alpha(_coincidences(ratings).sum(axis=0), ordered))


def alpha_interval(
    ratings: Codes, ordered: bool = False, n_resamples: int = N_RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """Return the middle 95 percent of alpha when units are drawn anew, with replacement.

    Percentile bootstrap over the resamples in which alpha is defined. NaN where alpha is not
    defined, or where all codings agree.
    """
    if n_resamples < 1:
        raise ValueError(f"n_resamples must be at least 1 (found {n_resamples})")
    units = _coincidences(ratings)
    off = units.sum(axis=0) - np.diag(np.diag(units.sum(axis=0)))
    # Every resample of codings that agree agrees too: an interval of no width would say nothing.
    if not off.any():
        return float("nan"), float("nan")
    # How often each unit is drawn is all that matters, so that a resample is a weighted sum.
    draws = np.random.default_rng(seed).multinomial(
        len(units), np.full(len(units), 1 / len(units)), n_resamples
    )
    alphas = _alpha(np.tensordot(draws, units, axes=1), ordered)
    low, high = np.nanpercentile(alphas, [2.5, 97.5])
    return float(low), float(high)


def reliability(
    first: pd.DataFrame, second: pd.DataFrame, n_resamples: int = N_RESAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Return how far two coders agree, from `helpers.data.load_codings` of each.

    Returns
    -------
    DataFrame
        One row per variable (per ``member`` of a set) and ``silent_as``, ``category`` or
        ``missing``: ``n_states`` compared, ``n_agree`` with the same value, ``percent_agreement``;
        ``n_values`` that occur; ``scale``, ``nominal`` or ``ordinal`` (kappa then has linear
        weights, alpha the ordinal distance); ``kappa``, ``alpha``, and the bounds ``alpha_low`` and
        ``alpha_high`` of its interval, NaN where not defined.

    Raises
    ------
    ValueError
        If a coder has no codings, or ``n_resamples`` is less than one.
    """
    if first.empty or second.empty:
        raise ValueError("reliability needs two codings of the account, and one is missing")
    both = set(first["variable"]) & set(second["variable"])
    rows = []
    for variable in (v for v in load_codebook().variables if v.id in both):
        for member in variable.code_ids if variable.is_set else ("",):
            for silent_as in SILENT_AS:
                values = _values(first, second, variable, member, silent_as)
                ordered = silent_as == "missing" and variable.type == "ordinal"
                numbers = _row(values, ordered, n_resamples, seed)
                rows.append((variable.id, member, silent_as, *numbers))
    return pd.DataFrame(rows, columns=_COLUMNS)


def disagreements(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return where two coders differ in status or code, from `helpers.data.load_codings` of each.

    One row per state and variable, in the codebook's order of variables; under ``coder_1`` and
    ``coder_2`` what the first and the second put down, a code or in brackets a status.
    """
    tables = (
        table[_KEY].assign(said=code_or_status(table["code"], table["status"]))
        for table in (first, second)
    )
    pair = next(tables).merge(next(tables), on=_KEY)
    pair.columns = pd.Index([*_KEY, "coder_1", "coder_2"])
    members = [
        pair[side].map(lambda text: frozenset(text.split(";"))) for side in ("coder_1", "coder_2")
    ]
    differ = pair[members[0] != members[1]]
    order = {v.id: place for place, v in enumerate(load_codebook().variables)}
    differ = differ.sort_values("variable", key=lambda column: column.map(order), kind="stable")
    return differ.reset_index(drop=True)


def _pairs(first: Codes, second: Codes) -> Codes:
    """Return the codes of the units that both have coded."""
    if len(first) != len(second):
        raise ValueError(f"the codings differ in length: {len(first)} and {len(second)}")
    both = np.stack([first, second])
    return both[:, (both >= 0).all(axis=0)]


def _coincidences(ratings: Codes) -> Matrix:
    """Return one matrix of value pairs per unit with two codes or more."""
    if ratings.ndim != 2:
        raise ValueError("ratings must have two dimensions: coders by units")
    size = max(int(ratings.max(initial=0)) + 1, 2)
    counts = (ratings[:, :, None] == np.arange(size)).sum(axis=0).astype(float)
    counts = counts[counts.sum(axis=1) > 1]
    # A value is not paired with itself.
    same = counts[:, :, None] * np.eye(size)
    pairs: Matrix = counts[:, :, None] * counts[:, None, :] - same
    # However many coders a unit has, it counts once for each of them.
    pairs /= (counts.sum(axis=1) - 1)[:, None, None]
    return pairs


def _alpha(coincidences: Matrix, ordered: bool) -> Matrix:
    """Return alpha of one or more matrices of coincidences, NaN where not defined."""
    n = coincidences.sum(axis=-1)
    total = n.sum(axis=-1)
    apart = _ordinal_distance(n) if ordered else 1 - np.eye(n.shape[-1])
    observed = (coincidences * apart).sum(axis=(-2, -1))
    expected = (n[..., :, None] * n[..., None, :] * apart).sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha: Matrix = 1 - (total - 1) * observed / np.where(expected > 0, expected, np.nan)
    return alpha


def _ordinal_distance(n: Matrix) -> Matrix:
    """Return Krippendorff's ordinal distance: ranks between two values, squared."""
    middle = np.cumsum(n, axis=-1) - n / 2
    return (middle[..., :, None] - middle[..., None, :]) ** 2


def _values(
    first: pd.DataFrame, second: pd.DataFrame, variable: Variable, member: str, silent_as: str
) -> Codes:
    """Return two rows of code numbers, -1 for missing, one column per state."""
    columns = {}
    for side, table in (("first", first), ("second", second)):
        rows = table[table["variable"] == variable.id].set_index("state")
        columns[side] = code_or_status(rows["code"], rows["status"])
    # A state that one coder did not read is missing in both versions.
    both = pd.DataFrame(columns).dropna()
    scale = ["without", "with"] if member else list(variable.code_ids)
    numbers = {code: place for place, code in enumerate(scale)}
    if silent_as == "category":
        numbers |= {f"({status})": len(scale) + i for i, status in enumerate(_open_statuses())}
    if member:
        both = both.map(lambda text: _member(text, member))
    return both.map(lambda text: numbers.get(text, -1)).to_numpy().T.astype(np.int64)


def _member(text: str, member: str) -> str:
    """Return whether a set is with a member; a status in brackets stays as it is."""
    return text if text.startswith("(") else "with" if member in text.split(";") else "without"


def _open_statuses() -> list[str]:
    book = load_codebook()
    statuses = [*book.ids("statuses"), *book.ids("derived_statuses")]
    return [status for status in statuses if status != CODED]


def _row(values: Codes, ordered: bool, n_resamples: int, seed: int) -> tuple[Any, ...]:
    """Return the numbers of one row of the table of reliability."""
    pairs = _pairs(values[0], values[1])
    n, n_agree = pairs.shape[1], int((pairs[0] == pairs[1]).sum())
    n_values = len(np.unique(pairs))
    percent = 100 * n_agree / n if n else float("nan")
    scale = "ordinal" if ordered else "nominal"
    kappa = cohen_kappa(values[0], values[1], ordered)
    alpha = krippendorff_alpha(values, ordered)
    low, high = alpha_interval(values, ordered, n_resamples, seed)
    return n, n_agree, percent, n_values, scale, kappa, alpha, low, high
