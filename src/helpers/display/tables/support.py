"""Tables of support types and of the thesis, from what `helpers.analysis.typology` derives."""

import pandas as pd

from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import count_of, labels, listing, names
from helpers.display.tables.labelled import by_name, lines_of, rows_of, type_labels


def types_table(derived: pd.DataFrame) -> pd.DataFrame:
    """Return levels, types and bounds with labels: one row per state, least supportive first."""
    could_be = derived["could_be"].map(type_labels())
    kinds = derived["type"].cat.rename_categories(labels("support_types"))
    table = derived.assign(type=kinds, could_be=could_be)
    table = table.drop(columns="determined").rename(columns=lambda name: name.replace("_", " "))
    return by_name(table).sort_values(["type", "state"], kind="stable")


def types_text(derived: pd.DataFrame) -> str:
    """Return `types_table` as lines to read in a terminal, after a header."""
    return lines_of(types_table(derived))


def types_csv(derived: pd.DataFrame) -> str:
    """Return types and bounds as CSV, ids instead of labels; `could_be` is joined by ``;``."""
    table = derived.drop(columns="determined")
    table = table.assign(could_be=table["could_be"].map(";".join)).rename_axis("state")
    return str(table.to_csv(lineterminator="\n"))


def type_counts(derived: pd.DataFrame) -> pd.DataFrame:
    """Return how many states have each type, one row per type of the codebook (label).

    Number of states, how many of these are determined, share of all states in percent, names.
    """
    rows = {}
    for kind in load_codebook().support_types:
        those = derived[derived["type"] == kind.id]
        share = round(100 * len(those) / len(derived), 1) if len(derived) else 0.0
        sure = int(those["determined"].sum())
        rows[kind.label] = (len(those), sure, share, listing(names(those.index)))
    return rows_of(rows, "type", ["n_states", "n_determined", "percent_of_states", "states"])


def thesis_table(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.analysis.typology.thesis` with counts and names of states.

    One row per statement: verdict, who contradicts it, and who could, for all that is coded.
    """
    total = int(verdicts["n_states"].max())
    return pd.DataFrame(
        {
            "verdict": verdicts["verdict"],
            "contradicted by": verdicts["contradicted_by"].map(lambda s: count_of(s, total)),
            "could contradict it": verdicts["open_because_of"].map(lambda s: count_of(s, total)),
        }
    ).set_axis(verdicts["statement"])
