"""How results are shown as tables: labels instead of ids, counts beside shares.

Each function takes what `helpers.dataset.loading` or `helpers.analysis` returns, and gives a table
to display or to draw. Sentences are printed from the same tables, with `listing` and `count_of`.
"""

from helpers.dataset.words import count_of, listing, names
from helpers.display.choices import choice_label, under, value_label
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
    newest_table,
    provenance,
    variables_table,
)
from helpers.display.tables.consistency import (
    consistency_table,
    consistency_text,
    pointing,
    uncited_text,
)
from helpers.display.tables.crossed import MISSING, axis, cross_counts, cross_names
from helpers.display.tables.html import LinkedTable, as_html, readable
from helpers.display.tables.measures import (
    disagreements_table,
    measure_agreement_table,
    measure_values_table,
    measures_table,
)
from helpers.display.tables.readings import (
    choices_table,
    deciding_table,
    findings_table,
    type_shares_table,
    verdict_shares_table,
)
from helpers.display.tables.regions import composition, filter_region, level_shares, regions_of
from helpers.display.tables.reliability import (
    against_table,
    agreement_csv,
    agreement_table,
    agreement_text,
    differing_types,
    differing_verdicts,
    mean_table,
    pairs_table,
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
    "against_table",
    "agreement_csv",
    "agreement_table",
    "agreement_text",
    "as_html",
    "axis",
    "changes_table",
    "choice_label",
    "choices_table",
    "claims_markdown",
    "claims_provenance",
    "codes_by_state",
    "codes_table",
    "composition",
    "consistency_table",
    "consistency_text",
    "count_of",
    "coverage_table",
    "cross_counts",
    "cross_names",
    "deciding_table",
    "differing_types",
    "differing_verdicts",
    "disagreements_table",
    "evidence_table",
    "filter_region",
    "findings_table",
    "level_shares",
    "listing",
    "mean_table",
    "measure_agreement_table",
    "measure_values_table",
    "measures_table",
    "members_table",
    "missing_table",
    "moved_table",
    "names",
    "newest_table",
    "pairs_table",
    "pivotal_table",
    "pointing",
    "provenance",
    "readable",
    "regions_of",
    "reliability_table",
    "shortest_table",
    "standing_table",
    "state_labels",
    "thesis_table",
    "type_counts",
    "type_shares_table",
    "types_csv",
    "types_side_by_side",
    "types_table",
    "types_text",
    "uncited_text",
    "under",
    "value_label",
    "variables_table",
    "verdict_shares",
    "verdict_shares_table",
    "verdicts_table",
]
