"""Do many runs and write their files."""

import contextlib
import errno
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.execute import Outcome
from helpers.regenerate.executors import Execute
from helpers.regenerate.plan import Run
from helpers.regenerate.readme_picture import picture_of, picture_path
from helpers.regenerate.report import Report
from helpers.regenerate.scratch import DRAFT, claim, clear_drafts

# What prevents one file from being written prevents all: no use in going on.
FOR_ALL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
Note = Callable[[Run, Mapping[str, str] | None, bool], None]
"""Told of a run that was written: what it has read, and whether it failed."""


def regenerate(
    runs: Sequence[Run], out: Path, report: Report, execute: Execute, note: Note
) -> bool:
    """Execute runs and write each, failed or not, as it ends; False if any failed."""
    named = {run.name: run for run in runs}

    def write(outcome: Outcome) -> str:
        if outcome.notebook is not None:
            # A notebook may have removed it.
            out.mkdir(parents=True, exist_ok=True)
            write_whole(out / f"{outcome.name}.ipynb", outcome.notebook)
            note(named[outcome.name], outcome.reads, bool(outcome.error))
        return "FAILED" if outcome.error else "done"

    went_well = [_well(outcome, write, report) for outcome in execute(runs)]
    return all(went_well)


def _well(outcome: Outcome, write: Callable[[Outcome], str], report: Report) -> bool:
    """Write an outcome and report it; that it cannot be written concerns no other."""
    try:
        result = write(outcome)
    except OSError as error:
        if error.errno in FOR_ALL:
            error.filename = error.filename or f"{outcome.name}.ipynb"
            raise
        problem = f"its file cannot be written: {error}"
        outcome, result = replace(outcome, error=outcome.error or problem), "FAILED, not written"
    report.add(outcome, result)
    return not outcome.error


def require_folder(out: Path, runs: Iterable[Run]) -> None:
    """Make a folder for runs, unless their files would take the place of something else."""
    folders = {run.notebook.parent for run in runs}
    if out.resolve() in folders or any(
        (out / f"{run.name}.ipynb").resolve() == run.notebook for run in runs
    ):
        raise RegenerateError(f"{out} holds the notebooks themselves; choose another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RegenerateError(f"--out {out} cannot be a folder ({error.strerror})") from error


def refresh(notebooks: Sequence[Path], report: Report, execute: Execute) -> bool:
    """Execute notebooks in place and store their outputs; False if any failed.

    One that failed is left as it was, and one whose outputs have not changed is not touched.
    """
    named = {path.stem: path for path in notebooks}
    runs = [Run(path, {}, name) for name, path in named.items()]
    for folder in {path.parent for path in notebooks}:
        clear_drafts(folder)

    def write(outcome: Outcome) -> str:
        return _store(named[outcome.name], outcome)

    went_well = [_well(outcome, write, report) for outcome in execute(runs)]
    return all(went_well)


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
    found = picture_of(notebook)
    place = picture_path(path)
    if found and not (place.is_file() and place.read_bytes() == found[0]):
        place.parent.mkdir(exist_ok=True)
        write_whole(place, found[0])


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: at any time either all of it stands there, or what stood before."""
    # In the same folder, since only within a file system a file can be replaced in one step. New,
    # whatever stands there: of a link that somebody planted the target would be written.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}{DRAFT}")
    try:
        with draft.open("xb") as file:
            # Until it is in place, so that nobody takes it for left behind.
            with contextlib.suppress(OSError):
                claim(file.fileno())
            file.write(content)
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
