"""Figure of where coders differ, state by state and variable by variable."""

import pandas as pd
from matplotlib.patches import Patch

from helpers.analysis.agreement import mean_by
from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import names
from helpers.display.plots.figure import (
    FAINT,
    INK,
    Box,
    Picture,
    add_boxes,
    canvas,
    finish,
    ink_on,
    legend_below,
    tiles_on,
    two_lines,
    write,
)

CLASSES = (
    (100, "#ffffff", "all agree"),
    (75, "#fdd0a2", "75 percent and more"),
    (50, "#fd8d3c", "50 and more"),
    (25, "#d94801", "25 and more"),
    (0, "#7f2704", "fewer"),
)
"""Percentages from which a class begins, with its colour and name."""


def disagreement_map(pairs: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.agreement.by_pair`: one tile per state and variable, darker where fewer agree.

    The hardest variables stand to the left and the hardest states above. A tile has the percentage
    of pairs of coders who agree where not all do, and is missing where fewer than two have read.
    """
    book = load_codebook()
    columns = [str(name) for name in mean_by(pairs, "variable").index]
    rows = [str(name) for name in mean_by(pairs, "state").index]
    figure, axes = canvas(11.0, 2.2 + 0.36 * len(rows))
    boxes = []
    for pair in pairs.itertuples():
        x, y = columns.index(str(pair.variable)), rows.index(str(pair.state))
        percent = float(str(pair.percent_agreement))
        colour = shade(percent)
        boxes.append(Box(x - 0.46, y - 0.44, 0.92, 0.88, colour, FAINT))
        if percent < 100:
            write(axes, x, y, f"{percent:.0f}", fontsize=9, color=ink_on(colour))
    add_boxes(axes, boxes)
    tiles_on(axes, [two_lines(book.variable(v).short_label) for v in columns], names(rows))
    axes.tick_params(axis="x", rotation=45)
    axes.set_xlabel("variable, the hardest to the left")
    axes.set_ylabel("state, the hardest above")
    handles = [Patch(facecolor=c, edgecolor=INK, label=label) for _, c, label in CLASSES]
    legend_below(axes, handles, len(handles))
    return finish(figure, axes, title, _alt(pairs, title))


def shade(percent: float) -> str:
    """Return the colour of a percentage of agreement.

    >>> shade(100), shade(99.9)
    ('#ffffff', '#fdd0a2')
    """
    return next(colour for least, colour, _ in CLASSES if percent >= least)


def _alt(pairs: pd.DataFrame, title: str) -> str:
    """Return in words which pairs differ, the least agreed first."""
    known = load_codebook()
    differ = pairs[pairs["n_answers"] > 1]
    parts = [
        f"{names([str(row.state)])[0]}, {known.variable(str(row.variable)).short_label}: "
        f"{float(str(row.percent_agreement)):.0f} percent, {row.n_answers} answers"
        for row in differ.itertuples()
    ]
    some = f" Least agreed first: {'; '.join(parts)}." if parts else ""
    return f"{title}.{some} All agree on {len(pairs) - len(differ)} of {len(pairs)} pairs."
