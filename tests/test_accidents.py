"""Slips of a spreadsheet or a merge are told from edits."""

import pytest

from helpers.analysis.accidents import accidents
from helpers.dataset.files import Row

COLUMNS = ("id", "name", "place", "read")
BEFORE = [
    ("a", "Ada", "Rome", "yes"),
    ("b", "Bo", "Oslo", "no"),
    ("c", "Cy", "Bonn", "yes"),
    ("d", "Di", "Kyiv", "yes"),
]


def rows(cells: list[tuple[str, ...]]) -> list[Row]:
    return [Row(n, dict(zip(COLUMNS, row, strict=True))) for n, row in enumerate(cells, start=2)]


def with_column(place: int, cells: list[str]) -> list[tuple[str, ...]]:
    pairs = zip(BEFORE, cells, strict=True)
    return [(*row[:place], cell, *row[place + 1 :]) for row, cell in pairs]


@pytest.mark.parametrize(
    ("after", "line", "column", "words"),
    [
        (with_column(1, ["", "Ada", "Bo", "Cy"]), 2, "name", "4 rows hold what other rows held"),
        (with_column(1, ["Bo", "Cy", "Di", ""]), 2, "name", "4 rows hold what other rows held"),
        (with_column(2, ["Bonn", "Kyiv", "Oslo", "Rome"]), 2, "place", "sorted by itself"),
        (with_column(2, ["Rome", "Oslo", "Kyiv", "Bonn"]), 4, "place", "2 rows hold"),
        (with_column(1, [""] * 4), 2, "name", "all 4 rows hold the same"),
        ([(i, p, n, r) for i, n, p, r in BEFORE], 2, "name", "4 rows hold here|in place"),
        (BEFORE[:3], 0, "", "1 rows fewer"),
        ([], 0, "", "4 rows fewer"),
    ],
)
def test_what_looks_like_a_slip(
    after: list[tuple[str, ...]], line: int, column: str, words: str
) -> None:
    (problem,) = accidents("table", rows(BEFORE), rows(after))
    assert (problem.file, problem.line, problem.column) == ("table.csv", line, column)
    assert all(word in problem.message for word in words.split("|"))


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        BEFORE[::-1],
        [*BEFORE, ("e", "Ed", "Riga", "no")],
        [*BEFORE[:2], ("z", "Zoe", "Bern", "no"), *BEFORE[2:]],
        with_column(1, ["Ada", "Bob", "Cyd", "Di"]),
        with_column(1, ["Bo", "Bo", "Cy", "Di"]),
        [*BEFORE[:3], ("d", "Di", "Kiev", "no")],
        with_column(3, ["yes"] * 4),
        [("a", "Rome", "Ada", "yes"), *BEFORE[1:]],
    ],
)
def test_what_looks_like_an_edit(after: list[tuple[str, ...]]) -> None:
    assert accidents("table", rows(BEFORE), rows(after)) == []
