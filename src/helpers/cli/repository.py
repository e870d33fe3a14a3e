"""Where the parts of this repository lie, for what runs its notebooks.

Light to import, and importable on any machine that has the package: a worker of a
cluster asks the same questions and finds its own folders.
"""

import os
from pathlib import Path

import helpers
from helpers.dataset.files import VERIFYING, data_folder
from helpers.regenerate.incremental import Project


def notebooks_folder() -> Path:
    """Return the folder of the notebooks, wherever a command is called from.

    Returns
    -------
    Path
        That of the environment variable ``COALITION_NOTEBOOKS``, or the repository's.
    """
    chosen = os.environ.get("COALITION_NOTEBOOKS")
    folder = Path(chosen) if chosen else Path(helpers.__file__).resolve().parents[2] / "notebooks"
    return folder.expanduser().resolve()


def project() -> Project:
    """Return what all runs of this repository share.

    Returns
    -------
    Project
        This machine's notebooks, helpers and data.

    Raises
    ------
    ValueError
        If there is no data folder.
    """
    return Project(
        notebooks=notebooks_folder(),
        code=Path(helpers.__file__).resolve().parent,
        folders={"data": data_folder()},
        verify=_problems,
        verifying=VERIFYING,
    )


def _problems() -> str:
    """Return all that is wrong with the data, a line each."""
    from helpers.dataset.checks import find_problems  # noqa: PLC0415

    return "\n".join(map(str, find_problems()))
