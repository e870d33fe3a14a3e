"""Inter-coder reliability: how far two codings or more of one account agree.

Where the coders are readings by one language model, they share what the model gets wrong: their
agreement is then an upper bound of what it would be between people. It never says whether a code is
right.

Each variable is looked at twice: with *silent* (and *undecided*) as categories of their own, all
unordered; and with them missing, so that only what both coders coded is compared, in the order of
the codes. Sets are compared member by member.

Coefficients follow Cohen (1960, 1968) and Krippendorff (Content Analysis, 4th ed., 2019, ch. 12).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.analysis.typology import derive, thesis
from helpers.dataset.allowed import require
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.loading import as_cases, load_table
from helpers.dataset.outcomes import CODED, SILENT
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
    "n_coders",
    "n_agree",
    "percent_agreement",
    "n_values",
    "scale",
    "kappa",
    "alpha",
    "alpha_low",
    "alpha_high",
    "ac",
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
    if len(first) != len(second):
        raise ValueError(f"the codings differ in length: {len(first)} and {len(second)}")
    return float(_kappas(np.stack([first, second]), ordered)[0, 1])


def mean_kappa(ratings: Codes, ordered: bool = False) -> float:
    """Return the mean of `cohen_kappa` over the pairs of coders for which it is defined."""
    kappas = _kappas(ratings, ordered)[np.triu_indices(len(ratings), 1)]
    return float(np.nanmean(kappas)) if not np.isnan(kappas).all() else float("nan")


def percent_agreement(ratings: Codes) -> float:
    """Return the percentage of pairs of coders with the same code, averaged over units.

    NaN where no unit has two codes.

    >>> round(percent_agreement(np.array([[0, 0, 1], [0, 1, 1], [0, 1, -1]])), 1)
    77.8
    """
    counts = _counts(ratings)
    return float(100 * _agreeing(counts, np.eye(counts.shape[1])))


def gwet_ac(ratings: Codes, n_codes: int, weights: Matrix | None = None) -> float:
    """Return Gwet's AC1 of coders by units, or with weights AC2; NaN where no unit has two codes.

    ``n_codes`` is how many codes the scale has, those that nobody used among them: what prevails is
    judged by them, so that it is defined where all agree. Units with one code count for that alone.

    >>> one_apart = np.array([[0] * 9 + [1], [0] * 10])
    >>> round(gwet_ac(one_apart, 2), 2), round(cohen_kappa(*one_apart), 2)
    (0.89, 0.0)
    """
    if n_codes < 2:
        raise ValueError(f"n_codes must be at least 2 (found {n_codes})")
    counts = _counts(ratings, n_codes)
    weights = np.eye(counts.shape[1]) if weights is None else weights
    observed = _agreeing(counts, weights)
    rated = counts[counts.any(axis=1)]
    share = (rated / rated.sum(axis=1, keepdims=True)).mean(axis=0) if len(rated) else np.nan
    size = counts.shape[1]
    chance = weights.sum() / (size * (size - 1)) * np.sum(share * (1 - share))
    return float((observed - chance) / (1 - chance))


def linear_weights(n_codes: int) -> Matrix:
    """Return how far two codes of an ordered scale agree: one less the share of it between them."""
    apart = np.abs(np.subtract.outer(np.arange(n_codes), np.arange(n_codes)))
    weights: Matrix = 1 - apart / (n_codes - 1)
    return weights


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
    defined, where all codings agree, or where there is but one unit.
    """
    if n_resamples < 1:
        raise ValueError(f"n_resamples must be at least 1 (found {n_resamples})")
    units = _coincidences(ratings)
    off = units.sum(axis=0) - np.diag(np.diag(units.sum(axis=0)))
    # Every resample of codings that agree, or of one unit, is alike: an interval of no width would
    # say nothing.
    if len(units) < 2 or not off.any():
        return float("nan"), float("nan")
    # How often each unit is drawn is all that matters, so that a resample is a weighted sum.
    draws = np.random.default_rng(seed).multinomial(
        len(units), np.full(len(units), 1 / len(units)), n_resamples
    )
    alphas = _alpha(np.tensordot(draws, units, axes=1), ordered)
    defined = alphas[~np.isnan(alphas)]
    low, high = np.percentile(defined, [2.5, 97.5]) if len(defined) else (np.nan, np.nan)
    return float(low), float(high)


def reliability(
    *coders: pd.DataFrame, n_resamples: int = N_RESAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Return how far coders agree, from `helpers.data.load_codings` of each.

    Returns
    -------
    DataFrame
        One row per variable (per ``member`` of a set) and ``silent_as``, ``category`` or
        ``missing``: ``n_states`` that two coders or more have a value of, ``n_coders`` who have
        one, ``n_agree`` where all of them are the same, ``percent_agreement`` of pairs of coders;
        ``n_values`` that occur; ``scale``, ``nominal`` or ``ordinal`` (kappa and AC2 then have
        linear weights, alpha the ordinal distance); ``kappa``, ``alpha``, and the bounds
        ``alpha_low`` and ``alpha_high`` of its interval; ``ac``, Gwet's AC1 or on an ordinal scale
        AC2. NaN where not defined.

    Raises
    ------
    ValueError
        If fewer than two coders have codings, or ``n_resamples`` is less than one.
    """
    _require_two(coders)
    n_open = len(load_codebook().ids("statuses")) - 1
    rows = []
    for name, said in _said(coders).items():
        variable = load_codebook().variable(name)
        for member in variable.code_ids if variable.is_set else ("",):
            codes = _scale(variable, member)
            as_category = _values(said, (*codes, *(f"({s})" for s in _statuses())), member)
            as_missing = np.where(as_category < len(codes), as_category, -1)
            ordered = variable.type == "ordinal"
            versions = {
                "category": (as_category, len(codes) + n_open, False),
                "missing": (as_missing, len(codes), ordered),
            }
            for silent_as, version in versions.items():
                numbers = _row(*version, n_resamples, seed)
                rows.append((variable.id, member, silent_as, *numbers))
    return pd.DataFrame(rows, columns=_COLUMNS)


def by_coder(codings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the codings of each coder, by name."""
    return {str(name): rows for name, rows in codings.groupby("coder")}


def silenced(codings: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return codings as if their coder had found nothing on one variable."""
    there = codings["variable"] == variable
    code, status = codings["code"].mask(there, ""), codings["status"].mask(there, SILENT)
    return codings.assign(code=code, status=status)


def by_pair(*coders: pd.DataFrame, silent_as: str = "category") -> pd.DataFrame:
    """Return how far coders agree on each pair of a state and a variable, the least agreed first.

    One row per pair that two coders or more have a value of: ``n_coders``, ``n_answers`` that
    differ, ``percent_agreement`` of pairs of coders. A set is compared as a whole. Where agreement
    is the same, what more coders read stands first, then the order of states and codebook holds.
    """
    require("silent_as", silent_as, SILENT_AS)
    _require_two(coders)

    def counted(text: str) -> bool:
        return silent_as == "category" or not text.startswith("(")

    places = {state: place for place, state in enumerate(load_table("states")["state"])}
    rows: list[tuple[Any, ...]] = []
    for number, (variable, said) in enumerate(_said(coders).items()):
        for state, answers in zip(said.index, said.to_numpy(dtype=object), strict=True):
            texts = [text for text in answers if isinstance(text, str) and counted(text)]
            counts = np.array([[*Counter(texts).values()]], dtype=np.float64)
            if len(texts) > 1:
                percent = float(100 * _agreeing(counts, np.eye(counts.shape[1])))
                place = (percent, -len(texts), places[state], number)
                rows.append((state, variable, len(texts), counts.size, percent, place))
    rows.sort(key=lambda row: row[-1])
    columns = ["state", "variable", "n_coders", "n_answers", "percent_agreement"]
    return pd.DataFrame([row[:-1] for row in rows], columns=columns)


def mean_by(pairs: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return `by_pair` summed up by ``state`` or ``variable``, the least agreed first.

    ``n_pairs``, ``n_differ`` with more than one answer, and the mean ``percent_agreement``.
    """
    groups = pairs.assign(differ=pairs["n_answers"] > 1).groupby(what, sort=False)
    table = groups.agg(
        n_pairs=("differ", "size"),
        n_differ=("differ", "sum"),
        percent_agreement=("percent_agreement", "mean"),
    )
    return table.sort_values("percent_agreement", kind="stable")


def against(coders: Mapping[str, pd.DataFrame], standing: pd.DataFrame) -> pd.DataFrame:
    """Return how each coder's codings differ from those that stand, such as the adjudicated.

    One row per coder: pairs ``n_compared`` and ``n_same``, ``percent_same``; of the others,
    ``n_other_code`` where both have a code, ``n_missed`` where only the standing coding has one,
    ``n_added`` where only the coder has, ``n_other_status`` where neither has.
    """
    rows = {}
    for name, codings in coders.items():
        pair = codings[[*_KEY, "status", "code"]].merge(
            standing[[*_KEY, "status", "code"]], on=_KEY, suffixes=("", "_standing")
        )
        mine, theirs = pair["status"] == CODED, pair["status_standing"] == CODED
        same = (pair["status"] == pair["status_standing"]) & (pair["code"] == pair["code_standing"])
        apart = [mine & theirs, ~mine & theirs, mine & ~theirs, ~mine & ~theirs]
        percent = 100 * same.mean() if len(pair) else float("nan")
        rows[name] = (len(pair), same.sum(), percent, *(int((a & ~same).sum()) for a in apart))
    names = ["n_compared", "n_same", "percent_same"]
    kinds = ["n_other_code", "n_missed", "n_added", "n_other_status"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*names, *kinds])
    return table.rename_axis("coder")


def cases_of(coders: Mapping[str, pd.DataFrame], silence: str = "open") -> dict[str, pd.DataFrame]:
    """Return what `helpers.data.load_cases` would of each coder's codings, by name."""
    return {name: as_cases(rows, silence) for name, rows in coders.items()}


def types_of(cases: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the support type that each coder's cases give each state, one column per coder."""
    return pd.DataFrame({name: derive(own)["type"].astype(str) for name, own in cases.items()})


def verdicts_of(cases: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the verdict of each coder's cases on each statement, one column per coder."""
    return pd.DataFrame({name: thesis(own)["verdict"] for name, own in cases.items()})


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


def _kappas(ratings: Codes, ordered: bool) -> Matrix:
    """Return Cohen's kappa of each coder with each, NaN where not defined."""
    given = _given(ratings)
    # For two coders, how often the one gave a code and the other another.
    seen = np.einsum("auk,bul->abkl", given, given)
    chance = seen.sum(axis=-1)[..., :, None] * seen.sum(axis=-2)[..., None, :]
    places = np.arange(seen.shape[-1])
    apart = np.abs(np.subtract.outer(places, places))
    weight = apart if ordered else apart > 0
    observed, expected = ((weight * table).sum(axis=(-2, -1)) for table in (seen, chance))
    with np.errstate(divide="ignore", invalid="ignore"):
        kappas: Matrix = 1 - seen.sum(axis=(-2, -1)) * observed / expected
    return np.where(expected > 0, kappas, np.nan)


def _given(ratings: Codes, n_codes: int = 2) -> Matrix:
    """Return 1 where a coder gave a unit a code, coders by units by codes."""
    if ratings.ndim != 2:
        raise ValueError("ratings must have two dimensions: coders by units")
    size = max(int(ratings.max(initial=0)) + 1, n_codes)
    given: Matrix = (ratings[:, :, None] == np.arange(size)).astype("float64")
    return given


def _counts(ratings: Codes, n_codes: int = 2) -> Matrix:
    """Return how often each code was given, units by codes."""
    counts: Matrix = _given(ratings, n_codes).sum(axis=0)
    return counts


def _agreeing(counts: Matrix, weights: Matrix) -> Any:
    """Return the share of agreeing pairs of coders, averaged over units that two have coded."""
    counts = counts[counts.sum(axis=1) > 1]
    n = counts.sum(axis=1)
    shares = (counts * (counts @ weights - 1)).sum(axis=1) / (n * (n - 1))
    return shares.mean() if len(shares) else np.float64("nan")


def _coincidences(ratings: Codes) -> Matrix:
    """Return one matrix of value pairs per unit with two codes or more."""
    counts = _counts(ratings)
    counts = counts[counts.sum(axis=1) > 1]
    # A value is not paired with itself.
    same = counts[:, :, None] * np.eye(counts.shape[1])
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


def _require_two(coders: Sequence[pd.DataFrame]) -> None:
    if sum(not table.empty for table in coders) < 2:
        raise ValueError(
            "agreement needs two codings of the account, and there are fewer: one is missing"
        )


def _said(coders: Sequence[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return for each variable what coders said, states by coders, missing where one did not read.

    Variables stand in the codebook's order; those that fewer than two have read are left out.
    """
    tables = [table.assign(number=number) for number, table in enumerate(coders)]
    every = pd.concat(tables)[["state", "variable", "number", "code", "status"]]
    every["said"] = code_or_status(every["code"], every["status"])
    read = {
        str(variable): rows.pivot(index="state", columns="number", values="said")
        for variable, rows in every.groupby("variable", sort=False)
    }
    ids = [variable.id for variable in load_codebook().variables]
    return {name: read[name] for name in ids if name in read and read[name].shape[1] > 1}


def _scale(variable: Variable, member: str) -> tuple[str, ...]:
    """Return the codes of a variable, or those of a set's member."""
    return ("without", "with") if member else variable.code_ids


def _statuses() -> tuple[str, ...]:
    """Return why there can be no code: what a coder can find, then what an analysis can do."""
    book = load_codebook()
    found = [status for status in book.ids("statuses") if status != CODED]
    return (*found, *book.ids("derived_statuses"))


def _values(said: pd.DataFrame, values: Sequence[str], member: str) -> Codes:
    """Return a row of places in a list of values per coder, -1 for missing, a column per state."""
    scale = {value: place for place, value in enumerate(values)}
    if member:
        said = said.map(lambda text: _member(text, member), na_action="ignore")
    return said.map(lambda text: scale.get(text, -1)).to_numpy().T.astype(np.int64)


def _member(text: str, member: str) -> str:
    """Return whether a set is with a member; a status in brackets stays as it is."""
    return text if text.startswith("(") else "with" if member in text.split(";") else "without"


def _row(
    values: Codes, n_codes: int, ordered: bool, n_resamples: int, seed: int
) -> tuple[Any, ...]:
    """Return the numbers of one row of the table of reliability."""
    counted = values[:, (values >= 0).sum(axis=0) > 1]
    counts = _counts(counted)
    n_coders = int((counted >= 0).any(axis=1).sum())
    n_agree = int(((counts > 0).sum(axis=1) == 1).sum())
    n_values = int(counts.any(axis=0).sum())
    scale = "ordinal" if ordered else "nominal"
    kappa, alpha = mean_kappa(values, ordered), krippendorff_alpha(values, ordered)
    low, high = alpha_interval(values, ordered, n_resamples, seed)
    ac = gwet_ac(values, n_codes, linear_weights(n_codes) if ordered else None)
    percent = percent_agreement(values)
    return (
        counted.shape[1],
        n_coders,
        n_agree,
        percent,
        n_values,
        scale,
        kappa,
        alpha,
        low,
        high,
        ac,
    )
