"""How papermill executes the cells: its own way, on our kernels. Takes long to import."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from helpers.regenerate.kernels import QuietKernelManager
from helpers.regenerate.recorder import ARGUMENT, Recording
from helpers.regenerate.running_kernels import LimitError, RunningKernel
from helpers.regenerate.settings import own_settings

NAME = "coalition"
NO_HISTORY = "--HistoryManager.enabled=False"
"""What is executed here was not typed by the user, whose history it would fill."""
START_TIMEOUT = 120
LAST_WORDS = 500
OUTPUT_TIMEOUT = 60
"""Seconds that outputs may come later than the word that a cell is done, as large ones do."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, whose kernel can be ended from outside at any time."""

    def __init__(self, nb_man: Any, kernel: RunningKernel, **options: Any):
        self.kernel = kernel
        super().__init__(nb_man, **options)

    @contextlib.contextmanager
    def setup_kernel(self, **options: Any) -> Iterator[None]:
        """Have a kernel that is at work, unless all that runs here is being stopped."""
        try:
            with super().setup_kernel(**options), self._heard():
                yield
        finally:
            self.kernel.end_family()

    async def _async_poll_kernel_alive(self) -> None:
        # A look that comes after the kernel is put away finds none, which nbclient lets be printed.
        with contextlib.suppress(AssertionError):
            await super()._async_poll_kernel_alive()

    @contextlib.contextmanager
    def _heard(self) -> Iterator[None]:
        """Count what a started kernel says, and have it watched."""
        for channel in (self.kc.iopub_channel, self.kc.shell_channel):
            channel.hear = self.kernel.hear
        try:
            with self.kernel.at_work(self.km):
                yield
        except KeyboardInterrupt:
            # The kernel is busy: asked to end, it would not hear, and take seconds to be ended.
            self.shutdown_kernel = "immediate"
            raise


class KeepingEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's engine, with the notebook at hand whatever happens."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        kept: list[Any],
        folder: str,
        recording: Recording,
        kernel: RunningKernel,
        **_: Any,
    ) -> None:
        """Execute the notebook of ``nb_man`` in ``folder``; append it to ``kept`` first."""
        kept.append(nb_man.nb)
        client = Client(
            nb_man,
            kernel,
            kernel_name=kernel_name,
            kernel_manager_class=QuietKernelManager,
            startup_timeout=START_TIMEOUT,
            timeout=None,
            iopub_timeout=OUTPUT_TIMEOUT,
            extra_arguments=[ARGUMENT, NO_HISTORY],
            # Papermill's cwd would move this whole process, and all that runs beside.
            resources={"metadata": {"path": folder}},
            log=logging.getLogger("papermill"),
        )
        # What a kernel says otherwise than through Jupyter, as of why it dies, is for no terminal.
        with tempfile.TemporaryFile() as aside:
            try:
                environment = {**recording.environment(), **own_settings()}
                client.execute(env=environment, stdout=aside, stderr=aside)
            # A kernel that dies, never starts or falls silent leaves no error in the notebook.
            except (RuntimeError, OSError) as error:
                problem = LimitError(kernel.passed) if kernel.passed else error
                _blame_last_cell(nb_man.nb, problem, "" if kernel.passed else _last_line(aside))
        _refuse_exits(nb_man.nb)


def _last_line(file: IO[bytes]) -> str:
    """Return the last words in a file, after a colon; empty if there are none."""
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - LAST_WORDS))
    lines = file.read().decode(errors="replace").split("\n")
    return next((f": {line}" for line in reversed(lines) if line.strip()), "")


def _refuse_exits(notebook: Any) -> None:
    """Count as an error that a notebook ends itself, which papermill lets pass."""
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename == "SystemExit":
                what = output.evalue or "the cells after it are not executed"
                raise PapermillExecutionError(
                    index, cell.execution_count, cell.source, "SystemExit", what, []
                )


def _blame_last_cell(notebook: Any, error: Exception, more: str) -> None:
    """Make an error of the kernel one of the cell it died in, where papermill looks."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = [cell for cell in code if cell.metadata.papermill.get("start_time")]
    if not code:
        raise error
    name, text = type(error).__name__, f"{error}{more}"
    content = {"ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
    output = NotebookNode(output_type="error", **content)  # type: ignore[no-untyped-call]
    blamed = (started or code[:1])[-1]
    # What would have been its number may be among what a dying kernel did not say.
    blamed.execution_count = blamed.execution_count or len(started) or 1
    blamed.outputs.append(output)


papermill_engines.register(NAME, KeepingEngine)
# What matters of papermill's log is in the outcome; without a handler Python prints the rest.
logging.getLogger("papermill").addHandler(logging.NullHandler())
