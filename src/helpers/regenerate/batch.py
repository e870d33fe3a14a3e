"""Do many runs and write their files."""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.execute import Outcome, execute_run, refresh_run
from helpers.regenerate.pictures import picture_of, picture_path
from helpers.regenerate.plan import Run
from helpers.regenerate.report import Report

Mapper = Callable[[Callable[[Run], Outcome], Sequence[Run]], Iterable[Outcome]]
"""Applies a function to runs: ``map``, or what an executor offers in its place."""


def regenerate(runs: Sequence[Run], out: Path, report: Report, mapper: Mapper = map) -> bool:
    """Execute runs and write each into a folder as it ends.

    Parameters
    ----------
    runs : sequence of Run
        What to execute, already checked.
    out : Path
        The folder; it is made if it does not exist.
    report : Report
        Told of each run as it ends.
    mapper : callable, optional
        How to go through the runs: one after another, if nothing else is given.

    Returns
    -------
    bool
        Whether all of them went well. One that failed is written too, with its error.

    Raises
    ------
    RegenerateError
        If the folder cannot take the files, before anything runs.
    OSError
        If a file cannot be written.
    """
    _require_folder(out, runs)
    well = True
    for outcome in mapper(execute_run, runs):
        if outcome.notebook is not None:
            write_whole(out / f"{outcome.name}.ipynb", outcome.notebook)
        report.add(outcome, "FAILED" if outcome.error else "done")
        well = well and not outcome.error
    return well


def _require_folder(out: Path, runs: Iterable[Run]) -> None:
    """Make the folder, unless the files would take the place of something else."""
    for run in runs:
        if (out / f"{run.name}.ipynb").resolve() == run.notebook or out.resolve() == (
            run.notebook.parent
        ):
            raise RegenerateError(f"{out} holds the notebooks themselves; choose another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RegenerateError(f"--out {out} cannot be a folder ({error.strerror})") from error


def refresh(notebooks: Sequence[Path], report: Report, mapper: Mapper = map) -> bool:
    """Execute notebooks in place and store their outputs.

    Parameters
    ----------
    notebooks : sequence of Path
        Notebooks whose defaults are already checked.
    report : Report
        Told of each notebook as it ends.
    mapper : callable, optional
        How to go through them: one after another, if nothing else is given.

    Returns
    -------
    bool
        Whether all of them went well. One that failed is left as it was, and one
        whose outputs have not changed is not touched.

    Raises
    ------
    OSError
        If a notebook cannot be written.
    """
    runs = [Run(path, {}, path.stem) for path in notebooks]
    well = True
    for path, outcome in zip(notebooks, mapper(refresh_run, runs), strict=True):
        report.add(outcome, _store(path, outcome))
        well = well and not outcome.error
    return well


def _store(path: Path, outcome: Outcome) -> str:
    """Write a notebook that has changed, and say what was done."""
    if outcome.error or outcome.notebook is None:
        return "FAILED, left as it was"
    _store_picture(path, outcome.notebook)
    if path.read_bytes() == outcome.notebook:
        return "unchanged"
    write_whole(path, outcome.notebook)
    return "rewritten"


def _store_picture(path: Path, notebook: bytes) -> None:
    """Write the picture that a notebook lends, if it has changed."""
    found = picture_of(notebook)
    place = picture_path(path)
    if found and not (place.is_file() and place.read_bytes() == found[0]):
        place.parent.mkdir(exist_ok=True)
        write_whole(place, found[0])


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is whole or not there at all.

    Parameters
    ----------
    path : Path
        The file; what stands there is replaced in one step.
    content : bytes
        All of it.

    Raises
    ------
    OSError
        If it cannot be written; what stood there is untouched.
    """
    # In the same folder, since only within a file system a file can be replaced in one step.
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
