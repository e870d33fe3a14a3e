"""Excel: one workbook, one sheet per table, the codebook among the first."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from helpers.publish.export.readme import HEADINGS
from helpers.publish.export.table_model import Cell, Contents, Table

ABOUT = "about"
HOW = (
    "The sheet columns describes every column, the sheet codebook every code. A column that "
    "ends in _n gives the codes of the one before it as numbers, in the codebook's order. "
    "All text is stored as text: NA is Namibia's code, 004 a code of three digits."
)
NARROWEST, WIDEST, OF_ABOUT = 8, 60, 110
"""Widths of columns, in characters; longer texts are wrapped."""
LINE = 15
"""Height of a line of text, in points."""
ROOM = 3
"""Characters that the button of a filter takes of the header."""
RUN_IF_TYPED = ("=", "+", "-", "@")
"""First characters that make a spreadsheet take what is typed for a formula."""
# Text is stored as text, whatever it looks like: no formula, link, number or date.
AS_IT_STANDS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(contents: Contents, path: Path) -> None:
    """Write a workbook.

    Parameters
    ----------
    contents : Contents
        What to write.
    path : Path
        A file that does not exist yet.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with xlsxwriter.Workbook(str(path), AS_IT_STANDS) as book:
        book.set_properties(_properties(contents.dataset))
        formats = _formats(book)
        _about(book.add_worksheet(ABOUT), contents, formats)
        for table in contents.tables:
            _sheet(book.add_worksheet(table.name), table, formats)


def _properties(dataset: dict[str, str]) -> dict[str, Any]:
    """Return the workbook's properties; the date is the release's, so that bytes repeat."""
    return {
        "title": f"{dataset['title']}, version {dataset['version']}",
        "comments": f"{dataset['citation']} {dataset['licence']}",
        "created": datetime.fromisoformat(dataset["released"]),
    }


def _formats(book: Any) -> dict[str, Any]:
    """Return the formats of cells, by what stands in them."""
    top = {"valign": "top"}
    text = {**top, "num_format": "@"}
    return {
        "head": book.add_format({**top, "bold": True, "bottom": 1}),
        "bold": book.add_format({**top, "bold": True}),
        "number": book.add_format(top),
        "text": book.add_format(text),
        "long": book.add_format({**text, "text_wrap": True}),
        # Stays text also after somebody has edited the cell and pressed Enter.
        "quoted": book.add_format({**text, "text_wrap": True, "quote_prefix": True}),
    }


def _about(sheet: Any, contents: Contents, formats: dict[str, Any]) -> None:
    """Fill the first sheet: what this is, how to cite it, what the sheets hold."""
    facts = [(heading, contents.dataset[name]) for name, heading in HEADINGS.items()]
    facts.append(("Columns", HOW))
    sheets = [(table.name, f"{table.title}. {table.licence.title}") for table in contents.tables]
    widths = [_width("", (name for name, _ in [*facts, *sheets])), OF_ABOUT]
    for place, (heading, text) in enumerate([*facts, *sheets]):
        sheet.write_string(place, 0, heading, formats["bold"])
        sheet.write_string(place, 1, text, formats["long"])
        sheet.set_row(place, _height((heading, text), widths))
    _set_widths(sheet, widths)


def _sheet(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    """Fill one sheet with a table."""
    for column, (field, cells) in enumerate(table.columns()):
        sheet.write_string(0, column, field.name, formats["head"])
        for row, cell in enumerate(cells, start=1):
            _write(sheet, row, column, cell, formats)
    widths = [_width(field.name, cells) for field, cells in table.columns()]
    _set_widths(sheet, widths)
    for place, cells in enumerate(table.rows, start=1):
        sheet.set_row(place, _height(cells, widths))
    sheet.freeze_panes(1, _frozen(table, widths))
    sheet.autofilter(0, 0, len(table.rows), len(table.fields) - 1)
    # Codes such as 004 are text on purpose; the green corners would call that an error.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    """Write one cell; an empty one stays empty."""
    if isinstance(cell, str):
        kind = "long" if len(cell) > WIDEST else "text"
        style = "quoted" if cell.startswith(RUN_IF_TYPED) else kind
        sheet.write_string(row, column, cell, formats[style])
    elif cell is not None:
        sheet.write_number(row, column, cell, formats["number"])


def _frozen(table: Table, widths: list[int]) -> int:
    """Return how many leading columns stay in sight: those that name the row, if narrow."""
    leading = list(takewhile(lambda field: field.name in table.key, table.fields))
    return len(leading) if sum(widths[: len(leading)]) <= WIDEST else 0


def _width(name: str, cells: Iterable[Cell]) -> int:
    """Return a width in which a column can be read."""
    lengths = (len(str(cell)) + 1 for cell in cells if cell is not None)
    return min(WIDEST, max(NARROWEST, len(name) + ROOM, *lengths))


def _set_widths(sheet: Any, widths: list[int]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _height(cells: Sequence[Cell], widths: list[int]) -> int:
    """Return the height of a row; not every program works it out when it opens a file."""
    sizes = (len(str(cell)) / width for cell, width in zip(cells, widths, strict=True))
    return LINE * ceil(max(1, *sizes))
