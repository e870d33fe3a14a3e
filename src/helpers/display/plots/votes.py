"""Figures of roll calls as maps of tiles.

They give every member of the United Nations one equal tile and draw no borders: its vote counts as
one, and map files of borders take sides on Crimea.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_states
from helpers.dataset.outcomes import ABSENT, ABSTAIN, NO, YES
from helpers.dataset.words import listing, names, reference_name, reference_state, text_name
from helpers.display.plots.figure import (
    FAINT,
    INK,
    Box,
    Picture,
    add_boxes,
    canvas,
    finish,
    ink_on,
    write,
)

BINS = ((0, 0), (0, 25), (25, 50), (50, 75), (75, 100), (100, 100))
"""Classes of the index of agreement; both ends have one of their own."""
SHADES = (0.0, 0.24, 0.36, 0.54, 0.78, 1.0)
"""Where each class lies between the colours of yes, abstain and no."""
OUTSIDE = "#f7f7f7"
SUBJECT = "#4d4d4d"


def vote_map(votes: pd.Series, title: str) -> Picture:
    """Draw how members voted on one resolution, one tile each.

    ``votes`` is indexed by ISO3 code; members left out are drawn pale.
    """
    entries = {entry.id: entry for entry in load_codebook().lists["votes"]}
    fills = {str(state): entries[vote].colour for state, vote in votes.items()}
    hatched = {str(state) for state in votes.index[votes == ABSENT]}
    groups = {vote: votes.index[votes == vote] for vote in entries}
    patches = [
        Patch(
            facecolor=entries[vote].colour,
            edgecolor=INK if vote == ABSENT else "none",
            linestyle=":" if vote == ABSENT else "-",
            label=f"{entries[vote].label}: {len(states)}",
        )
        for vote, states in groups.items()
    ]
    parts = [
        f"{entries[vote].label} {len(states)}" + who(states, many=vote == YES)
        for vote, states in groups.items()
    ]
    alt = f"{title}. {len(votes)} members: {'; '.join(parts)}."
    return _tile_grid(fills, hatched, patches, title, alt)


def agreement_map(agreement: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.votes.agreement`, one tile each, in classes of the index.

    Members left out are drawn pale. Those with no vote to compare are dotted; a mark in the corner
    says that fewer than half of the resolutions could be compared.
    """
    colours = shades()
    classes = agreement["index"].map(class_of)
    none = agreement.index[agreement["n_compared"] == 0]
    fills = {str(s): colours[int(place)] for s, place in classes.dropna().items()}
    fills |= {str(state): "#ffffff" for state in none} | {reference_state(): SUBJECT}
    sizes = classes.value_counts()
    patches: list[Artist] = [
        Patch(facecolor=colours[place], label=f"{class_label(place)}: {int(sizes.get(place, 0))}")
        for place in range(len(BINS))
    ]
    dotted: dict[str, Any] = {"facecolor": "#ffffff", "edgecolor": INK, "linestyle": ":"}
    patches.append(Patch(label=f"no vote to compare: {len(none)}", **dotted))
    patches.append(Patch(facecolor=SUBJECT, label=reference_name()))
    few = agreement["n_compared"].between(1, agreement["n_resolutions"] / 2, inclusive="left")
    marked = set(map(str, agreement.index[few]))
    if marked:
        patches.append(_corner(f"fewer than half compared: {len(marked)}"))
    parts = [
        f"{class_label(place)}: {int(sizes.get(place, 0))}" + who(classes.index[classes == place])
        for place in range(len(BINS))
    ]
    alt = f"{title}. Index of agreement of {len(agreement)} members. {'; '.join(parts)}"
    alt += f"; no vote to compare: {len(none)}{who(none)}."
    if marked:
        alt += f" Fewer than half compared: {len(marked)}{who(sorted(marked))}."
    return _tile_grid(fills, set(map(str, none)), patches, title, alt, marked)


def _tile_grid(
    fills: dict[str, str],
    dotted: set[str],
    patches: Sequence[Artist],
    title: str,
    alt: str,
    marked: Collection[str] = (),
) -> Picture:
    """Draw every member's tile with its code; those without a fill are pale."""
    states = load_states()
    figure, axes = canvas(12.0, 7.9)
    boxes, cases = [], set(case_names().index)
    for state, column, row in zip(
        states.index, states["tile_col"], states["tile_row"], strict=True
    ):
        fill = fills.get(state, OUTSIDE)
        edge = INK if state in dotted else "none"
        boxes.append(Box(column - 0.47, row - 0.47, 0.94, 0.94, fill, edge, dotted=state in dotted))
        ink = ink_on(fill) if state in fills else "#b0b0b0"
        weight = "bold" if state in cases else "normal"
        write(axes, column, row, state, color=ink, fontsize=7.5, fontweight=weight)
        if state in marked:
            axes.plot(column + 0.34, row - 0.34, marker="o", markersize=3.5, color=ink)
    add_boxes(axes, boxes)
    axes.set_xlim(-0.6, states["tile_col"].max() + 0.6)
    axes.set_ylim(states["tile_row"].max() + 0.6, -0.6)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    if len(fills) < len(states):
        patches = [*patches, Patch(facecolor=OUTSIDE, edgecolor=FAINT, label="other members")]
    bold = f"in bold the states of {text_name()}"
    axes.set_xlabel(f"one member, one tile, by its ISO3 code; {bold}")
    columns = len(patches) if len(patches) < 6 else -(-len(patches) // 2)
    figure.legend(
        handles=patches, loc="outside lower center", ncols=columns, frameon=False, fontsize=9.5
    )
    return finish(figure, axes, title, alt)


def shades() -> list[str]:
    """Return a colour for each class of the index, from that of yes over abstain to that of no."""
    book = load_codebook()
    ends = [book.entry("votes", vote).colour for vote in (YES, ABSTAIN, NO)]
    ramp = LinearSegmentedColormap.from_list("agreement", ends)
    return [to_hex(ramp(place)) for place in SHADES]


def class_of(index: float) -> float:
    """Return the place in `BINS` of an index of agreement, missing if the index is.

    >>> class_of(0.0), class_of(25.0), class_of(100.0)
    (0.0, 2.0, 5.0)
    """
    if np.isnan(index):
        return float("nan")
    if index in {0, 100}:
        return 0.0 if index == 0 else float(len(BINS) - 1)
    return float(1 + min(3, int(index // 25)))


def class_label(place: int) -> str:
    """Return a class of the index of agreement, given by its place in `BINS`, in words.

    >>> class_label(0), class_label(1), class_label(2)
    ('0', 'above 0, below 25', '25 to below 50')
    """
    low, high = BINS[place]
    if low == high:
        return str(low)
    return f"above {low}, below {high}" if low == 0 else f"{low} to below {high}"


def who(states: Iterable[object], many: bool = False) -> str:
    """Return names in brackets, unless they would be too many to hear."""
    codes = [str(state) for state in states]
    return "" if many or not codes or len(codes) > 40 else f" ({listing(names(codes))})"


def _corner(label: str) -> Line2D:
    return Line2D([], [], marker="o", markersize=3.5, linestyle="none", color=INK, label=label)
