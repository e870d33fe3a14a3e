"""Stata: one .dta file per table, with labels and with reasons for missing values."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from helpers.publish.export.dta import Column, Missing, Number, ValueLabels, dta
from helpers.publish.export.table_model import CODE, DATE, FLAG, TEXT, Cell, Contents, Field, Table

LETTERS = {"silent": "a", "undecided": "b", "not_read": "c", "coded": "d"}
"""Why a cell is empty, to the letter of the extended missing value."""
REASONS: dict[Number, str] = {
    Missing("a"): "silent",
    Missing("b"): "undecided",
    Missing("c"): "not read",
}
NO_NUMBER: dict[Number, str] = {Missing("d"): "a set, which has no number"}
"""Why the number of a code is missing although there is a code."""
WITHOUT_CODES = "reasons"
"""Name of the labels of a column that has reasons for missing values, but no codes."""
HOW = (
    "Codes are labelled numbers in the codebook's order. Why a code is missing stands in the "
    "value itself: .a silent, .b undecided, .c not read. All three count as missing and, as "
    "always in Stata, as greater than any number: write `x > 2 & !missing(x)'. SPSS opens the "
    "files and makes all three system-missing; the columns that end in _status keep the "
    "reason. In R, haven::read_dta keeps labels and reasons (haven::na_tag). The notes of "
    "each file repeat version, citation and terms."
)


def write(contents: Contents, folder: Path) -> None:
    """Write one Stata file per table.

    Parameters
    ----------
    contents : Contents
        What to write.
    folder : Path
        An empty folder.

    Raises
    ------
    ValueError
        If a name, a label or a text is beyond Stata's limits; the message names it.
    OSError
        If a file cannot be written.
    """
    facts = contents.dataset
    day = date.fromisoformat(facts["released"])
    for table in contents.tables:
        label = f"Coalition of the Unwilling {facts['version']}: {table.name}"
        columns = [_column(table, field, cells) for field, cells in table.columns()]
        notes = [f"{table.title}.", facts["citation"], facts["missing"], table.licence.title]
        (folder / f"{table.name}.dta").write_bytes(dta(label, day, columns, notes))


def _column(table: Table, field: Field, cells: tuple[Cell, ...]) -> Column:
    """Return one column in Stata's terms."""
    if field.kind in {TEXT, DATE}:
        return Column(
            field.name, field.label, ["" if cell is None else str(cell) for cell in cells]
        )
    numbers = [_number(field, cell) for cell in cells]
    if field.why:
        numbers = _with_reasons(numbers, table.column(field.why))
    return Column(field.name, field.label, numbers, _labels(field))


def _number(field: Field, cell: Cell) -> Number:
    """Return a cell as a number; the reason for a missing one is put in later."""
    if cell is None:
        return Missing()
    return field.scale.numbers[str(cell)] if field.kind == CODE and field.scale else int(cell)


def _with_reasons(numbers: Sequence[Number], why: tuple[Cell, ...]) -> list[Number]:
    """Return numbers whose missing values say why they are missing."""
    return [
        Missing(LETTERS[str(reason)]) if isinstance(number, Missing) else number
        for number, reason in zip(numbers, why, strict=True)
    ]


def _labels(field: Field) -> ValueLabels | None:
    """Return the labels of a column's values.

    They are named after the scale, so that labels of one name say the same in all
    files: when files are merged, Stata keeps the first of two that share a name.
    """
    scale = field.scale if field.kind in {CODE, FLAG} else None
    texts: dict[Number, str] = {}
    if scale:
        texts = {scale.numbers[code.id]: code.label for code in scale.codes}
    if field.why:
        texts |= REASONS if scale else REASONS | NO_NUMBER
    return ValueLabels(scale.name if scale else WITHOUT_CODES, texts) if texts else None
