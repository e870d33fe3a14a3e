"""Figure of sensitivity: every type under every reading."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.outcomes import AS_NO, OPEN
from helpers.dataset.words import labels, listing, names
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
    write,
)


def reading_grid(readings: pd.DataFrame, standing: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.sensitivity.readings` and `helpers.sensitivity.standing` of them.

    One row per state, one column per coder, reading of silence and least confidence; the upper half
    of a tile counts statements about groups, the lower half leaves them out. On the right, what the
    type is worth and how many types are possible.
    """
    types = {kind.id: kind for kind in load_codebook().support_types}
    keys = ["coder", "silence", "min_confidence"]
    columns = list(readings[keys].drop_duplicates().itertuples(index=False, name=None))
    rows = standing.assign(short=names(standing.index)).sort_values(["standing", "type", "short"])
    figure, axes = canvas(11.0, 2.9 + 0.36 * len(rows))
    cells = readings.set_index(["state", *keys, "group_statements"])["type"]
    spots = _spots(columns)
    boxes: list[Box] = []
    for y, state in enumerate(rows.index):
        for x, key in zip(spots, columns, strict=True):
            kinds = [str(cells[(state, *key, counted)]) for counted in (True, False)]
            boxes += _halves(axes, x, y, [types[kind] for kind in kinds])
    add_boxes(axes, boxes)
    right = spots[-1] + 0.75
    _above(axes, right, 8, "standing;\ntypes possible")
    for y, row in enumerate(rows.itertuples()):
        worth = f"{row.standing}; {row.n_possible}"
        axes.text(right, y, worth, va="center", fontsize=9.5, color=INK)
    _grid_axes(axes, columns, spots, names(rows.index))
    axes.set_xlim(-0.6, right + 2.6)
    present = [kind for kind in types if kind in set(readings["type"].astype(str))]
    handles = [
        Patch(
            facecolor=types[k].colour,
            edgecolor=FAINT,
            label=f"{_initials(types[k])}  {types[k].label}",
        )
        for k in present
    ]
    legend_below(axes, handles, 4, down=0.11)
    # The labels of the coders stand above the axes and need room below the title.
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.set(h_pad=0.16)  # type: ignore[call-arg]
    return finish(figure, axes, title, _grid_alt(rows, title))


def _spots(columns: Sequence[tuple[str, ...]]) -> list[float]:
    """Return where columns stand, with gaps between coders and readings of silence."""
    spots, place = [0.0], 0.0
    for left, right in pairwise(columns):
        place += 1.0 + 0.5 * (left[0] != right[0]) + 0.15 * (left[:2] != right[:2])
        spots.append(place)
    return spots


def _initials(kind: Entry) -> str:
    return "?" if kind.step is None else "".join(word[0] for word in kind.label.split()).upper()


def _halves(axes: Axes, x: float, y: int, kinds: Sequence[Entry]) -> list[Box]:
    """Return a tile, its words written: group statements counted above, left out below."""
    if kinds[0] == kinds[1]:
        write(axes, x, y, _initials(kinds[0]), fontsize=8, color=ink_on(kinds[0].colour))
    else:
        for kind, middle in zip(kinds, (y - 0.21, y + 0.22), strict=True):
            write(axes, x, middle, _initials(kind), fontsize=6, color=ink_on(kind.colour))
    bottoms = (y - 0.42, y)
    return [
        Box(x - 0.46, bottom, 0.92, 0.42, kind.colour, linewidth=0)
        for kind, bottom in zip(kinds, bottoms, strict=True)
    ]


def _grid_axes(
    axes: Axes, columns: Sequence[tuple[str, ...]], spots: Sequence[float], states: Sequence[str]
) -> None:
    """Label columns on three levels: coder, silence, least confidence."""
    silences = {OPEN: "silence open", AS_NO: "silence as no"}
    axes.set_xticks(spots, [key[2] for key in columns], rotation=90)
    axes.xaxis.tick_top()
    for depth, height, called in ((2, 54, silences), (1, 74, labels("coders"))):
        groups: dict[tuple[str, ...], list[float]] = {}
        for key, spot in zip(columns, spots, strict=True):
            groups.setdefault(key[:depth], []).append(spot)
        for group, inside in groups.items():
            word = called.get(group[-1], group[-1])
            weight = "bold" if depth == 1 else "normal"
            middle = (inside[0] + inside[-1]) / 2
            _above(axes, middle, height, word, ha="center", weight=weight)
    axes.set_yticks(range(len(states)), list(states))
    axes.set_ylim(len(states) - 0.5, -0.5)
    axes.set_ylabel("state")
    label = "reading: coder, what silence means, least confidence"
    split = "split tiles: group statements counted above, left out below"
    axes.set_xlabel(f"{label}\n({split})")


def _above(axes: Axes, x: float, points: float, text: str, **style: Any) -> None:
    """Write text some points above the axes, however tall the rows are."""
    axes.annotate(
        text,
        (x, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, points),
        textcoords="offset points",
        fontsize=9,
        color=INK,
        annotation_clip=False,
        **style,
    )


def _grid_alt(rows: pd.DataFrame, title: str) -> str:
    known = labels("support_types")
    parts = []
    for row in rows.itertuples():
        kinds: Any = row.other_types
        other = listing(known[kind] for kind in kinds)
        others = f", otherwise {other}" if kinds else ""
        same = f"{known[str(row.type)]} in {row.n_same} of {row.n_readings} readings{others}"
        parts.append(f"{row.short}: {row.standing}, {same}, {row.n_possible} possible")
    return f"{title}. {'; '.join(parts)}."
