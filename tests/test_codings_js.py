"""Tables of codings in a browser: read, checked and written as Python does."""

import csv
import hashlib
import io
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.dataset.checks.codings import codings
from helpers.dataset.checks.content import Content
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import Row, cell_message, data_folder, read_rows, using_data
from helpers.dataset.schema import TABLES
from helpers.publish import site
from helpers.publish.export.codebook_json import as_json
from helpers.publish.site.coding_page import material

try:
    from reader import chromium
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

STATIC = Path(site.__file__).parent / "static"
SECOND = Path(__file__).parent / "second_text"
COLUMNS = TABLES["codings"]
Tables = dict[str, list[Row]]
N_TABLES = 20
ODD = [
    "",
    "high",
    "low",
    "group",
    "undecided",
    "coded",
    "silent",
    "no-such",
    "é",
    "b;a",
    "a;a",
    "x y",
]
ALPHABET = "ab,;\"'\n\r\t =+-@\u00a0\u200b\u2028\ufeff\x1c\x85é\u2019“漢🙂\uff1d"


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with chromium() as browser:
        window = browser.new_page()
        for name in ("rules", "codings", "paragraphs"):
            text = (STATIC / f"{name}.js").read_text(encoding="utf-8")
            window.add_script_tag(content=f"{text}\nwindow.{name} = {name};")
        yield window


def valid_rows() -> list[dict[str, str]]:
    """Return the project's codings of texts with numbered paragraphs, by those who code alone."""
    accounts = {account["id"] for account in material()["accounts"]}
    rows, _ = read_rows(data_folder() / "codings.csv", COLUMNS)
    return [
        row.cells for row in rows if row["account"] in accounts and row["coder"] != "adjudicated"
    ]


def table_of(draw: random.Random, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows of some states, of which some were spoilt, left out or doubled."""
    states = sorted({row["state"] for row in rows})
    chosen = draw.sample(states, min(2, len(states)))
    found = []
    for row in rows:
        if row["state"] not in chosen or draw.random() < 0.05:
            continue
        found.append(spoilt(draw, row, rows) if draw.random() < 0.3 else dict(row))
        if draw.random() < 0.03:
            found.append(dict(row))
    return found


def spoilt(draw: random.Random, row: dict[str, str], rows: list[dict[str, str]]) -> dict[str, str]:
    """Return a row with one or two cells from elsewhere, or that no row may hold."""
    other = {**row}
    for column in draw.sample(COLUMNS, draw.choice((1, 1, 2))):
        if column == "coder":
            continue
        donor = draw.choice(rows)[column]
        long = " ".join(["word"] * draw.choice((25, 26)))
        twice = f"{row[column]};{row[column]}"
        backwards = ";".join(reversed(row[column].split(";")))
        odd = [long, "a <b> c", "a < b"] if column == "rationale" else [*ODD, twice, backwards]
        other[column] = draw.choice([donor, donor, draw.choice(odd)])
    return other


def python_problems(tables: Tables, rows: list[Row]) -> set[tuple[int, str, str]]:
    """Return what the checks of the dataset find in rows, as line, column and message."""
    found = codings(Content(load_codebook(), tables | {"codings": rows}))
    return {(p.line, p.column, comparable(p.column, p.message)) for p in found}


def comparable(column: str, message: str) -> str:
    """Return a message without what only Python says, such as what is close."""
    return "" if column in ("account", "source") else re.sub("; did you mean .*", "", message)


def python_kept(tables: Tables, rows: list[Row]) -> list[int]:
    """Return the lines of the rows that are left once nothing is wrong with any."""
    while wrong := {line for line, _, _ in python_problems(tables, rows)}:
        rows = [row for row in rows if row.line not in wrong]
    return [row.line for row in rows]


@pytest.mark.parametrize("folder", [None, SECOND], ids=["project", "second text"])
def test_a_browser_refuses_the_same_rows_for_the_same_reasons(page: Any, folder: Path) -> None:
    with using_data(folder or data_folder()):
        draw, rows = random.Random(20261130), valid_rows()
        tables = [table_of(draw, rows) for _ in range(N_TABLES)]
        given = [
            [{"line": i + 2, "cells": cells} for i, cells in enumerate(table)] for table in tables
        ]
        book, known = as_json(load_codebook()), material()
        answers = page.evaluate(
            """([book, material, tables]) => tables.map((rows) => [
                codings.problemsOf(book, material, rows),
                codings.check(book, material, rows).rows.map((row) => row.line),
            ])""",
            [book, known, given],
        )
        others = {
            name: read_rows(data_folder() / f"{name}.csv", TABLES[name])[0] for name in TABLES
        }
        n_rows, n_wrong, n_kept = 0, 0, 0
        for table, (problems, kept) in zip(tables, answers, strict=True):
            listed = [Row(i + 2, cells) for i, cells in enumerate(table)]
            expected = python_problems(others, listed)
            columns = ((p["line"], p["column"], p["message"]) for p in problems)
            assert {(i, c, comparable(c, message)) for i, c, message in columns} == expected
            assert kept == python_kept(others, listed)
            n_rows, n_kept = n_rows + len(listed), n_kept + len(kept)
            n_wrong += len({line for line, _, _ in expected})
    assert n_rows > 400
    assert n_wrong > 100
    assert n_kept > 200


def test_all_codings_of_texts_may_stand(page: Any) -> None:
    rows = [{"line": i, "cells": cells} for i, cells in enumerate(valid_rows())]
    given = [as_json(load_codebook()), material(), rows]
    script = """(given) => {
        const found = codings.check(...given);
        return [found.problems, found.rows.length];
    }"""
    assert page.evaluate(script, given) == [[], len(rows)]
    assert len(rows) > 300


def texts(draw: random.Random, n: int) -> list[str]:
    return ["".join(draw.choices(ALPHABET, k=draw.randrange(8))) for _ in range(n)]


def test_words_and_cells_are_judged_alike(page: Any) -> None:
    given = texts(random.Random(3), 1500)
    answers = page.evaluate(
        """(texts) => texts.map((text) => [
            codings.words(text).length, codings.messageOfCell(text, 100)])""",
        given,
    )
    for text, (words, message) in zip(given, answers, strict=True):
        assert words == len(text.split()), ascii(text)
        expected = cell_message(text)
        if not expected and text.startswith(tuple("=+-@\uff1d")):
            assert "as a formula" in message
        else:
            assert message == expected, ascii(text)


def test_a_cleaned_text_may_stand_in_a_cell(page: Any) -> None:
    found = page.evaluate("(texts) => texts.map(codings.clean)", texts(random.Random(7), 500))
    assert [text for text in found if cell_message(text)] == []
    assert page.evaluate("codings.clean(' a\\n\\u200b b\\u00ad\\u00a0c')") == "a b c"


def test_what_a_browser_writes_both_read(page: Any, tmp_path: Path) -> None:
    draw = random.Random(5)
    given = [
        {"cells": dict(zip(COLUMNS, cells, strict=True))}
        for cells in (texts(draw, len(COLUMNS)) for _ in range(300))
        if not any(map(cell_message, cells)) and any(cells)
    ]
    text, rows = page.evaluate(
        """([rows, columns]) => {
            const text = codings.write(rows, columns);
            return [text, codings.parse(new TextEncoder().encode(text), columns)];
        }""",
        [given, COLUMNS],
    )
    assert rows["problems"] == []
    assert [row["cells"] for row in rows["rows"]] == [row["cells"] for row in given]
    path = tmp_path / "codings.csv"
    path.write_text(text, encoding="utf-8", newline="")
    read, problems = read_rows(path, COLUMNS)
    assert problems == []
    # An apostrophe keeps a spreadsheet from running a cell.
    cells = [cell for row in read for cell in row.cells.values()]
    assert not any(cell.startswith(tuple("=+-@\uff1d")) for cell in cells)
    assert [cell.lstrip("'") for cell in cells] == [
        cell.lstrip("'") for row in given for cell in row["cells"].values()
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_mark_at_the_beginning_are_read(page: Any, end: str) -> None:
    rows = [list(row.values()) for row in valid_rows()[:20]]
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([list(COLUMNS), *rows])
    found = parsed(page, "\ufeff" + text.getvalue())
    assert [list(row["cells"].values()) for row in found["rows"]] == rows
    assert [row["line"] for row in found["rows"]] == list(range(2, 22))


def parsed(page: Any, content: str | bytes) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    script = """([text, columns]) => codings.parse(
        Uint8Array.from(text, (sign) => sign.charCodeAt(0)), columns)"""
    return page.evaluate(script, [raw.decode("latin-1"), COLUMNS])


HEAD = ",".join(COLUMNS) + "\n"
GOOD = "essay,KAZ,alliance,ann,silent,,,,,,\n"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ((HEAD + GOOD).replace(",", ";"), 1, "separated by semicolons"),
        ((HEAD + GOOD).replace(",", "\t"), 1, "separated by tabs"),
        ((HEAD + GOOD).encode("utf-16"), 0, "UTF-16"),
        ((HEAD + GOOD).encode() + "é".encode("latin-1"), 3, "not UTF-8"),
        (b"PK\x03\x04", 0, "a workbook"),
        (b"", 0, "empty"),
        (HEAD + "\0", 2, "NUL"),
        ("account,state\n" + GOOD, 1, "missing: variable"),
        (b"x" * 5_000_001, 0, "at most 5000000"),
    ],
)
def test_files_that_cannot_be_read_are_refused(
    page: Any, content: str | bytes, line: int, reason: str
) -> None:
    found = parsed(page, content)
    assert found["rows"] == []
    assert [problem["line"] for problem in found["problems"]] == [line]
    assert reason in found["problems"][0]["message"]


def test_a_broken_line_takes_no_other_along(page: Any) -> None:
    """Nor does one with a cell of a megabyte, a formula, or a quote that is never closed."""
    other = GOOD.replace("alliance", "restraints")
    broken = {
        'essay,KAZ,"alliance,ann\n': "check the quotes",
        'essay,KAZ,"all"iance,ann,silent,,,,,,\n': "check the quotes",
        "a,b\n": "2 cells where the header has 11",
        "\n": "an empty line",
        GOOD.replace(",,,,,,", ',,,,,,"=HYPERLINK(1)"'): "a formula",
        GOOD.replace(",,,,,,", f",,,,,,{'x' * 1_000_000}"): "at most 131072",
        GOOD.replace(",,,,,,", ',,,,,,"a\nb"'): "a line break inside a cell",
    }
    for bad, reason in broken.items():
        found = parsed(page, HEAD + GOOD + bad + other)
        assert [(p["line"], reason in p["message"]) for p in found["problems"]] == [(3, True)], bad
        assert all(len(problem["value"]) < 100 for problem in found["problems"])
        cells = [row["cells"]["variable"] for row in found["rows"] if row["line"] != 3]
        assert cells == ["alliance", "restraints"], bad


def test_ten_thousand_more_rows_are_named_and_more_are_left_out(page: Any) -> None:
    script = """([head, row, n, ...known]) => {
        const { rows, problems } = codings.read(head + row.repeat(n), ...known);
        const lines = [...new Set(problems.map((each) => each.line))];
        return [rows.map((row) => row.line), lines[0], lines.length, problems.at(-1).message];
    }"""
    known = [as_json(load_codebook()), material()]
    kept, first, n_wrong, _ = page.evaluate(script, [HEAD, GOOD, 10_000, *known])
    assert (kept, first, n_wrong) == ([2], 3, 9_999)
    *_, last = page.evaluate(script, [HEAD, GOOD, 30_000, *known])
    assert "more than 20000 rows" in last


def test_accounts_without_numbered_paragraphs_are_not_coded_here(page: Any) -> None:
    row = {"line": 2, "cells": {**valid_rows()[0], "account": "record_2026"}}
    given = [as_json(load_codebook()), material(), [row]]
    assert page.evaluate("(given) => codings.check(...given).rows", given) == []


def test_checksums_are_those_of_python(page: Any) -> None:
    given = [("é\u2019a🙂" * 40)[:n] for n in range(150)]
    found = page.evaluate("(texts) => texts.map(paragraphs.sha256)", given)
    assert found == [hashlib.sha256(text.encode()).hexdigest() for text in given]


def test_paragraphs_are_recognised_however_lines_break(page: Any) -> None:
    draw = random.Random(11)
    bodies = [
        " ".join(draw.choices(["uno", "dos", "tré", "\u2019quo\u2019"], k=n))
        for n in (9, 30, 30, 41)
    ]
    known = [
        {
            "locator": f"Body {i}",
            "words": len(b.split()),
            "sha256": hashlib.sha256(b.encode()).hexdigest(),
        }
        for i, b in enumerate(bodies)
    ]
    for gap in ("\n\n", "\r\n", " ", "\n\u00a0 \n", "\nA heading\n\n"):
        broken = [
            "".join(draw.choice([" ", "\n", "\r\n\t", "\u00a0"]) if c == " " else c for c in b)
            for b in bodies
        ]
        found = page.evaluate(
            "(given) => paragraphs.recognise(...given)", [gap.join(broken), known]
        )
        assert [piece["locator"] for piece in found if piece["locator"]] == [
            "Body 0",
            "Body 1",
            "Body 2",
            "Body 3",
        ]
        assert [piece["text"] for piece in found if piece["locator"]] == bodies
        assert {piece["text"] for piece in found if not piece["locator"]} <= {"A heading"}
