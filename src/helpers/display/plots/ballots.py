"""Figures of roll calls vote by vote: scalogram, change, one state's votes, codes and votes."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from helpers.analysis.association import COUNTED, ON_VOTE, as_shown
from helpers.analysis.scaling import error_cells
from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.loading import case_names
from helpers.dataset.outcomes import ABSENT, NO, YES
from helpers.dataset.words import names, reference_name, reference_state
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
    titled,
    write,
)
from helpers.display.plots.votes import who


def scalogram(
    calls: pd.DataFrame, table: pd.DataFrame, places: pd.DataFrame, title: str
) -> Picture:
    """Draw members ordered by support, roll calls by popularity.

    From `helpers.votes.roll_calls`, `helpers.scaling.steps` and `places`. Columns of members, to be
    read downwards and from left to right; a tile is the vote itself, a cross marks a vote that the
    scale does not predict. Within a place: fewest "no" first, then by name. The states of the essay
    and the one that others are compared with stand in bold.
    """
    colours = {entry.id: entry.colour for entry in load_codebook().lists["votes"]}
    wrong = error_cells(table)
    n_items, bold = len(table.columns), {*case_names().index, reference_state()}
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
            label.set_fontweight("bold" if state in bold else "normal")
        if number == 0:
            axes.set_xlabel("resolution, the most passed at the left")
            reading = "member, most support first: downwards, then to the right"
            axes.set_ylabel(reading if panels > 1 else "member")
    _votes_legend(figure, "outside lower center", with_cross=True)
    return titled(figure, title, _scalogram_alt(table, places, title))


def period_change(
    table: pd.DataFrame, title: str, periods: tuple[str, str] = ("before", "since")
) -> Picture:
    """Draw `helpers.votes.change_by_group`: the share of yes votes of groups in two periods.

    One row per group: a ring for the share before, a dot for the share since, each with votes for
    and votes cast.
    """
    yes = load_codebook().entry("votes", YES).colour
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
    """Draw one state's votes, Russia's, and how all members voted, as a stacked bar.

    One row per resolution, from `helpers.votes.roll_calls` and ``un_resolutions`` indexed by it.
    """
    entries = load_codebook().lists["votes"]
    look = {entry.id: entry for entry in entries}
    shown = list(dict.fromkeys([state, reference_state()]))
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
    own = [f"{resolution} {look[str(vote)].label}" for resolution, vote in calls.loc[state].items()]
    return titled(figure, title, f"{title}. Votes of {names([state])[0]}: {'; '.join(own)}.")


def codes_against_votes(table: pd.DataFrame, variable: str, title: str) -> Picture:
    """Draw `helpers.association.pairs`: states' codes on a variable against their agreement.

    One row per code, one dot per state with a vote to compare; rings are codings left out because
    they rest on a vote.
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
            face = code.colour if shown.loc[state, "use"] == COUNTED else "white"
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
    axes.set_xlabel(f"index of agreement with {reference_name()}, 0 to 100")
    label = load_codebook().variable(variable).label
    axes.set_ylabel(label[0].lower() + label[1:])
    if shown.empty:
        note = "No state here has both a code and a vote to compare."
        axes.text(50, float(tops[-1]) / 2, note, ha="center", va="center", color=INK)
    legend(axes, [_ring(COUNTED, INK, INK), _ring(ON_VOTE, "white", INK)])
    parts = [
        f"{names([str(state)])[0]}: {row['code']}, {as_shown(row['index'], 1)}, {row['use']}"
        for state, row in table.iterrows()
    ]
    alt = f"{title}. {'; '.join(parts) or 'No state is coded'}."
    return finish(figure, axes, title, alt)


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
    against = (calls == NO).sum(axis="columns")
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
    return f"{alt} Members that pass none: {len(last)}{who(last)}."
