"""What changed since a commit, in repositories that the tests make, and what is refused."""

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from small_data import small_rows, write_small_data, write_table

from helpers.analysis.history import (
    Change,
    coding_changes,
    data_at,
    report,
    result_changes,
    table_changes,
    uncommitted_accidents,
)
from helpers.dataset.files import REPOSITORY, DataError

NOTHING = (
    "Codings: 0\n  none\n\nOther tables: 0\n  none\n\nSupport types and verdicts that follow: 0\n"
    "  none"
)
# A hook or an editor that runs the tests may have pointed git at another repository.
POINTERS = [name for name in os.environ if name.startswith("GIT_")]


@pytest.fixture(autouse=True)
def git_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of their repositories."""
    for name in POINTERS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder: Path, *arguments: str) -> str:
    """Run git as a made-up person and return what it prints."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def commit(repository: Path, message: str = "data") -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the made-up data committed, and its data folder in use.

    Its path has what paths may have: spaces, commas, letters beyond ASCII.
    """
    root = tmp_path / "with spaces, ünd é"
    (root / "my data").mkdir(parents=True)
    write_small_data(root / "my data")
    git(root, "init", "--quiet")
    commit(root)
    monkeypatch.setenv("COALITION_DATA", str(root / "my data"))
    return root


@pytest.fixture
def data(repository: Path) -> Path:
    return repository / "my data"


def rewrite(folder: Path, table: str, change: Callable[[list[list[str]]], None]) -> None:
    rows = small_rows()[table]
    change(rows)
    write_table(folder, table, rows)


def set_code(account: str, state: str, variable: str, code: str):
    """Return a change of the code of all coders of one pair."""

    def change(rows: list[list[str]]) -> None:
        found = [row for row in rows if row[:3] == [account, state, variable]]
        assert found
        for row in found:
            row[5] = code

    return change


def test_nothing_changed(repository: Path) -> None:
    assert report() == NOTHING
    assert report("HEAD") == NOTHING


def test_a_changed_code_and_what_follows(data: Path) -> None:
    rewrite(data, "codings", set_code("essay", "KAZ", "realignment", "exiting"))
    assert report() == (
        "Codings: 3\n"
        "  essay KAZ realignment coder_1: code seeking -> code exiting\n"
        "  essay KAZ realignment coder_2: code seeking -> code exiting\n"
        "  essay KAZ realignment adjudicated: code seeking -> code exiting\n"
        "\nOther tables: 0\n  none\n"
        "\nSupport types and verdicts that follow: 0\n  none"
    )


def test_types_bounds_and_verdicts_that_follow(data: Path) -> None:
    rewrite(data, "codings", set_code("essay", "KGZ", "combat_troops", "regular"))
    follows = report().split("\n\n")[2].splitlines()
    assert follows[0] == "Support types and verdicts that follow: 4"
    everything = "distancer, bystander, hedger, economic_partner, endorser, military_backer"
    assert follows[1] == (
        f"  essay KGZ: undetermined ({everything}, full_backer)"
        " -> military_backer (military_backer, full_backer)"
    )
    rest = "TJK, TKM, UZB, SYR, IRN, ARM, IND, CHN, PRK, SRB, BLR"
    assert follows[2:] == [
        # Kyrgyzstan could now give recognition and arms as well.
        f"  essay all_three: open (KAZ, {rest}) -> open (KAZ, KGZ, {rest})",
        f"  essay regular_troops: open (KAZ, {rest}) -> contradicted (KGZ)",
        f"  essay material_help: open (KAZ, KGZ, {rest}) -> contradicted (KGZ)",
    ]


def test_codings_added_and_removed(data: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if row[:3] != ["essay", "KGZ", "combat_troops"]]
        line = ["coded", "trade", "state", "medium", "essay", "Introduction 1", "Sells."]
        rows.extend(
            ["essay", "BLR", "economic_support", who, *line]
            for who in ("coder_1", "coder_2", "adjudicated")
        )

    rewrite(data, "codings", change)
    codings, _, follows = report().split("\n\n")
    lines = codings.splitlines()
    assert lines[0] == "Codings: 6"
    assert lines[1] == "  essay BLR economic_support coder_1: (none) -> coded trade"
    assert lines[6] == "  essay KGZ combat_troops adjudicated: coded none -> (none)"
    assert "essay BLR: undetermined (" in follows
    assert ") -> economic_partner (" in follows


def test_every_cell_that_differs_is_named(data: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows:
            if row[:3] == ["essay", "ARM", "public_stance"]:
                row[4:] = ["silent", *[""] * 6]
            if row[:3] == ["essay", "KAZ", "alliance"]:
                row[10] = "In other words."

    def settled(rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if row[:3] != ["essay", "ARM", "public_stance"]]

    rewrite(data, "codings", change)
    rewrite(data, "undecided", settled)
    text = report()
    assert (
        "essay ARM public_stance adjudicated: status undecided; source essay; "
        "locator Introduction 1; rationale Two readings are equal. -> "
        "status silent; source (empty); locator (empty); rationale (empty)"
    ) in text
    assert "KAZ alliance coder_1: rationale In the coder's own words. -> rationale In other" in text


def test_the_order_of_rows_is_no_change(data: Path) -> None:
    rewrite(data, "codings", lambda rows: rows.reverse())
    assert report().startswith("Codings: 0\n  none\n\nOther tables: 0")


def test_the_order_and_number_of_a_codebooks_lines_is(data: Path) -> None:
    book = data / "codebook.yml"
    lines = book.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith("#"))
    for changed in ([lines[place], *lines], [*lines, lines[place]]):
        book.write_text("".join(changed), encoding="utf-8")
        assert "codebook.yml: as committed -> changed" in report()


def test_a_column_that_moved_is_said_until_it_is_committed(repository: Path, data: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        cells = [row[2] for row in rows]
        for row, cell in zip(rows, [*cells[1:], cells[0]], strict=True):
            row[2] = cell

    assert uncommitted_accidents(data) == []
    rewrite(data, "sources", change)
    said = "sources.csv, line 2, column title: 4 rows hold what other rows held before"
    (problem,) = uncommitted_accidents(data)
    assert str(problem).startswith(said)
    assert report().split("\n\n")[-1].startswith(f"To look at: 1\n  {said}")
    commit(repository, "meant")
    assert uncommitted_accidents(data) == []
    assert said in report("HEAD~1")


def test_rows_that_are_gone_are_said(data: Path) -> None:
    rewrite(data, "measure_values", lambda rows: rows.pop())
    assert [*map(str, uncommitted_accidents(data))] == [
        "measure_values.csv: 1 rows fewer than before"
    ]


def test_without_history_nothing_is_said(small_folder: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(small_folder.parent))
    rewrite(small_folder, "measure_values", lambda rows: rows.pop())
    assert uncommitted_accidents(small_folder) == []


def test_line_ends_and_byte_order_marks_are_no_change(data: Path) -> None:
    for path in data.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert report() == NOTHING


def test_other_tables_by_their_rows(data: Path) -> None:
    rewrite(data, "events", lambda rows: rows[0].__setitem__(5, "Another visit."))
    rewrite(data, "claims", lambda rows: rows.append([*rows[1][:0], "C03", *rows[1][1:]]))
    book = data / "codebook.yml"
    book.write_text(book.read_text(encoding="utf-8") + "# note\n", encoding="utf-8")
    assert report().split("\n\n")[1].splitlines() == [
        "Other tables: 3",
        "  events.csv: 1 rows only before -> 1 only now",
        "  claims.csv: 0 rows only before -> 1 only now",
        "  codebook.yml: as committed -> changed",
    ]


def test_a_changed_codebook_changes_what_follows(data: Path) -> None:
    """Types are derived with the codebook of their own time."""
    rewrite(data, "codings", set_code("essay", "KGZ", "combat_troops", "refused"))
    book = data / "codebook.yml"
    text = book.read_text(encoding="utf-8")
    first, second = "      - id: volunteers\n", "      - id: regular\n"
    assert text.count(first) == text.count(second) == 1
    book.write_text(text.replace(first, second.replace("regular", "armies")), encoding="utf-8")
    with pytest.raises(DataError):
        # Two codes named regular: the data as they stand are broken, and that is said.
        book.write_text(text.replace(first, second), encoding="utf-8")
        report()


def test_a_revision_by_any_name(repository: Path, data: Path) -> None:
    rewrite(data, "codings", set_code("essay", "KAZ", "realignment", "exiting"))
    commit(repository, "second: a message")
    git(repository, "tag", "--annotate", "old", "HEAD~1", "--message", "old")
    first = git(repository, "rev-parse", "old^{commit}").strip()
    assert report() == NOTHING
    for name in ("HEAD~1", "HEAD^", "old", first, first[:10], "@~"):
        assert report(name).startswith("Codings: 3\n"), name


@pytest.mark.parametrize(
    "revision",
    [
        *("HEAD~9", "nowhere", "", " ", "-1", "--all", "--output=x", "HEAD:my data"),
        *("HEAD^{tree}", "HEAD..HEAD", "a b", "ü"),
    ],
)
def test_unknown_revisions(repository: Path, revision: str) -> None:
    with pytest.raises(ValueError) as error:
        report(revision)
    assert str(error.value) == f"no commit {revision!r} in the git history of my data/"
    assert git(repository, "status", "--porcelain") == ""


def test_a_folder_without_git(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(small_folder.parent))
    with pytest.raises(ValueError, match="no commit 'HEAD' in the git history of"):
        report()


def test_a_repository_without_commits(small_folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    git(small_folder, "init", "--quiet")
    with pytest.raises(ValueError, match="no commit 'HEAD' in the git history of"):
        report()


def test_without_git_installed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(ValueError, match="git is not installed"):
        report()


def test_a_data_folder_that_was_not_committed(repository: Path, monkeypatch) -> None:
    other = repository / "other"
    other.mkdir()
    write_small_data(other)
    monkeypatch.setenv("COALITION_DATA", str(other))
    # Not that every row is new: nothing is known of before.
    with pytest.raises(ValueError, match=r"the commit 'HEAD' has no data in other/: commit"):
        report()


def test_a_repository_that_git_refuses(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git says itself why it does not read what belongs to another user, and what helps."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(ValueError, match=r"git says: fatal: detected dubious .*safe\.directory"):
        report()


def test_a_file_that_git_cannot_read(repository: Path) -> None:
    """An object that is lost, as in a copy that was cut short, is no empty table."""
    blob = git(repository, "rev-parse", "HEAD:my data/claims.csv").strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(ValueError, match="git does not read the data of 'HEAD'; git says: "):
        report()


def test_in_a_hook_of_a_linked_worktree(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git points hooks at the worktree's own folder; every row seemed new then."""
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "--quiet", "--detach", str(linked))
    monkeypatch.setenv("COALITION_DATA", str(linked / "my data"))
    place = git(linked, "rev-parse", "--absolute-git-dir").strip()
    monkeypatch.setenv("GIT_DIR", place)
    monkeypatch.setenv("GIT_INDEX_FILE", f"{place}/index")
    assert report() == NOTHING


OTHER = b"a,b\n1,2\n"
LATIN = "account,ü\n".encode("latin-1")


@pytest.mark.parametrize(
    ("table", "content"),
    [
        *[("codings", content) for content in (OTHER, LATIN, b"", b"\xff\xfe")],
        *[("accounts", content) for content in (OTHER, LATIN)],
        *[("states", OTHER), ("events", LATIN)],
    ],
)
def test_broken_data_are_refused_with_what_is_wrong(data: Path, table: str, content: bytes) -> None:
    (data / f"{table}.csv").write_bytes(content)
    with pytest.raises(DataError, match=rf"{table}\.csv"):
        report()


@pytest.mark.parametrize(
    ("table", "content"),
    [
        *[("codings", content) for content in (OTHER, LATIN, None)],
        *[("accounts", content) for content in (OTHER, None)],
        *[("states", None), ("events", LATIN)],
    ],
)
def test_broken_data_of_old_are_said_to_be(
    repository: Path, data: Path, table: str, content: bytes | None
) -> None:
    path = data / f"{table}.csv"
    whole = path.read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    commit(repository, "broken")
    path.write_bytes(whole)
    follows = report().split("\n\n")[2]
    assert follows == "Support types: the data of HEAD do not pass today's checks."
    commit(repository, "whole again")
    assert report() == NOTHING


def test_a_table_that_is_new(repository: Path, data: Path) -> None:
    """Its rows are counted, not its header."""
    whole = (data / "claims.csv").read_bytes()
    (data / "claims.csv").unlink()
    commit(repository)
    (data / "claims.csv").write_bytes(whole)
    n_rows = len(small_rows()["claims"])
    assert f"  claims.csv: 0 rows only before -> {n_rows} only now" in report()


def test_a_table_that_is_gone(data: Path) -> None:
    (data / "claims.csv").unlink()
    with pytest.raises(DataError, match=r"claims\.csv: the file is missing"):
        report()


def test_files_beside_the_tables_do_not_matter(repository: Path, data: Path) -> None:
    (data / "read me ü.md").write_text("notes\n", encoding="utf-8")
    (data / "old tables").mkdir()
    (data / "old tables" / "codings.csv").write_text("a\n", encoding="utf-8")
    (data / "a picture of it.yml").write_text("a: 1\n", encoding="utf-8")
    commit(repository)
    assert report() == NOTHING
    with data_at("HEAD") as copy:
        names = {path.name for path in copy.iterdir()}
        assert (copy / "codings.csv").read_bytes() == (data / "codings.csv").read_bytes()
    assert names == {path.name for path in data.iterdir() if path.suffix in {".csv", ".yml"}}
    assert not copy.exists()


def test_a_surplus_table_of_old_with_a_space_in_its_name(repository: Path, data: Path) -> None:
    (data / "my codings.csv").write_text("a\n1\n", encoding="utf-8")
    commit(repository)
    with data_at("HEAD") as copy:
        assert (copy / "my codings.csv").read_text(encoding="utf-8") == "a\n1\n"
        assert (copy / "codings.csv").read_bytes() == (data / "codings.csv").read_bytes()


def test_the_working_folder_and_the_index_do_not_matter(
    repository: Path, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rewrite(data, "codings", set_code("essay", "KAZ", "realignment", "exiting"))
    monkeypatch.chdir(tmp_path)
    before = report()
    assert before.startswith("Codings: 3\n")
    git(repository, "add", "--all")
    assert report() == before


def test_an_account_that_is_new(repository: Path, data: Path) -> None:
    rows = small_rows()["accounts"]
    write_table(data, "accounts", rows[:2])
    commit(repository)
    write_table(data, "accounts", rows)
    _, tables, follows = report().split("\n\n")
    assert "accounts.csv: 0 rows only before -> 1 only now" in tables
    lines = follows.splitlines()
    assert lines[0] == "Support types and verdicts that follow: 17"
    assert all(": (none) -> " in line for line in lines[1:])
    assert lines[1].startswith("  record_2026 KAZ: (none) -> undetermined (distancer, ")


def test_pieces_of_the_report(tmp_path: Path) -> None:
    before, after = (tmp_path / "before"), (tmp_path / "after")
    for folder in (before, after):
        folder.mkdir()
        write_small_data(folder)
    assert coding_changes(before, after) == table_changes(before, after) == []
    assert result_changes(before, after) == []
    rewrite(after, "codings", set_code("essay", "KGZ", "combat_troops", "volunteers"))
    changes = coding_changes(before, after)
    assert changes[2] == Change(
        "essay KGZ combat_troops adjudicated", "code none", "code volunteers"
    )
    assert [change.place for change in result_changes(before, after)] == [
        "essay KGZ",
        "essay material_help",
    ]
    back = result_changes(after, before)
    assert [(c.before, c.after) for c in back] == [
        (c.after, c.before) for c in result_changes(before, after)
    ]
    assert str(Change("here", "", "now")) == "here: (none) -> now"


def test_the_real_data_against_themselves(tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(REPOSITORY / "data", tmp_path / "data")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    monkeypatch.setenv("COALITION_DATA", str(tmp_path / "data"))
    assert report() == NOTHING
    path = tmp_path / "data" / "codings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for row in rows:
        if row[:4] == ["record_2026", "PRK", "combat_troops", "adjudicated"]:
            row[5] = "none"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    text = report()
    assert "record_2026 PRK combat_troops adjudicated: code regular -> code none" in text
    assert "record_2026 regular_troops: contradicted (PRK) -> " in text
