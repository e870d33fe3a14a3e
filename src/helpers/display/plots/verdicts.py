"""Figures of claims: verdicts, and how they aged."""

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import listing
from helpers.display.plots.figure import (
    INK,
    Picture,
    canvas,
    dot,
    finish,
    legend,
    stack,
)

PALE = "#ebebeb"


def verdict_bars(counts: pd.DataFrame, title: str, what: str) -> Picture:
    """Draw how many claims have which verdict.

    Parameters
    ----------
    counts : DataFrame
        One row per section or state, as `helpers.analysis.claims.verdict_counts` returns it.
    title : str
        What is seen.
    what : str
        What the rows are, for the axis.

    Returns
    -------
    Picture
        One stacked bar per row, in numbers of claims.
    """
    verdicts = [v for v in load_codebook().lists["claim_verdicts"] if counts[v.id].any()]
    figure, axes = canvas(10.5, 1.9 + 0.36 * len(counts))
    left = np.zeros(len(counts))
    for verdict in verdicts:
        n = counts[verdict.id].to_numpy()
        left = stack(axes, n, n, left, verdict.colour)
    labels = [f"{name} ({n})" for name, n in counts["n_claims"].items()]
    axes.set_yticks(range(len(counts)), labels)
    axes.invert_yaxis()
    most = int(counts["n_claims"].max()) if len(counts) else 0
    axes.set_xticks(range(0, most + 2, 2 if most > 4 else 1))
    axes.set_xlabel("number of claims")
    axes.set_ylabel(f"{what} (claims)")
    legend(axes, [Patch(facecolor=v.colour, label=v.label) for v in verdicts])
    parts = []
    for name, row in counts.iterrows():
        found = [f"{row[v.id]} {v.label}" for v in verdicts if row[v.id]]
        parts.append(f"{name}: {listing(found)} of {row['n_claims']}")
    return finish(figure, axes, title, f"{title}. {'; '.join(parts)}.")


def ageing(table: pd.DataFrame, title: str) -> Picture:
    """Draw how many claims were fair when written and how many still are.

    Parameters
    ----------
    table : DataFrame
        One row per section, as `helpers.analysis.claims.ageing` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per section: a bar for the claims that can be checked, a ring for those
        fair when written, a filled dot for those fair at the cut-off.
    """
    figure, axes = canvas(10.0, 1.9 + 0.36 * len(table))
    fair, still = table["fair_when_written"], table["fair_at_cut_off"]
    spots = range(len(table))
    axes.barh(spots, table["checkable"], height=0.5, color=PALE, zorder=1)
    axes.hlines(spots, still, fair, color=INK, linewidth=2, zorder=2)
    axes.scatter(fair, spots, s=130, facecolor="white", edgecolor=INK, linewidth=1.8, zorder=3)
    colour = load_codebook().entry("claim_verdicts", "supported").colour
    axes.scatter(still, spots, s=60, color=colour, zorder=4)
    axes.set_yticks(spots, list(table.index))
    axes.invert_yaxis()
    most = int(table["checkable"].max()) if len(table) else 0
    axes.set_xlim(-0.25, most + 0.6)
    axes.set_xticks(range(most + 1))
    axes.set_xlabel("number of claims")
    axes.set_ylabel("section of the essay")
    handles = [
        Patch(facecolor=PALE, label="can be checked"),
        dot("fair when written", "white"),
        dot("fair at the cut-off", colour),
    ]
    legend(axes, handles)
    parts = [
        f"{row.Index}: {row.fair_when_written} of {row.checkable} fair when written, "
        f"{row.fair_at_cut_off} at the cut-off"
        for row in table.itertuples()
    ]
    return finish(figure, axes, title, f"{title}. {'; '.join(parts)}.")
