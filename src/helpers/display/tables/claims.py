"""Tables of claims and their verdicts, from `helpers.analysis.claims`."""

import pandas as pd

from helpers.dataset.allowed import ALL
from helpers.dataset.loading import load_states, load_table
from helpers.dataset.words import labels
from helpers.display.tables.codings import facts_table

# What would make of a cell markup, a link, a formula or another cell.
_AS_TEXT = str.maketrans({"<": "&lt;"} | {mark: f"\\{mark}" for mark in "\\`*_[]|$~"})
_IN_ADDRESS = str.maketrans({mark: f"%{ord(mark):X}" for mark in "()<>|\\"})


def verdict_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.claims.verdict_counts` as texts such as ``3 (38%)``.

    One column per verdict (label), percent of the row's claims, and ``of``, their number. A last
    row has all claims; there is none by states, as a claim may be about several.
    """
    table = counts.copy()
    if counts.index.name != "states":
        table.loc[ALL] = table.sum()
    texts = {
        label: [_share(n, of) for n, of in zip(table[name], table["n_claims"], strict=True)]
        for name, label in labels("claim_verdicts").items()
    }
    return pd.DataFrame(texts, index=table.index).assign(of=table["n_claims"].to_numpy())


def state_labels(counts: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.claims.verdict_counts` by states under their short names."""
    return counts.rename(index=load_states()["short_name"].to_dict()).rename_axis("state")


def claims_markdown(claims: pd.DataFrame) -> str:
    """Return claims (from `helpers.claims.load_claims`) as a table in Markdown.

    Id, section and paragraph, the claim in our words, verdict and confidence, explanation, and
    sources with links.
    """
    verdicts, sources = labels("claim_verdicts"), load_table("sources").set_index("source")
    head = ["claim", "where", "the claim, in our words", "verdict", "explanation", "sources"]
    lines = [_row(head), _row(["---"] * len(head))]
    for claim, row in claims.iterrows():
        links = ", ".join(_link(sources, name) for name in row["source"].split(";") if name)
        verdict = f"{verdicts[row['verdict']]} ({row['confidence']})"
        where = f"{row['section']} {row['paragraph']}"
        texts = [str(claim), where, row["statement"], verdict, row["explanation"]]
        lines.append(_row([*(text.translate(_AS_TEXT) for text in texts), links]))
    return "\n".join(lines)


def claims_provenance(claims: pd.DataFrame) -> pd.DataFrame:
    """Return which data stand behind an analysis of claims, one fact per row."""
    sources = load_table("sources").set_index("source")
    used = sorted(set(claims["source"].str.split(";").explode()) - {""})
    return facts_table(
        {
            "claims": str(len(claims)),
            "sources behind the verdicts": str(len(used)),
            "their publishers": str(sources.loc[used, "publisher"].nunique()),
        }
    )


def _share(n: int, of: int) -> str:
    return f"{n} ({100 * n / of:.0f}%)" if of else "0"


def _row(cells: list[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _link(sources: pd.DataFrame, name: str) -> str:
    source = sources.loc[name]
    text = f"{source['publisher']} {source['date']}".strip().translate(_AS_TEXT)
    address = str(source["address"]).translate(_IN_ADDRESS)
    # No other scheme, lest a cell become a script.
    return f"[{text}]({address})" if address.startswith(("http://", "https://")) else text
