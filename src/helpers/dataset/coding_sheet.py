"""The Excel coding sheet: how it is laid out, and how a filled one is read.

One sheet per state, one line per variable, below a set one line for each of its codes. What is
typed is taken as text: no formula is calculated, no markup read, no link followed.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from helpers.dataset.checks.cells import JOINT
from helpers.dataset.checks.codings import MUST_BE_FILLED
from helpers.dataset.codebook import Codebook, Variable
from helpers.dataset.files import Problem, Row, cell_message, data_folder, read_rows
from helpers.dataset.schema import TABLES

INSTRUCTIONS, CODEBOOK, LISTS = "instructions", "codebook", "lists"
"""The sheets that are no state's."""
PSEUDONYM, ACCOUNT = "B2", "B3"
"""Cells of the first sheet that say who codes what."""
HEAD = 3
"""The row of a state's sheet that names the columns."""
N_PLACES = 4
"""How many paragraphs a coding can name."""
COLUMNS = {
    "key": "A",
    "question": "B",
    "status": "C",
    "code": "D",
    "scope": "E",
    "confidence": "F",
    "locator": "G",
    "rationale": "K",
    "words": "L",
    "missing": "M",
}
"""Letters of the columns; those of further paragraphs follow that of ``locator``."""
TYPED = ("status", "code", "scope", "confidence", "rationale")
TICK = "x"
"""What marks a code of a set that holds."""
MEMBER = ":"
"""What stands between a set and its code in the first column."""
_NO_TEXT = {"f": "a formula", "e": "a formula", "d": "a date"}
_LINE = re.compile(r"\bline ([0-9]+)\b")
LARGEST = 20_000_000
"""Bytes of an unpacked workbook; a filled sheet has a hundredth of it."""


@dataclass(frozen=True)
class Line:
    """One line of a state's sheet: a variable, or one code of a set."""

    row: int
    variable: Variable
    member: str = ""

    @property
    def key(self) -> str:
        """What the first column says."""
        return f"{self.variable.id}{MEMBER}{self.member}" if self.member else self.variable.id


@dataclass(frozen=True)
class Filled:
    """What a filled workbook holds: rows as ``codings.csv`` has them, and what is wrong.

    The line of a row is counted through the whole workbook; ``places`` has its sheet and row.
    """

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: dict[int, tuple[str, int]] = field(default_factory=dict)

    def place(self, line: int, column: str = "") -> str:
        """Return where a cell of a row is, as a person finds it.

        Examples
        --------
        >>> Filled(places={1: ("KAZ Kazakhstan", 4)}).place(1, "code")
        'sheet KAZ Kazakhstan, cell D4'
        """
        sheet, row = self.places[line]
        return _place(sheet, f"{COLUMNS.get(column, COLUMNS['key'])}{row}")

    def placed(self, problem: Problem) -> Problem:
        """Return a problem that names sheet and cell where it named lines."""
        message = _LINE.sub(lambda found: self.place(int(found[1])), problem.message)
        message = f"{self.place(problem.line, problem.column)}: {message}"
        return replace(problem, line=0, column="", message=message)


def lines(book: Codebook, account: str) -> Iterator[Line]:
    """Yield the lines of a state's sheet in an account, in the codebook's order."""
    row = HEAD
    for variable in book.variables:
        if variable.is_coded_in(account):
            for member in ("", *variable.code_ids) if variable.is_set else ("",):
                row += 1
                yield Line(row, variable, member)


def place_columns() -> list[str]:
    """Return the letters of the columns that take paragraphs."""
    first = ord(COLUMNS["locator"])
    return [chr(first + n) for n in range(N_PLACES)]


def read_coding_sheet(path: Path) -> Filled:
    """Return what a filled coding sheet holds; `ValueError` if openpyxl is missing.

    A line on which nothing is typed was not read, and is no row. A line with a problem is none
    either; the others are kept.
    """
    if find_spec("openpyxl") is None:
        needed = "the package openpyxl: pip install 'coalition-of-the-unwilling[seminar]'"
        raise ValueError(f"{path.name} needs {needed}")
    message = _unsafe(path)
    if message:
        return Filled(problems=[Problem(path.name, 0, "", "", message)])
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415

    try:
        reader = ExcelReader(path, read_only=True)
        reader.read()
        book = reader.wb
        sheets = {sheet.title: _cells(sheet) for sheet in book.worksheets if _is_read(sheet.title)}
        book.close()
        # openpyxl passes over a sheet that the workbook names and does not hold.
        named = (sheet.name for sheet in reader.parser.sheets if _is_read(sheet.name))
        lost = [title for title in named if title not in book.sheetnames]
    # openpyxl raises whatever a broken file makes it.
    except Exception as error:
        message = f"cannot be read as a workbook ({type(error).__name__}); save it as .xlsx"
        return Filled(problems=[Problem(path.name, 0, "", "", message)])
    if lost:
        message = f"sheet {lost[0]} is missing inside the file; save it again as .xlsx"
        return Filled(problems=[Problem(path.name, 0, "", "", message)])
    return _Reader(path.name, sheets).filled()


def _is_read(title: str) -> bool:
    return title not in {CODEBOOK, LISTS}


def _unsafe(path: Path) -> str:
    """Say why a file is not to be opened; empty if it can be."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                return f"larger than {LARGEST} bytes when unpacked; this is no coding sheet"
            texts = (packed.read(name) for name in packed.namelist() if name.endswith(".xml"))
            if any(b"<!DOCTYPE" in text or b"<!ENTITY" in text for text in texts):
                return "declares entities, which no coding sheet does"
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return "is no workbook that can be opened; save it as .xlsx, without a password"
    return ""


def _cells(sheet: Any) -> dict[str, Any]:
    """Return the cells of a sheet that hold something, by place; none beyond the last column."""
    return {
        cell.coordinate: cell
        for row in sheet.iter_rows(max_col=ord(COLUMNS["rationale"]) - ord("A") + 1)
        for cell in row
        if cell.value is not None
    }


def _place(sheet: str, cell: str) -> str:
    return f"sheet {sheet}, cell {cell}"


class _Reader:
    """Reads the sheets of one workbook, and keeps what is wrong."""

    def __init__(self, file: str, sheets: dict[str, dict[str, Any]]):
        self.file = file
        self.sheets = sheets
        self.found = Filled()

    def filled(self) -> Filled:
        """Return all that the workbook holds."""
        if INSTRUCTIONS not in self.sheets:
            message = f"has no sheet {INSTRUCTIONS}; this is no coding sheet"
            self.found.problems.append(Problem(self.file, 0, "", "", message))
            return self.found
        account, coder = self._text(INSTRUCTIONS, ACCOUNT), self._text(INSTRUCTIONS, PSEUDONYM)
        source = _texts().get(account, "")
        if not coder:
            self._refuse(INSTRUCTIONS, PSEUDONYM, "", "must hold the coder's name or pseudonym")
        if not source:
            known = ", ".join(_texts())
            self._refuse(INSTRUCTIONS, ACCOUNT, account, f"must be an account with a text: {known}")
        if not self.found.problems:
            for title in self.sheets:
                if title != INSTRUCTIONS:
                    self._sheet(title, {"account": account, "coder": coder, "source": source})
        return self.found

    def _refuse(self, sheet: str, cell: str, value: str, message: str) -> None:
        placed = f"{_place(sheet, cell)}: {message}"
        self.found.problems.append(Problem(self.file, 0, "", value, placed))

    def _text(self, sheet: str, place: str) -> str:
        """Return what a cell says, white space folded; a formula or date is refused."""
        cell = self.sheets[sheet].get(place)
        if cell is None:
            return ""
        text = " ".join(str(cell.value).split())
        message = cell_message(text)
        if cell.data_type in _NO_TEXT:
            message = f"{_NO_TEXT[cell.data_type]}; only text can be read"
        if message:
            self._refuse(sheet, place, text, message)
            return ""
        return text

    def _sheet(self, title: str, fixed: dict[str, str]) -> None:
        """Read the rows of one state."""
        keys = self._keys(title)
        if keys.get(HEAD) != "variable":
            message = f"no state's sheet: 'variable' must stand in {COLUMNS['key']}{HEAD}"
            self._refuse(title, f"{COLUMNS['key']}{HEAD}", keys.get(HEAD, ""), message)
            return
        state = title.partition(" ")[0]
        for row, key in keys.items():
            if row > HEAD and MEMBER not in key:
                self._line(title, row, keys, fixed | {"state": state, "variable": key})

    def _keys(self, title: str) -> dict[int, str]:
        """Return by its number what the first column of each row says that holds anything."""
        numbers = sorted({int(place.lstrip("ABCDEFGHIJK")) for place in self.sheets[title]})
        return {n: self._text(title, f"{COLUMNS['key']}{n}") for n in numbers if n >= HEAD}

    def _ticks(self, title: str, keys: dict[int, str], variable: str) -> list[str]:
        """Return the codes of a set that are ticked."""
        ticked = []
        for row, key in keys.items():
            of, _, member = key.partition(MEMBER)
            place = f"{COLUMNS['code']}{row}"
            if member and of == variable and (said := self._text(title, place)):
                if said.casefold() != TICK:
                    self._refuse(title, place, said, f"must be {TICK}, or empty")
                ticked.append(member)
        return ticked

    def _line(self, title: str, row: int, keys: dict[int, str], fixed: dict[str, str]) -> None:
        """Keep one line as a row of ``codings.csv``, unless nothing or something wrong is in it."""
        before = len(self.found.problems)
        typed = {name: self._text(title, f"{COLUMNS[name]}{row}") for name in TYPED}
        ticks = self._ticks(title, keys, fixed["variable"])
        typed["code"] = JOINT.join(ticks) or typed["code"]
        places = [self._text(title, f"{column}{row}") for column in place_columns()]
        typed["locator"] = JOINT.join(filter(None, places))
        if not any(typed.values()):
            return
        if not typed["status"]:
            message = "must be chosen where anything else on the line is filled in"
            self._refuse(title, f"{COLUMNS['status']}{row}", "", message)
        if not fixed["variable"]:
            self._refuse(title, f"{COLUMNS['key']}{row}", "", "must name a variable")
        if len(self.found.problems) > before:
            return
        if "source" not in MUST_BE_FILLED.get(typed["status"], ()):
            fixed = fixed | {"source": ""}
        cells = fixed | typed
        line = len(self.found.rows) + 1
        self.found.rows.append(Row(line, {name: cells[name] for name in TABLES["codings"]}))
        self.found.places[line] = (title, row)


def _texts() -> dict[str, str]:
    """Return the source that each account codes, for those that code a text."""
    rows, _ = read_rows(data_folder() / "accounts.csv", TABLES["accounts"])
    return {row["account"]: row["text"] for row in rows if row["text"]}
