"""The long table: one row per coding, by every coder, with labels beside the ids."""

from collections.abc import Mapping

from helpers.dataset.checks.cells import JOINT
from helpers.dataset.codebook import Codebook
from helpers.dataset.loading import load_table
from helpers.dataset.schema import TABLES
from helpers.publish.export.described_columns import ACCOUNT, CODING, STATE, state_fields
from helpers.publish.export.table_model import CODE, INTEGER, Cell, Field, Join, Scale

NAME = "codings_long"
TITLE = "One row per account, state, variable and coder: the codings as they were made"
KEY = CODING
JOINS = (ACCOUNT, STATE, Join(("account", "coder"), "coders", ("account", "coder")))
OF_STATES = ("short_name", "iso2", "cow", "gw")
"""Columns of ``states.csv`` that stand beside the codings."""


def long_fields(known: Mapping[str, Scale]) -> tuple[Field, ...]:
    """Return the columns of the long table.

    Parameters
    ----------
    known : mapping of str to Scale
        The scales.

    Returns
    -------
    tuple of Field
        Those of ``codings.csv``, the names and numbers of states, and the labels of
        variables and codes. ``code_n`` is the code's number in its variable.
    """
    return (
        Field("account", "Account", required=True),
        *state_fields(("state", *OF_STATES)),
        Field("variable", "Variable", scale=known["variables"], required=True),
        Field("variable_label", "Name of the variable", required=True),
        Field("coder", "Coder", scale=known["coders"], required=True),
        Field("status", "Outcome of the reading", CODE, known["statuses"], required=True),
        Field("code", "Code; members of a set are joined by ;"),
        Field("code_label", "Code in words"),
        Field("code_n", "Number of the code in its variable; none for sets", INTEGER, why="status"),
        Field("scope", "What the evidence speaks of", CODE, known["scopes"]),
        Field("confidence", "Confidence in the coding", CODE, known["confidences"]),
        Field("source", "Sources, joined by ;"),
        Field("locator", "Where in the sources, joined by ;; the first justifies the code"),
        Field("rationale", "Why, in the coder's words"),
    )


def long_rows(
    fields: tuple[Field, ...], book: Codebook, known: Mapping[str, Scale]
) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of the long table.

    Parameters
    ----------
    fields : tuple of Field
        Its columns, as `long_fields` returns them.
    book : Codebook
        The scheme.
    known : mapping of str to Scale
        The scales.

    Returns
    -------
    tuple of tuple of Cell
        One tuple per row of ``codings.csv``, in its order.

    Raises
    ------
    ValueError
        If the data folder holds errors; the message lists them.
    """
    states = load_table("states").set_index("state")[list(OF_STATES)].astype(object)
    of_states = dict(zip(states.index, states.itertuples(index=False), strict=True))
    records = []
    for row in load_table("codings").itertuples(index=False):
        coding = dict(zip(TABLES["codings"], map(str, row), strict=True))
        named = dict(zip(OF_STATES, of_states[coding["state"]], strict=True))
        records.append(coding | named | _labels(coding, book, known))
    # An empty cell of the table is None here, never the empty text.
    return tuple(
        tuple(None if record[field.name] == "" else record[field.name] for field in fields)
        for record in records
    )


def _labels(
    coding: Mapping[str, str], book: Codebook, known: Mapping[str, Scale]
) -> dict[str, Cell]:
    """Return the labels of a coding's variable and code, and the code's number."""
    variable = book.variable(coding["variable"])
    labels = {code.id: code.label for code in variable.codes}
    codes = [code for code in coding["code"].split(JOINT) if code]
    scale = None if variable.is_set else known[variable.id]
    return {
        "variable_label": variable.label,
        "code_label": f"{JOINT} ".join(labels[code] for code in codes),
        "code_n": scale.numbers[codes[0]] if scale and codes else None,
    }
