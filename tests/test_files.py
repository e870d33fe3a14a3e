"""Reading the files: clear messages for whatever stands there, never a traceback."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.dataset.files import (
    REPOSITORY,
    SETTLED,
    DataError,
    Problem,
    Row,
    data_folder,
    once_per_state,
    read_rows,
    read_text,
    using_data,
)

COLUMNS = ("a", "b")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def messages(problems: list[Problem]) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.message) for problem in problems]


def test_rows_keep_their_lines(path: Path) -> None:
    path.write_bytes(b"a,b\n1,2\n\xc3\xa9,NA\n")
    rows, problems = read_rows(path, COLUMNS)
    assert rows == [Row(2, {"a": "1", "b": "2"}), Row(3, {"a": "\u00e9", "b": "NA"})]
    assert rows[1]["b"] == "NA"
    assert problems == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa,b\n1,2\n",
        b"a,b\r\n1,2\r\n",
        b"a,b\r1,2\r",
        b"a,b\n1,2",
        b'"a","b"\n"1","2"\n',
    ],
)
def test_other_ways_to_write_the_same(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert read_rows(path, COLUMNS) == ([Row(2, {"a": "1", "b": "2"})], [])


def test_quoted_cells_hold_commas_and_quotes(path: Path) -> None:
    path.write_bytes(b'a,b\n"1,5","say ""no"""\n')
    rows, problems = read_rows(path, COLUMNS)
    assert rows[0].cells == {"a": "1,5", "b": 'say "no"'}
    assert problems == []


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"", 0, "", "the file is empty"),
        (b" \n\n", 0, "", "the file is empty"),
        (b"\xef\xbb\xbf", 0, "", "the file is empty"),
        (b"\xef\xbb\xbf\n", 0, "", "the file is empty"),
        ("a,b\n1,2\n".encode("utf-16"), 0, "", "UTF-16; save it as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), 1, "", "a NUL character"),
        (b"a,b\n1,\xe9\n", 2, "b", "save the file as UTF-8"),
        (b"a,b\n1,2\n3,\x00\n", 3, "b", "a NUL character"),
        (b"a,b\n<<<<<<< HEAD\n1,2\n", 2, "", "finish the merge"),
        (b"a,b\n1,2\n=======\n", 3, "", "finish the merge"),
        (b"a,b\n1,2\n>>>>>>> other\n", 3, "", "finish the merge"),
        (b"a,b\r||||||| base\r", 2, "", "finish the merge"),
        (b"a;b\n1;2\n", 1, "", "the header must be a,b; missing: a, b; not known: a;b"),
        (b"b,a\n1,2\n", 1, "", "the header must be a,b"),
        (b"a\n1\n", 1, "", "missing: b"),
        (b"a,b,c\n1,2,3\n", 1, "", "not known: c"),
        (b"\na,b\n1,2\n", 1, "", "the header must be a,b"),
        (b"a,b\n1\n", 2, "", "1 cells where the header has 2"),
        (b"a,b\n1,2,3\n", 2, "", "3 cells where the header has 2"),
        (b"a,b\n\n1,2\n", 2, "", "an empty line"),
        (b"a,b\n1, 2\n", 2, "b", "white space"),
        ("a,b\n1,2\u00a0\n".encode(), 2, "b", "white space"),
        (b'a,b\n1,"2\n3"\n', 2, "b", "a line break"),
        (b'a,b\n"1\r2",3\n', 2, "a", "a line break"),
        ("a,b\n1,2\u00a03\n".encode(), 2, "b", "cannot be seen, U+00A0"),
        ("a,b\n1\u200b2,3\n".encode(), 2, "a", "cannot be seen, U+200B"),
        (b"a,b\n1\t2,3\n", 2, "a", "cannot be seen, U+0009"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 3, "b", "check the quotes"),
        (b'a,b\n1,"2"3\n', 2, "b", "check the quotes"),
        (b'a,b\n"1,2\n', 2, "a", "check the quotes"),
        (b'a,b\n"1,5",""2\n', 2, "b", "check the quotes"),
        (b'a,b\n1,2\r\n"3,4\r\n5,"6\r\n', 3, "a", "check the quotes"),
        (b'a,b\n"1,2\n3,"\n', 2, "a", "1 cells where the header has 2; a line break"),
        (b"a,b\n\x001,2\n", 2, "a", "a NUL"),
        (b"a,b\n1,2\n\xed\xa0\x80,4\n", 3, "a", "save the file as UTF-8"),
        (b"a,\xe9\n1,2\n", 1, "", "save the file as UTF-8"),
        (b'"a,b\n1,2\n', 1, "", "check the quotes"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", 2, "b", "200000 characters; at most 131072"),
    ],
)
def test_what_is_refused(path: Path, content: bytes, line: int, column: str, words: str) -> None:
    path.write_bytes(content)
    _, problems = read_rows(path, COLUMNS)
    assert len(problems) == 1
    assert (problems[0].file, problems[0].line, problems[0].column) == ("table.csv", line, column)
    assert words in problems[0].message


def test_all_of_a_row_is_said_at_once_and_the_row_kept(path: Path) -> None:
    path.write_bytes(b"a,b\n 1,2 \n3\n4,5\n")
    rows, problems = read_rows(path, COLUMNS)
    assert [row.line for row in rows] == [2, 4]
    assert [(p.line, p.column) for p in problems] == [(2, "a"), (2, "b"), (3, "")]


def test_lines_are_counted_over_line_breaks_in_cells(path: Path) -> None:
    path.write_bytes(b'a,b\n"1\n2",3\n4\n')
    _, problems = read_rows(path, COLUMNS)
    assert [(p.line, p.column) for p in problems] == [(2, "a"), (4, "")]


def test_form_feeds_and_other_separators_are_no_lines(path: Path) -> None:
    path.write_bytes("a,b\n1,x\u2028=======\u2028y\n".encode())
    _, problems = read_rows(path, COLUMNS)
    assert [problem.message for problem in problems] == [
        "a character that cannot be seen, U+2028; remove it"
    ]


def test_missing_and_not_a_file(path: Path) -> None:
    assert read_text(path) == ("", [Problem("table.csv", 0, "", "", "the file is missing")])
    path.mkdir()
    assert read_rows(path, COLUMNS)[1][0].message == "the file is missing"


def test_a_file_that_cannot_be_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"a,b\n")

    def refuse(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    _, (problem,) = read_text(path)
    assert problem.message == "the file cannot be opened: Permission denied"


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200), header=st.booleans())
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes, header: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"a,b\n" * header + content)
    rows, problems = read_rows(path, COLUMNS)
    assert rows or problems or not content.strip(b"\r\n")
    assert all(set(row.cells) == set(COLUMNS) for row in rows)


def test_problems_read_as_sentences() -> None:
    full = Problem("codings.csv", 3, "code", "x", "must be y")
    assert str(full) == "codings.csv, line 3, column code: must be y (found 'x')"
    assert str(Problem("codings.csv", 0, "", "", "is missing")) == "codings.csv: is missing"
    error = DataError(iter([full, full]))
    assert error.problems == (full, full)
    assert str(error).splitlines()[0] == "2 problem(s) in the data:"
    assert isinstance(error, ValueError)


def test_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COALITION_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert data_folder() == REPOSITORY / "data"
    monkeypatch.setenv("COALITION_DATA", "")
    assert data_folder() == REPOSITORY / "data"
    monkeypatch.setenv("COALITION_DATA", str(tmp_path))
    assert data_folder() == tmp_path.resolve()
    monkeypatch.setenv("COALITION_DATA", str(tmp_path / "none"))
    with pytest.raises(ValueError, match=r"no data folder at .*none; set COALITION_DATA"):
        data_folder()


def test_another_folder_for_a_while(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COALITION_DATA", str(tmp_path))
    inner = tmp_path / "inner"
    inner.mkdir()
    with using_data(inner):
        assert data_folder() == inner.resolve()
        with using_data(tmp_path):
            assert data_folder() == tmp_path.resolve()
        assert data_folder() == inner.resolve()
    assert data_folder() == tmp_path.resolve()
    with pytest.raises(RuntimeError), using_data(inner):
        raise RuntimeError
    assert data_folder() == tmp_path.resolve()


# What is read is remembered for as long as the file stays as it is.


def settle() -> None:
    """Wait until a file that was just written may be remembered."""
    time.sleep(2 * SETTLED / 1e9)


def test_a_file_is_read_once_for_each_state(path: Path) -> None:
    calls = []

    @once_per_state
    def length(path: Path, times: int) -> int:
        calls.append(path.name)
        return times * len(path.read_bytes())

    path.write_bytes(b"abc")
    settle()
    assert [length(path, 1), length(path, 1), length(path, 2)] == [3, 3, 6]
    assert len(calls) == 2
    path.write_bytes(b"abcd")
    settle()
    assert [length(path, 1), length(path, 1)] == [4, 4]
    assert len(calls) == 3
    # Written a moment ago: it may change again without its time changing.
    path.write_bytes(b"a,cd")
    assert [length(path, 1), length(path, 1)] == [4, 4]
    assert len(calls) == 5
    path.unlink()
    with pytest.raises(FileNotFoundError):
        length(path, 1)


def test_an_edit_right_after_a_look_is_seen(path: Path) -> None:
    for cell in map(str, range(10)):
        path.write_text(f"a,b\n{cell},2\n", encoding="utf-8")
        assert [row["a"] for row in read_rows(path, COLUMNS)[0]] == [cell]


def test_an_edit_is_seen_whose_time_was_set_back(path: Path) -> None:
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    written = path.stat().st_mtime_ns
    settle()
    assert read_rows(path, COLUMNS)[0][0]["a"] == "1"
    path.write_text("a,b\n7,2\n", encoding="utf-8")
    os.utime(path, ns=(written, written))
    settle()
    assert read_rows(path, COLUMNS)[0][0]["a"] == "7"


def test_what_is_returned_can_be_changed(path: Path) -> None:
    path.write_bytes(b"a,b\n1,2\n")
    settle()
    rows, problems = read_rows(path, COLUMNS)
    rows.clear()
    problems.append(Problem("f", 1, "", "", "m"))
    assert read_rows(path, COLUMNS) == ([Row(2, {"a": "1", "b": "2"})], [])


heard: list[str] = []


def listen(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        heard.append(str(arguments[0]))


def test_whoever_records_hears_of_every_reading(path: Path) -> None:
    path.write_bytes(b"a,b\n1,2\n")
    settle()
    read_rows(path, COLUMNS)
    # A hook stays for as long as the process; it only notes down.
    sys.addaudithook(listen)
    heard.clear()
    read_rows(path, COLUMNS)
    assert str(path) in heard


@given(st.lists(st.text("ab| \t\u00a0\u200b\n", max_size=4), min_size=2, max_size=2))
def test_no_cell_escapes_the_quick_look(
    tmp_path_factory: pytest.TempPathFactory, record: list[str]
) -> None:
    path = tmp_path_factory.mktemp("quick") / "table.csv"
    quoted = ",".join('"' + cell + '"' for cell in record)
    path.write_bytes(f"a,b\n{quoted}\n".encode())
    found = {problem.column for problem in read_rows(path, COLUMNS)[1]}
    cells = dict(zip(COLUMNS, record, strict=True))
    assert found == {
        name for name, cell in cells.items() if cell != cell.strip() or not cell.isprintable()
    }


def test_a_problem_is_one_line_that_steers_no_terminal() -> None:
    text = str(Problem("a.csv", 1, "\x1b[2Jb", "", "must be\nX\u202e"))
    assert text == r"a.csv, line 1, column \x1b[2Jb: must be\nX\u202e"
