"""What every figure is: a drawing and the text for those who cannot see it.

Colours and orders come from the codebook. Figures are drawn without matplotlib's
global state, so that one cannot change another.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.codebook import load_codebook
from helpers.plots.palette import pack

DPI = 100
INK = "#333333"
FAINT = "#d0d0d0"


@dataclass(frozen=True)
class Picture:
    """A figure and its alternative text.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        What is drawn.
    alt : str
        What a reader who cannot see it is told; made from the table it draws.
    """

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


def add_shapes(axes: Axes, shapes: Iterable[Patch]) -> None:
    """Put many shapes into axes at once, as one artist below lines and texts.

    One by one, each would be looked at for the limits, which the figures here set.
    """
    axes.add_collection(PatchCollection([*shapes], match_original=True), autolim=False)


def finish(figure: Figure, axes: Axes, title: str, alt: str) -> Picture:
    """Give a figure its title and its alternative text."""
    clean(axes)
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
    """Return the relative luminance of a colour, as WCAG 2 defines it.

    Parameters
    ----------
    colour : str
        As ``#rrggbb``.

    Returns
    -------
    float
        From 0, black, to 1, white.

    Examples
    --------
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
