"""What changed in the data since a commit, and what follows from it.

Compares the tables of a git revision with those of the data folder: codings one by one, then
support types and thesis verdicts of every account.
"""

import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers.analysis.accidents import accidents
from helpers.dataset.checks import require_clean
from helpers.dataset.codebook import FILE
from helpers.dataset.files import DataError, Problem, data_folder, read_rows, using_data
from helpers.dataset.schema import TABLES

KEY = ("account", "state", "variable", "coder")
POINTERS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
)
"""Variables that lead git to a repository; hooks set them, but the data folder says which it is."""


@dataclass(frozen=True)
class Change:
    """One difference: where, how it stood and how it stands; empty where there was, or is, none."""

    place: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.place}: {self.before or '(none)'} -> {self.after or '(none)'}"


@contextmanager
def data_at(revision: str) -> Iterator[Path]:
    """Give a temporary folder that holds the data as a git revision has them.

    ``ValueError`` if git does not read the folder's history, there is no such revision, or it has
    no data there.
    """
    folder = data_folder()
    # The revision must not be taken for an option, and only commits have a tree to list.
    name = f"{revision}^{{commit}}"
    missing = f"no commit {revision!r} in the git history of {folder.name}/"
    _git(folder, missing, "rev-parse", "--git-dir")
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", name)
    try:
        commit = _git(folder, missing, *asked).decode("ascii").strip()
    except ValueError:
        raise ValueError(missing) from None
    unread = f"git does not read the data of {revision!r}"
    listed = _git(folder, unread, "ls-tree", "-z", "--name-only", commit, "./").decode("utf-8")
    files = [file for file in listed.split("\0") if file.endswith((".csv", ".yml"))]
    if not {FILE, *(f"{table}.csv" for table in TABLES)} & set(files):
        raise ValueError(
            f"the commit {revision!r} has no data in {folder.name}/: commit the folder first, or "
            "name a revision that has it"
        )
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for file in files:
            (copy / file).write_bytes(_git(folder, unread, "show", f"{commit}:./{file}"))
        yield copy


def coding_changes(before: Path, after: Path) -> list[Change]:
    """Return which codings of two data folders differ in any cell, in the newer table's order."""
    old, new = _codings(before), _codings(after)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(" ".join(key), *_difference(old.get(key, {}), new.get(key, {})))
        for key in keys
        if old.get(key) != new.get(key)
    ]


def table_changes(before: Path, after: Path) -> list[Change]:
    """Return in how many rows every other table, and whether the codebook, differs."""
    changes = []
    for table in (name for name in TABLES if name != "codings"):
        old, new = (Counter(_lines(folder / f"{table}.csv")) for folder in (before, after))
        gone, come = ((one - other).total() for one, other in ((old, new), (new, old)))
        if gone or come:
            changes.append(Change(f"{table}.csv", f"{gone} rows only before", f"{come} only now"))
    if _lines(before / "codebook.yml") != _lines(after / "codebook.yml"):
        changes.append(Change("codebook.yml", "as committed", "changed"))
    return changes


def result_changes(before: Path, after: Path) -> list[Change]:
    """Return which support types, bounds and verdicts of two data folders differ.

    ``DataError`` if either folder does not pass the checks.
    """
    old, new = _results(before), _results(after)
    return [
        Change(place, old.get(place, ""), new.get(place, ""))
        for place in [*new, *(place for place in old if place not in new)]
        if old.get(place) != new.get(place)
    ]


def report(revision: str = "HEAD") -> str:
    """Return what changed since a revision, as text: codings, other tables, what follows.

    ``ValueError`` if there is no such revision, or the data as they stand hold errors.
    """
    now = data_folder()
    with data_at(revision) as before:
        doubtful = _accidents(before, now)
        parts = [
            _section("Codings", coding_changes(before, now)),
            _section("Other tables", table_changes(before, now)),
        ]
        try:
            follows = _section(
                "Support types and verdicts that follow", result_changes(before, now)
            )
        except DataError:
            require_clean(now)
            follows = f"Support types: the data of {revision} do not pass today's checks."
    parts += [follows, *([_section("To look at", doubtful)] if doubtful else [])]
    return "\n\n".join(parts)


def uncommitted_accidents(folder: Path) -> list[Problem]:
    """Return what since the last commit looks like no edit; nothing where git holds no data."""
    try:
        changed = _git(folder, "no commit", "diff-index", "--name-only", "--relative", "HEAD", ".")
        if not changed:
            return []
        with using_data(folder), data_at("HEAD") as before:
            return _accidents(before, folder)
    except ValueError:
        return []


def _accidents(before: Path, after: Path) -> list[Problem]:
    """Return what looks like no edit in each table of which two data folders differ."""
    found: list[Problem] = []
    for table, columns in TABLES.items():
        old, new = (read_rows(folder / f"{table}.csv", columns)[0] for folder in (before, after))
        found += accidents(table, old, new)
    return found


def _git(folder: Path, message: str, *arguments: str) -> bytes:
    """Return what git prints; ``ValueError`` with a message and git's own words where it fails."""
    own = {name: value for name, value in os.environ.items() if name not in POINTERS}
    command = ["git", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, env=own, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise ValueError("git is not installed, and comparing with a commit needs it") from error
    if done.returncode:
        words = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise ValueError(f"{message}; git says: {words}" if words else message)
    return done.stdout


def _codings(folder: Path) -> dict[tuple[str, ...], dict[str, str]]:
    rows, _ = read_rows(folder / "codings.csv", TABLES["codings"])
    return {tuple(row[column] for column in KEY): row.cells for row in rows}


def _difference(old: dict[str, str], new: dict[str, str]) -> tuple[str, str]:
    """Return the cells that differ, before and after; the whole coding if one is absent."""
    if not old or not new:
        return _summary(old), _summary(new)
    columns = [column for column in new if old[column] != new[column]]
    before = "; ".join(f"{column} {old[column] or '(empty)'}" for column in columns)
    return before, "; ".join(f"{column} {new[column] or '(empty)'}" for column in columns)


def _summary(cells: dict[str, str]) -> str:
    return " ".join(filter(None, (cells.get("status"), cells.get("code"))))


def _lines(path: Path) -> list[str]:
    """Return a file's lines, a table's without its header; none where there is no file."""
    if not path.is_file():
        return []
    # What a commit holds need not be UTF-8; whether it passes is not for this to say.
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return lines[1:] if path.suffix == ".csv" else lines


def _results(folder: Path) -> dict[str, str]:
    """Return every type and verdict of a data folder, by what it is about."""
    from helpers.analysis.typology import derive, thesis  # noqa: PLC0415
    from helpers.dataset.allowed import account_ids  # noqa: PLC0415
    from helpers.dataset.loading import load_cases  # noqa: PLC0415

    results = {}
    require_clean(folder)
    with using_data(folder):
        for account in account_ids():
            cases = load_cases(account)
            for state, row in derive(cases).iterrows():
                results[f"{account} {state}"] = f"{row['type']} ({', '.join(row['could_be'])})"
            for statement, row in thesis(cases).iterrows():
                states = row["contradicted_by"] or row["open_because_of"]
                results[f"{account} {statement}"] = f"{row['verdict']} ({', '.join(states)})"
    return results


def _section(title: str, changes: Sequence[Change | Problem]) -> str:
    lines = [f"  {change}" for change in changes] or ["  none"]
    return "\n".join([f"{title}: {len(changes)}", *lines])
