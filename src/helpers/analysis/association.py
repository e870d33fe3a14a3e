"""Does what an account says go with how states voted? Kendall's tau-b.

Pure functions. A coding whose own evidence is a vote would be compared with
itself, so it is left out, and every result says how many were.
"""

from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau, permutation_test

from helpers.dataset.allowed import ordered_variable_ids, require
from helpers.dataset.codebook import load_codebook

PERMUTATIONS = 9999
SEED = 193
FEWEST = 3
"""Below this number of states no association is computed."""

_BODY = r"\bUN\b|\bUnited Nations\b|\bGeneral Assembly\b|\bSecurity Council\b"
_VOTE = r"\b(?:[Vv]ot(?:e|es|ed|ing)|[Aa]bst\w+|[Nn]on-voting|roll calls?)\b"


def names_a_vote(texts: pd.Series) -> pd.Series:
    """Tell which texts speak of a vote at the United Nations.

    Parameters
    ----------
    texts : Series
        Descriptions of events, or rationales.

    Returns
    -------
    Series
        Of bool, same index: true where a text names a UN body and voting. The rule
        looks at words only, and errs towards true.

    Examples
    --------
    >>> names_a_vote(pd.Series(["Abstains at the UN.", "Parliament voted to join."])).tolist()
    [True, False]
    """
    return texts.str.contains(_BODY, regex=True) & texts.str.contains(_VOTE, regex=True)


def rests_on_vote(
    codings: pd.DataFrame, events: pd.DataFrame, resolutions: pd.DataFrame
) -> pd.Series:
    """Tell which codings rest on a vote, at least in part.

    Parameters
    ----------
    codings : DataFrame
        One row per coding, as `helpers.dataset.loading.load_codings` returns it.
    events, resolutions : DataFrame
        The tables ``events`` and ``un_resolutions``.

    Returns
    -------
    Series
        Of bool, same index: true where a locator is a resolution or an event that
        reports a vote at the UN, or the rationale speaks of one.
    """
    reports = events.loc[names_a_vote(events["description"]), "event"]
    votes = {*resolutions["resolution"], *reports}
    located = codings["locator"].map(lambda joined: not votes.isdisjoint(joined.split(";")))
    return located.astype(bool) | names_a_vote(codings["rationale"])


def pairs(
    codings: pd.DataFrame, on_vote: pd.Series, agreement: pd.DataFrame, variable: str
) -> pd.DataFrame:
    """Return each state's code beside its agreement with Russia.

    Parameters
    ----------
    codings : DataFrame
        One row per coding of one account, as `helpers.dataset.loading.load_codings` returns it.
    on_vote : Series
        Of bool, as `rests_on_vote` returns it.
    agreement : DataFrame
        One row per member, as `helpers.analysis.votes.agreement` returns it.
    variable : str
        A variable whose codes stand in order.

    Returns
    -------
    DataFrame
        One row per state with a code: ``code``, an ordered categorical; ``index``
        and ``n_compared`` of the agreement; and ``use``: ``counted``, ``rests on a
        vote``, or ``no votes to compare``.

    Raises
    ------
    ValueError
        If there is no such variable, or its codes have no order.
    """
    require("ordered variable", variable, ordered_variable_ids())
    rows = codings[(codings["variable"] == variable) & (codings["status"] == "coded")]
    rows = rows[rows["state"].isin(agreement.index)]
    dtype = pd.CategoricalDtype(list(load_codebook().variable(variable).code_ids), ordered=True)
    table = rows.set_index("state")["code"].astype(dtype).to_frame()
    table = table.join(agreement[["index", "n_compared"]])
    use = pd.Series("counted", index=table.index, dtype="object")
    use = use.mask(table["index"].isna(), "no votes to compare")
    return table.assign(use=use.mask(on_vote[rows.index].to_numpy(), "rests on a vote"))


def kendall(
    codes: pd.Series, index: pd.Series, permutations: int = PERMUTATIONS, seed: int = SEED
) -> pd.Series:
    """Return Kendall's tau-b with a permutation p.

    Parameters
    ----------
    codes : Series
        One ordered code per state.
    index : Series
        One number per state, same index.
    permutations : int
        How many random permutations; all of them where there are no more.
    seed : int
        Of the random permutations.

    Returns
    -------
    Series
        ``n`` states; ``tau_b``, positive where codes closer to Russia go with more
        agreement; ``p``, two-sided: twice the smaller share of permutations at
        least as extreme on one side, at most 1; ``permutations`` made. With fewer
        than three states, or one value only on either side, tau-b and p are
        missing: not defined.

    Examples
    --------
    >>> stance = pd.Series(pd.Categorical(["no", "no", "yes"], ["no", "yes"], ordered=True))
    >>> kendall(stance, pd.Series([0.0, 10.0, 50.0])).round(2).tolist()
    [3.0, 0.82, 0.67, 6.0]
    """
    ranks, numbers = codes.cat.codes.to_numpy(), index.to_numpy(dtype="float64")
    n = len(ranks)
    if n < FEWEST or len(set(ranks)) < 2 or len(set(numbers)) < 2:
        cells = {"n": n, "tau_b": np.nan, "p": np.nan, "permutations": 0}
        return pd.Series(cells, dtype="float64")
    other = np.sign(numbers[:, None] - numbers[None, :])

    # The ties of tau-b's denominator are the same in every permutation.
    def concordance(values: NDArray[np.int_], axis: int = -1) -> NDArray[np.float64]:
        moved = np.moveaxis(values, axis, -1)
        signs = np.sign(moved[..., :, None] - moved[..., None, :])
        return np.asarray((signs * other).sum(axis=(-1, -2)))

    test = permutation_test(
        (ranks.astype("int64"),),
        concordance,
        permutation_type="pairings",
        vectorized=True,
        n_resamples=permutations,
        batch=1000,
        rng=np.random.default_rng(seed),
    )
    tau = kendalltau(ranks, numbers, variant="b").statistic
    made = min(permutations, factorial(n)) if n < 20 else permutations
    cells = {"n": n, "tau_b": float(tau), "p": float(test.pvalue), "permutations": made}
    return pd.Series(cells, dtype="float64")


def associations(
    codings: pd.DataFrame,
    on_vote: pd.Series,
    agreement: pd.DataFrame,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Return tau-b of every ordered variable with agreement.

    Parameters
    ----------
    codings, on_vote, agreement
        As in `pairs`.
    permutations, seed
        As in `kendall`.

    Returns
    -------
    DataFrame
        One row per ordinal or binary variable: ``coded``, ``rests_on_vote`` and
        ``no_votes`` (left out), ``n``, ``tau_b``, ``p``, ``permutations``.
    """
    rows = {}
    for variable in ordered_variable_ids():
        table = pairs(codings, on_vote, agreement, variable)
        used = table[table["use"] == "counted"]
        counts = table["use"].value_counts()
        left = [int(counts.get(why, 0)) for why in ("rests on a vote", "no votes to compare")]
        result = kendall(used["code"], used["index"], permutations, seed)
        rows[variable] = [len(table), *left, *result]
    columns = ["coded", "rests_on_vote", "no_votes", "n", "tau_b", "p", "permutations"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    whole = {"n": "int64", "permutations": "int64"}
    return table.astype(whole).round({"tau_b": 2, "p": 3}).rename_axis("variable")


def as_shown(value: float, digits: int = 2) -> str:
    """Return a coefficient as text, or that it is not defined.

    Parameters
    ----------
    value : float
        The coefficient, missing where it is not defined.
    digits : int
        How many decimals.

    Returns
    -------
    str
        Such as ``0.41`` or ``not defined``.

    Examples
    --------
    >>> as_shown(0.4142), as_shown(float("nan"))
    ('0.41', 'not defined')
    """
    return "not defined" if np.isnan(value) else f"{value:.{digits}f}"
