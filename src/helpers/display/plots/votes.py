"""Figures of roll calls: tile-grid maps, scalogram, change, one state's votes.

The maps give every member of the United Nations one equal tile and draw no
borders: its vote counts as one, and map files of borders take sides on Crimea.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from helpers.analysis.association import as_shown
from helpers.analysis.scaling import error_cells
from helpers.analysis.votes import ABSENT, RUSSIA
from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.loading import case_names, load_states
from helpers.dataset.words import listing, names
from helpers.display.plots.figure import (
    FAINT,
    INK,
    Box,
    Picture,
    add_boxes,
    canvas,
    clean,
    finish,
    ink_on,
    legend,
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

    Parameters
    ----------
    votes : Series
        One vote per member, indexed by ISO3 code; members left out are drawn pale.
    title : str
        What is seen.

    Returns
    -------
    Picture
        Every member of the United Nations on a tile grid, coloured by its vote.
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
        f"{entries[vote].label} {len(states)}" + _who(states, vote == "yes")
        for vote, states in groups.items()
    ]
    alt = f"{title}. {len(votes)} members: {'; '.join(parts)}."
    return _tile_grid(fills, hatched, patches, title, alt)


def agreement_map(agreement: pd.DataFrame, title: str) -> Picture:
    """Draw each member's agreement with Russia, one tile each.

    Parameters
    ----------
    agreement : DataFrame
        One row per member, as `helpers.analysis.votes.agreement` returns it; members left
        out are drawn pale.
    title : str
        What is seen.

    Returns
    -------
    Picture
        Every member of the United Nations on a tile grid, coloured by the index of
        agreement, in classes. Those with no vote to compare are dotted; a mark in the
        corner says that fewer than half of the resolutions could be compared.
    """
    colours = shades()
    classes = agreement["index"].map(class_of)
    none = agreement.index[agreement["n_compared"] == 0]
    fills = {str(s): colours[int(place)] for s, place in classes.dropna().items()}
    fills |= {str(state): "#ffffff" for state in none} | {RUSSIA: SUBJECT}
    sizes = classes.value_counts()
    patches: list[Artist] = [
        Patch(facecolor=colours[place], label=f"{class_label(place)}: {int(sizes.get(place, 0))}")
        for place in range(len(BINS))
    ]
    dotted: dict[str, Any] = {"facecolor": "#ffffff", "edgecolor": INK, "linestyle": ":"}
    patches.append(Patch(label=f"no vote to compare: {len(none)}", **dotted))
    patches.append(Patch(facecolor=SUBJECT, label="Russia"))
    few = agreement["n_compared"].between(1, agreement["n_resolutions"] / 2, inclusive="left")
    marked = set(map(str, agreement.index[few]))
    if marked:
        patches.append(_corner(f"fewer than half compared: {len(marked)}"))
    parts = [
        f"{class_label(place)}: {int(sizes.get(place, 0))}"
        + _who(classes.index[classes == place], False)
        for place in range(len(BINS))
    ]
    alt = f"{title}. Index of agreement of {len(agreement)} members. {'; '.join(parts)}"
    alt += f"; no vote to compare: {len(none)}{_who(none, False)}."
    if marked:
        alt += f" Fewer than half compared: {len(marked)}{_who(sorted(marked), False)}."
    return _tile_grid(fills, set(map(str, none)), patches, title, alt, marked)


def scalogram(
    calls: pd.DataFrame, table: pd.DataFrame, places: pd.DataFrame, title: str
) -> Picture:
    """Draw members ordered by support, roll calls by popularity.

    Parameters
    ----------
    calls : DataFrame
        One row per member, as `helpers.analysis.votes.roll_calls` returns it.
    table : DataFrame
        One row per member, as `helpers.analysis.scaling.steps` returns it.
    places : DataFrame
        One row per member, as `helpers.analysis.scaling.places` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        Columns of members, to be read downwards and from left to right; a tile is
        the vote itself, a cross marks a vote that the scale does not predict. Within
        a place: fewest "no" first, then by name. The states of the essay and Russia
        stand in bold.
    """
    colours = {entry.id: entry.colour for entry in load_codebook().lists["votes"]}
    wrong = error_cells(table)
    n_items, cases = len(table.columns), set(case_names().index)
    panels = _panels(len(table), n_items)
    height = max(1, -(-len(table) // panels))
    width = panels * (1.55 + 0.2 * max(n_items, 4))
    figure = Figure(figsize=(max(width, 8.0), 1.9 + 0.165 * max(height, 6)), layout="constrained")
    short = dict(zip(places.index, names(places.index), strict=True))
    order = _reading_order(calls, places, short)
    for number, axes in enumerate(figure.subplots(1, panels, squeeze=False)[0]):
        part = order[number * height : (number + 1) * height]
        votes = calls.loc[part, table.columns].astype("object").to_numpy()
        cells = (_cell(x, y, colours[v], v == ABSENT) for (y, x), v in np.ndenumerate(votes))
        add_boxes(axes, cells, smooth=False)
        _crosses(axes, votes, wrong.loc[part].to_numpy(), colours)
        clean(axes)
        axes.set_xlim(-0.5, n_items - 0.5)
        axes.set_ylim(height - 0.5, -0.5)
        axes.xaxis.tick_top()
        axes.set_xticks(range(n_items), list(table.columns), rotation=90, fontsize=8)
        axes.set_yticks(range(len(part)), [short[state] for state in part], fontsize=8)
        for label, state in zip(axes.get_yticklabels(), part, strict=True):
            label.set_fontweight("bold" if state in cases or state == RUSSIA else "normal")
        if number == 0:
            axes.set_xlabel("resolution, the most passed at the left")
            reading = "member, most support first: downwards, then to the right"
            axes.set_ylabel(reading if panels > 1 else "member")
    _votes_legend(figure, "outside lower center", with_cross=True)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return Picture(figure, _scalogram_alt(table, places, title))


def period_change(
    table: pd.DataFrame, title: str, periods: tuple[str, str] = ("before", "since")
) -> Picture:
    """Draw the share of yes votes of groups in two periods.

    Parameters
    ----------
    table : DataFrame
        One row per group, as `helpers.analysis.votes.change_by_group` returns it.
    title : str
        What is seen.
    periods : tuple of str
        What the two periods are called.

    Returns
    -------
    Picture
        One row per group: a ring for the share before, a dot for the share since,
        each with votes for and votes cast.
    """
    yes = load_codebook().entry("votes", "yes").colour
    figure, axes = canvas(9.5, 1.8 + 0.55 * len(table))
    parts = []
    for place, (name, row) in enumerate(table.iterrows()):
        shares = {p: row[f"percent_yes_{p}"] for p in ("before", "since")}
        known = [share for share in shares.values() if not np.isnan(share)]
        axes.plot(known, [place] * len(known), color=FAINT, linewidth=3, zorder=1)
        texts = []
        for period, share in shares.items():
            count = f"{row[f'yes_{period}']:.0f}/{row[f'cast_{period}']:.0f}"
            called = dict(zip(shares, periods, strict=True))[period]
            texts.append(f"{called} {as_shown(share, 1)} ({count})")
            if np.isnan(share):
                continue
            face = "white" if period == "before" else yes
            axes.scatter(share, place, s=75, facecolor=face, edgecolor=yes, linewidth=1.6, zorder=3)
            lower = share < max(known) or (period == "before" and len(set(known)) == 1)
            nudge, side = (-2.2, "right") if lower and len(known) > 1 else (2.2, "left")
            axes.text(share + nudge, place, count, ha=side, va="center", fontsize=8.5, color=INK)
        parts.append(f"{name}: {', '.join(texts)}")
    labels = [f"{name} ({n})" for name, n in table["n_members"].items()]
    axes.set_yticks(range(len(table)), labels)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.axhline(len(table) - 1.5, color=FAINT, linewidth=0.8)
    axes.set_xlim(-12, 115)
    axes.set_xticks(range(0, 101, 20))
    axes.grid(axis="x", color="#eeeeee", zorder=0)
    axes.set_xlabel("yes, percent of the votes cast (yes votes / votes cast)")
    axes.set_ylabel("group (members)")
    legend(axes, [_ring(periods[0], "white", yes), _ring(periods[1], yes, yes)])
    alt = f"{title}. Percent of yes among the votes cast. {'; '.join(parts)}."
    return finish(figure, axes, title, alt)


def state_votes(calls: pd.DataFrame, resolutions: pd.DataFrame, state: str, title: str) -> Picture:
    """Draw one state's votes beside Russia's and all members'.

    Parameters
    ----------
    calls : DataFrame
        One row per member, as `helpers.analysis.votes.roll_calls` returns it.
    resolutions : DataFrame
        One row per resolution, indexed by it, with ``date`` and ``title``.
    state : str
        ISO3 code of the state.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per resolution: the state's vote, Russia's, and how all members
        voted, as a stacked bar.
    """
    entries = load_codebook().lists["votes"]
    look = {entry.id: entry for entry in entries}
    shown = list(dict.fromkeys([state, RUSSIA]))
    by_date = resolutions["date"].sort_values(kind="stable").index
    calls = calls[[name for name in by_date if name in calls.columns]]
    figure = Figure(figsize=(12.0, 1.5 + 0.3 * len(calls.columns)), layout="constrained")
    grid = {"width_ratios": [0.85 * len(shown), 4.2]}
    left, right = figure.subplots(1, 2, sharey=True, gridspec_kw=grid)
    cells: list[Box] = []
    bars: list[Box] = []
    for row, resolution in enumerate(calls.columns):
        for column, member in enumerate(shown):
            entry = look[str(calls.loc[member, resolution])]
            cells.append(_cell(column, row, entry.colour, entry.id == ABSENT))
            write(left, column, row, entry.label, fontsize=8.5, color=ink_on(entry.colour))
        bars += _stack(right, row, calls[resolution], entries)
    add_boxes(left, cells, smooth=False)
    add_boxes(right, bars)
    for axes in (left, right):
        clean(axes)
        axes.set_ylim(len(calls.columns) - 0.5, -0.5)
    facts = resolutions.loc[list(calls.columns)]
    labels = [f"{_cut(str(row.title))}  {row.date}  {row.Index}" for row in facts.itertuples()]
    left.set_yticks(range(len(labels)), labels, fontsize=8.5)
    left.set_xlim(-0.5, len(shown) - 0.5)
    left.set_xticks(range(len(shown)), names(shown))
    left.xaxis.tick_top()
    left.set_ylabel("resolution")
    right.set_xlim(-0.5, len(calls) + 0.5)
    right.set_xticks([*range(0, len(calls) - 25, 50), len(calls)])
    right.set_xlabel(f"how the {len(calls)} members voted")
    _votes_legend(figure, "outside upper right", with_cross=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    own = [f"{resolution} {look[str(vote)].label}" for resolution, vote in calls.loc[state].items()]
    return Picture(figure, f"{title}. Votes of {names([state])[0]}: {'; '.join(own)}.")


def codes_against_votes(table: pd.DataFrame, variable: str, title: str) -> Picture:
    """Draw states' codes against their agreement with Russia.

    Parameters
    ----------
    table : DataFrame
        One row per state, as `helpers.analysis.association.pairs` returns it.
    variable : str
        The variable of the codes.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per code, one dot per state with a vote to compare; rings are
        codings left out because they rest on a vote.
    """
    codes = load_codebook().variable(variable).codes
    shown = table.dropna(subset="index").sort_values("index", kind="stable")
    rows = {code.id: _side_by_side(shown[shown["code"] == code.id]) for code in codes}
    heights = [1 + max(rows[code.id].values(), default=0) for code in codes]
    tops = np.concatenate([[0.0], np.cumsum([0.5 + 0.55 * height for height in heights])])
    figure, axes = canvas(10.0, 1.5 + 0.5 * float(tops[-1]))
    for code, base in zip(codes, tops, strict=False):
        for state, level in rows[code.id].items():
            value, height = float(shown["index"][state]), base + 0.5 + 0.55 * level
            face = code.colour if shown.loc[state, "use"] == "counted" else "white"
            axes.scatter(value, height, s=50, facecolor=face, edgecolor=INK, zorder=3)
            axes.text(value + 1.4, height, names([state])[0], va="center", fontsize=8.5, color=INK)
    for line in tops:
        axes.axhline(line, color=FAINT, linewidth=0.8, zorder=0)
    middles = [(low + high) / 2 for low, high in pairwise(tops)]
    axes.set_yticks(middles, [code.label for code in codes])
    axes.set_ylim(0, float(tops[-1]))
    axes.set_xlim(-3, 118)
    axes.set_xticks(range(0, 101, 20))
    axes.grid(axis="x", color="#eeeeee", zorder=0)
    axes.set_xlabel("index of agreement with Russia, 0 to 100")
    label = load_codebook().variable(variable).label
    axes.set_ylabel(label[0].lower() + label[1:])
    if shown.empty:
        note = "No state here has both a code and a vote to compare."
        axes.text(50, float(tops[-1]) / 2, note, ha="center", va="center", color=INK)
    legend(axes, [_ring("counted", INK, INK), _ring("rests on a vote", "white", INK)])
    parts = [
        f"{names([str(state)])[0]}: {row['code']}, {as_shown(row['index'], 1)}, {row['use']}"
        for state, row in table.iterrows()
    ]
    alt = f"{title}. {'; '.join(parts) or 'No state is coded'}."
    return finish(figure, axes, title, alt)


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
    axes.set_xlabel("one member, one tile, by its ISO3 code; in bold the states of the essay")
    columns = len(patches) if len(patches) < 6 else -(-len(patches) // 2)
    figure.legend(
        handles=patches, loc="outside lower center", ncols=columns, frameon=False, fontsize=9.5
    )
    return finish(figure, axes, title, alt)


def shades() -> list[str]:
    """Return a colour for each class of the index of agreement.

    Returns
    -------
    list of str
        From that of yes, over abstain, to that of no, as the codebook has them.
    """
    book = load_codebook()
    ends = [book.entry("votes", vote).colour for vote in ("yes", "abstain", "no")]
    ramp = LinearSegmentedColormap.from_list("agreement", ends)
    return [to_hex(ramp(place)) for place in SHADES]


def class_of(index: float) -> float:
    """Return the class of an index of agreement.

    Parameters
    ----------
    index : float
        From 0 to 100, or missing.

    Returns
    -------
    float
        Its place in `BINS`, missing if the index is.

    Examples
    --------
    >>> class_of(0.0), class_of(25.0), class_of(100.0)
    (0.0, 2.0, 5.0)
    """
    if np.isnan(index):
        return float("nan")
    if index in {0, 100}:
        return 0.0 if index == 0 else float(len(BINS) - 1)
    return float(1 + min(3, int(index // 25)))


def class_label(place: int) -> str:
    """Return a class of the index of agreement in words.

    Parameters
    ----------
    place : int
        Its place in `BINS`.

    Returns
    -------
    str
        Such as ``25 to below 50``.

    Examples
    --------
    >>> class_label(0), class_label(1), class_label(2)
    ('0', 'above 0, below 25', '25 to below 50')
    """
    low, high = BINS[place]
    if low == high:
        return str(low)
    return f"above {low}, below {high}" if low == 0 else f"{low} to below {high}"


def _who(states: Iterable[object], many: bool) -> str:
    """Return names in brackets, unless they would be too many to hear."""
    codes = [str(state) for state in states]
    return "" if many or not codes or len(codes) > 40 else f" ({listing(names(codes))})"


def _crosses(
    axes: Axes, votes: NDArray[np.object_], wrong: NDArray[np.bool_], colours: dict[str, str]
) -> None:
    """Put a cross on every vote that the scale does not predict."""
    for vote, colour in colours.items():
        rows, columns = np.nonzero(wrong & (votes == vote))
        if not rows.size:
            continue
        style: dict[str, Any] = {"marker": "x", "markersize": 4.5, "mew": 1.2, "linestyle": "none"}
        axes.plot(columns, rows, color=ink_on(colour), **style)


def _cell(column: float, row: float, colour: str, dotted: bool) -> Box:
    """Return the tile of one vote, framed where it was none."""
    edge = "#999999" if dotted else "none"
    return Box(column - 0.45, row - 0.42, 0.9, 0.84, colour, edge, dotted=dotted)


def _stack(axes: Axes, row: int, votes: pd.Series, entries: Iterable[Entry]) -> list[Box]:
    """Return one resolution's votes as a stacked bar, its numbers drawn."""
    left, bars = 0, []
    for entry in entries:
        n = int((votes == entry.id).sum())
        edge = "#999999" if entry.id == ABSENT else "white"
        bars.append(Box(left, row - 0.4, n, 0.8, entry.colour, edge, linewidth=0.6))
        if n:
            write(axes, left + n / 2, row, str(n), color=ink_on(entry.colour), fontsize=8)
        left += n
    return bars


def _side_by_side(rows: pd.DataFrame) -> dict[str, int]:
    """Return at which height each state stands, so that no two names meet."""
    ends: list[float] = []
    levels = {}
    for state, index in rows["index"].items():
        free = [place for place, end in enumerate(ends) if index >= end]
        levels[str(state)] = free[0] if free else len(ends)
        # A letter takes about one and a half points of the index.
        ends[levels[str(state)] : levels[str(state)] + 1] = [
            index + 4 + 1.5 * len(names([str(state)])[0])
        ]
    return levels


def _reading_order(calls: pd.DataFrame, places: pd.DataFrame, short: dict[str, str]) -> list[str]:
    """Return members by place, then by number of "no", then by name."""
    against = (calls == "no").sum(axis="columns")
    first = places["first_place"]
    return sorted(places.index, key=lambda state: (first[state], against[state], short[state]))


def _panels(n_rows: int, n_items: int) -> int:
    """Return into how many columns of members a scalogram is cut."""
    most = 4 if n_items <= 9 else 3 if n_items <= 14 else 2
    return max(1, min(most, -(-n_rows // 12)))


def _votes_legend(figure: Figure, place: Any, with_cross: bool) -> None:
    """Put the votes, and what a cross is, beside the panels."""
    patches: list[Artist] = []
    for entry in load_codebook().lists["votes"]:
        absent = entry.id == ABSENT
        style: dict[str, Any] = {
            "edgecolor": "#999999" if absent else "none",
            "linestyle": ":" if absent else "-",
        }
        patches.append(Patch(facecolor=entry.colour, label=entry.label, **style))
    if with_cross:
        cross = _ring("not as the scale predicts", INK, INK)
        cross.set_marker("x")
        patches.append(cross)
    figure.legend(handles=patches, loc=place, ncols=len(patches), frameon=False, fontsize=9)


def _corner(label: str) -> Line2D:
    return Line2D([], [], marker="o", markersize=3.5, linestyle="none", color=INK, label=label)


def _ring(label: str, face: str, edge: str) -> Line2D:
    style: dict[str, Any] = {
        "marker": "o",
        "markersize": 8,
        "linestyle": "none",
        "markeredgewidth": 1.4,
    }
    return Line2D([], [], color=face, markeredgecolor=edge, label=label, **style)


def _cut(text: str, most: int = 62) -> str:
    """Return a title short enough for a label."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _scalogram_alt(table: pd.DataFrame, places: pd.DataFrame, title: str) -> str:
    errors = int(places["errors"].sum())
    passed = [f"{name} {int(table[name].sum())}" for name in table]
    alt = f"{title}. {len(table)} members by {len(table.columns)} resolutions; "
    alt += f"passed by: {', '.join(passed)}. {errors} votes are not as the scale predicts."
    last = places.index[places["passed"] == 0]
    return f"{alt} Members that pass none: {len(last)}{_who(last, False)}."
