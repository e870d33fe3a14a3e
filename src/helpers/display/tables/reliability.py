"""Tables of how far results depend on coders, on choices and on single codings."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.agreement import SILENT_AS
from helpers.dataset.allowed import require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import labels
from helpers.display.choices import choice_label, under
from helpers.display.tables.labelled import by_name, state_and_variable, type_labels


def reliability_table(reliability: pd.DataFrame, silent_as: str) -> pd.DataFrame:
    """Return rows of `helpers.agreement.reliability` with labels, to read.

    ``silent_as`` is ``category`` or ``missing``. One row per variable or member of a set: agreement
    as a count of states and in percent, kappa, alpha and its interval, "not defined" where they are
    not.
    """
    require("silent_as", silent_as, SILENT_AS)
    rows = reliability[reliability["silent_as"] == silent_as]
    keys = zip(rows["variable"], rows["member"], strict=True)
    table = pd.DataFrame({"variable": [_label(*key) for key in keys]})
    table["agree"] = [f"{r.n_agree} of {r.n_states}" for r in rows.itertuples()]
    table["percent"] = [_number(value, "{:.0f}", "-") for value in rows["percent_agreement"]]
    table["values"] = rows["n_values"].to_numpy()
    table["scale"] = rows["scale"].to_numpy()
    for name in ("kappa", "alpha"):
        table[name] = [_number(value, "{:.2f}", "not defined") for value in rows[name]]
    table["95% interval of alpha"] = [_interval(row) for row in rows.itertuples()]
    return table.set_index("variable")


def standing_table(standing: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.sensitivity.standing` with labels, robust types first."""
    rows, joined = standing.sort_values(["standing", "type"], kind="stable"), type_labels()
    same = zip(rows["n_same"], rows["n_readings"], strict=True)
    table = pd.DataFrame({"standing": rows["standing"].astype(object)})
    table["type"] = rows["type"].astype(object).map(labels("support_types"))
    table["same type"] = [under(n, of) for n, of in same]
    table["otherwise"] = rows["other_types"].map(joined)
    table["moved by alone"] = [", ".join(map(choice_label, s)) for s in rows["moved_by"]]
    table["could be"] = rows["could_be"].map(joined)
    return by_name(table)


def pivotal_table(pivots: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.sensitivity.with_evidence` with labels: what single codings decide.

    One row per coding, indexed by state and variable (short names): the code, the type with it,
    without it and with other codes, confidence, evidence.
    """
    kinds = labels("support_types")
    table = state_and_variable(pivots)
    table["code"] = pivots["code"]
    table["type"] = pivots["type"].map(kinds)
    table["without it"] = pivots["without"].map(kinds)
    table["with another code"] = [
        ", ".join(f"{code}: {kinds[kind]}" for code, kind in changes)
        for changes in pivots["changes"]
    ]
    table["confidence"] = pivots["confidence"]
    table["evidence"] = pivots["locator"].str.replace(";", ", ")
    table["rationale"] = pivots["rationale"]
    return table.set_index(["state", "variable"])


def _label(variable: str, member: str) -> str:
    known = load_codebook().variable(variable)
    codes = {code.id: code.label for code in known.codes}
    return f"{known.label}: {codes[member]}" if member else known.label


def _number(value: float, form: str, missing: str) -> str:
    return missing if np.isnan(value) else form.format(value)


def _interval(row: Any) -> str:
    """Return an interval, or why there is none."""
    if np.isnan(row.alpha):
        return "not defined"
    if np.isnan(row.alpha_low):
        return "none: all agree"
    return f"{row.alpha_low:.2f} to {row.alpha_high:.2f}"
