"""Tables of the scheme and of what was coded: variables, codes, evidence, what is missing."""

from collections.abc import Iterable

import pandas as pd

from helpers.dataset.allowed import require
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.loading import case_names, load_codings, load_table
from helpers.dataset.outcomes import ADJUDICATED, CODED, NOT_READ, SILENT
from helpers.dataset.words import labels, listing, names
from helpers.display.tables.labelled import (
    by_name,
    code_labels,
    reasons,
    rows_of,
    state_and_variable,
)


def variables_table(variables: Iterable[str]) -> pd.DataFrame:
    """Return variables as the codebook asks them: one row each, its question and its codes."""
    rows = {v.id: (v.question, _code_list(v)) for v in map(load_codebook().variable, variables)}
    return rows_of(rows, "variable", ["question", "codes"])


def codes_table(variable: str) -> pd.DataFrame:
    """Return the codes of one variable, in the scheme's order: label and rule."""
    codes = load_codebook().variable(variable).codes
    return rows_of({c.id: (c.label, c.rule) for c in codes}, variable, ["label", "rule"])


def coverage_table(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.data.coverage` with labels and a last row for all variables.

    Outcomes that an analysis alone can make are left out where they never occur.
    """
    book = load_codebook()
    table = coverage.rename(index={v.id: v.label for v in book.variables})
    table.loc["all variables"] = table.sum()
    standing = [*book.ids("statuses"), NOT_READ, "n_states"]
    kept = [name for name in table if name in standing or table[name].any()]
    return table[kept].rename(columns=reasons() | {"n_states": "of"})


def readable_variables(status: pd.DataFrame) -> list[Variable]:
    """Return the ordinal and binary variables that an account could cover."""
    variables = load_codebook().variables
    return [v for v in variables if not v.is_set and (status[v.id] != NOT_READ).any()]


def codes_by_state(cases: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    """Return every code, or in round brackets the reason why there is none, state by state.

    From `helpers.data.load_cases` and `load_status`: one row per state (short name), one column
    per ordinal or binary variable (short label) that the account could cover.
    """
    columns = {}
    for variable in readable_variables(status):
        codes = cases[variable.id].astype(object)
        columns[variable.short_label] = codes.where(codes.notna(), "(" + status[variable.id] + ")")
    return by_name(pd.DataFrame(columns))


def missing_table(status: pd.DataFrame, variables: Iterable[str]) -> pd.DataFrame:
    """Return what is open, and why, from `helpers.data.load_status`.

    One row per variable (label) and reason that occurs: number of states, and their names.
    """
    rows = []
    for variable in map(load_codebook().variable, variables):
        for reason, label in reasons().items():
            those = status.index[status[variable.id] == reason]
            if reason != CODED and len(those):
                rows.append((variable.label, label, len(those), listing(names(those))))
    columns = ["variable", "why", "n_states", "states"]
    return pd.DataFrame(rows, columns=columns).set_index(["variable", "why"])


def members_table(cases: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return who has which member of a set variable.

    From `helpers.data.load_cases`: one row per state (short name) in which the set is coded, one
    boolean column per member (label). `ValueError` if the variable is no set.
    """
    book = load_codebook()
    require("set variable", variable, [v.id for v in book.variables if v.is_set])
    codes = book.variable(variable).codes
    table = cases[[f"{variable}_{code.id}" for code in codes]].dropna().astype(bool)
    # A set that silence fills is empty, and says nothing about the state.
    table = table[table.any(axis="columns")]
    return by_name(table.set_axis([code.label for code in codes], axis="columns"))


def evidence_table(account: str, state: str, coder: str = ADJUDICATED) -> pd.DataFrame:
    """Return the codings of one case with their evidence.

    One row per coded or undecided variable: status, code, confidence, locator, rationale.
    """
    require("state", state, case_names().index)
    codings = load_codings(account, coder)
    codings = codings[(codings["state"] == state) & (codings["status"] != SILENT)]
    columns = ["variable", "status", "code", "confidence", "locator", "rationale"]
    return codings[columns].set_index("variable")


def newest_table(dated: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `helpers.evidence.with_newest` to read, those with the oldest evidence first.

    Indexed by state and variable (short names): code (label), confidence, date of the newest
    evidence.
    """
    rows = dated.sort_values("newest", kind="stable")
    table = state_and_variable(rows).assign(code=code_labels(rows))
    table[["confidence", "newest evidence"]] = rows[["confidence", "newest"]]
    return table.set_index(["state", "variable"])


def provenance(account: str) -> pd.DataFrame:
    """Return which data stand behind an analysis, one fact per row.

    Version of the dataset, account and its date, sources, and how the codings were made.
    """
    codings = load_codings(account)
    entry = load_table("accounts").set_index("account").loc[account]
    coders = load_table("coders").query("account == @account")
    sources = set(codings["source"].str.split(";").explode()) - {""}
    return facts_table(
        {
            "account": f"{entry['label']}, as of {entry['as_of']}",
            "codings": f"{len(codings)} {labels('coders')[ADJUDICATED]} rows",
            "sources behind them": str(len(sources)),
            "made by": listing(coders["kind"].unique()),
        }
    )


def facts_table(facts: dict[str, str]) -> pd.DataFrame:
    """Return facts one per row, those about the dataset itself first."""
    dataset = load_codebook().dataset
    rows = {
        "dataset": f"version {dataset['version']} of {dataset['released']}",
        "cut-off of the dataset": dataset["cut_off"],
        **facts,
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value"])


def _code_list(variable: Variable) -> str:
    """Return codes as text that shows whether they are ordered."""
    return (", " if variable.is_set else " < ").join(variable.code_ids)
