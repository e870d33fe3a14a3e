"""What every figure is: a drawing and the text for those who cannot see it.

Colours and orders come from the codebook. Figures are drawn without matplotlib's
global state, so that one cannot change another.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.words import listing
from helpers.display.plots.png import pack

DPI = 100
INK = "#333333"
FAINT = "#d0d0d0"
PALE = "#ebebeb"
GREY = "#6e6e6e"


@dataclass(frozen=True)
class Picture:
    """A figure, and what a reader who cannot see it is told, made from the table it draws."""

    figure: Figure
    alt: str

    def png(self) -> bytes:
        """Return the figure as PNG bytes, the same for the same figure."""
        # Saving a figure would draw it twice, the first time only for its layout.
        self.figure.set_dpi(DPI)
        sheet: Any = FigureCanvasAgg(self.figure)
        sheet.draw()
        # The layout would move on a little with every drawing, so it is made once.
        self.figure.set_layout_engine("none")
        return pack(np.asarray(sheet.buffer_rgba()))

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        data = {
            "image/png": base64.b64encode(self.png()).decode("ascii"),
            "text/plain": f"Figure: {self.alt}",
        }
        return data, {"image/png": {"alt": self.alt}}


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure that no global state of matplotlib knows about."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def clean(axes: Axes) -> None:
    """Take away the frame and the tick marks."""
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelsize=9.5)
    axes.set_axisbelow(True)


class Box(NamedTuple):
    """A rectangle in the units of its axes, and how it looks."""

    left: float
    bottom: float
    width: float
    height: float
    face: ColorType
    edge: ColorType = "none"
    linewidth: float = 1.0
    dotted: bool = False


def add_boxes(axes: Axes, boxes: Iterable[Box], smooth: bool = True) -> None:
    """Put rectangles into axes as one artist, below lines and texts.

    One by one, each would be looked at for the limits, which the figures here set, and a
    scalogram has thousands. Edges that are not smooth keep a stored image small.
    """
    drawn = [*boxes]
    low = np.array([(box.left, box.bottom) for box in drawn], "float64").reshape(-1, 1, 2)
    size = np.array([(box.width, box.height) for box in drawn], "float64").reshape(-1, 1, 2)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    look: dict[str, Any] = {
        "facecolors": [box.face for box in drawn],
        "edgecolors": [box.edge for box in drawn],
        "linewidths": [box.linewidth for box in drawn],
        "linestyles": [":" if box.dotted else "-" for box in drawn],
    }
    shapes = PolyCollection(low + size * corners, antialiaseds=smooth, **look)
    axes.add_collection(shapes, autolim=False)


def write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write into the middle of something that is drawn inside the axes.

    The layout need not look at it, which takes most of the time of a grid of words.
    """
    axes.text(x, y, text, ha="center", va="center", in_layout=False, **style)


def tiles_on(axes: Axes, columns: Sequence[str], rows: Sequence[str], edge: float = 0.5) -> None:
    """Label a grid of tiles, its columns above and its rows from the top down."""
    top_ticks(axes, range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_xlim(-edge, len(columns) - 1 + edge)
    axes.set_ylim(len(rows) - 1 + edge, -edge)


def top_ticks(axes: Axes, places: Sequence[float], texts: Sequence[str], **style: Any) -> None:
    """Put the labels of columns, and what they are, above the axes."""
    axes.set_xticks(places, list(texts), **style)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")


def type_columns(axes: Axes, states: Sequence[str]) -> None:
    """Label a figure of a row per state and a column per support type."""
    types = load_codebook().support_types
    axes.set_yticks(range(len(states)), list(states))
    axes.set_xticks(range(len(types)), [two_lines(kind.label) for kind in types])
    axes.set_xlim(-0.5, len(types) - 0.5)
    axes.set_ylim(len(states) - 0.4, -0.6)
    axes.set_ylabel("state")


def bar_rows(axes: Axes, sizes: pd.Series, label: str) -> None:
    """Label a figure of a bar per row, each with its size."""
    axes.set_yticks(range(len(sizes)), [f"{name} ({n})" for name, n in sizes.items()])
    axes.invert_yaxis()
    axes.set_ylabel(label)


def stacked_bars(
    axes: Axes, counts: pd.DataFrame, parts: Sequence[Entry], of: str, label: str
) -> str:
    """Draw a stacked bar per row, with its legend; return in words what the bars hold.

    ``counts`` has a column for the id of each part, and ``of`` is the column of their sums.
    """
    left = np.zeros(len(counts))
    for part in parts:
        n = counts[part.id].to_numpy()
        left = stack(axes, n, n, left, part.colour)
    bar_rows(axes, counts[of], label)
    legend(axes, patches_of(parts))
    texts = []
    for name, row in counts.iterrows():
        found = [f"{row[part.id]} {part.label}" for part in parts if row[part.id]]
        texts.append(f"{name}: {listing(found)} of {row[of]}")
    return "; ".join(texts)


def stack(
    axes: Axes,
    counts: NDArray[Any],
    widths: NDArray[Any],
    left: NDArray[Any],
    colour: str,
) -> NDArray[Any]:
    """Draw one part of stacked bars, one bar per row, its counts in it; return where it ends."""
    axes.barh(range(len(widths)), widths, left=left, color=colour, edgecolor="white")
    for place in map(int, np.flatnonzero(counts)):
        middle = left[place] + widths[place] / 2
        write(axes, middle, place, str(counts[place]), color=ink_on(colour))
    ends: NDArray[Any] = left + widths
    return ends


def finish(figure: Figure, axes: Axes, title: str, alt: str) -> Picture:
    """Give a figure its title and its alternative text."""
    clean(axes)
    return titled(figure, title, alt)


def titled(figure: Figure, title: str, alt: str) -> Picture:
    """Give a figure of several axes its title and its alternative text."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return Picture(figure, alt)


def legend(axes: Axes, handles: Sequence[Artist]) -> None:
    """Put a legend to the right of the axes."""
    axes.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=9.5,
    )


def legend_below(axes: Axes, handles: Sequence[Artist], ncols: int, down: float = 0.01) -> None:
    """Put a legend below the axes, or below their labels, in some columns."""
    axes.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(0, -down),
        ncols=ncols,
        frameon=False,
        fontsize=9.5,
    )


def patches_of(entries: Iterable[Entry]) -> list[Patch]:
    """Return a patch for a legend of each entry."""
    return [Patch(facecolor=entry.colour, label=entry.label) for entry in entries]


def dot(label: str, face: str) -> Line2D:
    """Return a dot for a legend."""
    spot = Line2D([], [], color=face, label=label, marker="o", markersize=9, linestyle="none")
    spot.set_markeredgecolor(INK)
    return spot


def ink_on(colour: str) -> str:
    """Return dark or white text, whichever has more contrast on a colour."""
    ground = luminance(colour) + 0.05
    return "white" if 1.05 / ground > ground / (luminance(INK) + 0.05) else INK


def luminance(colour: str) -> float:
    """Return the relative luminance of a ``#rrggbb``, as WCAG 2 defines it: 0 is black, 1 white.

    >>> luminance("#000000"), round(luminance("#ffffff"), 6)
    (0.0, 1.0)
    """
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return float(sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))


def two_lines(text: str) -> str:
    """Break a label at its first space."""
    return text.replace(" ", "\n", 1)


def plain(name: object) -> str:
    """Return an id as words."""
    return str(name).replace("_", " ")


def axis_label(name: object) -> str:
    """Return a level's or a variable's label for an axis."""
    book = load_codebook()
    known = {v.id: v.label for v in (*book.variables, *book.levels)}
    return known.get(str(name), plain(name)).lower()
