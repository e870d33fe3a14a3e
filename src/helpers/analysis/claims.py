"""How the essay's factual claims fared against the public record.

The claims are in our words; the verdicts and their explanations are those of ``claims.csv``. A
verdict is about one claim, and claims weigh differently, so no share of them is a grade.
"""

import pandas as pd

from helpers.dataset.allowed import ALL, confidence_ids, require, section_ids, verdict_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_table

FAIRNESS = ("checkable", "fair_when_written", "fair_at_cut_off")
"""What the codebook marks verdicts as."""


def load_claims(
    section: str = ALL, verdict: str = ALL, min_confidence: str | None = None
) -> pd.DataFrame:
    """Return claims with their verdicts, in the order of the text, indexed by their ids.

    Those of one section, with one verdict, or with that confidence or more. ``section``,
    ``verdict`` and ``confidence`` are ordered categories; ``states`` and ``source`` hold one or
    more ids joined by ``;``. ``ValueError`` names the values that are allowed.

    >>> load_claims().loc["C53", "verdict"]
    'contradicted'
    """
    levels = confidence_ids()
    least = levels[0] if min_confidence is None else min_confidence
    require("section", section, section_ids())
    require("verdict", verdict, verdict_ids())
    require("min_confidence", least, levels)
    claims = load_table("claims").set_index("claim")
    orders = {"section": section_ids()[1:], "verdict": verdict_ids()[1:], "confidence": levels}
    for column, order in orders.items():
        claims[column] = pd.Categorical(claims[column], list(order), ordered=True)
    chosen = claims["confidence"] >= least
    for column, value in (("section", section), ("verdict", verdict)):
        chosen &= (claims[column] == value) | (value == ALL)
    return claims[chosen]


def verdict_counts(claims: pd.DataFrame, by: str = "section") -> pd.DataFrame:
    """Return how many claims have which verdict, by ``section``, ``confidence`` or ``states``.

    One row per value that occurs, in the order of the text or the codebook; one column per verdict,
    and ``n_claims``. By states (ISO3 codes, most claims first) a claim counts once for each that it
    is about, so that these rows add up to more than the claims.

    >>> int(verdict_counts(load_claims())["n_claims"].sum()) == len(load_claims())
    True
    """
    require("by", by, ("section", "confidence", "states"))
    if by == "states":
        claims = claims.assign(states=claims["states"].str.split(";")).explode("states")
        sizes = claims["states"].value_counts(sort=False).sort_index()
        order = list(sizes.sort_values(ascending=False, kind="stable").index)
    else:
        order = [value for value in claims[by].cat.categories if value in set(claims[by])]
    table = pd.crosstab(claims[by].astype(str), claims["verdict"].astype(str))
    columns = list(load_codebook().ids("claim_verdicts"))
    table = table.reindex(index=order, columns=columns, fill_value=0).rename_axis(columns=None)
    return table.rename_axis(by).assign(n_claims=table.sum(axis="columns"))


def ageing(claims: pd.DataFrame) -> pd.DataFrame:
    """Return how the claims stood when written and stand at the cut-off, by section.

    Numbers of claims: ``n_claims``; ``checkable``; ``fair_when_written``; ``fair_at_cut_off``;
    ``overtaken``, the difference. Which verdicts are fair is said in the codebook.
    """
    counts, book = verdict_counts(claims, "section"), load_codebook()
    table = counts[["n_claims"]].copy()
    for mark in FAIRNESS:
        marked = [verdict.id for verdict in book.marked("claim_verdicts", mark)]
        table[mark] = counts[marked].sum(axis="columns")
    return table.assign(overtaken=table["fair_when_written"] - table["fair_at_cut_off"])


def unread(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that rest on a source nobody has read, as they or its own row say."""
    read = load_table("sources").set_index("source")["read"]
    unread_sources = set(read.index[read == "no"])
    of_claim = claims["source"].map(lambda text: bool(set(text.split(";")) & unread_sources))
    return claims[(claims["source_read"] == "no") | of_claim]


def publishers(claims: pd.DataFrame) -> pd.DataFrame:
    """Return on whose publications the verdicts rest: ``n_claims`` each, ``of`` how many."""
    publisher = load_table("sources").set_index("source")["publisher"]
    names = claims["source"].str.split(";").explode().map(publisher).dropna()
    once = pd.DataFrame({"claim": names.index, "publisher": names.array}).drop_duplicates()
    counts = once.groupby("publisher").size().sort_values(ascending=False, kind="stable")
    return pd.DataFrame({"n_claims": counts, "of": len(claims)})
