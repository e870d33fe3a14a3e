"""The Excel coding sheet: filled as a student would, and read back. Texts are made up."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from made_up_class import row_of, write_codings

from helpers.data import load_codings
from helpers.dataset.codebook import load_codebook
from helpers.dataset.coding_files import read_coding_files
from helpers.dataset.coding_sheet import (
    ACCOUNT,
    CODEBOOK,
    COLUMNS,
    INSTRUCTIONS,
    LARGEST,
    LISTS,
    PSEUDONYM,
    lines,
    place_columns,
    read_coding_sheet,
)
from helpers.dataset.files import using_data
from helpers.dataset.loading import case_names
from helpers.publish.seminar.workbook import write_coding_sheet

SECOND = Path(__file__).parent / "second_text"
Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "essay.xlsx"
    write_coding_sheet("essay", path)
    return path


@pytest.fixture
def fill(empty: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """Return what changes a copy of the empty sheet, signed by a coder, and says where it is."""

    def changed(change: Change) -> Path:
        book = openpyxl.load_workbook(empty)
        book[INSTRUCTIONS][PSEUDONYM] = "owl"
        change(book)
        book.save(tmp_path / "owl.xlsx")
        return tmp_path / "owl.xlsx"

    return changed


def place(account: str, column: str, variable: str, member: str = "") -> str:
    """Return the cell of a variable's, or a set's code's, line."""
    found = lines(load_codebook(), account)
    row = next(x.row for x in found if (x.variable.id, x.member) == (variable, member))
    return f"{COLUMNS[column]}{row}"


def type_codings(book: Any, account: str, coder: str) -> list[dict[str, str]]:
    """Fill a workbook with all codings of a coder of the project, and return them."""
    rows = load_codings(account, coder).to_dict("records")
    codebook = load_codebook()
    for row in rows:
        sheet = book[f"{row['state']} {case_names()[row['state']]}"]
        variable = codebook.variable(row["variable"])
        for column in ("status", "scope", "confidence", "rationale"):
            sheet[place(account, column, variable.id)] = row[column] or None
        if variable.is_set:
            for member in filter(None, row["code"].split(";")):
                sheet[place(account, "code", variable.id, member)] = "x"
        else:
            sheet[place(account, "code", variable.id)] = row["code"] or None
        line = place(account, "code", variable.id)[1:]
        places = zip(place_columns(), filter(None, row["locator"].split(";")), strict=False)
        for column, locator in places:
            sheet[f"{column}{line}"] = locator
    return rows


def test_what_is_typed_is_read_as_it_was(fill: Callable[[Change], Path]) -> None:
    expected: list[dict[str, str]] = []
    path = fill(lambda book: expected.extend(type_codings(book, "essay", "coder_1")))
    found, problems = read_coding_files([path])
    assert problems == []
    key = ["state", "variable"]
    rows = found.sort_values(key).to_dict("records")
    own = sorted(
        (row | {"coder": "owl"} for row in expected), key=lambda r: (r["state"], r["variable"])
    )
    assert rows == own


@pytest.mark.parametrize("account", ["letter", "logbook"])
def test_another_scheme_has_its_own_sheet(tmp_path: Path, account: str) -> None:
    with using_data(SECOND):
        path = tmp_path / "sheet.xlsx"
        write_coding_sheet(account, path)
        book = openpyxl.load_workbook(path)
        book[INSTRUCTIONS][PSEUDONYM] = "owl"
        expected = type_codings(book, account, "coder_1")
        book.save(path)
        found, problems = read_coding_files([path])
    assert problems == []
    assert len(found) == len(expected) > 0


def test_an_empty_sheet_holds_no_coding(fill: Callable[[Change], Path]) -> None:
    """What was not read is no row, and never silence."""
    found = read_coding_sheet(fill(lambda _: None))
    assert (found.rows, found.problems) == ([], [])


def test_only_what_is_to_be_typed_is_open(empty: Path) -> None:
    book = openpyxl.load_workbook(empty)
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert book[LISTS].sheet_state == "veryHidden"
    assert book.sheetnames[0] == INSTRUCTIONS
    assert book.sheetnames[1:-2] == [f"{s} {n}"[:31] for s, n in case_names().items()]
    (front,) = [
        c.coordinate
        for row in book[INSTRUCTIONS].iter_rows()
        for c in row
        if not c.protection.locked
    ]
    assert front == PSEUDONYM
    assert book[INSTRUCTIONS][ACCOUNT].value == "essay"
    state = book[book.sheetnames[1]]
    opened = {c.coordinate for row in state.iter_rows() for c in row if not c.protection.locked}
    expected = set()
    for line in lines(load_codebook(), "essay"):
        columns = ["code"] if line.member else ["status", "scope", "confidence", "rationale"]
        if not line.member:
            expected |= {f"{column}{line.row}" for column in place_columns()}
            columns += [] if line.variable.is_set else ["code"]
        expected |= {f"{COLUMNS[column]}{line.row}" for column in columns}
    assert opened == expected
    assert not any(c.protection.locked is False for row in book[CODEBOOK].iter_rows() for c in row)


def test_each_list_offers_what_the_codebook_allows(empty: Path) -> None:
    book, codebook = openpyxl.load_workbook(empty), load_codebook()
    state = book[book.sheetnames[1]]
    offered: dict[str, list[str]] = {}
    for rule in state.data_validations.dataValidation:
        source = rule.formula1
        if source.startswith('"'):
            values = source.strip('"').split(",")
        else:
            cells = book[LISTS][source.partition("!")[2].replace("$", "")]
            rows = cells if isinstance(cells, tuple) else ((cells,),)
            values = [row[0].value for row in rows]
        offered |= dict.fromkeys(str(rule.sqref).split(" "), values)
    assert all(rule.type == "list" for rule in state.data_validations.dataValidation)
    for line in lines(codebook, "essay"):
        code = f"{COLUMNS['code']}{line.row}"
        if line.member:
            assert offered[code] == ["x"]
            continue
        assert offered[f"{COLUMNS['status']}{line.row}"] == list(codebook.ids("statuses"))
        assert "Introduction 1" in offered[f"{COLUMNS['locator']}{line.row}"]
        levels = list(codebook.ids("confidences"))
        most = line.variable.max_confidence or levels[-1]
        assert offered[f"{COLUMNS['confidence']}{line.row}"] == levels[: levels.index(most) + 1]
        if not line.variable.is_set:
            assert offered[code] == list(line.variable.code_ids)


def test_the_words_are_counted_down(empty: Path) -> None:
    state = openpyxl.load_workbook(empty).worksheets[1]
    formula = state[place("essay", "words", "arms_supply")].value
    cell = place("essay", "rationale", "arms_supply")
    assert formula == (
        f'=25-IF(LEN(TRIM({cell}))=0,0,LEN(TRIM({cell}))-LEN(SUBSTITUTE(TRIM({cell})," ",""))+1)'
    )


TROOPS = "combat_troops"
SOUND = {
    "status": "coded",
    "code": "refused",
    "scope": "state",
    "confidence": "high",
    "locator": "Central Asia 1",
    "rationale": "Made up.",
}
WRONG = {
    "no status": ("code", "refused", "must be chosen"),
    "a formula": ("rationale", '=HYPERLINK("https://example.org")', "a formula"),
    "a code of another variable": ("code", "lifeline", "must be one of refused, none"),
    "markup": ("status", "<script>alert(1)</script>", "must be one of coded, silent"),
    "a paragraph that is not there": ("locator", "Introduction 99", "must be one of"),
    "a character that cannot be seen": ("rationale", "a\u200bb", "cannot be seen"),
    "a date": ("rationale", date(2024, 3, 1), "a date; only text"),
    "too many words": ("rationale", "word " * 26, "26 words; at most 25"),
}


def test_a_problem_names_its_sheet_and_cell(fill: Callable[[Change], Path]) -> None:
    """The line goes; the others of the file are read."""
    states = [f"{state} {name}" for state, name in case_names().items()]

    def change(book: Any) -> None:
        for state, (column, value, _) in zip(states, WRONG.values(), strict=False):
            typed = dict(SOUND) if column != "code" or value != "refused" else {}
            for other, text in (typed | {column: value}).items():
                book[state][place("essay", other, TROOPS)] = text
            book[state][place("essay", "status", "arms_supply")] = "silent"

    found, problems = read_coding_files([fill(change)])
    assert found["variable"].tolist() == ["arms_supply"] * len(WRONG)
    said = [str(problem) for problem in problems]
    for state, (column, value, message) in zip(states, WRONG.values(), strict=False):
        where = place("essay", "status" if value == "refused" else column, TROOPS)
        start = f"owl.xlsx: sheet {state}, cell {where}: "
        assert any(line.startswith(start) and message in line for line in said), start


def test_a_tick_that_is_none_and_a_strange_sheet_are_named(fill: Callable[[Change], Path]) -> None:
    def change(book: Any) -> None:
        sheet = book["KAZ Kazakhstan"]
        sheet[place("essay", "code", "turns_to", "china")] = "yes"
        sheet[place("essay", "status", "turns_to")] = "coded"
        book.create_sheet("Notes")["A3"] = "mine"

    found = read_coding_sheet(fill(change))
    assert found.rows == []
    assert [problem.message for problem in found.problems] == [
        f"sheet KAZ Kazakhstan, cell {place('essay', 'code', 'turns_to', 'china')}: "
        "must be x, or empty",
        "sheet Notes, cell A3: no state's sheet: 'variable' must stand in A3",
    ]


def test_a_message_that_names_another_line_names_its_cell(fill: Callable[[Change], Path]) -> None:
    def change(book: Any) -> None:
        sheet = book["KAZ Kazakhstan"]
        for variable, code in (("realignment", "none"), ("turns_to", None)):
            for column, text in (SOUND | {"code": code, "confidence": "medium"}).items():
                sheet[place("essay", column, variable)] = text
        sheet[place("essay", "code", "turns_to", "china")] = "x"

    _, problems = read_coding_files([fill(change)])
    (said,) = map(str, problems)
    assert (
        f"realignment is none in sheet KAZ Kazakhstan, cell {place('essay', 'key', 'realignment')}"
        in said
    )


def test_who_does_not_sign_is_asked_to(empty: Path) -> None:
    found = read_coding_sheet(empty)
    assert found.rows == []
    assert f"sheet {INSTRUCTIONS}, cell {PSEUDONYM}" in str(found.problems[0])


def test_an_account_without_a_text_is_refused(fill: Callable[[Change], Path]) -> None:
    def change(book: Any) -> None:
        book[INSTRUCTIONS][ACCOUNT] = "record_2023"

    assert "must be an account with a text: essay" in str(
        read_coding_sheet(fill(change)).problems[0]
    )


def broken(path: Path, kind: str, empty: Path) -> None:
    """Write a file that only looks like a workbook."""
    if kind == "text":
        path.write_text("account,state", encoding="utf-8")
    elif kind == "other workbook":
        openpyxl.Workbook().save(path)
    elif kind == "a bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/workbook.xml", b" " * (LARGEST + 1))
    elif kind == "half a file":
        path.write_bytes(empty.read_bytes()[:2000])
    elif kind == "a part is missing":
        with zipfile.ZipFile(empty) as whole, zipfile.ZipFile(path, "w") as packed:
            for name in whole.namelist():
                if "sheet3" not in name:
                    packed.writestr(name, whole.read(name))
    else:
        with zipfile.ZipFile(empty) as whole, zipfile.ZipFile(path, "w") as packed:
            for name in whole.namelist():
                text = whole.read(name)
                if name == "xl/sharedStrings.xml":
                    text = b'<!DOCTYPE x [<!ENTITY a "b">]>' + text
                packed.writestr(name, text)


KINDS = ("text", "other workbook", "a bomb", "half a file", "a part is missing", "entities")


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_is_named_and_the_others_are_read(
    tmp_path: Path, empty: Path, kind: str
) -> None:
    write_codings(tmp_path / "sound.csv", [row_of("essay", "KAZ", "alliance", "ann")])
    broken(tmp_path / "broken.xlsx", kind, empty)
    found, problems = read_coding_files([tmp_path])
    assert len(found) == 1
    assert [problem.file for problem in problems] == ["broken.xlsx"]


def test_a_sheet_that_is_not_in_the_file_is_named(tmp_path: Path, empty: Path) -> None:
    broken(tmp_path / "broken.xlsx", "a part is missing", empty)
    (problem,) = read_coding_sheet(tmp_path / "broken.xlsx").problems
    state = case_names().index[1]
    assert problem.message.startswith(f"sheet {state} ")
    assert problem.message.endswith(" is missing inside the file; save it again as .xlsx")


def test_the_same_bytes_each_time(empty: Path, tmp_path: Path) -> None:
    write_coding_sheet("essay", tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == empty.read_bytes()
