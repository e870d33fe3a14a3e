"""What between two states of a table looks like a slip of a spreadsheet or a merge, not an edit.

No rule of the scheme is broken where a column of texts moves by a row, is sorted by itself or
changes places with another, or where rows are gone. Beside what stood there before, it shows.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from helpers.dataset.files import Problem, Row

Cells = tuple[str, ...]


def accidents(table: str, before: list[Row], after: list[Row]) -> list[Problem]:
    """Return what looks like no edit of a table; one problem for each column, or two columns.

    Wherever two rows or more hold what others held before, or all hold the same, though it may be
    meant.
    """
    old = [tuple(row.cells.values()) for row in before]
    new = {tuple(row.cells.values()): row for row in after}
    gone = [cells for cells in old if cells not in new]
    come = {cells: new[cells] for cells in new.keys() - set(old)}
    problems = [*_changed_places(table, gone, come), *_evened(table, old, after)]
    if len(after) < len(before):
        message = f"{len(before) - len(after)} rows fewer than before"
        problems.append(Problem(f"{table}.csv", 0, "", "", message))
    return problems


def _changed_places(table: str, gone: list[Cells], come: dict[Cells, Row]) -> Iterator[Problem]:
    """Yield the columns that moved by themselves, and those that changed places."""
    columns = list(next(iter(come.values())).cells) if come else []
    for place, column in enumerate(columns):
        rows = _moved(place, gone, come)
        if rows:
            message = f"{len(rows)} rows hold what other rows held before: is the column shifted, "
            message += "or sorted by itself?"
            yield Problem(f"{table}.csv", min(row.line for row in rows), column, "", message)
    for one, two in combinations(range(len(columns)), 2):
        rows = [
            come[cells] for cells in (_exchanged(row, one, two) for row in gone) if cells in come
        ]
        if len(rows) > 1:
            message = f"{len(rows)} rows hold here what stood before in {columns[two]}, and there "
            message += "what stood here: did the columns change places?"
            yield Problem(f"{table}.csv", min(row.line for row in rows), columns[one], "", message)


def _evened(table: str, old: list[Cells], after: list[Row]) -> Iterator[Problem]:
    """Yield the columns that held several values and now hold one, or nothing."""
    for place, column in enumerate(after[0].cells if after else ()):
        now = {row[column] for row in after}
        if len(now) == 1 and len([cells for cells in old if cells[place] not in now]) > 1:
            message = f"all {len(after)} rows hold the same, and held several values before"
            yield Problem(f"{table}.csv", after[0].line, column, now.pop(), message)


def _moved(place: int, gone: list[Cells], come: dict[Cells, Row]) -> list[Row]:
    """Return the rows that differ in one column only, if nearly all hold what others held."""
    held = {_without(cells, place): cells[place] for cells in gone}
    pairs = [
        (held[rest], cells)
        for cells, rest in ((cells, _without(cells, place)) for cells in come)
        if rest in held
    ]
    was, now = Counter(old for old, _ in pairs), Counter(cells[place] for _, cells in pairs)
    lost = len(pairs) - (was & now).total()
    # A column that moves by a row loses one cell at its end.
    return [come[cells] for _, cells in pairs] if lost <= (len(pairs) > 2) else []


def _without(cells: Cells, place: int) -> Cells:
    return cells[:place] + cells[place + 1 :]


def _exchanged(cells: Cells, one: int, two: int) -> Cells:
    changed = list(cells)
    changed[one], changed[two] = cells[two], cells[one]
    return tuple(changed)
