"""Figures of support: types and their bounds, codes, cross-tables, reasons."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from helpers.analysis.comparison import away, toward
from helpers.dataset.codebook import Entry, Variable, load_codebook
from helpers.dataset.outcomes import CODED
from helpers.dataset.words import labels, listing, names, reference_name
from helpers.display.plots.figure import (
    FAINT,
    INK,
    Box,
    Picture,
    add_boxes,
    axis_label,
    canvas,
    dot,
    finish,
    ink_on,
    legend,
    legend_below,
    plain,
    tiles_on,
    top_ticks,
    two_lines,
    type_columns,
    write,
)
from helpers.display.tables.codings import readable_variables

NARROW = 5
"""Columns of a cross-table from which on a tile holds one name to a line."""


def type_bounds(derived: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.typology.derive`: each state's type and every type it could have.

    One row per state, one column per type; a filled dot is the type, a ring a type that the state
    could have if what is missing were coded.
    """
    rows = _sorted_by_type(derived)
    figure, axes = canvas(9.0, 1.6 + 0.32 * len(rows))
    draw_bounds(axes, rows)
    type_columns(axes, names(rows.index))
    axes.grid(axis="x", color="#eeeeee", zorder=0)
    axes.set_xlabel("support type, in the scheme's order; undetermined stands outside it")
    legend(axes, [dot("type", INK), dot("could be", "white")])
    return finish(figure, axes, title, bounds_text(rows, title))


def draw_bounds(axes: Axes, rows: pd.DataFrame) -> list[Artist]:
    """Draw a row for each state of `helpers.typology.derive`, and return what was drawn."""
    types = load_codebook().support_types
    order = {kind.id: place for place, kind in enumerate(types)}
    dots = [order[kind] for kind in rows["type"]]
    possible = [[order[kind] for kind in kinds] for kinds in rows["could_be"]]
    spots = [{dot, *others} for dot, others in zip(dots, possible, strict=True)]
    first, last = [min(spot) for spot in spots], [max(spot) for spot in spots]
    lines = axes.hlines(range(len(rows)), first, last, color=FAINT, linewidth=2, zorder=1)
    rings = [(spot, y) for y, others in enumerate(possible) for spot in others]
    open_to = axes.scatter(
        [spot for spot, _ in rings],
        [y for _, y in rings],
        s=75,
        facecolor="white",
        edgecolor=[types[spot].colour for spot, _ in rings],
        zorder=2,
    )
    colours = [types[dot].colour for dot in dots]
    own = axes.scatter(dots, range(len(rows)), s=110, color=colours, edgecolor=INK, zorder=3)
    return [lines, open_to, own]


def code_map(cases: pd.DataFrame, status: pd.DataFrame, title: str) -> Picture:
    """Draw every code of every state, and what is missing, as `load_cases` and `load_status` say.

    One row per state, one column per ordinal or binary variable that the account could cover;
    colour and word give the code, grey the reason why there is none.
    """
    book = load_codebook()
    shown = readable_variables(status)
    reasons = {e.id: e for key in ("statuses", "derived_statuses") for e in book.lists[key]}
    figure, axes = canvas(11.5, 1.9 + 0.36 * len(cases))
    boxes = []
    for column, variable in enumerate(shown):
        codes = {code.id: code for code in variable.codes}
        for row, state in enumerate(cases.index):
            code = cases.loc[state, variable.id]
            missing = pd.isna(code)
            entry = reasons[status.loc[state, variable.id]] if missing else codes[code]
            read_as_no = not missing and status.loc[state, variable.id] != CODED
            face = to_rgba(entry.colour, 0.45 if read_as_no else 1.0)
            boxes.append(Box(column - 0.48, row - 0.45, 0.96, 0.9, face, to_rgba("white", face[3])))
            if not missing:
                ink = INK if read_as_no else ink_on(entry.colour)
                write(axes, column, row, two_lines(entry.label), fontsize=7.5, color=ink)
    add_boxes(axes, boxes)
    tiles_on(axes, [two_lines(v.short_label) for v in shown], names(cases.index))
    axes.set_xlabel("variable")
    axes.set_ylabel("state")
    found = [reason for reason in reasons.values() if _occurs(status, shown, reason.id)]
    patches = [Patch(facecolor=r.colour, edgecolor=FAINT, label=r.label) for r in found]
    if any(cases[v.id].notna().sum() > (status[v.id] == CODED).sum() for v in shown):
        patches.append(Patch(facecolor="#92c5de", alpha=0.45, label="pale: silence read as no"))
    furthest, closest = (book.entry("event_directions", end).colour for end in (away(), toward()))
    whom = reference_name()
    patches.append(Patch(facecolor=furthest, label=f"furthest from {whom}"))
    patches.append(Patch(facecolor=closest, label=f"closest to {whom}"))
    legend_below(axes, patches, 6)
    counts = status[[v.id for v in shown]].stack().value_counts()
    parts = [f"{counts[reason.id]} {reason.label}" for reason in _coded_first(reasons, counts)]
    alt = f"{title}. {len(cases)} states by {len(shown)} variables: {listing(parts)} cells."
    return finish(figure, axes, title, alt)


def cross_grid(cells: pd.DataFrame, counts: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.tables.cross_names` with the numbers of `helpers.tables.cross_counts`.

    One tile per cell, darker the more states it holds, with names and number.
    """
    numbers = counts.loc[cells.index, cells.columns]
    in_line = 2 if len(cells.columns) < NARROW else 1
    lines = {
        (row, column): _wrapped(cells.loc[row, column], in_line)
        for row in cells.index
        for column in cells.columns
    }
    heights = [max(3, *(len(lines[row, c]) for c in cells.columns)) for row in cells.index]
    figure, axes = canvas(9.5, 1.5 + 0.21 * sum(heights))
    top = 0.0
    middles = []
    most = max(1, int(numbers.to_numpy().max()))
    boxes = []
    for row, height in zip(cells.index, heights, strict=True):
        middles.append(top + height / 2)
        for column, name in enumerate(cells.columns):
            n = int(numbers.loc[row, name])
            shade = 0.06 + 0.34 * n / most if n else 0.0
            boxes.append(Box(column - 0.5, top, 1, height, (0.1, 0.35, 0.6, shade), FAINT))
            write(axes, column, middles[-1], "\n".join(lines[row, name]), color=INK)
            axes.text(column + 0.47, top + 0.15, str(n), ha="right", va="top", fontweight="bold")
        top += height
    add_boxes(axes, boxes)
    top_ticks(axes, range(len(cells.columns)), [plain(name) for name in cells.columns])
    axes.set_yticks(middles, [plain(name) for name in cells.index])
    axes.set_xlim(-0.51, len(cells.columns) - 0.49)
    axes.set_ylim(top + 0.02, -0.02)
    axes.set_xlabel(axis_label(cells.columns.name))
    axes.set_ylabel(axis_label(cells.index.name))
    return finish(figure, axes, title, _cross_alt(cells, numbers, title))


def members(table: pd.DataFrame, title: str, colours: Sequence[str]) -> Picture:
    """Draw `helpers.tables.members_table`, with one colour per member of the set.

    One bar per member, most frequent first, with the states named on it.
    """
    paint = dict(zip(table.columns, colours, strict=True))
    counts = table.sum().sort_values(ascending=False, kind="stable")
    figure, axes = canvas(9.0, 1.3 + 0.42 * len(counts))
    bars = axes.barh(range(len(counts)), counts, color=[paint[name] for name in counts.index])
    parts = []
    for bar, (name, n) in zip(bars, counts.items(), strict=True):
        who = ", ".join(table.index[table[name]])
        middle = bar.get_y() + bar.get_height() / 2
        axes.text(n + 0.05, middle, f"{n}: {who}" if n else "0", va="center", color=INK)
        parts.append(f"{name} {n}" + (f" ({who})" if n else ""))
    axes.set_yticks(range(len(counts)), list(counts.index))
    axes.invert_yaxis()
    axes.set_xlim(0, max(1, counts.max()) * 1.9)
    axes.set_xticks(range(int(max(1, counts.max())) + 1))
    axes.set_xlabel(f"states (of {len(table)} in which any is coded)")
    axes.set_ylabel("reason")
    return finish(figure, axes, title, f"{title}. {'; '.join(parts)}.")


def _sorted_by_type(derived: pd.DataFrame) -> pd.DataFrame:
    named = derived.assign(short=names(derived.index))
    return named.sort_values(["type", "short"], kind="stable")


def _wrapped(text: str, in_line: int) -> list[str]:
    """Return names in lines, as many to a line as a tile has room for."""
    parts = text.split(", ") if text else []
    starts = range(0, len(parts), in_line)
    return [", ".join(parts[start : start + in_line]) for start in starts]


def _occurs(status: pd.DataFrame, shown: Sequence[Variable], reason: str) -> bool:
    columns = [variable.id for variable in shown]
    return reason != CODED and bool((status[columns] == reason).any(axis=None))


def _coded_first(reasons: dict[str, Entry], counts: pd.Series) -> list[Entry]:
    return [entry for name, entry in reasons.items() if name in counts.index]


def bounds_text(rows: pd.DataFrame, title: str) -> str:
    """Return the types of states and what else they could be, in words."""
    known = labels("support_types")
    parts = []
    for short, kind, could_be in zip(
        names(rows.index), rows["type"], rows["could_be"], strict=True
    ):
        others = [known[other] for other in could_be if other != kind]
        open_to = f", could be {listing(others)}" if others else ""
        parts.append(f"{short}: {known[kind]}{open_to}")
    return f"{title}. {'; '.join(parts)}."


def _cross_alt(cells: pd.DataFrame, numbers: pd.DataFrame, title: str) -> str:
    parts = []
    for row in cells.index:
        for column in cells.columns:
            n = int(numbers.loc[row, column])
            if n:
                place = f"{plain(row)} and {plain(column)}"
                parts.append(f"{place} {n} ({cells.loc[row, column]})")
    head = f"{axis_label(cells.index.name)} by {axis_label(cells.columns.name)}"
    return f"{title}. {head}: {'; '.join(parts)}."
