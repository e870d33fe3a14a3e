"""The tables, loaded: what a notebook imports first."""

from helpers.dataset.allowed import account_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import (
    as_cases,
    case_names,
    coverage,
    load_cases,
    load_codings,
    load_states,
    load_status,
    load_table,
)
from helpers.dataset.words import reference_state

__all__ = [
    "account_ids",
    "as_cases",
    "case_names",
    "coverage",
    "load_cases",
    "load_codebook",
    "load_codings",
    "load_states",
    "load_status",
    "load_table",
    "reference_state",
]
