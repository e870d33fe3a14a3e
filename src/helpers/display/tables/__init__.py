"""How results are shown as tables: labels instead of ids, counts beside shares.

Each function takes what `helpers.dataset.loading` or `helpers.analysis` returns, and gives a table
to display or to draw. Sentences are printed from the same tables, with `listing` and `count_of`.
"""

from helpers.dataset.words import count_of, listing, names
from helpers.display.tables.accounts import changes_table, types_side_by_side, verdicts_table
from helpers.display.tables.claims import (
    claims_markdown,
    claims_provenance,
    state_labels,
    verdict_shares,
)
from helpers.display.tables.codings import (
    codes_by_state,
    codes_table,
    coverage_table,
    evidence_table,
    members_table,
    missing_table,
    provenance,
    variables_table,
)
from helpers.display.tables.crossed import MISSING, axis, cross_counts, cross_names
from helpers.display.tables.html import LinkedTable, as_html, readable
from helpers.display.tables.regions import composition, filter_region, level_shares, regions_of
from helpers.display.tables.reliability import (
    moved_by_table,
    pivotal_table,
    reliability_table,
    standing_table,
)
from helpers.display.tables.support import (
    thesis_table,
    type_counts,
    types_csv,
    types_table,
    types_text,
)
from helpers.display.tables.what_if import moved_table, shortest_table

__all__ = [
    "MISSING",
    "LinkedTable",
    "as_html",
    "axis",
    "changes_table",
    "claims_markdown",
    "claims_provenance",
    "codes_by_state",
    "codes_table",
    "composition",
    "count_of",
    "coverage_table",
    "cross_counts",
    "cross_names",
    "evidence_table",
    "filter_region",
    "level_shares",
    "listing",
    "members_table",
    "missing_table",
    "moved_by_table",
    "moved_table",
    "names",
    "pivotal_table",
    "provenance",
    "readable",
    "regions_of",
    "reliability_table",
    "shortest_table",
    "standing_table",
    "state_labels",
    "thesis_table",
    "type_counts",
    "types_csv",
    "types_side_by_side",
    "types_table",
    "types_text",
    "variables_table",
    "verdict_shares",
    "verdicts_table",
]
