"""How papermill executes the cells: its own way, on our kernels. Takes long to import."""

import logging
from typing import Any

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from helpers.regenerate import running_kernels
from helpers.regenerate.kernels import QuietKernelManager
from helpers.regenerate.recorder import ARGUMENT, Recording

NAME = "coalition"
NO_HISTORY = "--HistoryManager.enabled=False"
"""What is executed here was not typed by the user, whose history it would fill."""
START_TIMEOUT = 120


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, which lets go of its kernel at once when interrupted."""

    def papermill_execute_cells(self) -> None:
        """Execute all cells, unless all that runs here is being stopped."""
        try:
            with running_kernels.registered(self.km):
                super().papermill_execute_cells()
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
        **_: Any,
    ) -> None:
        """Execute the notebook of ``nb_man`` in ``folder``; append it to ``kept`` first."""
        kept.append(nb_man.nb)
        client = Client(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=QuietKernelManager,
            startup_timeout=START_TIMEOUT,
            timeout=None,
            extra_arguments=[ARGUMENT, NO_HISTORY],
            coalesce_streams=True,
            # Papermill's cwd would move this whole process, and all that runs beside.
            resources={"metadata": {"path": folder}},
            log=logging.getLogger("papermill"),
        )
        try:
            client.execute(env=recording.environment())
        # A kernel that dies or never starts leaves no error in the notebook; any other does.
        except RuntimeError as error:
            _blame_last_cell(nb_man.nb, error)


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
