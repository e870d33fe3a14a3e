"""The commands on the data: what they print, with which code they end, what they import."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_data import small_rows, write_table

from helpers.analysis.typology import derive
from helpers.cli import main
from helpers.data import load_cases
from helpers.dataset.checks import find_problems
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.dataset.schema import TABLES
from helpers.display.tables import types_csv, types_text

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
ACCOUNTS = ("essay", "record_2023", "record_2026")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def small(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    return small_folder


# check


def test_check_of_the_repository() -> None:
    done = call("check")
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "0 problem(s), 0 coding(s) to explain\n",
        "",
    )


def test_check_names_everything_that_is_wrong(small: Path) -> None:
    rows = small_rows()
    rows["codings"][3][5] = "turning"
    rows["events"][0][1] = "ZZZ"
    for table in ("codings", "events"):
        write_table(small, table, rows[table])
    done = call("check")
    problems = find_problems(small)
    assert done.exit_code == 1
    assert len(problems) >= 2
    assert done.stdout.splitlines() == [
        *map(str, problems),
        f"{len(problems)} problem(s), 0 coding(s) to explain",
    ]
    assert "codings.csv, line 5, column code: " in done.stdout
    assert "events.csv, line 2, column state: " in done.stdout


def test_check_of_another_folder(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_DATA", "/no/such/folder")
    assert call("check", "--data", str(small_folder)).exit_code == 0
    monkeypatch.chdir(small_folder.parent)
    assert call("check", "--data", small_folder.name).exit_code == 0
    done = call("check")
    assert done.exit_code == 2
    assert "no data folder at /no/such/folder; set COALITION_DATA" in done.stderr
    done = call("check", "--data", "nowhere")
    assert done.exit_code == 2
    assert done.stderr == "Error: no data folder at nowhere\n"


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("codings.csv", None, "codings.csv: the file is missing"),
        ("codings.csv", b"", "codings.csv: the file is empty"),
        ("codings.csv", b"\xff\xfea\x00", "codings.csv: the file is UTF-16"),
        ("states.csv", b"state\n\xfc\n", "states.csv, line 2, column state: not UTF-8"),
        ("codings.csv", b"<<<<<<< HEAD\n", "codings.csv, line 1: a conflict marker"),
        ("codebook.yml", b"a: [\n", "codebook.yml, line 2: not YAML"),
        ("codebook.yml", None, "codebook.yml: the file is missing"),
        ("extra.csv", b"a\n", "extra.csv: not a table of the dataset"),
    ],
)
@pytest.mark.parametrize("command", [("check",), ("types",)])
def test_broken_data_are_a_message_and_code_1(
    small: Path, file: str, content: bytes | None, message: str, command: tuple[str, ...]
) -> None:
    path = small / file
    path.unlink(missing_ok=True) if content is None else path.write_bytes(content)
    done = call(*command)
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output


def test_check_reminds_of_what_is_to_be_explained(small: Path) -> None:
    rows = small_rows()["codings"]
    rows[5][5] = "exiting"  # the adjudicated coding leaves what both coders say
    write_table(small, "codings", rows)
    done = call("check")
    assert done.exit_code == 0
    first, last = done.stdout.splitlines()
    assert first.startswith(
        "to explain: codings.csv, line 7, column code: both coders have seeking"
    )
    assert last == "0 problem(s), 1 coding(s) to explain"


# codebook


def test_codebook_of_everything_and_of_one_variable() -> None:
    book = load_codebook()
    whole = call("codebook")
    assert whole.exit_code == 0
    for variable in (*book.variables, *book.levels):
        one = call("codebook", variable.id)
        assert one.exit_code == 0
        assert one.stdout.startswith(f"{variable.id} ({variable.type}, group {variable.group}): ")
        assert all(code in one.stdout for code in variable.code_ids)
    for variable in book.variables:
        assert variable.id in whole.stdout


@pytest.mark.parametrize("name", ["arms", "ARMS_SUPPLY", "", "essay"])
def test_codebook_of_an_unknown_variable(name: str) -> None:
    done = call("codebook", name)
    assert done.exit_code == 2
    book = load_codebook()
    known = ", ".join(v.id for v in (*book.variables, *book.levels))
    assert done.stderr == f"Error: unknown variable {name!r}; allowed: {known}\n"
    assert done.stdout == ""


# types


@pytest.mark.parametrize("silence", ["open", "no"])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_types_in_both_formats(account: str, silence: str) -> None:
    derived = derive(load_cases(account, silence=silence))
    options = ("--account", account, "--silence", silence)
    assert call("types", *options).stdout == types_text(derived)
    done = call("types", *options, "--format", "csv")
    assert done.stdout == types_csv(derived)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == [
        *("state", "recognition", "material", "turning_away", "type", "could_be"),
        "co_belligerent",
    ]
    assert [row["state"] for row in rows] == derived.index.tolist()
    for row, (_, expected) in zip(rows, derived.iterrows(), strict=True):
        assert row["type"] == expected["type"]
        assert tuple(row["could_be"].split(";")) == expected["could_be"]
        assert row["co_belligerent"] == expected["co_belligerent"]


def test_types_without_options_are_those_of_the_essay() -> None:
    assert call("types").stdout == types_text(derive(load_cases("essay")))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--account", "esay"), "account 'esay' is not known; allowed: essay, record_2023, "),
        (("--silence", "yes"), "silence 'yes' is not known; allowed: open, no"),
        (("--format", "json"), "'json' is not one of 'text', 'csv'"),
        (("essay",), "unexpected extra argument"),
        (("--acount", "essay"), "No such option"),
    ],
)
def test_types_of_what_there_is_not(arguments: tuple[str, ...], message: str) -> None:
    done = call("types", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


# diff, and the promise of the README


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a copy of the real data, committed."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    shutil.copytree(REPOSITORY / "data", tmp_path / "data")
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "-qm", "data"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.setenv("COALITION_DATA", str(tmp_path / "data"))
    return tmp_path


def section(heading: str) -> str:
    """Return the part of the README under a heading."""
    return README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def promised(command: str) -> str:
    """Return the block of the README that follows a command."""
    after = section("Change a code").split(f"`uv run coalition {command}`", 1)[1]
    block = re.search(r"^( *)```\n(.*?)^ *```", after, re.DOTALL | re.MULTILINE)
    assert block
    lines = block[2].splitlines()
    return "".join(f"{line.removeprefix(block[1])}\n" for line in lines)


def change_as_told(folder: Path) -> None:
    """Do what step 1 of the README says, with nothing but a text editor's means."""
    told = re.search(
        r"Open \[`data/(\w+\.csv)`\].*row that begins with `([^`]+)` and change its code "
        r"`(\w+)` to\s+`(\w+)`",
        section("Change a code"),
        re.DOTALL,
    )
    assert told
    file, start, old, new = told.groups()
    path = folder / file
    lines = path.read_bytes().decode("utf-8").split("\n")
    rows = [number for number, line in enumerate(lines) if line.startswith(f"{start},")]
    assert len(rows) == 1
    assert lines[rows[0]].count(f",{old},") == 1
    lines[rows[0]] = lines[rows[0]].replace(f",{old},", f",{new},")
    path.write_bytes("\n".join(lines).encode("utf-8"))


def test_the_readmes_change_of_a_code(clone: Path) -> None:
    assert call("check").stdout == "0 problem(s), 0 coding(s) to explain\n"
    change_as_told(clone / "data")
    for command in ("check", "diff"):
        done = call(command)
        assert done.exit_code == 0
        assert done.stdout == promised(command)


def test_a_mistake_is_refused_as_the_readme_says(clone: Path) -> None:
    path = clone / "data" / "codings.csv"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("essay,IRN,arms_supply,adj"))
    path.write_text(text.replace(line, line.replace("weapon_systems", "weapons")), encoding="utf-8")
    for command in ("check", "types", "diff"):
        done = call(command)
        assert done.exit_code == 1
        for word in ("codings.csv, line ", "column code", "'weapons'", "weapon_systems"):
            assert word in done.output, command


def test_diff_of_nothing(clone: Path) -> None:
    done = call("diff")
    assert done.exit_code == 0
    assert done.stdout.startswith("Codings: 0\n  none\n")
    assert call("diff", "HEAD").stdout == done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "no commit 'nowhere' in the git history of data/"),
        (("--", "-x"), "no commit '-x' in the git history of data/"),
        (("--", "--output=trace"), "no commit '--output=trace' in the git history"),
        (("-x",), "No such option"),
        (("HEAD", "HEAD"), "unexpected extra argument"),
        (("",), "no commit '' in the git history"),
    ],
)
def test_diff_of_what_there_is_not(
    clone: Path, arguments: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)
    done = call("diff", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert sorted(path.name for path in clone.iterdir()) == [".git", "data"]


def test_diff_without_git(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(small.parent))
    done = call("diff")
    assert done.exit_code == 2
    assert "no commit 'HEAD' in the git history of" in done.stderr


# What the light commands import


HEAVY = ("pandas", "numpy", "matplotlib", "papermill", "jupyter_client", "nbformat", "IPython")
LIGHT = f"""
import sys
from helpers.cli import main
for words in (["check"], ["codebook"], ["codebook", "arms_supply"], ["list"], ["list", "--json"]):
    try:
        main(words)
    except SystemExit as end:
        assert not end.code, words
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_light_commands_import_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    assert "0 problem(s)" in done.stdout
    assert "arms_supply (ordinal" in done.stdout


def test_the_tables_of_the_repository_are_all_checked() -> None:
    files = {path.stem for path in (REPOSITORY / "data").glob("*.csv")}
    assert files == set(TABLES)
