"""How papermill executes the cells: its own way, on our kernels. Takes long to import."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from helpers.regenerate.kernels import QuietKernelManager
from helpers.regenerate.recorder import ARGUMENT, Recording
from helpers.regenerate.running_kernels import LimitError, RunningKernel
from helpers.regenerate.settings import own_settings

NAME = "coalition"
NO_HISTORY = "--HistoryManager.enabled=False"
"""What is executed here was not typed by the user, whose history it would fill."""
START_TIMEOUT = 120
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
        try:
            client.execute(env={**recording.environment(), **own_settings()})
        # A kernel that dies, never starts or falls silent leaves no error in the notebook.
        except (RuntimeError, TimeoutError) as error:
            _blame_last_cell(nb_man.nb, LimitError(kernel.passed) if kernel.passed else error)


def _blame_last_cell(notebook: Any, error: Exception) -> None:
    """Make an error of the kernel one of the cell it died in, where papermill looks."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = [cell for cell in code if cell.metadata.papermill.get("start_time")]
    if not code:
        raise error
    name, text = type(error).__name__, str(error)
    content = {"ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
    output = NotebookNode(output_type="error", **content)  # type: ignore[no-untyped-call]
    (started or code[:1])[-1].outputs.append(output)


papermill_engines.register(NAME, KeepingEngine)
# What matters of papermill's log is in the outcome; without a handler Python prints the rest.
logging.getLogger("papermill").addHandler(logging.NullHandler())
