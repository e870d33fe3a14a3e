"""Tables of two accounts or more side by side, from `helpers.analysis.comparison`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.analysis.comparison import SIDES, UNCHANGED, change_label
from helpers.dataset.words import code_or_status, count_of, labels
from helpers.display.tables.labelled import by_name, code_labels, state_and_variable, type_labels


def verdicts_table(theses: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the thesis verdicts of several accounts, from `helpers.typology.thesis` of each.

    One row per statement, one column per account: the verdict, and because of whom, counted.

    >>> from helpers import typology
    >>> from helpers.data import load_cases
    >>> table = verdicts_table({"essay": typology.thesis(load_cases("essay"))})
    >>> table.loc["No state gives any material help.", "essay"].split(":")[0]
    'contradicted'
    """
    columns = {
        account: [_verdict(row) for _, row in table.iterrows()] for account, table in theses.items()
    }
    index = next(iter(theses.values()))["statement"] if theses else pd.Index([])
    return pd.DataFrame(columns, index=pd.Index(index, name="statement"))


def changes_table(
    changes: pd.DataFrame, before: str = "before", after: str = "after"
) -> pd.DataFrame:
    """Return rows of `helpers.comparison.code_changes` with their evidence, to read.

    One row per change, indexed by state and variable (short names): under the names of both
    accounts the codes, or reasons why there is none; what changed; and both rationales with locator
    and confidence.
    """
    table = state_and_variable(changes)
    called = dict(zip(SIDES, (before, after if after != before else f"{after} again"), strict=True))
    for side, name in called.items():
        table[name] = _codes_of(changes, side)
    table["change"] = changes["change"].map(change_label)
    for side, name in called.items():
        table[f"evidence: {name}"] = [_evidence(row, side) for _, row in changes.iterrows()]
    return table.set_index(["state", "variable"])


def types_side_by_side(changes: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.comparison.type_changes` with labels, the states that moved first."""
    table = pd.DataFrame(index=changes.index)
    for side in SIDES:
        kinds = changes[f"type_{side}"].map(labels("support_types"))
        table[side] = kinds.astype(object)
        table[f"could be ({side})"] = changes[f"could_be_{side}"].map(type_labels())
    table["direction"] = changes["direction"].map(change_label)
    table["for certain?"] = changes["certainty"]
    stayed = (changes["direction"] == UNCHANGED).to_numpy()
    return by_name(table).iloc[stayed.argsort(kind="stable")]


def _verdict(row: "pd.Series[Any]") -> str:
    """Return a verdict with the states it rests on, such as ``open: 2 of 13 (…)``."""
    states = row["contradicted_by"] or row["open_because_of"]
    if not isinstance(states, tuple) or not states:
        return str(row["verdict"])
    return f"{row['verdict']}: {count_of(states, row['n_states'])}"


def _codes_of(changes: pd.DataFrame, side: str) -> pd.Series:
    """Return codes (labels), or in brackets the reason why there is none."""
    why = changes[f"status_{side}"].str.replace("_", " ")
    return code_or_status(code_labels(changes, f"code_{side}"), why)


def _evidence(row: "pd.Series[Any]", side: str) -> str:
    """Return a rationale with its confidence and locator, empty where there is none."""
    if not row[f"locator_{side}"]:
        return str(row[f"rationale_{side}"])
    where = str(row[f"locator_{side}"]).replace(";", ", ")
    sure = row[f"confidence_{side}"]
    return f"{row[f'rationale_{side}']} [{where}{f'; {sure}' if sure else ''}]"
