"""Where the data lie, and how their rows are read.

Structure is checked here, before anything else looks at a table: encoding,
header, width, quotes. Only the standard library is imported, so that commands
which check or list start at once.
"""

import csv
import functools
import io
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, TypeVarTuple

_LINE_END = re.compile(r"\r\n|\r|\n")
_SOUND_CELL = re.compile(r'(?:"(?:[^"]|"")*"|(?!")[^,\r\n]*),')

LONGEST_VALUE, LONGEST_MESSAGE = 200, 1500
"""Characters of a problem that are printed; both may repeat cells of any length."""
LONGEST_CELL = 131_072
"""Characters."""
SETTLED = 50_000_000
"""Nanoseconds; a file written since then may change again without its time changing."""
VERIFYING = "helpers.verifying"
"""The audit event that is raised with True before files are only checked, then with False."""

CODINGS = "COALITION_CODINGS"
"""The environment variable that names a folder of codings from outside, such as a class's."""

PACKAGED = Path(__file__).resolve().parents[1] / "collection"
"""Where data and notebooks lie that were installed without a clone, for nobody to write to."""
REPOSITORY = PACKAGED if PACKAGED.is_dir() else Path(__file__).resolve().parents[3]
"""What holds the folders data and notebooks."""
_instead: ContextVar[Path | None] = ContextVar("data folder to use instead", default=None)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the data, and where.

    Attributes
    ----------
    file : str
        File name, such as ``codings.csv``.
    line : int
        Line in that file, counted from 1; 0 where no line can be named.
    column : str
        Column, or path inside the codebook; empty where none applies.
    value : str
        What stands there.
    message : str
        What is wrong, and what is allowed.
    """

    file: str
    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        """Return one line for people: file, line, column, value, message."""
        place = self.file + (f", line {self.line}" if self.line else "")
        if self.column:
            place += f", column {self.column}"
        found = f" (found {_shortened(self.value, LONGEST_VALUE)!r})" if self.value else ""
        text = f"{place}: {_shortened(self.message, LONGEST_MESSAGE)}{found}"
        # A message may repeat cells, and a cell must not steer a terminal or add a line.
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."


class DataError(ValueError):
    """The data folder holds something that the scheme does not allow.

    Parameters
    ----------
    problems : iterable of Problem
        Everything that was found, not only the first.
    """

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the data:\n{lines}")


@dataclass(frozen=True)
class Row:
    """One row of a table: its line in the file and its cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def data_folder() -> Path:
    """Return the folder that holds the data.

    The environment variable ``COALITION_DATA`` names another one than the
    repository's own; the working directory never matters.

    Returns
    -------
    Path
        An existing folder.

    Raises
    ------
    ValueError
        If the folder does not exist.
    """
    chosen = _instead.get() or os.environ.get("COALITION_DATA") or REPOSITORY / "data"
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise ValueError(
            f"no data folder at {folder}; set COALITION_DATA to the folder that holds codebook.yml"
        )
    return folder.resolve()


@contextmanager
def using_data(folder: Path) -> Iterator[None]:
    """Make another data folder the one that loaders read.

    Parameters
    ----------
    folder : Path
        The folder to read while the context lasts.

    Yields
    ------
    None
    """
    token = _instead.set(folder)
    try:
        yield
    finally:
        _instead.reset(token)


@contextmanager
def verifying() -> Iterator[None]:
    """Announce that files are read only in order to check them.

    Whoever records what a notebook depends on can tell such reading apart: only its
    result counts, that nothing was wrong. What is read here must not be kept.

    Yields
    ------
    None
    """
    sys.audit(VERIFYING, True)
    try:
        yield
    finally:
        sys.audit(VERIFYING, False)


_Result = TypeVar("_Result")
_Others = TypeVarTuple("_Others")


def once_per_state(
    function: Callable[[Path, *_Others], _Result],
) -> Callable[[Path, *_Others], _Result]:
    """Have a function of a file called once for as long as the file stays as it is.

    Parameters
    ----------
    function : callable
        Its first argument is the path of the file; the others are hashable. Nobody may
        change what it returns, since later callers get the same.

    Returns
    -------
    callable
        The function with a memory. Whoever records what is read hears of every call.
    """

    @functools.lru_cache(maxsize=128)
    def remembered(_state: tuple[int, ...], path: Path, *others: *_Others) -> _Result:
        return function(path, *others)

    @functools.wraps(function)
    def asked(path: Path, *others: *_Others) -> _Result:
        state = _settled_state(path)
        if not state:
            return function(path, *others)
        sys.audit("open", str(path), "r", 0)
        return remembered(state, path, *others)

    return asked


def _settled_state(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a file does; empty if that cannot be relied upon."""
    try:
        found = path.stat()
    except OSError:
        return ()
    # Programs can set the first of the times back, but not the other.
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < SETTLED:
        return ()
    return file_state(found)


def file_state(found: os.stat_result) -> tuple[int, ...]:
    """Return what changes whenever a file does.

    Parameters
    ----------
    found : os.stat_result
        What the system says of it.

    Returns
    -------
    tuple of int
        To be compared with that of the same path at another time.
    """
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def read_text(path: Path) -> tuple[str, list[Problem]]:
    """Return a file's text, or the reason why it cannot be read.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of str and list of Problem
        The text, empty where there are problems.

    """

    def refuse(message: str, line: int = 0, value: str = "") -> tuple[str, list[Problem]]:
        return "", [Problem(path.name, line, "", value, message)]

    def refuse_sign(message: str, before: str, value: str) -> tuple[str, list[Problem]]:
        column = _column_after(before) if path.suffix.lower() == ".csv" else ""
        return "", [Problem(path.name, before.count("\n") + 1, column, value, message)]

    if not path.is_file():
        return refuse("the file is missing")
    try:
        raw = path.read_bytes()
    except OSError as error:
        return refuse(f"the file cannot be opened: {error.strerror or error}")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return refuse("the file is UTF-16; save it as UTF-8")
    try:
        # A byte order mark is what spreadsheets write; it carries nothing and is taken off.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        value = f"byte 0x{raw[error.start]:02x}"
        return refuse_sign("not UTF-8; save the file as UTF-8", before, value)
    if not text.strip():
        return refuse("the file is empty")
    if "\x00" in text:
        message = "a NUL character, which no cell may hold; remove it, or save the file as UTF-8"
        return refuse_sign(message, text[: text.index("\x00")], "")
    # str.splitlines would also count form feeds and other signs that end no line here.
    for number, line_text in enumerate(_LINE_END.split(text), start=1):
        if line_text.startswith(("<<<<<<<", ">>>>>>>", "|||||||")) or line_text == "=======":
            return refuse("a conflict marker; finish the merge first", number, line_text[:20])
    return text, []


def _column_after(before: str) -> str:
    """Return the column of the sign that follows the beginning of a CSV file, if it has one."""
    _allow_any_length(before)
    header, *records = csv.reader(io.StringIO(f"{before}?", newline=""))
    place = len(records[-1]) if records else 0
    return header[place - 1] if 0 < place <= len(header) else ""


def _allow_any_length(text: str) -> None:
    """Have cells of any length read: a lost quote shows as a line break in one.

    The limit is that of all readers of CSV in the process, so it is never lowered.
    """
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))


def read_rows(path: Path, columns: Sequence[str]) -> tuple[list[Row], list[Problem]]:
    """Read a CSV file's rows with their line numbers.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        The header that the file must have, in this order.

    Returns
    -------
    tuple of list of Row and list of Problem
        One row per record, and all that is wrong with the structure. A row of the
        wrong width is a problem and is not among the rows.
    """
    rows, problems = _read_rows(path, tuple(columns))
    return [*rows], [*problems]


@once_per_state
def _read_rows(path: Path, columns: tuple[str, ...]) -> tuple[list[Row], list[Problem]]:
    text, problems = read_text(path)
    if problems:
        return [], problems
    _allow_any_length(text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    start = 1
    try:
        header = next(reader)
        if header != list(columns):
            problems.append(header_problem(path.name, header, columns))
            return [], problems
        start = reader.line_num + 1
        for record in reader:
            line, start = start, reader.line_num + 1
            problems.extend(record_problems(path.name, line, record, columns))
            if len(record) == len(columns):
                rows.append(Row(line, dict(zip(columns, record, strict=True))))
    except csv.Error as error:
        # The line on which the record began: an open quote runs on to the end of the file.
        message = f"not readable as CSV from here on: {error}; check the quotes"
        column = _column_of_quote(text, start, columns) if start > 1 else ""
        problems.append(Problem(path.name, start, column, "", message))
    return rows, problems


def _column_of_quote(text: str, line: int, columns: Sequence[str]) -> str:
    """Return the column of the first cell of a record whose quotes are wrong."""
    place = [0, *(end.end() for end in _LINE_END.finditer(text))][line - 1]
    n = 0
    while found := _SOUND_CELL.match(text, place):
        place, n = found.end(), n + 1
    return columns[n] if n < len(columns) else ""


def header_problem(file: str, header: list[str], columns: Sequence[str]) -> Problem:
    """Say how a header differs from what it must be."""
    missing = [name for name in columns if name not in header]
    surplus = [name for name in header if name not in columns]
    parts = [f"the header must be {','.join(columns)}"]
    if missing:
        parts.append(f"missing: {', '.join(missing)}")
    if surplus:
        parts.append(f"not known: {', '.join(surplus)}")
    return Problem(file, 1, "", ",".join(header), "; ".join(parts))


def record_problems(
    file: str, line: int, record: list[str], columns: Sequence[str]
) -> list[Problem]:
    """Say what is wrong with the shape of one record."""
    if not record:
        return [Problem(file, line, "", "", "an empty line; remove it")]
    if len(record) != len(columns):
        message = f"{len(record)} cells where the header has {len(columns)}"
        broken = [name for name, cell in zip(columns, record, strict=False) if "\n" in cell]
        if broken:
            message += "; a line break inside a cell: check the quotes"
        return [Problem(file, line, "".join(broken[:1]), ",".join(record)[:60], message)]
    if _is_plain(record):
        return []
    cells = zip(columns, record, strict=True)
    found = ((column, cell, cell_message(cell)) for column, cell in cells)
    return [
        Problem(file, line, column, _shortened(cell, LONGEST_VALUE), text)
        for column, cell, text in found
        if text
    ]


def _is_plain(record: list[str]) -> bool:
    """Tell whether nothing can be wrong with any cell: by far most records, at one look."""
    joined = "|".join(["", *record, ""])
    short = len(joined) <= LONGEST_CELL
    return short and joined.isprintable() and "| " not in joined and " |" not in joined


def cell_message(cell: str) -> str:
    """Say what no cell may hold: what cannot be seen, or breaks a line."""
    if "\n" in cell or "\r" in cell:
        return "a line break inside a cell"
    if len(cell) > LONGEST_CELL:
        return f"{len(cell)} characters; at most {LONGEST_CELL} are read"
    if cell != cell.strip():
        return "white space around the value"
    # isprintable() is false for tabs, no-break and zero-width spaces, soft hyphens.
    hidden = "" if cell.isprintable() else next(c for c in cell if not c.isprintable())
    return f"a character that cannot be seen, U+{ord(hidden):04X}; remove it" if hidden else ""
