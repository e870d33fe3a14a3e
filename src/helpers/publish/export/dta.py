"""The bytes of a Stata file, format 118: Stata 14 and later, text in UTF-8.

SPSS, R and Python read it too. It is laid out here because no writer at hand gives what
matters most: pandas has no extended missing values, and pyreadstat stamps files with the
time. Stata documents the format ("help dta"); a test holds files against those of pandas.
"""

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,31}")
RESERVED = re.compile(
    "_(all|b|coef|cons|n|N|pi|pred|rc|skip)|byte|double|float|if|in|int|long|str([0-9]+|L)|"
    "using|with"
)
"""Words that cannot name a variable."""
LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TEXT = 80, 32_000, 2045
"""Characters of a label and of the label of a value, bytes of a text."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Missing:
    """A missing value: ``.`` or, with a letter, an extended one such as ``.a``."""

    letter: str = ""

    @property
    def step(self) -> int:
        """How far it lies above ``.``, in every type of number."""
        return ord(self.letter) - ord("a") + 1 if self.letter else 0


Number = int | Missing


@dataclass(frozen=True)
class ValueLabels:
    """Labels of numbers and missing values, under a name that columns can share."""

    name: str
    texts: Mapping[Number, str]


@dataclass(frozen=True)
class Column:
    """One variable: its name and label, its values, and the labels of these.

    The values are all texts, or all numbers and missing values.
    """

    name: str
    label: str
    values: Sequence[str] | Sequence[Number]
    labels: ValueLabels | None = None


@dataclass(frozen=True)
class _Storage:
    """How the values of a column lie in the file.

    ``code`` is the type in the file, ``form`` the same for `struct`, ``display`` the
    format in which Stata shows values; ``greatest`` is the greatest number. The missing
    value . is the next one, .a the one after that.
    """

    code: int
    form: str
    display: str
    greatest: int = 0

    def encode(self, value: str | Number) -> bytes | int:
        """Return a value as `struct` takes it."""
        return value.encode() if isinstance(value, str) else _number(value, self.greatest)


_WHOLE_NUMBERS = (
    _Storage(65530, "b", "%8.0g", 100),
    _Storage(65529, "h", "%8.0g", 32_740),
    _Storage(65528, "i", "%12.0g", 2_147_483_620),
)
"""Stata's byte, int and long, smallest first; value labels count as long."""


def dta(label: str, day: date, columns: Sequence[Column], notes: Iterable[str] = ()) -> bytes:
    """Return a Stata file.

    Parameters
    ----------
    label : str
        Label of the dataset.
    day : date
        The day that the file says it was written.
    columns : sequence of Column
        The variables, all of one length.
    notes : iterable of str
        What Stata's command ``notes`` shows.

    Returns
    -------
    bytes
        The file; the same for the same arguments.

    Raises
    ------
    ValueError
        If a name, a label, a text or a number is beyond Stata's limits.
    """
    _require_limits(label, columns)
    stored = [_storage(column) for column in columns]
    opening = b"<stata_dta>" + _header(label, day, columns)
    sections = [
        _tag("variable_types", *(struct.pack("<H", one.code) for one in stored)),
        _tag("varnames", *(_padded(column.name, 129) for column in columns)),
        _tag("sortlist", bytes(2 * (len(columns) + 1))),
        _tag("formats", *(_padded(one.display, 57) for one in stored)),
        _tag("value_label_names", *(_padded(_labels_name(c), 129) for c in columns)),
        _tag("variable_labels", *(_padded(column.label, 321) for column in columns)),
        _tag("characteristics", *_notes(list(notes))),
        _tag("data", *_rows(columns, stored)),
        _tag("strls"),
        _tag("value_labels", *_value_labels(columns)),
    ]
    return b"".join([opening, _map(opening, sections), *sections, b"</stata_dta>"])


def _require_limits(label: str, columns: Sequence[Column]) -> None:
    """Raise an error for the first name or label that Stata would not take."""
    named = {column.labels.name: column.labels for column in columns if column.labels}
    for name in [*(column.name for column in columns), *named]:
        if not NAME.fullmatch(name) or RESERVED.fullmatch(name):
            raise ValueError(f"Stata takes no name {name!r}: 32 letters, digits and _ at most")
    for text in [label, *(column.label for column in columns)]:
        if len(text) > LONGEST_LABEL:
            raise ValueError(f"a label for Stata has 80 characters at most: {text!r}")
    for text in (text for labels in named.values() for text in labels.texts.values()):
        if len(text) > LONGEST_VALUE_LABEL:
            raise ValueError(f"a value's label has 32000 characters at most: {text[:60]!r}")


def _storage(column: Column) -> _Storage:
    """Return the smallest type that holds a column's values."""
    texts = [value.encode() for value in column.values if isinstance(value, str)]
    if texts:
        return _text(column.name, max(map(len, texts)))
    numbers = [value for value in column.values if isinstance(value, int)]
    for storage in _WHOLE_NUMBERS:
        # Stata's least numbers lie a little further out; codes do not come near them.
        if all(abs(number) <= storage.greatest for number in numbers):
            return storage
    raise ValueError(f"column {column.name} holds a number beyond Stata's whole numbers")


def _text(name: str, longest: int) -> _Storage:
    """Return the type of a column of texts."""
    if longest > LONGEST_TEXT:
        raise ValueError(f"column {name} holds a text of {longest} bytes; Stata takes 2045")
    width = max(1, longest)
    return _Storage(width, f"{width}s", f"%{width}s")


def _number(value: Number, greatest: int) -> int:
    """Return a number as it is stored; missing values lie above the greatest."""
    return greatest + 1 + value.step if isinstance(value, Missing) else value


def _header(label: str, day: date, columns: Sequence[Column]) -> bytes:
    """Return the header: format, byte order, size, label and time stamp."""
    text = label.encode()
    stamp = f"{day.day:02} {MONTHS[day.month - 1]} {day.year} 00:00".encode()
    return _tag(
        "header",
        _tag("release", b"118"),
        _tag("byteorder", b"LSF"),
        _tag("K", struct.pack("<H", len(columns))),
        _tag("N", struct.pack("<Q", len(columns[0].values))),
        _tag("label", struct.pack("<H", len(text)), text),
        _tag("timestamp", struct.pack("<B", len(stamp)), stamp),
    )


def _map(opening: bytes, sections: Sequence[bytes]) -> bytes:
    """Return the map: where each section begins, and where the file ends."""
    n_places = len(sections) + 4
    places = [0, len(opening), len(opening) + len(_tag("map", bytes(8 * n_places)))]
    for section in sections:
        places.append(places[-1] + len(section))
    places.append(places[-1] + len(b"</stata_dta>"))
    return _tag("map", struct.pack(f"<{n_places}Q", *places))


def _notes(notes: Sequence[str]) -> Iterable[bytes]:
    """Yield the notes of the dataset, the first of them their number."""
    for place, text in enumerate([str(len(notes)), *notes] if notes else []):
        content = _padded("_dta", 129) + _padded(f"note{place}", 129) + text.encode() + b"\0"
        yield _tag("ch", struct.pack("<I", len(content)), content)


def _rows(columns: Sequence[Column], stored: Sequence[_Storage]) -> Iterable[bytes]:
    """Yield the observations."""
    form = struct.Struct("<" + "".join(one.form for one in stored))
    encoded = [
        [one.encode(value) for value in column.values]
        for column, one in zip(columns, stored, strict=True)
    ]
    return (form.pack(*row) for row in zip(*encoded, strict=True))


def _labels_name(column: Column) -> str:
    return column.labels.name if column.labels else ""


def _value_labels(columns: Sequence[Column]) -> Iterable[bytes]:
    """Yield every set of value labels, once."""
    for labels in {c.labels.name: c.labels for c in columns if c.labels}.values():
        values = [_number(value, _WHOLE_NUMBERS[-1].greatest) for value in labels.texts]
        texts = [text.encode() + b"\0" for text in labels.texts.values()]
        starts = [sum(map(len, texts[:place])) for place in range(len(texts))]
        length = sum(map(len, texts))
        table = struct.pack(
            f"<II{len(texts)}I{len(texts)}i", len(texts), length, *starts, *values
        ) + b"".join(texts)
        yield _tag("lbl", struct.pack("<I", len(table)), _padded(labels.name, 129), bytes(3), table)


def _tag(name: str, *content: bytes) -> bytes:
    """Return content between the tags of that name."""
    return b"".join([f"<{name}>".encode(), *content, f"</{name}>".encode()])


def _padded(text: str, width: int) -> bytes:
    """Return a text in a field of so many bytes, the rest of them zero."""
    return text.encode().ljust(width, b"\0")
