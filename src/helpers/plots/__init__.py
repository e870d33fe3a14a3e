"""How results are shown as figures: each function draws one table.

A figure is returned as a `Picture`, which Jupyter shows as an image with an
alternative text made from the same table; that text is what the notebook tests
compare.
"""

from helpers.plots.change import ageing, change_map, reading_grid, type_moves, verdict_bars
from helpers.plots.picture import Picture
from helpers.plots.regions import composition, level_panels
from helpers.plots.support import code_map, cross_grid, members, type_bounds

__all__ = [
    "Picture",
    "ageing",
    "change_map",
    "code_map",
    "composition",
    "cross_grid",
    "level_panels",
    "members",
    "reading_grid",
    "type_bounds",
    "type_moves",
    "verdict_bars",
]
