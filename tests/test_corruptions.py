"""Whatever happens to the data, nothing passes unnoticed: harmless, refused, or a visible edit."""

import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from corruptions import DATA, Corruption, corruptions

from helpers.analysis.accidents import accidents
from helpers.analysis.history import coding_changes, table_changes
from helpers.dataset.checks import find_problems, unexplained
from helpers.dataset.codebook import FILE, load_codebook
from helpers.dataset.files import Problem, Row, read_rows
from helpers.dataset.schema import TABLES

HARMLESS, REFUSED, SAID, EDIT, UNNOTICED = "harmless", "refused", "said", "edit", "unnoticed"
"""The classes: of what is *said*, ``coalition check`` asks that somebody look at it."""
VALID = {"value of another row", "cell emptied"}
"""What may be right in itself, and wrong beside other cells, where it is then said."""
SHARE = 1 / 300
"""Of all corruptions, those that are always tried."""


class Patient:
    """A copy of the data that one corruption after the other is done to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        shutil.copytree(DATA, self.folder)

    def sort(self, corruption: Corruption) -> tuple[str, list[Problem]]:
        """Do it, and return its class and the problems found; the file is put back."""
        path = self.folder / corruption.file
        path.unlink()
        try:
            corruption.write(path)
            found = find_problems(self.folder)
            if found:
                return REFUSED, [*found, *self._accidents(corruption.file)]
            return self._of_sound(corruption)
        finally:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            shutil.copy2(DATA / corruption.file, path)

    def _rows(self, file: str) -> list[list[Row]]:
        """Return the rows of a table, before and after."""
        columns = TABLES[Path(file).stem]
        return [read_rows(folder / file, columns)[0] for folder in (DATA, self.folder)]

    def _accidents(self, file: str) -> list[Problem]:
        return accidents(Path(file).stem, *self._rows(file)) if file != FILE else []

    def _of_sound(self, corruption: Corruption) -> tuple[str, list[Problem]]:
        """Return the class of what breaks no rule."""
        if corruption.file == FILE:
            same, n_changed = _scheme(self.folder) == _scheme(DATA), 1
        else:
            old, new = (
                Counter(tuple(row.cells.values()) for row in rows)
                for rows in self._rows(corruption.file)
            )
            same, n_changed = old == new, (new - old).total()
        if same:
            return HARMLESS, []
        said = [*self._accidents(corruption.file), *unexplained(self.folder)]
        if said:
            return SAID, said
        shown = table_changes(DATA, self.folder) or coding_changes(DATA, self.folder)
        # What changes one row may be an edit; what changes several at once is none.
        return EDIT if shown and n_changed == 1 else UNNOTICED, []


def _scheme(folder: Path) -> list[object]:
    """Return all that a codebook says."""
    book = load_codebook(folder)
    # Rules are equal to themselves only; what they hold is not.
    parts = ((each, f.name) for each in (book, book.rules) for f in fields(each))
    return [getattr(each, name) for each, name in parts if name != "rules"]


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


def test_nothing_is_unnoticed(patient: Patient) -> None:
    chance = random.Random(13)
    for corruption in (each for each in corruptions() if chance.random() < SHARE):
        sort, problems = patient.sort(corruption)
        assert sort != UNNOTICED, corruption
        assert [*faults(corruption, sort, problems)] == []


def faults(corruption: Corruption, sort: str, problems: list[Problem]) -> Iterator[str]:
    """Yield what is wrong with the messages about one corruption."""
    for text in map(str, problems):
        if len(text) > 2000 or not text.isprintable():
            yield f"{corruption}: {text[:200]}"
    places = {(p.file, p.line, part) for p in problems for part in p.column.split(", ")}
    # Of two cells that must agree, one is the column, and the other stands in the message.
    places |= {
        (p.file, p.line, corruption.column) for p in problems if corruption.column in p.message
    }
    if corruption.kind in VALID:
        return
    if sort == REFUSED and corruption.line and corruption.column:
        named = (corruption.file, corruption.line, corruption.column) in places
        # A seal holds a whole table; what an identity was is said wherever others still name it.
        gone = _cell(corruption)
        elsewhere = {
            part for p in problems if p.file != corruption.file for part in p.value.split(";")
        }
        known = gone in elsewhere - {""} or any("seals." in p.message for p in problems)
        if not named and not known:
            yield f"{corruption}: said elsewhere: {problems[0]}"
    elif problems and not any(corruption.file in str(problem) for problem in problems):
        yield f"{corruption}: said of another file: {problems[0]}"


def _cell(corruption: Corruption) -> str:
    """Return what stood in the cell of a corruption."""
    rows, _ = read_rows(DATA / corruption.file, TABLES[Path(corruption.file).stem])
    return next(r.cells[corruption.column] for r in rows if r.line == corruption.line)


@pytest.mark.long
def test_no_corruption_of_any_file_table_or_column_is_unnoticed(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong, slowest = [], (0.0, "")
    for corruption in corruptions():
        begun = time.process_time()
        sort, problems = patient.sort(corruption)
        slowest = max(slowest, (time.process_time() - begun, str(corruption)))
        counts[corruption.kind][sort] += 1
        wrong += [f"{corruption}: {sort}"] if sort == UNNOTICED else []
        wrong += faults(corruption, sort, problems)
    total = sum(counts.values(), Counter[str]())
    with capsys.disabled():
        for kind, found in counts.items():
            print(f"{kind}: {dict(found)}")
        print(f"{total.total()} corruptions: {dict(total)}; slowest {slowest}")
    assert not wrong, "\n".join(wrong)
