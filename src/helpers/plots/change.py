"""Figures of difference: between accounts, between readings, and over time."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from helpers.codebook import Entry, load_codebook
from helpers.compare import (
    AWAY,
    DIFFERENT,
    OTHER,
    SAME,
    STILL_OPEN,
    TOWARD,
    UNCHANGED,
    change_label,
)
from helpers.plots.picture import (
    FAINT,
    INK,
    Picture,
    canvas,
    dot,
    finish,
    ink_on,
    legend,
    plain,
    two_lines,
)
from helpers.tables import listing, names

GREY = "#6e6e6e"
PALE = "#ebebeb"
WHITE = "#ffffff"
GAINED = "became_coded"
LOST = "\N{MINUS SIGN}"


def type_moves(changes: pd.DataFrame, title: str, before: str, after: str) -> Picture:
    """Draw each state's support type in two accounts.

    Parameters
    ----------
    changes : DataFrame
        One row per state, as `helpers.compare.type_changes` returns it.
    title : str
        What is seen.
    before, after : str
        What the two accounts are called in the legend.

    Returns
    -------
    Picture
        One row per state; a ring is the type in the first account, a filled dot the
        type in the second, the line between them red towards Russia, blue away from it,
        grey where the types are not ordered; dashed where what is missing leaves it open
        whether the type differs at all.
    """
    types = load_codebook().support_types
    order = {kind.id: place for place, kind in enumerate(types)}
    rows = _moved_first(changes)
    figure, axes = canvas(10.0, 2.2 + 0.36 * len(rows))
    _bands(axes, types)
    for place, row in enumerate(rows.itertuples()):
        first, second = order[str(row.type_before)], order[str(row.type_after)]
        line: dict[str, Any] = {"color": _paint(str(row.direction)), "linewidth": 2.2, "zorder": 2}
        if first != second:
            style = "-" if row.certainty == "differs" else (0, (2.2, 1.4))
            axes.plot([first, second], [place, place], linestyle=style, **line)
            _arrow(axes, first, second, place, str(line["color"]))
        ring: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": types[first].colour,
            "linewidth": 2.4,
        }
        axes.scatter(first, place, s=250 if first == second else 95, zorder=3, **ring)
        axes.scatter(second, place, s=110, color=types[second].colour, edgecolor=INK, zorder=4)
    axes.set_yticks(range(len(rows)), names(rows.index))
    axes.set_xticks(range(len(types)), [two_lines(kind.label) for kind in types])
    axes.set_xlim(-0.5, len(types) - 0.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(
        "support type; the two types of a band are not ordered, undetermined stands outside"
    )
    axes.set_ylabel("state")
    _moves_legend(axes, before, after)
    return finish(figure, axes, title, _moves_alt(rows, title, before, after))


def change_map(changes: pd.DataFrame, title: str) -> Picture:
    """Draw what happened to each coding between two accounts.

    Parameters
    ----------
    changes : DataFrame
        One row per state and variable, as `helpers.compare.code_changes` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per state, one column per variable; red and blue tiles name both codes,
        grey tiles say whether one account has a code and the other has none.
    """
    book = load_codebook()
    shown = [v for v in book.variables if v.id in set(changes["variable"])]
    places = {variable.id: place for place, variable in enumerate(shown)}
    states = list(dict.fromkeys(changes["state"]))
    figure, axes = canvas(12.0, 2.2 + 0.42 * len(states))
    for row in changes.itertuples():
        x, y = places[str(row.variable)], states.index(str(row.state))
        colour, text = _change_tile(row)
        box = Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=colour, edgecolor=FAINT)
        axes.add_patch(box)
        size = 7.0 if row.change in DIFFERENT else 9.5
        axes.text(x, y, text, ha="center", va="center", fontsize=size, color=ink_on(colour))
    axes.set_xticks(range(len(shown)), [two_lines(v.short_label) for v in shown])
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_yticks(range(len(states)), names(states))
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.set_ylim(len(states) - 0.5, -0.5)
    axes.set_xlabel("variable")
    axes.set_ylabel("state")
    below: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0, -0.01), "ncols": 4}
    axes.legend(handles=_map_legend(changes), frameon=False, fontsize=9.5, **below)
    return finish(figure, axes, title, _map_alt(changes, title))


def reading_grid(readings: pd.DataFrame, standing: pd.DataFrame, title: str) -> Picture:
    """Draw every state's type under every reading.

    Parameters
    ----------
    readings : DataFrame
        One row per state and reading, as `helpers.sensitivity.readings` returns it.
    standing : DataFrame
        One row per state, as `helpers.sensitivity.standing` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per state, one column per coder, reading of silence and least
        confidence; the upper half of a tile counts statements about groups, the lower
        half leaves them out. On the right, what the type is worth and how many types
        are possible.
    """
    types = {kind.id: kind for kind in load_codebook().support_types}
    keys = ["coder", "silence", "min_confidence"]
    columns = list(readings[keys].drop_duplicates().itertuples(index=False, name=None))
    rows = standing.assign(short=names(standing.index)).sort_values(["standing", "type", "short"])
    figure, axes = canvas(11.0, 2.9 + 0.36 * len(rows))
    cells = readings.set_index(["state", *keys, "group_statements"])["type"]
    spots = _spots(columns)
    for y, state in enumerate(rows.index):
        for x, key in zip(spots, columns, strict=True):
            kinds = [str(cells[(state, *key, counted)]) for counted in (True, False)]
            _halves(axes, x, y, [types[kind] for kind in kinds])
    right = spots[-1] + 0.75
    for y, row in enumerate(rows.itertuples()):
        worth = f"{row.standing}; {row.n_possible} possible"
        axes.text(right, y, worth, va="center", fontsize=9.5, color=INK)
    _grid_axes(axes, columns, spots, names(rows.index))
    axes.set_xlim(-0.6, right + 3.2)
    present = [kind for kind in types if kind in set(readings["type"].astype(str))]
    handles = [
        Patch(
            facecolor=types[k].colour,
            edgecolor=FAINT,
            label=f"{_initials(types[k])}  {types[k].label}",
        )
        for k in present
    ]
    below: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0, -0.02), "ncols": 4}
    axes.legend(handles=handles, frameon=False, fontsize=9.5, **below)
    return finish(figure, axes, title, _grid_alt(rows, title))


def verdict_bars(counts: pd.DataFrame, title: str, what: str) -> Picture:
    """Draw how many claims have which verdict.

    Parameters
    ----------
    counts : DataFrame
        One row per section or state, as `helpers.claims.verdict_counts` returns it.
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
    left = pd.Series(0, index=counts.index)
    for verdict in verdicts:
        n = counts[verdict.id]
        axes.barh(range(len(counts)), n, left=left, color=verdict.colour, edgecolor="white")
        for place, (start, width) in enumerate(zip(left, n, strict=True)):
            if width:
                ink = ink_on(verdict.colour)
                axes.text(start + width / 2, place, str(width), ha="center", va="center", color=ink)
        left = left + n
    labels = [f"{name} ({n})" for name, n in counts["n_claims"].items()]
    axes.set_yticks(range(len(counts)), labels)
    axes.invert_yaxis()
    axes.set_xticks(range(0, int(left.max() if len(left) else 0) + 2, 2))
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
        One row per section, as `helpers.claims.ageing` returns it.
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
    axes.set_xlim(0, int(table["checkable"].max() if len(table) else 0) + 0.6)
    axes.set_xticks(range(int(table["checkable"].max() if len(table) else 0) + 1))
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


def _moved_first(changes: pd.DataFrame) -> pd.DataFrame:
    """Return states that moved towards Russia first, then away, unordered, unmoved."""
    directions = [TOWARD, AWAY, "not_ordered", UNCHANGED]
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


def _moves_legend(axes: Axes, before: str, after: str) -> None:
    lines = {TOWARD: change_label(TOWARD), AWAY: change_label(AWAY), "": "not ordered"}
    handles = [dot(before, "white"), dot(after, INK)]
    handles += [Line2D([], [], color=_paint(k), linewidth=2.2, label=v) for k, v in lines.items()]
    dash = Line2D([], [], color=INK, linewidth=1.6, linestyle=(0, (2.2, 1.4)))
    dash.set_label("dashed: may be the same,\nfor all that is missing")
    legend(axes, [*handles, dash])


def _moves_alt(rows: pd.DataFrame, title: str, before: str, after: str) -> str:
    labels = {kind.id: kind.label for kind in load_codebook().support_types}
    parts = []
    for row in rows.itertuples():
        first, second = labels[str(row.type_before)], labels[str(row.type_after)]
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
    symbols = {SAME: "=", STILL_OPEN: "", GAINED: "+"}
    if change not in DIFFERENT:
        return (WHITE if change in symbols and change != GAINED else PALE), symbols.get(
            change, LOST
        )
    book = load_codebook()
    codes = {c.id: c.label for c in book.variable(str(row.variable)).codes}
    sides = [str(getattr(row, f"code_{side}")).split(";") for side in ("before", "after")]
    first, second = (", ".join(codes[code] for code in side) for side in sides)
    colour = "#d9d9d9" if change == OTHER else _paint(change)
    return colour, f"{first}\n→ {second}"


def _map_legend(changes: pd.DataFrame) -> list[Patch]:
    """Return a patch per kind of change that occurs; white and grey tiles by their sign."""
    found = set(changes["change"])
    handles = [
        Patch(facecolor=_paint(k), label=change_label(k)) for k in (TOWARD, AWAY) if k in found
    ]
    if OTHER in found:
        handles.append(Patch(facecolor="#d9d9d9", label=change_label(OTHER)))
    signs = {SAME: "=  same code", GAINED: "+  became coded"}
    shade = {SAME: WHITE, GAINED: PALE}
    for kind, label in signs.items():
        if kind in found:
            handles.append(Patch(facecolor=shade[kind], edgecolor=FAINT, label=label))
    lost = sorted(k for k in found if k.startswith("became_") and k != GAINED)
    if lost:
        words = listing(change_label(kind).removeprefix("became ") for kind in lost)
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
    for row in changes[changes["change"].isin(DIFFERENT)].itertuples():
        label = book.variable(str(row.variable)).short_label
        codes = [plain(code).replace(";", " and ") for code in (row.code_before, row.code_after)]
        parts.append(f"{names([str(row.state)])[0]}, {label}: {codes[0]} to {codes[1]}")
    different = f" Different codes: {'; '.join(parts)}." if parts else ""
    return f"{title}. Of {len(changes)} pairs of state and variable: {listing(totals)}.{different}"


def _spots(columns: Sequence[tuple[str, ...]]) -> list[float]:
    """Return where columns stand, with gaps between coders and readings of silence."""
    spots, place = [0.0], 0.0
    for left, right in pairwise(columns):
        place += 1.0 + 0.5 * (left[0] != right[0]) + 0.15 * (left[:2] != right[:2])
        spots.append(place)
    return spots


def _initials(kind: Entry) -> str:
    return "?" if kind.step is None else "".join(word[0] for word in kind.label.split()).upper()


def _halves(axes: Axes, x: float, y: int, kinds: Sequence[Entry]) -> None:
    """Draw a tile: group statements counted above, left out below."""
    for kind, bottom in zip(kinds, (y - 0.42, y), strict=True):
        axes.add_patch(
            Rectangle((x - 0.46, bottom), 0.92, 0.42, facecolor=kind.colour, linewidth=0)
        )
    if kinds[0] == kinds[1]:
        ink = ink_on(kinds[0].colour)
        axes.text(x, y, _initials(kinds[0]), ha="center", va="center", fontsize=8, color=ink)
        return
    for kind, middle in zip(kinds, (y - 0.21, y + 0.22), strict=True):
        ink = ink_on(kind.colour)
        axes.text(x, middle, _initials(kind), ha="center", va="center", fontsize=6, color=ink)


def _grid_axes(
    axes: Axes, columns: Sequence[tuple[str, ...]], spots: Sequence[float], states: Sequence[str]
) -> None:
    """Label columns on three levels: coder, silence, least confidence."""
    book = load_codebook()
    coders = {entry.id: entry.label for entry in book.lists["coders"]}
    silences = {"open": "silence open", "no": "silence as no"}
    axes.set_xticks(spots, [key[2] for key in columns], rotation=90)
    axes.xaxis.tick_top()
    levels: tuple[tuple[int, float, Mapping[str, str]], ...] = (
        (2, -1.95, silences),
        (1, -2.75, coders),
    )
    for depth, height, labels in levels:
        groups: dict[tuple[str, ...], list[float]] = {}
        for key, spot in zip(columns, spots, strict=True):
            groups.setdefault(key[:depth], []).append(spot)
        for group, inside in groups.items():
            word = labels.get(group[-1], group[-1])
            weight = "bold" if depth == 1 else "normal"
            middle = (inside[0] + inside[-1]) / 2
            axes.text(middle, height, word, ha="center", fontsize=9, weight=weight, color=INK)
    axes.set_yticks(range(len(states)), list(states))
    axes.set_ylim(len(states) - 0.5, -0.5)
    axes.set_ylabel("state")
    axes.set_xlabel("coder, reading of silence, least confidence", labelpad=34)
    axes.xaxis.set_label_position("top")


def _grid_alt(rows: pd.DataFrame, title: str) -> str:
    labels = {kind.id: kind.label for kind in load_codebook().support_types}
    parts = []
    for row in rows.itertuples():
        other = listing(labels[str(kind)] for kind in tuple(row.other_types))
        others = f", otherwise {other}" if row.other_types else ""
        same = f"{labels[str(row.type)]} in {row.n_same} of {row.n_readings} readings{others}"
        parts.append(f"{row.short}: {row.standing}, {same}, {row.n_possible} possible")
    return f"{title}. {'; '.join(parts)}."
