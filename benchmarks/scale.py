"""What a run costs among few and among many."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contenders import COALITION, Place
from benchmarks.measure import measure
from helpers.regenerate.incremental import Ledger, Project
from helpers.regenerate.plan import Run, read_plan
from helpers.regenerate.store import open_store

CELLS = [
    ("parameters", "n: int = 1  # a number\n"),
    ("", "print(n)"),
]


class Small:
    """A project of one tiny notebook for any number of runs, with a copy's helpers and data."""

    def __init__(self, place: Place, n_runs: int):
        self.folder = place.folder / f"small-{n_runs}"
        self.folder.mkdir()
        self.out = self.folder / "out"
        self.env = {**place.env, "COALITION_NOTEBOOKS": str(self.folder)}
        self.project = Project(
            self.folder, place.folder / "src" / "helpers", {"data": place.folder / "data"}
        )
        _write_notebook(self.folder / "01.ipynb")
        runs = [{"n": n} for n in range(n_runs)]
        (self.folder / "plan.yml").write_text(json.dumps({"01": runs}), encoding="utf-8")

    def seconds(self, command: str, *arguments: str) -> float:
        """Return how long our command of this name takes."""
        line: Sequence[str] = [command, "--out", str(self.out), *arguments]
        return measure([sys.executable, *COALITION, *line], self.folder, self.env).seconds

    def pretend(self) -> None:
        """Make it look as if all had been run."""
        self.out.mkdir()
        runs = read_plan(self.folder, {})
        with open_store(self.out) as store:
            ledger = Ledger(self.project, self.out, store, runs)
            store.connection.execute("BEGIN")
            for run in runs:
                self._pretend_one(ledger, run)
            store.connection.execute("COMMIT")

    def _pretend_one(self, ledger: Ledger, run: Run) -> None:
        (self.out / f"{run.name}.ipynb").write_bytes(run.name.encode())
        ledger.note(run, {}, False)


def _write_notebook(path: Path) -> None:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "execution_count": None,
            "metadata": {"tags": [tag]} if tag else {},
            "outputs": [],
            "source": source,
        }
        for number, (tag, source) in enumerate(CELLS)
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")


def milliseconds_a_run(place: Place, sizes: Sequence[int]) -> dict[int, float]:
    """Return what a run costs among so many; the cost of starting is taken from a plan of one."""
    start = Small(place, 1).seconds("run")
    taken = {size: Small(place, size).seconds("run") for size in sizes}
    return {size: 1000 * (seconds - start) / (size - 1) for size, seconds in taken.items()}


def planned_seconds(place: Place, n_runs: int) -> float:
    """Return how long it takes to find out that nothing is due."""
    small = Small(place, n_runs)
    small.pretend()
    return small.seconds("run")
