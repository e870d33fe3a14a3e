"""Tables of how far results depend on coders, on choices and on single codings."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.agreement import SILENT_AS, mean_by
from helpers.dataset.allowed import require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import code_or_status, labels, listing, names
from helpers.display.choices import choice_label, under
from helpers.display.tables.labelled import (
    by_name,
    lines_of,
    state_and_variable,
    type_labels,
)

NOT_DEFINED = "not defined"
AGREEMENT_COLUMNS = (
    "variable",
    "member",
    "silent_as",
    "n_units",
    "n_coders",
    "percent_agreement",
    "kappa",
    "alpha",
    "alpha_low",
    "alpha_high",
    "ac1",
)
"""The columns of `agreement_csv`; ``ac1`` is AC2 where the codes are ordered."""


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
        table[name] = [_number(value, "{:z.2f}", NOT_DEFINED) for value in rows[name]]
    table["95% interval of alpha"] = [_interval(row) for row in rows.itertuples()]
    return table.set_index("variable")


def agreement_table(reliability: pd.DataFrame, silent_as: str) -> pd.DataFrame:
    """Return rows of `helpers.agreement.reliability` of any number of coders, to read.

    As `reliability_table`, with the percentage of agreeing pairs of coders, how many coders there
    are, and Gwet's coefficient beside the others.
    """
    require("silent_as", silent_as, SILENT_AS)
    rows = reliability[reliability["silent_as"] == silent_as]
    keys = zip(rows["variable"], rows["member"], strict=True)
    table = pd.DataFrame({"variable": [_label(*key) for key in keys]})
    table["states"] = rows["n_states"].to_numpy()
    table["coders"] = rows["n_coders"].to_numpy()
    table["percent"] = [_number(value, "{:.1f}", "-") for value in rows["percent_agreement"]]
    for name, label in (("kappa", "kappa"), ("alpha", "alpha"), ("ac", "AC1 or AC2")):
        table[label] = [_number(value, "{:z.2f}", NOT_DEFINED) for value in rows[name]]
    table["95% interval of alpha"] = [_interval(row) for row in rows.itertuples()]
    return table.set_index("variable")


def agreement_csv(reliability: pd.DataFrame) -> str:
    """Return `helpers.agreement.reliability` as CSV; a cell is empty where nothing is defined."""
    names = {"n_states": "n_units", "ac": "ac1"}
    table = reliability.rename(columns=names)[list(AGREEMENT_COLUMNS)].round(6)
    return str(table.to_csv(index=False, lineterminator="\n"))


def agreement_text(reliability: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Return the same as lines for a terminal, then states from `helpers.agreement.by_pair`."""
    parts = [
        f"Silence as {'a category' if silent_as == 'category' else 'missing'}\n"
        + lines_of(agreement_table(reliability, silent_as))
        for silent_as in SILENT_AS
    ]
    states = lines_of(mean_table(mean_by(pairs, "state")))
    return "\n".join([*parts, f"States, silence as a category\n{states}"])


def mean_table(means: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.agreement.mean_by` of states or variables with their names."""
    book = load_codebook()
    by_state = means.index.name == "state"
    shown = names(means.index) if by_state else [book.variable(v).label for v in means.index]
    table = means.set_axis(pd.Index(shown, name=means.index.name))
    table["percent_agreement"] = table["percent_agreement"].map("{:.1f}".format)
    of = "variables" if by_state else "states"
    return table.set_axis([of, "more than one answer", "percent"], axis="columns")


def pairs_table(pairs: pd.DataFrame, coders: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return `helpers.agreement.by_pair` with what was answered and by whom, where answers differ.

    One row per state and variable: the percentage, and each answer with those who gave it.
    """
    differ = pairs[pairs["n_answers"] > 1]
    said = {
        name: code_or_status(rows["code"], rows["status"]).set_axis(
            pd.MultiIndex.from_frame(rows[["state", "variable"]])
        )
        for name, rows in coders.items()
    }
    table = state_and_variable(differ)
    table["percent"] = differ["percent_agreement"].map("{:.1f}".format)
    keys = zip(differ["state"], differ["variable"], strict=True)
    table["answers"] = [_answers(said, key) for key in keys]
    return table.set_index(["state", "variable"])


def _answers(said: Mapping[str, pd.Series], key: tuple[str, str]) -> str:
    """Return the answers to one pair, most frequent first, each with those who gave it."""
    found: dict[str, list[str]] = {}
    for name, texts in said.items():
        if key in texts.index:
            found.setdefault(str(texts[key]), []).append(name)
    ordered = sorted(found.items(), key=lambda answer: -len(answer[1]))
    return "; ".join(f"{answer}: {listing(who)}" for answer, who in ordered)


def against_table(against: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.agreement.against` with readable columns, the least alike first."""
    rows = against.sort_values("percent_same", kind="stable")
    table = pd.DataFrame({"same": [f"{r.n_same} of {r.n_compared}" for r in rows.itertuples()]})
    table["percent"] = [_number(value, "{:.1f}", "-") for value in rows["percent_same"]]
    words = ("another code", "coded there only", "coded here only", "silent or undecided")
    for name, label in zip(rows.columns[3:], words, strict=True):
        table[label] = rows[name].to_numpy()
    return table.set_axis(rows.index)


def differing_types(types: pd.DataFrame, standing: str) -> pd.DataFrame:
    """Return where `helpers.agreement.types_of` a coder differs from the column ``standing``.

    One row per state and coder: the type that the coder's codings give, and the one that stands.
    """
    kinds = labels("support_types")
    shown = types.map(lambda kind: kinds[kind])
    return _differing(shown.set_axis(pd.Index(names(types.index), name="state")), standing)


def differing_verdicts(verdicts: pd.DataFrame, standing: str) -> pd.DataFrame:
    """Return the same of `helpers.agreement.verdicts_of`, by statement."""
    statements = [load_codebook().entry("thesis", name).rule for name in verdicts.index]
    return _differing(verdicts.set_axis(pd.Index(statements, name="statement")), standing)


def _differing(table: pd.DataFrame, standing: str) -> pd.DataFrame:
    rows = [
        (key, coder, given, row[standing])
        for key, row in table.iterrows()
        for coder, given in row.items()
        if given != row[standing]
    ]
    columns = [table.index.name, "coder", "by the coder", standing]
    return pd.DataFrame(rows, columns=columns).set_index([table.index.name, "coder"])


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
        return NOT_DEFINED
    if np.isnan(row.alpha_low):
        return "none: all agree" if row.alpha == 1 else "none: one state"
    return f"{row.alpha_low:z.2f} to {row.alpha_high:z.2f}"
