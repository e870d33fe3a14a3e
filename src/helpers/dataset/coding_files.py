"""Codings from outside, such as those of a class: what is sound is read, what is not is named.

A file has the columns of ``codings.csv``, with a name of the coder's own choice. It may be broken,
or made to do harm: a file or row that cannot be used is left out, with file, line, column and
value, and the others are read. No cell is anything but text.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from helpers.dataset.checks import require_clean, submitted
from helpers.dataset.coding_sheet import read_coding_sheet
from helpers.dataset.files import (
    CODINGS,
    Problem,
    Row,
    header_problem,
    read_text,
    record_problems,
)
from helpers.dataset.loading import load_table
from helpers.dataset.outcomes import ADJUDICATED
from helpers.dataset.schema import TABLES

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
LONGEST_NAME = 40

_COLUMNS = TABLES["codings"]
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\r|\n|\Z)')
_REST_OF_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_RUN_BY_SPREADSHEETS = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
# A spreadsheet takes what follows an apostrophe for text.
_MARKED = re.compile(rf"'+{_RUN_BY_SPREADSHEETS.pattern}")

Found = tuple[list[Row], list[Problem]]


def read_coding_files(paths: Iterable[Path]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the sound codings of files and folders, and what is wrong with all others.

    Of two coders whose names differ in case and signs at most, the one whose file comes first by
    name is read. `ValueError` if a path does not exist.
    """
    require_clean()
    found: list[Row] = []
    problems: list[Problem] = []
    owners: dict[str, tuple[str, str]] = {}
    for path in _files(paths):
        rows, wrong = _read(path)
        rows, alike = _own_names(path.name, rows, owners)
        found += rows
        problems += [*wrong, *alike]
    cells = [row.cells for row in found]
    return pd.DataFrame(cells, columns=list(_COLUMNS), dtype="str"), problems


def codings_to_compare(account: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the codings of an account in the folder of ``COALITION_CODINGS``, and its problems.

    Without that variable they are those of the project's own coders.
    """
    folder = os.environ.get(CODINGS)
    if folder:
        codings, problems = read_coding_files([Path(folder).expanduser()])
    else:
        codings, problems = load_table("codings").query("coder != @ADJUDICATED"), []
    return codings[codings["account"] == account].reset_index(drop=True), problems


def _files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read, by name, each once."""
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise ValueError(f"no file or folder {path}")
        inside = path.iterdir() if path.is_dir() else [path]
        # What systems and office programs hide beside people's files is nobody's coding.
        seen = (each for each in inside if each == path or each.name[:1] not in (".", "~"))
        found.update({each.resolve(): each for each in seen})
    return sorted(found.values(), key=lambda path: (path.name, path))


def _read(path: Path) -> Found:
    """Return the sound rows of one file, and what is wrong with it."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        return _refused(path, f"not a file of codings; allowed: {', '.join(READERS)}")
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        return _refused(path, f"{path.stat().st_size} bytes; at most {MOST_BYTES} are read")
    return reader(path)


def _refused(path: Path, message: str) -> Found:
    return [], [Problem(path.name, 0, "", "", message)]


def _read_csv(path: Path) -> Found:
    """Return the sound rows of a CSV file, and what is wrong with the others.

    A record whose quotes are wrong ends with its line, so that it takes no other along.
    """
    text, problems = read_text(path)
    rows: list[Row] = []
    for line, record in _records(text):
        if line == 1:
            if record != list(_COLUMNS):
                return [], [header_problem(path.name, record or [], _COLUMNS)]
        elif len(rows) + len(problems) >= MOST_ROWS:
            message = f"more than {MOST_ROWS} rows; what follows is left out"
            problems.append(Problem(path.name, line, "", "", message))
            break
        elif record is None:
            message = "not readable as CSV; check the quotes"
            problems.append(Problem(path.name, line, "", "", message))
        else:
            problems += _form(path.name, line, record)
            if len(record) == len(_COLUMNS):
                cells = [cell[1:] if _MARKED.match(cell) else cell for cell in record]
                rows.append(Row(line, dict(zip(_COLUMNS, cells, strict=True))))
    return _sound(path.name, rows, problems)


def _read_sheet(path: Path) -> Found:
    """Return the sound rows of an Excel coding sheet, and in which cell something is wrong."""
    filled = read_coding_sheet(path)
    rows, problems = _sound(path.name, filled.rows, [])
    unnumbered = [replace(row, line=0) for row in rows]
    return unnumbered, [*filled.problems, *map(filled.placed, problems)]


READERS: dict[str, Callable[[Path], Found]] = {".csv": _read_csv, ".xlsx": _read_sheet}
"""For each suffix, what gives the sound rows of a file and what is wrong with the others."""


def _records(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the line and the cells of each record, None where its quotes are wrong."""
    place, line = 0, 1
    while place < len(text):
        start, cells, more = place, [], True
        while more and (found := _CELL.match(text, place)):
            quoted, plain, end = found.groups()
            cells.append(plain if quoted is None else quoted.replace('""', '"'))
            place, more = found.end(), end == ","
        if more and (rest := _REST_OF_LINE.match(text, start)):
            place = rest.end()
        empty = text[start:place].strip("\r\n") == ""
        yield line, None if more else [] if empty else cells
        line += len(re.findall("\r\n|\r|\n", text[start:place]))


def _form(file: str, line: int, record: list[str]) -> Iterator[Problem]:
    """Yield what is wrong with the form of a record from outside."""
    yield from record_problems(file, line, record, _COLUMNS)
    if len(record) == len(_COLUMNS):
        for column, cell in zip(_COLUMNS, record, strict=True):
            if _RUN_BY_SPREADSHEETS.match(cell):
                message = "a spreadsheet would run it as a formula; put an apostrophe (') before it"
                yield Problem(file, line, column, cell[:60], message)


def _sound(file: str, rows: list[Row], problems: list[Problem]) -> Found:
    """Return the rows that may stand together, and all that is wrong with the others.

    What requires a row that is left out is left out too.
    """
    found = submitted(rows, _name)
    said = [*problems, *(replace(problem, file=file) for problem in found)]
    wrong = {problem.line for problem in said}
    while wrong & {row.line for row in rows}:
        rows = [row for row in rows if row.line not in wrong]
        found = submitted(rows, _name)
        wrong = {problem.line for problem in found}
        said += [replace(problem, file=file) for problem in found]
    return rows, sorted(said, key=lambda problem: (problem.line, problem.column))


def _name(value: str) -> str:
    """Accept a name that a coder may have chosen."""
    if not value:
        return "must not be empty"
    long = f"{len(value)} characters; at most {LONGEST_NAME} are allowed"
    return long if len(value) > LONGEST_NAME else ""


def _own_names(file: str, rows: list[Row], owners: dict[str, tuple[str, str]]) -> Found:
    """Return the rows of coders that no one is like, and those who are like another.

    ``owners`` holds file and name of every coder so far, and is added to.
    """
    problems: dict[str, Problem] = {}
    kept = []
    for row in rows:
        name = row["coder"]
        owner = owners.setdefault(_folded(name), (file, name))
        if name == ADJUDICATED:
            message = "is the coding that stands in the dataset and no coder's; choose another name"
        elif owner != (file, name):
            message = f"is too like {owner[1]!r} in {owner[0]}; names must differ in more than "
            message += "case and signs"
        else:
            kept.append(row)
            continue
        problems.setdefault(name, Problem(file, row.line, "coder", name, message))
    return kept, [*problems.values()]


def _folded(name: str) -> str:
    """Return the letters and digits of a name, without case."""
    plain = unicodedata.normalize("NFKC", name).lower()
    return "".join(c for c in plain if c.isalnum()) or plain
