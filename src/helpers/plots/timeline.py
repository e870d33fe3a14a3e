"""Figure of one state's dated events, by what they are about."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, YearLocator, date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.codebook import load_codebook
from helpers.plots.picture import FAINT, INK, Picture, clean, ink_on
from helpers.tables import listing

WAR = date(2022, 2, 24)
SPLIT = date(2022, 1, 1)
"""Where the time axis changes its scale: most events are later."""
MARKERS = {"away_from_russia": "s", "neutral": "o", "toward_russia": "D"}
MARKER_WIDTH = 0.23
"""Inches that an event takes; nearer ones are stacked."""
WIDTH = 12.0


def day_of(text: str) -> date:
    """Return the day of a date; a month counts as its last day.

    Parameters
    ----------
    text : str
        ``YYYY-MM-DD`` or ``YYYY-MM``.

    Returns
    -------
    date
        The day.

    Raises
    ------
    ValueError
        If the text is no date.

    Examples
    --------
    >>> str(day_of("2024-02")), str(day_of("2022-03-02"))
    ('2024-02-29', '2022-03-02')
    """
    if len(text) == 7:
        return (pd.Period(text, freq="M").end_time).date()
    return date.fromisoformat(text)


def timeline(events: pd.DataFrame, title: str) -> Picture:
    """Draw events by date and by what they are about.

    Parameters
    ----------
    events : DataFrame
        One row per event of one state, as ``events.csv`` has them.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per dimension that occurs; colour and shape give the direction, the
        number is that of the event. The years before 2022 are drawn more tightly.

    Raises
    ------
    ValueError
        If there is no event to draw.
    """
    if events.empty:
        raise ValueError("no event to draw")
    days = events["date"].map(day_of)
    table = events.assign(x=[float(date2num(day)) for day in days], late=days >= SPLIT)
    rows = [e for e in load_codebook().lists["event_dimensions"] if _has(table, e.id)]
    parts = [late for late in (False, True) if (table["late"] == late).any()]
    shares = {(False,): [1.0], (True,): [1.0], (False, True): [0.24, 0.76]}[tuple(parts)]
    spans = [_span(table.loc[table["late"] == late, "x"], late) for late in parts]
    inches = [(WIDTH - 2.2) * share for share in shares]
    levels = _levels(table, dict(zip(parts, zip(spans, inches, strict=True), strict=True)))
    heights = [1 + int(levels[table["dimension"] == e.id].max()) for e in rows]
    tops = np.concatenate([[0.0], np.cumsum([0.3 + 0.55 * h for h in heights])])
    figure = Figure(figsize=(WIDTH, 1.7 + 0.47 * float(tops[-1])), layout="constrained")
    panels = figure.subplots(1, len(parts), sharey=True, squeeze=False, width_ratios=shares)[0]
    for axes, late, span in zip(panels, parts, spans, strict=True):
        for entry, top in zip(rows, tops, strict=False):
            here = table[(table["late"] == late) & (table["dimension"] == entry.id)]
            _draw(axes, here, float(top) + 0.42 + 0.55 * levels[here.index])
        _frame(axes, tops, span, late)
    middles = [(low + high) / 2 for low, high in zip(tops[:-1], tops[1:], strict=True)]
    panels[0].set_yticks(middles, [entry.label for entry in rows])
    panels[0].set_ylim(float(tops[-1]), 0)
    panels[0].set_ylabel("what the event is about")
    figure.supxlabel("date; the numbers are those of the events in the table", fontsize=9.5)
    _directions_legend(figure, table)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return Picture(figure, _alt(table, title))


def _has(table: pd.DataFrame, dimension: str) -> bool:
    return bool((table["dimension"] == dimension).any())


def _span(days: pd.Series, late: bool) -> tuple[float, float]:
    """Return the days that a panel shows, with room for a marker at both ends."""
    first = min(float(days.min()), float(date2num(SPLIT))) if late else float(days.min())
    last = float(days.max()) if late else float(date2num(SPLIT))
    room = 0.025 * max(last - first, 365.0)
    return first - (room if not late else 0.0), last + (room if late else 0.0)


def _levels(
    table: pd.DataFrame, panels: dict[bool, tuple[tuple[float, float], float]]
) -> pd.Series:
    """Return at which height each event stands, so that no two markers meet."""
    levels = pd.Series(0, index=table.index, dtype="int64")
    for (late, _), group in table.groupby(["late", "dimension"], sort=False):
        (first, last), inches = panels[bool(late)]
        gap = MARKER_WIDTH * (last - first) / inches
        ends: list[float] = []
        for event, x in group["x"].sort_values(kind="stable").items():
            free = [place for place, end in enumerate(ends) if x - end >= gap]
            level = free[0] if free else len(ends)
            ends[level : level + 1] = [float(x)]
            levels[event] = level
    return levels


def _draw(axes: Axes, events: pd.DataFrame, heights: pd.Series) -> None:
    colours = {e.id: e.colour for e in load_codebook().lists["event_directions"]}
    for place, row in events.iterrows():
        colour, y = colours[row["direction"]], heights[place]
        style = {"marker": MARKERS[row["direction"]], "edgecolor": "white", "linewidth": 0.6}
        axes.scatter(row["x"], y, s=185, color=colour, zorder=3, **style)
        number = row["event"].partition("-")[2]
        text = {"ha": "center", "va": "center", "fontsize": 7, "zorder": 4}
        axes.text(row["x"], y, number, color=ink_on(colour), **text)


def _frame(axes: Axes, tops: np.ndarray, span: tuple[float, float], late: bool) -> None:
    """Draw the lines between rows, the years and the day of the invasion."""
    clean(axes)
    for top in tops:
        axes.axhline(top, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(*span)
    years = max(1, round((span[1] - span[0]) / 365 / (5 if late else 3)))
    axes.xaxis.set_major_locator(YearLocator(1 if late else max(2, years)))
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))
    axes.grid(axis="x", color="#eeeeee", zorder=0)
    if late:
        axes.axvline(float(date2num(WAR)), color=INK, linewidth=1, linestyle="--", zorder=1)
        axes.set_title("dashed: 24 February 2022", loc="left", fontsize=9)
    else:
        axes.set_title("before 2022, closer together", loc="left", fontsize=9)


def _directions_legend(figure: Figure, table: pd.DataFrame) -> None:
    handles = []
    for entry in load_codebook().lists["event_directions"]:
        n = int((table["direction"] == entry.id).sum())
        style = {"marker": MARKERS[entry.id], "markersize": 9, "linestyle": "none"}
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
