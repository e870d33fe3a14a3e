"""How results are shown as figures: each function draws one table.

A figure is returned as a `Picture`, which Jupyter shows as an image with an
alternative text made from the same table; that text is what the notebook tests
compare.
"""

from helpers.plots.change import change_map, transition_grid, type_moves
from helpers.plots.picture import Picture
from helpers.plots.readings import reading_grid
from helpers.plots.regions import composition, level_panels
from helpers.plots.support import code_map, cross_grid, members, type_bounds
from helpers.plots.timeline import event_timeline
from helpers.plots.verdicts import ageing, verdict_bars
from helpers.plots.votes import (
    agreement_map,
    codes_against_votes,
    period_change,
    scalogram,
    state_votes,
    vote_map,
)

__all__ = [
    "Picture",
    "ageing",
    "agreement_map",
    "change_map",
    "code_map",
    "codes_against_votes",
    "composition",
    "cross_grid",
    "event_timeline",
    "level_panels",
    "members",
    "period_change",
    "reading_grid",
    "scalogram",
    "state_votes",
    "transition_grid",
    "type_bounds",
    "type_moves",
    "verdict_bars",
    "vote_map",
]
