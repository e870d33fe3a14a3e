"""Files from outside: what is sound is read, what is broken or malicious is named and left out."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_class import COLUMNS, coded, one_coder, places, row_of, write_class, write_codings

from helpers.dataset.allowed import account_ids
from helpers.dataset.coding_files import codings_to_compare, read_coding_files
from helpers.dataset.files import using_data

HEADER = ",".join(COLUMNS)
SILENT = row_of("essay", "KAZ", "alliance", "ann")
TEXT, LOCATORS = places("essay")
CODED = row_of("essay", "KAZ", "alliance", "ann", **coded(TEXT, LOCATORS[0], "none"))


def line_of(cells: dict[str, str]) -> str:
    return ",".join(cells.values())


def named(folder: Path) -> list[tuple[str, int, str]]:
    """Return file, line and column of each problem."""
    _, problems = read_coding_files([folder])
    return [(problem.file, problem.line, problem.column) for problem in problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one sound file."""
    write_codings(tmp_path / "zoe.csv", [SILENT | {"coder": "Zoë"}])
    return tmp_path


def test_a_made_up_class_is_read_whole(tmp_path: Path) -> None:
    codings, problems = read_coding_files([write_class(tmp_path, 3, seed=1)])

    assert not problems
    assert codings["coder"].unique().tolist() == ["Made up 00", "Made up 01", "Made up 02"]
    assert tuple(codings.columns) == COLUMNS


def test_a_file_given_twice_is_read_once(folder: Path) -> None:
    codings, problems = read_coding_files([folder, folder / "zoe.csv"])

    assert (len(codings), problems) == (1, [])


WRONG_CELLS = [
    ("rationale", "<script>alert(1)</script>", "no HTML"),
    ("rationale", "see <img src=x onerror=alert(1)>", "no HTML"),
    ("rationale", "=HYPERLINK(1)", "as a formula; put an apostrophe"),
    ("rationale", "@SUM(1)", "as a formula"),
    ("rationale", " ".join(["word"] * 26), "at most 25 are allowed"),
    ("code", "allied", "must be one of none"),
    ("confidence", "sure", "must be one of low"),
    ("state", "XXX", "must be one of"),
    ("account", "essai", "must be one of essay"),
    ("variable", "aliance", "must be one of recognises_crimea"),
    ("locator", "Nowhere 1", "must be one of the"),
    ("coder", "a" * 41, "at most 40 are allowed"),
    ("coder", "", "must not be empty"),
    ("coder", "adjudicated", "is the coding that stands"),
]


@pytest.mark.parametrize(("column", "cell", "message"), WRONG_CELLS)
def test_a_wrong_cell_is_named_and_its_row_left_out(
    folder: Path, column: str, cell: str, message: str
) -> None:
    other = row_of("essay", "IRN", "alliance", "ann")
    write_codings(folder / "ann.csv", [CODED | {column: cell}, other])
    codings, problems = read_coding_files([folder])

    assert {(p.file, p.line, p.column) for p in problems} == {("ann.csv", 2, column)}
    assert cell[:10] in problems[0].value
    assert message in problems[0].message
    assert codings["state"].tolist() == ["IRN", "KAZ"]


BROKEN_FILES: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "the file is empty"),
    ("latin.csv", f"{HEADER}\n{line_of(SILENT)}".encode() + "é".encode("latin-1"), "UTF-8"),
    ("wide.csv", f"{HEADER}\n".encode("utf-16"), "UTF-16"),
    ("semicolons.csv", HEADER.replace(",", ";").encode(), "the header must be"),
    ("nul.csv", f"{HEADER}\n\x00".encode(), "NUL"),
    ("notes.txt", b"not mine", "not a file of codings; allowed: .csv"),
    ("page.html", b"<script>alert(1)</script>", "not a file of codings"),
    ("huge.csv", b"x" * 5_000_001, "at most 5000000 are read"),
]


@pytest.mark.parametrize(("name", "content", "message"), BROKEN_FILES)
def test_a_broken_file_is_named_and_the_others_are_read(
    folder: Path, name: str, content: bytes, message: str
) -> None:
    (folder / name).write_bytes(content)
    codings, problems = read_coding_files([folder])

    assert [problem.file for problem in problems] == [name]
    assert message in problems[0].message
    assert codings["coder"].tolist() == ["Zoë"]


def test_a_folder_called_like_a_file_is_named(folder: Path) -> None:
    (folder / "odd.csv").mkdir()

    assert named(folder) == [("odd.csv", 0, "")]


def test_what_systems_hide_in_a_folder_is_no_file_of_codings(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "~$ann.csv").write_bytes(b"\0")

    assert not named(folder)


def test_a_lost_quote_takes_no_other_row_along(folder: Path) -> None:
    lines = [HEADER, line_of(SILENT | {"rationale": '"never closed'}), line_of(CODED), ""]
    (folder / "ann.csv").write_text("\n".join(lines), encoding="utf-8")
    codings, problems = read_coding_files([folder])

    assert [(p.line, p.message) for p in problems] == [(2, "not readable as CSV; check the quotes")]
    assert codings["code"].tolist() == ["none", ""]


def test_quoted_cells_and_what_a_spreadsheet_guards_are_read(folder: Path) -> None:
    said = '"\'- it says ""no"", twice"'
    (folder / "ann.csv").write_text(
        f"\ufeff{HEADER}\r\n{line_of(CODED | {'rationale': said})}\r\n", encoding="utf-8"
    )
    codings, problems = read_coding_files([folder])

    assert not problems
    assert codings["rationale"][0] == '- it says "no", twice'


def test_ten_thousand_extra_rows_are_named_and_change_nothing(folder: Path) -> None:
    write_codings(folder / "ann.csv", [SILENT] * 10_001)
    codings, problems = read_coding_files([folder])

    assert len(problems) == 10_000
    assert str(problems[0]).startswith("ann.csv, line 3, column account, state, variable, coder")
    assert len(codings) == 2


def test_rows_without_end_are_not_all_read(folder: Path) -> None:
    (folder / "ann.csv").write_text(f"{HEADER}\n" + "x\n" * 30_000, encoding="utf-8")
    _, problems = read_coding_files([folder])

    assert len(problems) == 20_001
    assert (problems[-1].line, problems[-1].message) == (
        20_002,
        "more than 20000 rows; what follows is left out",
    )


@pytest.mark.parametrize("name", ["zoë", "ZOË", "Zoë.", "\uff3aoë"])
def test_a_name_like_anothers_is_left_out(folder: Path, name: str) -> None:
    write_codings(folder / "zz.csv", [SILENT | {"coder": name}])
    codings, problems = read_coding_files([folder])

    assert str(problems[0]) == (
        "zz.csv, line 2, column coder: is too like 'Zoë' in zoe.csv; names must differ in more "
        f"than case and signs (found {name!r})"
    )
    assert codings["coder"].tolist() == ["Zoë"]


def test_the_same_name_in_two_files_is_one_coder_too_many(folder: Path) -> None:
    write_codings(folder / "zz.csv", [SILENT | {"coder": "Zoë", "state": "IRN"}])

    assert named(folder) == [("zz.csv", 2, "coder")]


def test_what_requires_a_row_that_is_left_out_is_left_out_too(folder: Path) -> None:
    # A realignment is what `turns_to` requires; here it has a confidence that there is not.
    rows = [
        row_of("essay", "KAZ", "realignment", "ann", **coded(TEXT, LOCATORS[0], "seeking")),
        row_of("essay", "KAZ", "turns_to", "ann", **coded(TEXT, LOCATORS[0], "china")),
    ]
    write_codings(folder / "ann.csv", rows)
    assert not named(folder)

    rows[0]["confidence"] = "sure"
    write_codings(folder / "ann.csv", rows)
    assert named(folder) == [("ann.csv", 2, "confidence"), ("ann.csv", 3, "variable")]


def test_a_value_cannot_steer_a_terminal(folder: Path) -> None:
    write_codings(folder / "ann.csv", [SILENT | {"state": "\x1b[2J"}])
    _, problems = read_coding_files([folder])

    assert "\x1b" not in "".join(map(str, problems))


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file or folder"):
        read_coding_files([tmp_path / "none"])


def test_the_projects_own_coders_are_compared_without_a_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COALITION_CODINGS", raising=False)
    own, problems = codings_to_compare("essay")
    assert (set(own["coder"]), set(own["account"]), problems) == (
        {"coder_1", "coder_2"},
        {"essay"},
        [],
    )

    monkeypatch.setenv("COALITION_CODINGS", str(folder))
    theirs, _ = codings_to_compare("essay")
    assert theirs["coder"].tolist() == ["Zoë"]
    assert codings_to_compare("record_2023")[0].empty


def test_a_class_of_another_text_is_read(tmp_path: Path) -> None:
    with using_data(Path(__file__).parent / "second_text"):
        rows = one_coder("ann", random.Random(1), account_ids()[0])
        codings, problems = read_coding_files([write_codings(tmp_path / "ann.csv", rows)])

    assert len(codings) == len(rows) > 5
    assert not problems


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200), header=st.booleans(), cut=st.integers(0, 60))
def test_any_bytes_give_messages_and_spare_the_other_file(
    folder: Path, content: bytes, header: bool, cut: int
) -> None:
    sound = f"{HEADER}\n{line_of(SILENT)}\n".encode()
    (folder / "ann.csv").write_bytes((sound[: len(sound) - cut] if header else b"") + content)
    codings, problems = read_coding_files([folder])

    assert {problem.file for problem in problems} <= {"ann.csv"}
    assert all(str(problem).isprintable() for problem in problems)
    assert "Zoë" in codings["coder"].tolist()
    assert problems or header
