"""How results are shown as figures: each function draws one table.

A figure is returned as a `Picture`, which Jupyter shows as an image with an
alternative text made from the same table; that text is what the notebook tests
compare.
"""

from helpers.display.plots.account_changes import change_map, transition_grid, type_moves
from helpers.display.plots.ballots import (
    codes_against_votes,
    period_change,
    scalogram,
    state_votes,
)
from helpers.display.plots.disagreements import disagreement_map
from helpers.display.plots.figure import Picture
from helpers.display.plots.readings import specification_curve, type_heat
from helpers.display.plots.regions import composition, level_panels
from helpers.display.plots.support import code_map, cross_grid, members, type_bounds
from helpers.display.plots.timeline import event_timeline
from helpers.display.plots.verdicts import ageing, measure_pairs, verdict_bars
from helpers.display.plots.votes import agreement_map, vote_map

__all__ = [
    "Picture",
    "ageing",
    "agreement_map",
    "change_map",
    "code_map",
    "codes_against_votes",
    "composition",
    "cross_grid",
    "disagreement_map",
    "event_timeline",
    "level_panels",
    "measure_pairs",
    "members",
    "period_change",
    "scalogram",
    "specification_curve",
    "state_votes",
    "transition_grid",
    "type_bounds",
    "type_heat",
    "type_moves",
    "verdict_bars",
    "vote_map",
]
