"""The types that notebook parameters may have, and their values.

A notebook annotates each parameter with one of these names; the values allowed for it are read from
the data. The names are plain text for Python and JupyterLab, which check nothing; the helpers that
take the parameters do.
"""

from collections.abc import Callable
from typing import TypeAlias

from helpers.dataset import allowed

Account: TypeAlias = str
"""Whose picture of the world is analysed: an id of ``accounts.csv``."""
Silence: TypeAlias = str
"""How silence is read: an id of ``silence_readings`` in the codebook."""
Confidence: TypeAlias = str
"""The least confidence a coding must have to count."""
Act: TypeAlias = str
"""An act of recognition, or ``any`` of those of the war."""
Aid: TypeAlias = str
"""A kind of material support, or ``any``."""
Grouping: TypeAlias = str
"""A column of ``states.csv`` that puts states into regions."""
Region: TypeAlias = str
"""A region of any grouping, or ``all``."""

Case: TypeAlias = str
"""ISO3 code of one of the states that the essay is about."""
VariableId: TypeAlias = str
"""A variable of the codebook."""
Section: TypeAlias = str
"""A section of the essay about which it makes claims, or ``all``."""
Verdict: TypeAlias = str
"""A verdict on a claim, or ``all``."""
OrderedVariable: TypeAlias = str
"""A variable of the codebook whose codes stand in order."""
Member: TypeAlias = str
"""ISO3 code of a member state of the United Nations."""
ResolutionSet: TypeAlias = str
"""A set of resolutions: an id of ``resolution_sets`` in the codebook."""

Measure: TypeAlias = str
"""A measure that others made: an id of ``measures.csv``."""

ALLOWED: dict[str, Callable[[], tuple[str, ...]]] = {
    "Account": allowed.account_ids,
    "Silence": allowed.silence_ids,
    "Confidence": allowed.confidence_ids,
    "Act": allowed.act_ids,
    "Aid": allowed.aid_ids,
    "Grouping": allowed.grouping_ids,
    "Region": allowed.region_ids,
    "Case": allowed.case_ids,
    "VariableId": allowed.variable_ids,
    "Section": allowed.section_ids,
    "Verdict": allowed.verdict_ids,
    "OrderedVariable": allowed.ordered_variable_ids,
    "Member": allowed.member_ids,
    "ResolutionSet": allowed.resolution_set_ids,
    "Measure": allowed.measure_ids,
}
"""For each name that an annotation may use, a function that returns its values."""
