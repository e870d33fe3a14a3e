"""The wide table: one row per account and state, one column per question."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import SupportsInt, cast

import pandas as pd

from helpers.analysis.typology import derive
from helpers.dataset.codebook import Codebook, Entry, Variable, load_codebook
from helpers.dataset.loading import load_cases, load_states, load_status, load_table
from helpers.publish.export.described_columns import ACCOUNT, LABELS, STATE, state_fields
from helpers.publish.export.table_model import CODE, FLAG, INTEGER, Cell, Field, Scale

NAME = "codings_wide"
TITLE = "One row per account and state: the adjudicated codings, and what follows from them"
KEY = ("account", "state")
JOINS = (ACCOUNT, STATE)
OF_STATES = ("short_name", "un_name", "iso2", "cow", "gw", "region")
"""Columns of ``states.csv`` that stand beside the codes, for merging and for reading."""


def wide_fields(
    book: Codebook, known: Mapping[str, Scale], numbers: bool = True
) -> tuple[Field, ...]:
    """Return the columns of the wide table.

    Parameters
    ----------
    book : Codebook
        The scheme.
    known : mapping of str to Scale
        The scales.
    numbers : bool
        Whether a column of ordered codes is followed by one of their numbers, named
        ``…_n``: for formats that have no labelled numbers or ordered codes.

    Returns
    -------
    tuple of Field
        Account and state; for each variable its code (for a set, a flag per member)
        and its status; then levels, support type and bounds.
    """
    fields = [
        *_framing(),
        *(field for variable in book.variables for field in _asked(variable, known)),
        *_derived(book, known),
    ]
    return tuple(field for field in fields if numbers or not field.number_of)


def _framing() -> Iterator[Field]:
    """Yield what says whose picture of which state a row is."""
    yield Field("account", "Account", required=True)
    yield from state_fields(("state", *OF_STATES))
    yield Field("as_of", LABELS["accounts"]["as_of"], required=True)


def _asked(variable: Variable, known: Mapping[str, Scale]) -> Iterator[Field]:
    """Yield the columns of one variable."""
    status = Field(
        f"{variable.id}_status",
        f"{variable.label}: status",
        kind=CODE,
        scale=known["statuses"],
        required=True,
    )
    if variable.is_set:
        yield from (_member(variable, code, known["member"], status) for code in variable.codes)
    else:
        code = Field(variable.id, variable.label, CODE, known[variable.id], why=status.name)
        yield from (code, _numbered(code))
    yield status


def _member(variable: Variable, code: Entry, scale: Scale, status: Field) -> Field:
    name, label = f"{variable.id}_{code.id}", f"{variable.label}: {code.label}"
    return Field(name, label, FLAG, scale, why=status.name)


def _numbered(field: Field) -> Field:
    """Return the column that repeats one of codes as numbers."""
    return replace(
        field,
        name=f"{field.name}_n",
        label=f"{field.label}, as number",
        kind=INTEGER,
        scale=None,
        number_of=field.name,
    )


def _derived(book: Codebook, known: Mapping[str, Scale]) -> Iterator[Field]:
    """Yield what follows from the codes."""
    flags = known["yes_no"]
    for bound in book.lists["bounds"]:
        yield Field(bound.id, bound.label, FLAG, flags, True)
    for level in book.levels:
        code = Field(level.id, level.label, CODE, known[level.id], required=True)
        yield from (code, _numbered(code))
    yield Field("type", "Support type", CODE, known["support_types"], required=True)
    yield Field("could_be", "Types it could have, joined by ;", required=True)
    for kind in _possible(book):
        yield Field(f"could_be_{kind.id}", f"Could be: {kind.label}", FLAG, flags, True)
    yield Field("determined", "Only one type is possible", FLAG, flags, True)
    for flag in book.lists["flags"]:
        yield Field(flag.id, flag.label, CODE, known["yes_no_unknown"], required=True)


def wide_rows(fields: tuple[Field, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of the wide table.

    Parameters
    ----------
    fields : tuple of Field
        Its columns, as `wide_fields` returns them.

    Returns
    -------
    tuple of tuple of Cell
        One tuple per account and state, in the order of their tables. Silence is
        left open: a silent variable is None, and its status says that it is silent.

    Raises
    ------
    ValueError
        If the data folder holds errors; the message lists them.
    """
    accounts = load_table("accounts").set_index("account")["as_of"]
    records = [
        {"account": account, "as_of": as_of, "state": state, **record}
        for account, as_of in accounts.items()
        for state, record in _records(str(account)).items()
    ]
    numbers = {f.name: (f.number_of, _scale(fields, f.number_of)) for f in fields if f.number_of}
    for record in records:
        for name, (column, scale) in numbers.items():
            code = record[column]
            record[name] = None if code is None else scale.numbers[str(code)]
    return tuple(tuple(record[field.name] for field in fields) for record in records)


def _scale(fields: tuple[Field, ...], name: str) -> Scale:
    """Return the scale of a column of codes."""
    return next(field.scale for field in fields if field.name == name and field.scale)


def _records(account: str) -> dict[str, dict[str, Cell]]:
    """Return what one account says of each state, by column."""
    cases = load_cases(account)
    status = load_status(account).add_suffix("_status")
    states = load_states().loc[cases.index, list(OF_STATES)]
    table = pd.concat([states, cases, status, _bounds(cases)], axis="columns").astype(object)
    plain = table.where(table.notna(), None).to_dict("index")
    return {
        str(state): {str(name): _cell(value) for name, value in record.items()}
        for state, record in plain.items()
    }


def _bounds(cases: pd.DataFrame) -> pd.DataFrame:
    """Return levels, type and bounds, the bounds as text and as flags."""
    derived = derive(cases)
    could_be = derived["could_be"]
    for kind in _possible(load_codebook()):
        derived[f"could_be_{kind.id}"] = [kind.id in types for types in could_be]
    return derived.assign(could_be=could_be.map(";".join))


def _possible(book: Codebook) -> Iterator[Entry]:
    """Yield the types that bounds may hold: those with a place in the scheme's order."""
    return (kind for kind in book.support_types if kind.step is not None)


def _cell(value: object) -> Cell:
    """Return a value as text or a whole number; None stays."""
    if value is None or isinstance(value, str):
        return value or None
    return int(cast(SupportsInt, value))
