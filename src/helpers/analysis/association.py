"""Does what an account says go with how states voted? Kendall's tau-b.

A coding whose own evidence is a vote would be compared with itself, so it is left out, and every
result says how many were.
"""

from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau, permutation_test

from helpers.dataset.allowed import ordered_variable_ids, require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.outcomes import CODED

PERMUTATIONS = 9999
SEED = 193
FEWEST = 3
"""Below this number of states no association is computed."""
COUNTED, ON_VOTE, NO_VOTES = "counted", "rests on a vote", "no votes to compare"
"""What becomes of a coding."""

_BODY = r"\bUN\b|\bUnited Nations\b|\bGeneral Assembly\b|\bSecurity Council\b"
_VOTE = r"\b(?:[Vv]ot(?:e|es|ed|ing)|[Aa]bst\w+|[Nn]on-voting|roll calls?)\b"


def names_a_vote(texts: pd.Series) -> pd.Series:
    """Tell which texts name a UN body and voting; the words alone count, so it errs towards true.

    >>> names_a_vote(pd.Series(["Abstains at the UN.", "Parliament voted to join."])).tolist()
    [True, False]
    """
    return texts.str.contains(_BODY, regex=True) & texts.str.contains(_VOTE, regex=True)


def rests_on_vote(
    codings: pd.DataFrame, events: pd.DataFrame, resolutions: pd.DataFrame
) -> pd.Series:
    """Tell which rows of `helpers.data.load_codings` rest on a vote, at least in part.

    True where a locator is a resolution of ``un_resolutions`` or an event of ``events`` that
    reports a vote at the UN, or the rationale speaks of one.
    """
    reports = events.loc[names_a_vote(events["description"]), "event"]
    votes = {*resolutions["resolution"], *reports}
    located = codings["locator"].map(lambda joined: not votes.isdisjoint(joined.split(";")))
    return located.astype(bool) | names_a_vote(codings["rationale"])


def pairs(
    codings: pd.DataFrame, on_vote: pd.Series, agreement: pd.DataFrame, variable: str
) -> pd.DataFrame:
    """Return each state's code on an ordered variable beside its agreement at the UN.

    From the codings of one account, `rests_on_vote` of them, and `helpers.votes.agreement`. One row
    per state with a code: ``code`` (ordered categories), ``index`` and ``n_compared`` of the
    agreement, and ``use``: `COUNTED`, `ON_VOTE` or `NO_VOTES`.
    """
    require("ordered variable", variable, ordered_variable_ids())
    rows = codings[(codings["variable"] == variable) & (codings["status"] == CODED)]
    rows = rows[rows["state"].isin(agreement.index)]
    dtype = pd.CategoricalDtype(list(load_codebook().variable(variable).code_ids), ordered=True)
    table = rows.set_index("state")["code"].astype(dtype).to_frame()
    table = table.join(agreement[["index", "n_compared"]])
    use = pd.Series(COUNTED, index=table.index, dtype="object")
    use = use.mask(table["index"].isna(), NO_VOTES)
    return table.assign(use=use.mask(on_vote[rows.index].to_numpy(), ON_VOTE))


def kendall(
    codes: pd.Series, index: pd.Series, permutations: int = PERMUTATIONS, seed: int = SEED
) -> pd.Series:
    """Return Kendall's tau-b of ordered codes with numbers, one of each per state.

    ``n`` states; ``tau_b``, positive where codes closer to Russia go with more agreement; ``p``,
    two-sided: twice the smaller share of permutations at least as extreme on one side, at most 1;
    ``permutations`` made, all there are where they are no more than asked for. With fewer than
    `FEWEST` states, or one value only on either side, tau-b and p are missing: not defined.

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

    # The ties in tau-b's denominator are the same in every permutation, so the difference of
    # concordant and discordant pairs orders permutations as tau-b does; and it can be computed for
    # a thousand at once, which kendalltau itself cannot.
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
    """Return `kendall` of every ordered variable with agreement, from what `pairs` takes.

    One row per variable: ``coded``; ``rests_on_vote`` and ``no_votes``, which are left out; ``n``,
    ``tau_b``, ``p``, ``permutations``.
    """
    rows = {}
    for variable in ordered_variable_ids():
        table = pairs(codings, on_vote, agreement, variable)
        used = table[table["use"] == COUNTED]
        counts = table["use"].value_counts()
        left = [int(counts.get(why, 0)) for why in (ON_VOTE, NO_VOTES)]
        result = kendall(used["code"], used["index"], permutations, seed)
        rows[variable] = [len(table), *left, *result]
    columns = ["coded", "rests_on_vote", "no_votes", "n", "tau_b", "p", "permutations"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    whole = {"n": "int64", "permutations": "int64"}
    return table.astype(whole).round({"tau_b": 2, "p": 3}).rename_axis("variable")


def as_shown(value: float, digits: int = 2) -> str:
    """Return a coefficient as text, or that it is not defined.

    >>> as_shown(0.4142), as_shown(float("nan"))
    ('0.41', 'not defined')
    """
    return "not defined" if np.isnan(value) else f"{value:.{digits}f}"
