"""Figure of one state's dated events, by what they are about."""

from collections.abc import Iterator
from datetime import date
from itertools import cycle, pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.words import listing
from helpers.display.plots.figure import (
    FAINT,
    INK,
    Picture,
    canvas,
    clean,
    finish,
    ink_on,
    titled,
    write,
)

MARKERS = "soD"
"""One shape for each direction of events, in the codebook's order."""
MARKER_WIDTH = 0.23
"""Inches that an event takes; nearer ones are stacked."""
WIDTH = 0.23
"""Inches that an event takes; nearer ones are stacked."""
WIDTH = 12.0


def turning_point() -> date:
    """Return the day that the time axis marks; before its year, events stand closer together."""
    return date(2022, 2, 24)


def _split() -> date:
    """Return where the time axis changes its scale: most events are later."""
    return date(turning_point().year, 1, 1)


def day_of(text: str) -> date:
    """Return the day of a date; a month counts as its last day.

    >>> str(day_of("2024-02")), str(day_of("2022-03-02"))
    ('2024-02-29', '2022-03-02')
    """
    if len(text) == 7:
        return (pd.Period(text, freq="M").end_time).date()
    return date.fromisoformat(text)


def event_timeline(events: pd.DataFrame, title: str) -> Picture:
    """Draw the events of one state, as ``events.csv`` has them, by date and by what they are about.

    One row per dimension that occurs; colour and shape give the direction, the number is that of
    the event. The years before the turning point are drawn more tightly. Without events, a note
    that there are none.
    """
    if events.empty:
        return _nothing(title)
    days = events["date"].map(day_of)
    table = events.assign(x=[float(day.toordinal()) for day in days], late=days >= _split())
    rows = [e for e in load_codebook().lists["event_dimensions"] if _has(table, e.id)]
    parts = [late for late in (False, True) if (table["late"] == late).any()]
    shares = {(False,): [1.0], (True,): [1.0], (False, True): [0.24, 0.76]}[tuple(parts)]
    inches = [(WIDTH - 2.2) * share for share in shares]
    spans = [
        _span(table.loc[table["late"] == late, "x"], late, wide)
        for late, wide in zip(parts, inches, strict=True)
    ]
    levels = _levels(table, dict(zip(parts, zip(spans, inches, strict=True), strict=True)))
    heights = [1 + int(levels[table["dimension"] == e.id].max()) for e in rows]
    tops = np.concatenate([[0.0], np.cumsum([0.3 + 0.55 * h for h in heights])])
    figure = Figure(figsize=(WIDTH, 1.7 + 0.47 * float(tops[-1])), layout="constrained")
    panels = figure.subplots(1, len(parts), sharey=True, squeeze=False, width_ratios=shares)[0]
    base = {entry.id: float(top) for entry, top in zip(rows, tops, strict=False)}
    table["y"] = table["dimension"].map(base) + 0.42 + 0.55 * levels
    for axes, late, span in zip(panels, parts, spans, strict=True):
        _draw(axes, table[table["late"] == late])
        _frame(axes, tops, span, late)
    middles = [(low + high) / 2 for low, high in pairwise(tops)]
    panels[0].set_yticks(middles, [entry.label for entry in rows])
    panels[0].set_ylim(float(tops[-1]), 0)
    panels[0].set_ylabel("what the event is about")
    figure.supxlabel("date; the numbers are those of the events in the table", fontsize=9.5)
    _directions_legend(figure, table)
    return titled(figure, title, _alt(table, title))


def _nothing(title: str) -> Picture:
    figure, axes = canvas(WIDTH, 1.2)
    axes.text(0.0, 0.5, "No event in the dataset.", fontsize=10, color=INK, va="center")
    axes.set_xticks([])
    axes.set_yticks([])
    return finish(figure, axes, title, f"{title}. No event in the dataset.")


def _has(table: pd.DataFrame, dimension: str) -> bool:
    return bool((table["dimension"] == dimension).any())


def _span(days: pd.Series, late: bool, inches: float) -> tuple[float, float]:
    """Return the days that a panel shows, with room for a marker at both ends."""
    split = float(_split().toordinal())
    first = split if late else float(days.min())
    last = max(float(days.max()), first + 365.0) if late else split
    room = 0.75 * MARKER_WIDTH * (last - first) / inches
    return first - room, last + room


def _levels(
    table: pd.DataFrame, panels: dict[bool, tuple[tuple[float, float], float]]
) -> pd.Series:
    """Return at which height each event stands, so that no two markers meet."""
    levels: dict[object, int] = {}
    for (late, _), group in table.groupby(["late", "dimension"], sort=False):
        (first, last), inches = panels[bool(late)]
        gap = MARKER_WIDTH * (last - first) / inches
        ends: list[float] = []
        for event, x in group["x"].sort_values(kind="stable").items():
            free = [place for place, end in enumerate(ends) if x - end >= gap]
            level = free[0] if free else len(ends)
            ends[level : level + 1] = [float(x)]
            levels[event] = level
    return pd.Series([levels[event] for event in table.index], index=table.index)


def _directions() -> Iterator[tuple[Entry, str]]:
    """Yield the directions of events with their shapes."""
    yield from zip(load_codebook().lists["event_directions"], cycle(MARKERS), strict=False)


def _draw(axes: Axes, events: pd.DataFrame) -> None:
    for entry, marker in _directions():
        here = events[events["direction"] == entry.id]
        style: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.6, "zorder": 3}
        axes.scatter(here["x"], here["y"], s=185, color=entry.colour, marker=marker, **style)
        text: dict[str, Any] = {"color": ink_on(entry.colour), "fontsize": 7.5, "zorder": 4}
        for event, x, y in zip(here["event"], here["x"], here["y"], strict=True):
            write(axes, x, y, event.partition("-")[2], **text)


def _frame(axes: Axes, tops: np.ndarray, span: tuple[float, float], late: bool) -> None:
    """Draw the lines between rows, the years and the turning point."""
    point, split = turning_point(), _split()
    clean(axes)
    for top in tops:
        axes.axhline(top, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(*span)
    first, last = (date.fromordinal(int(day)).year for day in span)
    # A few round years are enough where they stand close together.
    step = 1 if late else next(n for n in (1, 2, 5, 10, 20) if (split.year - first) / n <= 4)
    end = last + 1 if late else split.year - step // 2
    years = [year for year in range(first + 1, end) if year % step == 0]
    ticks = [date(year, 1, 1).toordinal() for year in years]
    axes.set_xticks(ticks, [str(year) for year in years])
    axes.grid(axis="x", color="#eeeeee", zorder=0)
    if late:
        axes.axvline(point.toordinal(), color=INK, linewidth=1, linestyle="--", zorder=1)
        axes.set_title(f"dashed: {point.day} {point:%B %Y}", loc="left", fontsize=9)
    else:
        axes.set_title(f"before {split.year}, closer together", loc="left", fontsize=9)


def _directions_legend(figure: Figure, table: pd.DataFrame) -> None:
    handles = []
    for entry, marker in _directions():
        n = int((table["direction"] == entry.id).sum())
        style: dict[str, Any] = {"marker": marker, "markersize": 9, "linestyle": "none"}
        handles.append(Line2D([], [], color=entry.colour, label=f"{entry.label}: {n}", **style))
    figure.legend(
        handles=handles, loc="outside upper right", ncols=len(handles), frameon=False, fontsize=9
    )


def _alt(table: pd.DataFrame, title: str) -> str:
    book = load_codebook()
    counts = table["direction"].value_counts()
    found = [f"{int(counts.get(e.id, 0))} {e.label}" for e in book.lists["event_directions"]]
    dimensions = table["dimension"].value_counts()
    about = [
        f"{e.label} {dimensions[e.id]}"
        for e in book.lists["event_dimensions"]
        if e.id in dimensions.index
    ]
    span = f"{table['date'].min()} to {table['date'].max()}"
    return f"{title}. {len(table)} events, {span}: {listing(found)}. About {listing(about)}."
