"""Figures of claims and of measures: verdicts, how they aged, and whether others agree."""

import pandas as pd
from matplotlib.patches import Patch

from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.loading import load_table
from helpers.dataset.outcomes import TYPE
from helpers.dataset.words import text_name
from helpers.display.plots.figure import (
    INK,
    PALE,
    Picture,
    canvas,
    dot,
    finish,
    legend,
    stacked_bars,
)


def verdict_bars(counts: pd.DataFrame, title: str, what: str) -> Picture:
    """Draw `helpers.claims.verdict_counts`: one stacked bar per row, in numbers of claims.

    ``what`` is what the rows are, for the axis.
    """
    verdicts = [v for v in load_codebook().lists["claim_verdicts"] if counts[v.id].any()]
    figure, axes = canvas(10.5, 1.9 + 0.36 * len(counts))
    held = stacked_bars(axes, counts, verdicts, "n_claims", f"{what} (claims)")
    most = int(counts["n_claims"].max()) if len(counts) else 0
    axes.set_xticks(range(0, most + 2, 2 if most > 4 else 1))
    axes.set_xlabel("number of claims")
    return finish(figure, axes, title, f"{title}. {held}.")


def ageing(table: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.claims.ageing`, one row per section.

    A bar for the claims that can be checked, a ring for those fair when written, a filled dot for
    those fair at the cut-off.
    """
    figure, axes = canvas(10.0, 1.9 + 0.36 * len(table))
    fair, still = table["fair_when_written"], table["fair_at_cut_off"]
    spots = range(len(table))
    axes.barh(spots, table["checkable"], height=0.5, color=PALE, zorder=1)
    axes.hlines(spots, still, fair, color=INK, linewidth=2, zorder=2)
    axes.scatter(fair, spots, s=130, facecolor="white", edgecolor=INK, linewidth=1.8, zorder=3)
    colour = load_codebook().marked("claim_verdicts", "fair_at_cut_off")[0].colour
    axes.scatter(still, spots, s=60, color=colour, zorder=4)
    axes.set_yticks(spots, list(table.index))
    axes.invert_yaxis()
    most = int(table["checkable"].max()) if len(table) else 0
    axes.set_xlim(-0.25, most + 0.6)
    axes.set_xticks(range(most + 1))
    axes.set_xlabel("number of claims")
    axes.set_ylabel(f"section of {text_name()}")
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


PAIRS = (
    Entry("alike", "ordered alike", colour="#92c5de"),
    Entry("tied", "tied in one of the two", colour="#e3e3e3"),
    Entry("otherwise", "ordered otherwise", colour="#b2182b"),
)


def measure_pairs(agreement: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.measures.agreement`: a bar of pairs of states per measure and comparison."""
    book, measures = load_codebook(), load_table("measures").set_index("measure")["label"]
    called = {v.id: v.label for v in (*book.variables, *book.levels)} | {TYPE: "Support type"}
    n, ordered = agreement["n"], agreement["n_ordered"]
    counts = pd.DataFrame(
        {
            "alike": ordered - agreement["n_discordant"],
            "tied": n * (n - 1) // 2 - ordered,
            "otherwise": agreement["n_discordant"],
            "n_pairs": n * (n - 1) // 2,
        }
    )
    counts.index = pd.Index([f"{measures[m]}: {called[c]}" for m, c in agreement.index])
    figure, axes = canvas(12.0, 1.9 + 0.36 * len(counts))
    held = stacked_bars(axes, counts, PAIRS, "n_pairs", "measure: what it is compared with (pairs)")
    axes.set_xlabel("pairs of states that have a place in both")
    return finish(figure, axes, title, f"{title}. {held}.")
