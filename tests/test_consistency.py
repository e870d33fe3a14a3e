"""Undecided codings have two codes, and evidence against itself is listed, mended or explained."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from small_data import small_rows, write_table

from helpers import tables
from helpers.cli import main
from helpers.data import load_cases, load_codings
from helpers.dataset.checks import find_problems, mismatches, unexplained
from helpers.dataset.files import using_data
from helpers.dataset.schema import TABLES


def write(folder: Path, table: str, line: int, **cells: str) -> None:
    """Write other values into one line of a table of the small data."""
    rows = small_rows()[table]
    for column, value in cells.items():
        rows[line - 2][TABLES[table].index(column)] = value
    write_table(folder, table, rows)


def messages(folder: Path, table: str) -> list[str]:
    return [f"{p.column}: {p.message}" for p in find_problems(folder) if p.file == f"{table}.csv"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"variable": "turns_to"}, "variable: must be one of"),
        ({"variable": "alliance"}, "variable: codings.csv has no undecided coding"),
        ({"further": "neutral"}, "further: must be one of opposes"),
        ({"closer": ""}, "closer: must not be empty"),
        ({"further": "supports"}, "closer: must stand after supports"),
        ({"coder": "coder_2"}, "must be unique"),
    ],
)
def test_the_two_codes_of_what_is_undecided(small_folder: Path, cells, words: str) -> None:
    assert messages(small_folder, "undecided") == []
    write(small_folder, "undecided", 2, **cells)
    assert any(words in message for message in messages(small_folder, "undecided"))


def test_an_undecided_coding_is_read_either_way_with_its_confidence(small_folder: Path) -> None:
    with using_data(small_folder):
        for reading, code in (("further", "ambivalent"), ("closer", "supports")):
            cases = load_cases("essay", undecided=reading)
            assert cases.loc["ARM", "public_stance"] == code
        assert load_cases("essay")["public_stance"].isna().all()
        sure = load_codings("essay", min_confidence="medium", undecided="closer")
        row = sure.query("state == 'ARM' and variable == 'public_stance'").iloc[0]
        assert (row["status"], row["confidence"]) == ("below_threshold", "low")
        with pytest.raises(ValueError, match="allowed: open, further, closer"):
            load_cases("essay", undecided="either")


def test_two_codes_that_are_not_named_are_owed(small_folder: Path) -> None:
    write_table(small_folder, "undecided", small_rows()["undecided"][1:])
    assert find_problems(small_folder) == []
    (owed,) = unexplained(small_folder)
    assert (owed.line, owed.message) == (20, "name the two codes in undecided.csv")


def test_evidence_that_points_elsewhere_is_found_by_the_directions_of_the_codebook(
    small_folder: Path,
) -> None:
    (found,) = mismatches(small_folder)
    assert found.coding["variable"] == "aid_to_ukraine"
    assert found.pointing == {"KAZ-02": "neutral", "KAZ-01": "neutral"}
    assert found.expected == ("away_from_russia",)
    assert found.explanation
    # One piece of evidence that points the way of the code is enough.
    write(small_folder, "events", 2, direction="away_from_russia")
    assert mismatches(small_folder) == []


def test_a_vote_points_somewhere_too(small_folder: Path) -> None:
    votes = small_rows()["un_votes"]
    line = next(n for n, row in enumerate(votes, start=2) if row[:2] == ["68/262", "ARM"])
    write(small_folder, "un_votes", line, vote="abstain")
    found = [m for m in mismatches(small_folder) if m.coding["state"] == "ARM"]
    assert [m.pointing for m in found] == [{"68/262": "neutral"}]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"code": "arms"}, "code: the code is now nonlethal"),
        ({"variable": "alliance"}, "variable: no evidence of this coding points elsewhere"),
        ({"explanation": ""}, "explanation: must not be empty"),
        ({"explanation": "word " * 41 + "end"}, "explanation: "),
    ],
)
def test_stale_explanations_are_refused(small_folder: Path, cells, words: str) -> None:
    assert messages(small_folder, "explanations") == []
    write(small_folder, "explanations", 2, **cells)
    assert any(words in message for message in messages(small_folder, "explanations"))


def test_missing_explanations_are_owed_and_listed(small_folder: Path) -> None:
    command = ["check", "--consistency", "--data", str(small_folder)]
    listed = CliRunner().invoke(main, command)
    assert listed.exit_code == 0
    assert "explained: codings.csv, line 31: record_2023,KAZ,aid_to_ukraine," in listed.output
    write_table(small_folder, "explanations", [])
    (owed,) = unexplained(small_folder)
    assert "KAZ-02 neutral" in owed.message
    listed = CliRunner().invoke(main, command)
    assert "TO EXPLAIN: codings.csv, line 31: record_2023,KAZ,aid_to_ukraine," in listed.output
    with using_data(small_folder):
        table = tables.consistency_table("record_2023")
    assert table["why it stands"].tolist() == ["to explain, or to mend"]


def test_an_account_of_a_text_has_none() -> None:
    assert tables.consistency_table("essay").empty
