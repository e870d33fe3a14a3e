"""Stata: one .dta file per table, with labels and with reasons for missing values.

pyreadstat lays the files out. What it cannot be told is put in afterwards: the day, the notes, and
the names of sets of labels, which it names after a column and a number, too long for Stata.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from itertools import accumulate, pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pandas as pd
import pyreadstat

from helpers.publish.export.table_model import (
    CODE,
    DATE,
    FLAG,
    TEXT,
    Cell,
    Contents,
    Field,
    Scale,
    Table,
)

NO_NUMBER = "a set, which has no number"
"""Why the number of a code is missing although there is a code."""
WITHOUT_CODES = "reasons"
"""Name of the labels of a column that has reasons for missing values, but no codes."""
NAME = re.compile(
    "(?!(_(all|b|coef|cons|n|N|pi|pred|rc|skip)|byte|double|float|if|in|int|long|str([0-9]+|L)|"
    "using|with)$)[A-Za-z_][A-Za-z0-9_]{0,31}"
)
"""What can name a variable or a set of labels: no reserved word."""
TEXTS = {TEXT, DATE}
"""Kinds of columns that are text."""
WIDEST, LONGEST_LABEL = 2045, 32_000
"""Characters of a text that are shown, and of the label of a value."""
VERSION = 14
"""The oldest Stata that reads the files: the first with texts in UTF-8."""
HEADER, MAP, NAMES, NAMES_OF_LABELS, NOTES, LABELS, END = 0, 1, 3, 6, 8, 11, 13
"""Places of a file's parts in its map ("help dta" in Stata)."""
HOW = (
    "Codes are labelled numbers in the codebook's order. Why a code is missing stands in the "
    "value itself: .a silent, .b undecided, .c not read. All three count as missing and, as "
    "always in Stata, as greater than any number: write `x > 2 & !missing(x)'. SPSS opens the "
    "files and makes all three system-missing; the columns that end in _status keep the "
    "reason. In R, haven::read_dta keeps labels and reasons (haven::na_tag). The notes of "
    "each file repeat version, citation and terms."
)

_Labels = tuple[str, dict[Any, str]]
"""The name of a set of labels, and a text for each number and letter of a missing value."""


def write(contents: Contents, folder: Path) -> None:
    """Write one Stata file per table; ``ValueError`` says what is beyond Stata's limits."""
    facts = contents.dataset
    # English names of months whatever the locale, between a weekday and the seconds.
    stamp = format_datetime(datetime.fromisoformat(facts["released"]))[5:22]
    for table in contents.tables:
        title = f"Coalition of the Unwilling {facts['version']}: {table.name}"
        labels = [_labels(table, field) for field in table.fields]
        _require_limits(table, labels)
        path = folder / f"{table.name}.dta"
        _lay_out(table, title, labels, path)
        parts = _parts(path.read_bytes(), title)
        notes = [f"{table.title}.", facts["citation"], facts["missing"], table.licence.title]
        _complete(parts, stamp, table, labels, notes)
        path.write_bytes(_joined(parts))


def _labels(table: Table, field: Field) -> _Labels:
    """Return the labels of a column's values, nameless if it has none.

    They are named after the scale, so that labels of one name say the same in all files: when
    files are merged, Stata keeps the first of two that share a name.
    """
    scale = field.scale if field.kind in {CODE, FLAG} else None
    texts: dict[Any, str] = {}
    if scale:
        texts = {scale.numbers[code.id]: code.label for code in scale.codes}
    if field.why:
        statuses = table.scale(field.why)
        coded, *reasons = statuses.codes
        letters = _letters(statuses)
        texts |= {letters[reason.id]: reason.label for reason in reasons}
        texts |= {} if scale else {letters[coded.id]: NO_NUMBER}
    return (scale.name if scale else WITHOUT_CODES, texts) if texts else ("", {})


def _letters(statuses: Scale) -> dict[str, str]:
    """Return the letter of each reason for an empty cell; last that there is a code after all."""
    coded, *reasons = statuses.ids
    return dict(zip([*reasons, coded], ascii_lowercase, strict=False))


def _require_limits(table: Table, labels: Sequence[_Labels]) -> None:
    """Raise an error for what pyreadstat would take, or cut off, and Stata would not."""
    for name in [field.name for field in table.fields] + [name for name, _ in labels if name]:
        if not NAME.fullmatch(name):
            raise ValueError(f"Stata takes no name {name!r}: 32 letters, digits and _ at most")
    for text in (text for _, texts in labels for text in texts.values()):
        if len(text) > LONGEST_LABEL:
            raise ValueError(f"a value's label has 32000 characters at most: {text[:60]!r}")


def _lay_out(table: Table, title: str, labels: Sequence[_Labels], path: Path) -> None:
    """Write a file in which columns are named by their places."""
    columns = {f"v{place}": field for place, field in enumerate(table.fields)}
    first = _first(labels)
    try:
        cells = {name: _values(table, field) for name, field in columns.items()}
        pyreadstat.write_dta(
            pd.DataFrame(cells),
            path,
            title,
            [field.label for field in table.fields],
            VERSION,
            {first[name]: texts for name, texts in labels if name},
            {name: list(ascii_lowercase) for name, field in columns.items() if field.why},
            {name: _shown_whole(cells[name]) for name, f in columns.items() if f.kind in TEXTS},
        )
    # pandas calls a number too large for 32 bits an error of type.
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, TypeError) as error:
        raise ValueError(f"Stata does not take the table {table.name}: {error}") from error


def _first(labels: Sequence[_Labels]) -> dict[str, str]:
    """Return by the name of each set of labels the first column that has it."""
    found: dict[str, str] = {}
    for place, (name, _) in enumerate(labels):
        if name:
            found.setdefault(name, f"v{place}")
    return found


def _values(table: Table, field: Field) -> "pd.Series[Any]":
    """Return a column as pyreadstat takes it: texts, or numbers and letters of missing values."""
    cells = table.column(field.name)
    if field.kind in TEXTS:
        return pd.Series([cell or "" for cell in cells], dtype=object)
    numbers = [_number(field, cell) for cell in cells]
    if not field.why:
        return pd.Series(numbers, dtype="Int32")
    letters, why = _letters(table.scale(field.why)), table.column(field.why)
    missing = [letters[str(reason)] for reason in why]
    return pd.Series(
        [m if n is None else n for n, m in zip(numbers, missing, strict=True)], dtype=object
    )


def _shown_whole(texts: "pd.Series[Any]") -> str:
    """Return the format in which the longest text is not cut off."""
    return f"%{min(max([1, *(len(text.encode()) for text in texts)]), WIDEST)}s"


def _number(field: Field, cell: Cell) -> int | None:
    if cell is None:
        return None
    return field.scale.numbers[str(cell)] if field.kind == CODE and field.scale else int(cell)


def _parts(content: bytes, title: str) -> list[bytes]:
    """Return the parts of a file. The title could say anything, so it is not searched."""
    begin = content.index(b"<label>") + len(b"<label>") + 2 + len(title.encode())
    at = content.index(b"<map>", begin) + len(b"<map>")
    places = struct.unpack_from(f"<{END + 1}Q", content, at)
    return [content[begin:end] for begin, end in pairwise(places)]


def _complete(
    parts: list[bytes], stamp: str, table: Table, labels: Sequence[_Labels], notes: Sequence[str]
) -> None:
    """Put into the parts of a file what pyreadstat was not told."""
    tail = f"{stamp}</timestamp></header>".encode()
    parts[HEADER] = parts[HEADER][: -len(tail)] + tail
    parts[NAMES] = _tag("varnames", *(_name(field.name) for field in table.fields))
    parts[NAMES_OF_LABELS] = _tag("value_label_names", *(_name(name) for name, _ in labels))
    parts[NOTES] = _tag("characteristics", *_notes(notes))
    for place, (name, column) in enumerate(_first(labels).items()):
        parts[LABELS] = parts[LABELS].replace(_name(f"{column}{place}"), _name(name))


def _joined(parts: Sequence[bytes]) -> bytes:
    """Return the parts as one file, with a map that says where each begins."""
    places = accumulate(map(len, parts), initial=0)
    chart = _tag("map", struct.pack(f"<{END + 1}Q", *places))
    return b"".join([parts[HEADER], chart, *parts[MAP + 1 :]])


def _notes(notes: Sequence[str]) -> Iterator[bytes]:
    """Yield the notes of the dataset, the first of them their number."""
    for place, text in enumerate([str(len(notes)), *notes]):
        content = _name("_dta") + _name(f"note{place}") + text.encode() + b"\0"
        yield _tag("ch", struct.pack("<I", len(content)), content)


def _name(text: str) -> bytes:
    """Return a name in its field, the rest of it zero."""
    return text.encode().ljust(129, b"\0")


def _tag(name: str, *content: bytes) -> bytes:
    """Return content between the tags of that name."""
    return b"".join([f"<{name}>".encode(), *content, f"</{name}>".encode()])
