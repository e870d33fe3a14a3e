"""Execute one run through papermill.

A run goes in and an outcome comes out, both plain data, so that any executor can
do the step between them, in this process or on another machine.
"""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.regenerate import running_kernels
from helpers.regenerate.limits import DEFAULTS, NOT_ASKED, Limits, limits_of
from helpers.regenerate.normalise import machine_paths, normalise, to_bytes
from helpers.regenerate.plan import Run
from helpers.regenerate.recorder import Recording
from helpers.regenerate.running_kernels import RunningKernel
from helpers.regenerate.scratch import scratch


@dataclass(frozen=True)
class Outcome:
    """What came of a run, its errors included.

    Attributes
    ----------
    seconds : float
        The start of the kernel included.
    notebook : bytes or None
        The executed notebook, up to the error if there was one; None if it never began.
    error : str
        What went wrong and in which cell; empty if nothing did.
    reads : mapping of str to str, or None
        Digests by name of what it read in the watched folders, ``*`` for what was not
        heard; None if nothing is known.
    """

    name: str
    seconds: float
    notebook: bytes | None
    error: str = ""
    reads: Mapping[str, str] | None = None


def execute_run(
    run: Run,
    watched: Mapping[str, Path] | None = None,
    verifying: str = "",
    content: bytes | None = None,
    limits: Limits = NOT_ASKED,
) -> Outcome:
    """Execute a notebook with its parameters; whatever goes wrong with it is part of the outcome.

    ``watched`` are the folders, by name, of which it counts what the notebook opens; what it opens
    within the audit event ``verifying`` does not. ``content`` stands in for the notebook's file.
    ``limits`` count more than the plan's, and those more than the notebook's own.
    """
    # Once in a process this takes seconds, which are not the notebook's.
    from helpers.regenerate import engine  # noqa: F401, PLC0415

    start = time.perf_counter()
    # Another notebook may have removed it.
    scratch()
    kept: list[Any] = []
    error = ""
    with Recording(watched or {}, verifying) as recording:
        try:
            _run_papermill(run, content, recording, limits, kept)
        # A thousand other runs may follow: whatever is wrong with this one is its outcome.
        except Exception as problem:
            error = _describe(problem)
        reads = None
        # A notebook may clear away what it was not asked to.
        with contextlib.suppress(OSError, ValueError):
            reads = recording.reads()
    notebook = None
    # Nobody waits for what was stopped, and the rest takes a while for much output.
    if kept and not running_kernels.stopping():
        normalise(kept[0])
        notebook = to_bytes(kept[0])
    return Outcome(run.name, time.perf_counter() - start, notebook, error, reads)


def refresh_run(run: Run, limits: Limits = NOT_ASKED) -> Outcome:
    """Execute a notebook to store its outputs; a path of this machine in one is an error."""
    import nbformat  # noqa: PLC0415

    outcome = execute_run(run, limits=limits)
    if outcome.error or outcome.notebook is None:
        return outcome
    notebook = nbformat.reads(outcome.notebook, as_version=4)  # type: ignore[no-untyped-call]
    shown = machine_paths(notebook)
    error = "; ".join([*shown, "outputs would differ on other machines"]) if shown else ""
    return Outcome(outcome.name, outcome.seconds, outcome.notebook, error)


def _run_papermill(
    run: Run, content: bytes | None, recording: Recording, limits: Limits, kept: list[Any]
) -> None:
    """Execute a run; put the notebook into a list, where it survives an error."""
    import nbformat  # noqa: PLC0415
    import papermill  # noqa: PLC0415

    from helpers.regenerate import engine  # noqa: PLC0415

    source = run.notebook.read_bytes() if content is None else content
    notebook = nbformat.reads(source.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    # Papermill would write, read and copy them first, and then drop them.
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    asked = limits.over(run.limits).over(limits_of(notebook.metadata)).over(DEFAULTS)
    papermill.execute_notebook(
        # Not the path: papermill would fill in braces, which are ordinary characters there.
        notebook,
        None,
        parameters=run.parameters,
        engine_name=engine.NAME,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        # In the notebook's folder, as in JupyterLab.
        folder=str(run.notebook.parent),
        recording=recording,
        kernel=RunningKernel(run.name, asked),
        kept=kept,
    )


def _describe(error: Exception) -> str:
    """Say in one line what went wrong, and in which cell."""
    if not hasattr(error, "ename"):
        return f"{type(error).__name__}: {error}"
    count = getattr(error, "exec_count", None)
    place = f"cell [{count}]: " if count else ""
    return f"{place}{error.ename}: {getattr(error, 'evalue', '')}"
