"""What much at once takes: a thousand runs, and codings of many times today's size.

``uv run python -m benchmarks.load`` prints a line of each; ``--runs`` and ``--times`` say how many.
"""

import csv
import re
import shutil
import sys
import tempfile
from pathlib import Path

import click

from benchmarks.contenders import COALITION, ROOT, Place
from benchmarks.measure import Measured, measure
from benchmarks.scale import Small

OF_ACCOUNTS = "account"


def grow(data: Path, folder: Path, times: int) -> int:
    """Copy a data folder with every account so many times, each but the first under a new name.

    Returns the number of codings.
    """
    shutil.copytree(data, folder)
    grown = {path.stem: _grow_table(path, times) for path in folder.glob("*.csv")}
    _grow_codebook(folder / "codebook.yml", times, grown)
    return grown["codings"]


def _named(account: str, times: int) -> list[str]:
    """Return an account's name and those of its copies."""
    return [account, *(f"{account}_{number}" for number in range(2, times + 1))]


def _grow_table(path: Path, times: int) -> int:
    """Repeat a table's rows if they are an account's; return how many there are."""
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    if names[0] == OF_ACCOUNTS:
        rows = [[name, *row[1:]] for row in rows for name in _named(row[0], times)]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([names, *rows])
    return len(rows)


def _grow_codebook(path: Path, times: int, grown: dict[str, int]) -> None:
    """Have variables of some accounts coded in their copies, too, and count anew."""

    def accounts(found: re.Match[str]) -> str:
        every = [name for one in found[1].split(", ") for name in _named(one, times)]
        return f"accounts: [{', '.join(every)}]"

    text = re.sub(r"accounts: \[(.*)\]", accounts, path.read_text(encoding="utf-8"))
    for name, count in grown.items():
        text = re.sub(rf"^(  {name}:) \d+$", rf"\1 {count}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


def check(place: Place, times: int) -> tuple[int, Measured]:
    """Check grown codings; return how many there are and what it took."""
    n_codings = grow(ROOT / "data", place.folder / "grown", times)
    command = [sys.executable, *COALITION, "check", "--data", str(place.folder / "grown")]
    return n_codings, measure(command, place.folder, place.env)


def run(place: Place, n_runs: int) -> tuple[list[str], Measured]:
    """Do so many tiny runs in one go; return what is left of temporary files, and what it took."""
    small = Small(place, n_runs)
    temporary = place.folder / "tmp"
    temporary.mkdir()
    command = [sys.executable, *COALITION, "run", "--out", str(small.out)]
    found = measure(command, small.folder, {**small.env, "TMPDIR": str(temporary)})
    return [path.name for path in temporary.iterdir()], found


@click.command(help=__doc__)
@click.option("--runs", "n_runs", default=1000, show_default=True, help="How many tiny runs.")
@click.option("--times", default=100, show_default=True, help="How many times as many codings.")
def main(n_runs: int, times: int) -> None:
    """Print the lines."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder).resolve(), 1)
        n_codings, found = check(place, times)
        click.echo(f"`coalition check` of {n_codings} codings: {_taken(found)}.")
        left, found = run(place, n_runs)
        click.echo(
            f"{n_runs} tiny runs in one go: {_taken(found)}; left behind: {left or 'nothing'}."
        )


def _taken(found: Measured) -> str:
    """Say what a command took."""
    return (
        f"{found.seconds:.1f} s, {found.cpu:.1f} CPU seconds, "
        f"{found.peak:.0f} MB at most, {found.largest:.0f} MB at most in one process"
    )


if __name__ == "__main__":
    main()
