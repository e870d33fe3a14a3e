"""Figures of sensitivity: types under every reading, and what the choices decide."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.analysis.readings import Readings
from helpers.analysis.sensitivity import finding_spread, holding, standing, type_counts
from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import labels, listing, names
from helpers.display.choices import choice_label, under, value_label
from helpers.display.plots.figure import (
    FAINT,
    GREY,
    INK,
    Box,
    Picture,
    add_boxes,
    canvas,
    clean,
    finish,
    ink_on,
    tiles_on,
    titled,
    two_lines,
    write,
)

DARK = "#2b5a94"


def type_heat(found: Readings, title: str) -> Picture:
    """Draw under what share of `helpers.readings.readings` each state has each support type.

    One row per state, one column per type; the darker a tile, the larger the share, which stands in
    it in percent above the count. A frame marks the baseline's type; on the right is what that type
    is worth.
    """
    worth = standing(found)
    short = pd.Series(names(worth.index), index=worth.index)
    order = worth.assign(short=short).sort_values(by=["standing", "type", "short"])
    types = load_codebook().support_types
    counts = type_counts(found).loc[order.index, [kind.id for kind in types]]
    figure, axes = canvas(10.5, 1.6 + 0.44 * len(order))
    boxes: list[Box] = []
    for y, baseline in enumerate(order["type"].astype(str)):
        for x, (kind, n) in enumerate(counts.iloc[y].items()):
            boxes.append(_tile(axes, x, y, int(n), len(found), kind == baseline))
    add_boxes(axes, boxes)
    tiles_on(axes, [two_lines(kind.label) for kind in types], list(order["short"]), edge=0.55)
    right = len(types) - 0.35
    for y, (word, n) in enumerate(zip(order["standing"], order["n_possible"], strict=True)):
        axes.text(right, y, f"{word}; {n}", va="center", fontsize=9.5)
    axes.text(right, -0.75, "standing;\npossible", va="bottom", fontsize=9.5, color=INK)
    axes.set_xlim(-0.55, right + 1.1)
    axes.set_ylabel("state")
    axes.set_xlabel(f"support type: percent of {len(found)} readings, and their number")
    return finish(figure, axes, title, f"{title}. {_heat_alt(counts, order, len(found))}.")


def _tile(axes: Axes, x: int, y: int, n: int, total: int, own: bool) -> Box:
    """Return a tile, its share written into it."""
    colour = _shade(n / total)
    if n:
        text = f"{100 * n / total:.0f}%\n{n}"
        write(axes, x, y, text, fontsize=7.5, color=ink_on(colour), linespacing=1.05)
    edge, width = (INK, 2.0) if own else (FAINT, 0.6)
    return Box(x - 0.46, y - 0.44, 0.92, 0.88, colour, edge=edge, linewidth=width)


def _shade(share: float) -> str:
    """Return a colour between white and dark; any share at all can be told from none."""
    weight = 0.0 if share == 0 else 0.08 + 0.92 * share
    ends = np.array(to_rgb("#ffffff")), np.array(to_rgb(DARK))
    return to_hex(tuple(ends[0] + weight * (ends[1] - ends[0])))


def _heat_alt(counts: pd.DataFrame, order: pd.DataFrame, total: int) -> str:
    known = labels("support_types")
    parts = []
    for row in order.itertuples():
        had = sorted(counts.loc[str(row.Index)].items(), key=lambda each: -each[1])
        said = listing(f"{known[str(kind)]} {n}" for kind, n in had if n)
        parts.append(f"{row.short}: {row.standing}, {said} of {total}")
    return "; ".join(parts)


def specification_curve(found: Readings, finding: str, title: str) -> Picture:
    """Draw of how many states a finding holds under every reading, and which choices that takes.

    Above, readings by that number, a step for each; a ring marks the baseline's. Below, a row per
    value of each choice: the darker, the larger the share of the step's readings that choose it.
    Choices by how much they decide, which stands on the right; those that decide nothing are left
    out, unless none does.
    """
    counts = holding(found, finding)
    steps, start = np.unique(np.sort(counts), return_index=True)
    ends = np.append(start[1:], len(counts))
    spread = finding_spread(found, finding)
    shown = spread[spread > 0] if spread.any() else spread
    rows = [(choice, value) for choice in shown.index for value in found.choices[choice]]
    figure = Figure(figsize=(11.0, 3.6 + 0.235 * len(rows)), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1.0, 0.12 * len(rows)])
    for step, left, right in zip(steps, start, ends, strict=True):
        upper.plot([left, right], [step, step], color=DARK, linewidth=4, solid_capstyle="butt")
        upper.annotate(
            f"{right - left}",
            ((left + right) / 2, step),
            (0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=GREY,
        )
    base = int(np.flatnonzero(steps == counts[0])[0])
    middle = (start[base] + ends[base]) / 2
    upper.scatter(middle, counts[0], s=90, facecolor="white", edgecolor=INK, linewidth=2, zorder=3)
    shares = _shares(found, counts, steps, rows)
    _blocks(lower, shares, start, ends)
    _row_labels(lower, rows, shown)
    upper.set_ylim(steps[0] - 0.8, steps[-1] + 1.2)
    upper.set_yticks(steps)
    upper.set_ylabel("states")
    lower.set_xlabel(
        f"{len(found)} readings by number of states, which is their number at each step"
    )
    lower.set_xlim(0, len(found))
    for axes in (upper, lower):
        clean(axes)
    lower.tick_params(axis="y", labelsize=8.5)
    return titled(figure, title, f"{title}. {_curve_alt(found, counts, spread)}.")


def _shares(
    found: Readings, counts: NDArray[Any], steps: NDArray[Any], rows: Sequence[tuple[str, object]]
) -> NDArray[Any]:
    """Return by row and step the share of the step's readings that choose the row's value."""
    table = found.table
    chosen = [(table[choice] == value).to_numpy() for choice, value in rows]
    return np.array([[own[counts == step].mean() for step in steps] for own in chosen])


def _blocks(axes: Axes, shares: NDArray[Any], start: NDArray[Any], ends: NDArray[Any]) -> None:
    boxes = [
        Box(left, y - 0.42, right - left, 0.84, _shade(share), edge="#ffffff", linewidth=0.8)
        for y, row in enumerate(shares)
        for share, left, right in zip(row, start, ends, strict=True)
    ]
    add_boxes(axes, boxes)
    axes.set_ylim(len(shares) - 0.5, -0.5)


def _row_labels(axes: Axes, rows: Sequence[tuple[str, object]], spread: pd.Series) -> None:
    """Name the values on the left, and on the right each choice with what it decides."""
    axes.set_yticks(range(len(rows)), [value_label(*row) for row in rows])
    for choice, states in spread.items():
        places = [y for y, row in enumerate(rows) if row[0] == choice]
        axes.axhline(places[0] - 0.5, color=GREY, linewidth=0.8)
        axes.annotate(
            f"{choice_label(str(choice))}\n{states:.2f} states",
            (1.0, sum(places) / len(places)),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK,
            annotation_clip=False,
        )


def _curve_alt(found: Readings, counts: NDArray[Any], spread: pd.Series) -> str:
    steps = [f"{step} {under(int(n), len(found))}" for step, n in _tally(counts)]
    decide = [f"{choice_label(str(c))} {states:.2f}" for c, states in spread.items()]
    said = f"States: {listing(steps)}; in the baseline {counts[0]}"
    return f"{said}. Two readings that differ in one choice differ by, in states: {listing(decide)}"


def _tally(counts: NDArray[Any]) -> list[tuple[int, int]]:
    steps, numbers = np.unique(counts, return_counts=True)
    return list(zip(steps.tolist(), numbers.tolist(), strict=True))
