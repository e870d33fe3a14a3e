"""Figures of two accounts: types and codes that differ."""

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.analysis.comparison import (
    BECAME,
    NOT_ORDERED,
    OTHER,
    SAME,
    SIDES,
    STILL_OPEN,
    UNCHANGED,
    away,
    change_label,
    different,
    toward,
)
from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.outcomes import CODED
from helpers.dataset.words import labels, listing, names
from helpers.display.plots.figure import (
    FAINT,
    GREY,
    INK,
    PALE,
    Box,
    Picture,
    add_boxes,
    canvas,
    dot,
    finish,
    ink_on,
    legend_below,
    plain,
    tiles_on,
    two_lines,
    type_columns,
    write,
)

WHITE = "#ffffff"
SETS_DIFFER = "#d9d9d9"
GAINED = f"{BECAME}{CODED}"
LOST = "\N{MINUS SIGN}"
DASHED = (0, (2.2, 1.4))


def type_moves(changes: pd.DataFrame, title: str, before: str, after: str) -> Picture:
    """Draw `helpers.comparison.type_changes`, the accounts called ``before`` and ``after``.

    One row per state; a ring is the type in the first account, a filled dot the type in the second,
    the line between them red towards Russia, blue away from it, grey where the types are not
    ordered; dashed where what is missing leaves it open whether the type differs at all.
    """
    types = load_codebook().support_types
    order = {kind.id: place for place, kind in enumerate(types)}
    rows = _moved_first(changes)
    figure, axes = canvas(9.5, 2.7 + 0.34 * len(rows))
    _bands(axes, types)
    for place, row in enumerate(rows.itertuples()):
        first, second = order[str(row.type_before)], order[str(row.type_after)]
        line: dict[str, Any] = {"color": _paint(str(row.direction)), "linewidth": 2.2, "zorder": 2}
        if first != second:
            line["linestyle"] = "-" if row.certainty == "differs" else DASHED
            axes.plot([first, second], [place, place], **line)
            _arrow(axes, first, second, place, str(line["color"]))
        ring: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": types[first].colour,
            "linewidth": 2.4,
        }
        axes.scatter(first, place, s=250 if first == second else 95, zorder=3, **ring)
        axes.scatter(second, place, s=110, color=types[second].colour, edgecolor=INK, zorder=4)
    type_columns(axes, names(rows.index))
    axes.set_xlabel(
        "support type; the two types of a band are not ordered, undetermined stands outside"
    )
    _moves_legend(axes, rows, before, after)
    return finish(figure, axes, title, _moves_alt(rows, title, before, after))


def transition_grid(changes: pd.DataFrame, title: str, before: str, after: str) -> Picture:
    """Draw `helpers.comparison.type_changes`, the accounts called ``before`` and ``after``.

    One row per type in the first account, one column per type in the second; states are named in
    the tiles, in bold where the difference is certain. Tiles are red towards Russia, blue away from
    it, grey where types are not ordered, and have a heavy frame where the type is the same.
    """
    found = {*changes["type_before"].astype(str), *changes["type_after"].astype(str)}
    types = [kind for kind in load_codebook().support_types if kind.id in found]
    places = {kind.id: place for place, kind in enumerate(types)}
    pairs = changes.groupby(["type_before", "type_after"], observed=True)
    tallest = int(pairs.size().max())
    figure, axes = canvas(10.0, 1.6 + len(types) * max(0.5, 0.22 + 0.17 * tallest))
    boxes = [_frame_of(place) for place in range(len(types))]
    for pair, rows in pairs:
        y, x = (places[str(kind)] for kind in pair)
        if x != y:
            boxes.append(_tile_of(x, y, _paint(str(rows["direction"].iloc[0]))))
        for line, (state, word) in enumerate(zip(rows.index, rows["certainty"], strict=True)):
            middle = y + (line - (len(rows) - 1) / 2) * 0.8 / max(tallest, 2)
            weight = "bold" if word == "differs" else "normal"
            write(axes, x, middle, names([str(state)])[0], fontsize=9.5, weight=weight)
    add_boxes(axes, boxes)
    shown = [kind.label for kind in types]
    tiles_on(axes, [two_lines(label) for label in shown], shown, edge=0.52)
    axes.set_xlabel(f"type in: {after}")
    axes.set_ylabel(f"type in: {before}")
    legend_below(axes, _grid_legend(changes), 5)
    return finish(figure, axes, title, _transition_alt(changes, title, before, after))


def change_map(changes: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.comparison.code_changes`: what happened to each coding.

    One row per state, one column per variable; red and blue tiles name both codes, grey tiles say
    whether one account has a code and the other has none.
    """
    book = load_codebook()
    shown = [v for v in book.variables if v.id in set(changes["variable"])]
    places = {variable.id: place for place, variable in enumerate(shown)}
    states = list(dict.fromkeys(changes["state"]))
    figure, axes = canvas(12.0, 2.2 + 0.42 * len(states))
    boxes = []
    for row in changes.itertuples():
        x, y = places[str(row.variable)], states.index(str(row.state))
        colour, text = _change_tile(row)
        boxes.append(Box(x - 0.48, y - 0.46, 0.96, 0.92, colour, FAINT))
        size = 7.0 if row.change in different() else 9.5
        write(axes, x, y, text, fontsize=size, color=ink_on(colour))
    add_boxes(axes, boxes)
    tiles_on(axes, [two_lines(v.short_label) for v in shown], names(states))
    axes.set_xlabel("variable")
    axes.set_ylabel("state")
    legend_below(axes, _map_legend(changes), 4)
    return finish(figure, axes, title, _map_alt(changes, title))


def _moved_first(changes: pd.DataFrame) -> pd.DataFrame:
    """Return states that moved towards Russia first, then away, unordered, unmoved."""
    directions = [toward(), away(), NOT_ORDERED, UNCHANGED]
    rows = changes.assign(short=names(changes.index))
    rows["place"] = rows["direction"].map({name: place for place, name in enumerate(directions)})
    return rows.sort_values(["place", "type_after", "short"], kind="stable")


def _paint(direction: str) -> str:
    colours = {entry.id: entry.colour for entry in load_codebook().lists["event_directions"]}
    return colours.get(direction, GREY)


def _bands(axes: Axes, types: Sequence[Entry]) -> None:
    """Shade every other step of the scheme's order."""
    for place, kind in enumerate(types):
        shade = "#f4f4f4" if kind.step is not None and kind.step % 2 == 0 else "white"
        axes.axvspan(place - 0.5, place + 0.5, color=shade, linewidth=0, zorder=0)
    outside = [place for place, kind in enumerate(types) if kind.step is None]
    for place in outside:
        axes.axvline(place - 0.5, color=FAINT, linewidth=1.2, zorder=1)


def _arrow(axes: Axes, first: int, second: int, place: int, colour: str) -> None:
    """Put an arrow's head just before the second dot."""
    side = 1 if second > first else -1
    marker = ">" if side > 0 else "<"
    axes.plot(second - 0.2 * side, place, marker=marker, markersize=7, color=colour, zorder=3)


def _moves_legend(axes: Axes, rows: pd.DataFrame, before: str, after: str) -> None:
    """Explain the dots, and those kinds of line that occur."""
    handles = [dot(before, "white"), dot(after, INK)]
    handles += [
        Line2D([], [], color=_paint(kind), linewidth=2.2, label=label)
        for kind, label in _directions(rows).items()
    ]
    moved = rows[rows["direction"] != UNCHANGED]
    if (moved["certainty"] != "differs").any():
        dash = Line2D([], [], color=INK, linewidth=1.6, linestyle=DASHED)
        dash.set_label("dashed: one type could fit both")
        handles.append(dash)
    legend_below(axes, handles, 3, down=0.13)


def _directions(changes: pd.DataFrame) -> dict[str, str]:
    """Return the directions that occur among those that moved, with their labels."""
    found = set(changes["direction"])
    return {d: change_label(d) for d in (toward(), away(), NOT_ORDERED) if d in found}


def _tile_of(x: int, y: int, colour: str) -> Box:
    """Return a tile, pale so that names read well on it."""
    return Box(x - 0.48, y - 0.46, 0.96, 0.92, (*to_rgb(colour), 0.22))


def _frame_of(place: int) -> Box:
    """Return the tile of a type that is kept."""
    return _tile_of(place, place, GREY)._replace(face="none", edge=GREY, linewidth=1.4)


def _grid_legend(changes: pd.DataFrame) -> list[Patch]:
    handles = [
        Patch(facecolor=(*to_rgb(_paint(kind)), 0.22), label=label)
        for kind, label in _directions(changes).items()
    ]
    frame = Patch(facecolor="none", edgecolor=GREY, linewidth=1.4, label="same type")
    certain = [Patch(facecolor="none", label="bold: differs for certain")]
    return [*handles, frame, *(certain if (changes["certainty"] == "differs").any() else [])]


def _transition_alt(changes: pd.DataFrame, title: str, before: str, after: str) -> str:
    known = labels("support_types")
    parts = []
    for pair, rows in changes.groupby(["type_before", "type_after"], observed=True):
        first, second = (known[str(kind)] for kind in pair)
        moved = f"{first} in both" if first == second else f"{first} to {second}"
        parts.append(f"{moved}: {listing(names(rows.index))}")
    return f"{title}. From {before} to {after}. {'; '.join(parts)}."


def _moves_alt(rows: pd.DataFrame, title: str, before: str, after: str) -> str:
    known = labels("support_types")
    parts = []
    for row in rows.itertuples():
        first, second = known[str(row.type_before)], known[str(row.type_after)]
        if row.direction == UNCHANGED:
            parts.append(f"{row.short}: {first} in both")
        else:
            sure = "" if row.certainty == "differs" else ", not certain"
            moved = change_label(str(row.direction))
            parts.append(f"{row.short}: {first} to {second} ({moved}{sure})")
    return f"{title}. From {before} to {after}. {'; '.join(parts)}."


def _change_tile(row: Any) -> tuple[str, str]:
    """Return a tile's colour and text."""
    change = str(row.change)
    if change not in different():
        # Nothing gained and nothing lost is left white.
        signs = {SAME: ("=", WHITE), STILL_OPEN: ("", WHITE), GAINED: ("+", PALE)}
        text, colour = signs.get(change, (LOST, PALE))
        return colour, text
    codes = {c.id: c.label for c in load_codebook().variable(str(row.variable)).codes}
    sides = [str(getattr(row, f"code_{side}")).split(";") for side in SIDES]
    first, second = (", ".join(codes[code] for code in side) for side in sides)
    lines = [*textwrap.wrap(first, 15), *textwrap.wrap(f"→ {second}", 13)]
    return SETS_DIFFER if change == OTHER else _paint(change), "\n".join(lines)


def _map_legend(changes: pd.DataFrame) -> list[Patch]:
    """Return a patch per kind of change that occurs; white and grey tiles by their sign."""
    found = set(changes["change"])
    handles = [
        Patch(facecolor=_paint(k), label=change_label(k)) for k in (toward(), away()) if k in found
    ]
    if OTHER in found:
        handles.append(Patch(facecolor=SETS_DIFFER, label=change_label(OTHER)))
    signs = {SAME: "=  same code", GAINED: "+  became coded"}
    shade = {SAME: WHITE, GAINED: PALE}
    for kind, label in signs.items():
        if kind in found:
            handles.append(Patch(facecolor=shade[kind], edgecolor=FAINT, label=label))
    lost = sorted(k for k in found if k.startswith(BECAME) and k != GAINED)
    if lost:
        words = " or ".join(change_label(kind).removeprefix("became ") for kind in lost)
        handles.append(Patch(facecolor=PALE, edgecolor=FAINT, label=f"{LOST}  became {words}"))
    if STILL_OPEN in found:
        label = "blank: no code in either"
        handles.append(Patch(facecolor="white", edgecolor=FAINT, label=label))
    return handles


def _map_alt(changes: pd.DataFrame, title: str) -> str:
    book = load_codebook()
    counts = changes["change"].value_counts()
    totals = [f"{n} {change_label(str(kind))}" for kind, n in counts.items()]
    parts = []
    for row in changes[changes["change"].isin(different())].itertuples():
        label = book.variable(str(row.variable)).short_label
        codes = [plain(code).replace(";", " and ") for code in (row.code_before, row.code_after)]
        parts.append(f"{names([str(row.state)])[0]}, {label}: {codes[0]} to {codes[1]}")
    alt = f"{title}. Of {len(changes)} pairs of state and variable: {listing(totals)}."
    return f"{alt} Different codes: {'; '.join(parts)}." if parts else alt
