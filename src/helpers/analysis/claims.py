"""How the essay's factual claims fared against the public record.

The claims are in our words; the verdicts and their explanations are those of
``claims.csv``. Pure functions: a table of claims in, a DataFrame out. A verdict is
about one claim, and claims weigh differently, so no share of them is a grade.
"""

import pandas as pd

from helpers.dataset.allowed import confidence_ids, require, section_ids, verdict_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_states, load_table


def load_claims(
    section: str = "all", verdict: str = "all", min_confidence: str = "low"
) -> pd.DataFrame:
    """Return claims of the essay with their verdicts.

    Parameters
    ----------
    section : str
        A section of the essay, or ``"all"``.
    verdict : str
        A verdict of the codebook, or ``"all"``.
    min_confidence : str
        The least confidence that a verdict must have.

    Returns
    -------
    DataFrame
        One row per claim, indexed by its id, in the order of the essay. ``section``,
        ``verdict`` and ``confidence`` are ordered categoricals; ``states`` and
        ``source`` hold one or more ids joined by ``;``.

    Raises
    ------
    ValueError
        If an argument is not among the allowed values, or the data folder holds
        errors; the message names them.

    Examples
    --------
    >>> load_claims().loc["C53", "verdict"]
    'contradicted'
    """
    require("section", section, section_ids())
    require("verdict", verdict, verdict_ids())
    levels = confidence_ids()
    require("min_confidence", min_confidence, levels)
    claims = load_table("claims").set_index("claim")
    orders = {
        "section": section_ids()[1:],
        "verdict": verdict_ids()[1:],
        "confidence": levels,
    }
    for column, order in orders.items():
        claims[column] = pd.Categorical(claims[column], list(order), ordered=True)
    chosen = claims["confidence"] >= min_confidence
    for column, value in (("section", section), ("verdict", verdict)):
        chosen &= (claims[column] == value) | (value == "all")
    return claims[chosen]


def verdict_counts(claims: pd.DataFrame, by: str = "section") -> pd.DataFrame:
    """Return how many claims have which verdict.

    Parameters
    ----------
    claims : DataFrame
        One row per claim, as `load_claims` returns it.
    by : str
        ``"section"``, ``"confidence"`` or ``"states"``. A claim about several states
        counts once for each of them, so that these rows add up to more than the
        claims.

    Returns
    -------
    DataFrame
        One row per value that occurs, in the order of the essay or the codebook (by
        states: most claims first, ISO3 codes); one column per verdict, numbers of
        claims; and ``n_claims``.

    Raises
    ------
    ValueError
        If ``by`` is not among the allowed values; the message names them.

    Examples
    --------
    >>> int(verdict_counts(load_claims())["n_claims"].sum()) == len(load_claims())
    True
    """
    require("by", by, ("section", "confidence", "states"))
    rows = claims[by].astype(str)
    if by == "states":
        claims = claims.assign(states=rows.str.split(";")).explode("states")
        rows = claims[by]
    columns = list(load_codebook().ids("claim_verdicts"))
    table = pd.crosstab(rows, claims["verdict"].astype(str))
    if by == "states":
        order = list(
            rows.value_counts(sort=False)
            .sort_index()
            .sort_values(ascending=False, kind="stable")
            .index
        )
    else:
        order = [value for value in claims[by].cat.categories if value in set(rows)]
    table = table.reindex(index=order, columns=columns, fill_value=0).rename_axis(columns=None)
    return table.rename_axis(by).assign(n_claims=table.sum(axis="columns"))


def verdict_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Return verdicts as counts with their shares.

    Parameters
    ----------
    counts : DataFrame
        As `verdict_counts` returns it.

    Returns
    -------
    DataFrame
        One row per row of ``counts`` and a last one for all of them together; per
        verdict (label) a text such as ``3 (38%)``; and ``of``, the number of claims.
        Shares are percent of the row's claims.
    """
    labels = {entry.id: entry.label for entry in load_codebook().lists["claim_verdicts"]}
    table = counts.copy()
    if counts.index.name != "states":
        table.loc["all"] = table.sum()
    texts = {
        label: [_share(n, of) for n, of in zip(table[name], table["n_claims"], strict=True)]
        for name, label in labels.items()
    }
    return pd.DataFrame(texts, index=table.index).assign(of=table["n_claims"].to_numpy())


def ageing(claims: pd.DataFrame) -> pd.DataFrame:
    """Return how the claims stood when written and stand at the cut-off.

    Parameters
    ----------
    claims : DataFrame
        One row per claim, as `load_claims` returns it.

    Returns
    -------
    DataFrame
        One row per section that occurs, in the essay's order, numbers of claims:
        ``checkable`` (all but those that cannot be checked); ``fair_when_written``
        (supported, partly supported or overtaken); ``fair_at_cut_off`` (supported or
        partly supported); ``overtaken``, the difference.
    """
    counts = verdict_counts(claims, "section")
    still = counts["supported"] + counts["partly_supported"]
    return pd.DataFrame(
        {
            "n_claims": counts["n_claims"],
            "checkable": counts["n_claims"] - counts["cannot_be_checked"],
            "fair_when_written": still + counts["overtaken"],
            "fair_at_cut_off": still,
            "overtaken": counts["overtaken"],
        }
    )


def unread(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that rest on a source nobody has read.

    Parameters
    ----------
    claims : DataFrame
        One row per claim, as `load_claims` returns it.

    Returns
    -------
    DataFrame
        The rows whose ``source_read`` is ``no``, or with a source whose own row in
        ``sources.csv`` says so.
    """
    read = load_table("sources").set_index("source")["read"]
    unread_sources = set(read.index[read == "no"])
    of_claim = claims["source"].map(lambda text: bool(set(text.split(";")) & unread_sources))
    return claims[(claims["source_read"] == "no") | of_claim]


def claims_markdown(claims: pd.DataFrame) -> str:
    """Return claims with explanations and links, as Markdown.

    Parameters
    ----------
    claims : DataFrame
        One row per claim, as `load_claims` returns it.

    Returns
    -------
    str
        One table row per claim: id, section and paragraph, the claim in our words,
        verdict and confidence, explanation, sources with their addresses.
    """
    labels = {entry.id: entry.label for entry in load_codebook().lists["claim_verdicts"]}
    sources = load_table("sources").set_index("source")
    head = ["claim", "where", "the claim, in our words", "verdict", "explanation", "sources"]
    lines = [_row(head), _row(["---"] * len(head))]
    for claim, row in claims.iterrows():
        links = ", ".join(_link(sources, name) for name in row["source"].split(";") if name)
        verdict = f"{labels[row['verdict']]} ({row['confidence']})"
        where = f"{row['section']} {row['paragraph']}"
        lines.append(
            _row([str(claim), where, row["statement"], verdict, row["explanation"], links])
        )
    return "\n".join(lines)


def state_labels(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts by state with short names; Russia itself included.

    Parameters
    ----------
    counts : DataFrame
        `verdict_counts` by states.

    Returns
    -------
    DataFrame
        The same rows under short names.
    """
    short = load_states()["short_name"]
    return counts.rename(index=short.to_dict()).rename_axis("state")


def provenance(claims: pd.DataFrame) -> pd.DataFrame:
    """Return which data stand behind an analysis of claims.

    Parameters
    ----------
    claims : DataFrame
        One row per claim, as `load_claims` returns it.

    Returns
    -------
    DataFrame
        One row per fact: version and cut-off of the dataset, claims, sources, publishers.
    """
    book = load_codebook()
    sources = load_table("sources").set_index("source")
    used = sorted(set(claims["source"].str.split(";").explode()) - {""})
    rows = {
        "dataset": f"version {book.dataset['version']} of {book.dataset['released']}",
        "cut-off of the dataset": book.dataset["cut_off"],
        "claims": str(len(claims)),
        "sources behind the verdicts": str(len(used)),
        "their publishers": str(sources.loc[used, "publisher"].nunique()),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value"])


def publishers(claims: pd.DataFrame) -> pd.DataFrame:
    """Return on whose publications the verdicts rest.

    Parameters
    ----------
    claims : DataFrame
        One row per claim, as `load_claims` returns it.

    Returns
    -------
    DataFrame
        One row per publisher, most claims first: number of claims, of how many.
    """
    publisher = load_table("sources").set_index("source")["publisher"]
    names = claims["source"].str.split(";").explode().map(publisher).dropna()
    once = pd.DataFrame({"claim": names.index, "publisher": names.array}).drop_duplicates()
    counts = once.groupby("publisher").size().sort_values(ascending=False, kind="stable")
    return pd.DataFrame({"n_claims": counts, "of": len(claims)})


def _share(n: int, of: int) -> str:
    return f"{n} ({100 * n / of:.0f}%)" if of else "0"


def _row(cells: list[str]) -> str:
    """Return one line of a Markdown table; a bar inside a cell is escaped."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _link(sources: pd.DataFrame, name: str) -> str:
    source = sources.loc[name]
    text = f"{source['publisher']} {source['date']}".strip().replace("[", "(").replace("]", ")")
    address = source["address"].replace("(", "%28").replace(")", "%29")
    return f"[{text}]({address})" if address else text
