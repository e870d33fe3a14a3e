"""What no way of executing the notebooks one by one can beat, and where time goes."""

import json
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.contenders import IN_ONE_PROCESS, Place
from benchmarks.measure import measure
from helpers.regenerate.warm import NAME, VARIABLE
from helpers.regenerate.warm.client import NEEDED, STACK


def cells_seconds(place: Place) -> float:
    """Return how long all cells of all runs take, one after another, with the stack imported.

    From the moment a kernel takes up a cell until it has done it.
    """
    out = place.fresh("limit")
    command = [sys.executable, "-c", IN_ONE_PROCESS, str(place.listed(out)), str(place.notebooks)]
    measure(command, place.folder, {**place.env, VARIABLE: NAME})
    return sum(_seconds(path) for path in out.glob("*.ipynb"))


def _seconds(path: Path) -> float:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    times = (cell["metadata"].get("execution", {}) for cell in cells)
    return sum(
        _moment(t, "shell.execute_reply") - _moment(t, "iopub.execute_input") for t in times if t
    )


def _moment(times: dict[str, Any], name: str) -> float:
    """Return one of the moments that nbclient writes down, in seconds."""
    return datetime.fromisoformat(times[name].replace("Z", "+00:00")).timestamp()


def import_seconds(repeats: int) -> float:
    """Return how long a new process takes to import the stack, as the median of some tries."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        command = [sys.executable, "-c", f"import {', '.join((*NEEDED, *STACK))}"]
        # The debugger says at its import what is of no use here.
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def nbval_seconds(place: Place, provisioner: str) -> float:
    """Return how long nbval takes to check the notebooks, with kernels of one kind."""
    options = ["-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "-n", "0"]
    paths = sorted(map(str, {run.notebook for run in place.runs}))
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(place.folder), *paths]
    # Elsewhere than the project, whose settings would add to it.
    return measure(command, place.folder, {**place.env, VARIABLE: provisioner}).seconds
